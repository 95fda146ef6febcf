/* SPDX-License-Identifier: Apache-2.0 */
/* preview_host.c - libwebsockets on our loop: one adapter, from its one callback to ours. */
#include "server/preview_host.h"

#include <stdlib.h>

#include "base/mem.h"
#include "protocol/uri.h"
#include "server/log.h"
#include "server/packet.h"
#include "server/preview_internal.h"

_Static_assert(LWS_PRE <= PACKET_HEADROOM, "the library's header fits before a packet");

enum {
    HEADERS_MAX = 16 << 10, /* browsers send the cookies of all ports of the host */
    PING_S = 30,
    HANG_UP_S = 75,
};

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t len) {
    struct preview_host *h = lws_context_user(lws_get_context(wsi));
    struct preview_connection *c = user;
    struct str bytes = {in, len};
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return preview_http_request(h, wsi, c, bytes);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return preview_http_writable(wsi, c);
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
        preview_http_finish(c);
        return 0;
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return preview_ws_confirm(h, wsi);
    case LWS_CALLBACK_ESTABLISHED:
        preview_ws_open(h, wsi, c);
        return 0;
    case LWS_CALLBACK_RECEIVE:
        return preview_ws_receive(c, bytes);
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return preview_ws_writable(c);
    case LWS_CALLBACK_CLOSED:
        preview_ws_closed(c);
        return 0;
    default:
        return 0;
    }
}

static void on_library_log(int level, const char *line) {
    (void)level;
    struct str text = str_trim(str_from(line));
    log_line(LOG_DEBUG, "%.*s", STR_FMT(text));
}

static const struct lws_protocols protocols[] = {
    {"relight", on_event, sizeof(struct preview_connection), PREVIEW_PIECE, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static const lws_retry_bo_t keep_alive = {.secs_since_valid_ping = PING_S,
                                          .secs_since_valid_hangup = HANG_UP_S};

static void create_context(struct preview_host *h, struct err *err) {
    void *loops[] = {h->server->loop};
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
        .foreign_loops = loops,
        .user = h,
        .gid = (gid_t)-1,
        .uid = (uid_t)-1,
        .max_http_header_data = HEADERS_MAX,
        .max_http_header_pool = 64,
    };
    lws_set_log_level(LLL_ERR | LLL_WARN, on_library_log);
    h->context = lws_create_context(&info);
    if (!h->context)
        err_set(err, ST_UNSUPPORTED,
                "libwebsockets cannot use libuv here (Debian: install libwebsockets-evlib-uv)");
}

static void create_vhost(struct preview_host *h, uint16_t port, struct err *err) {
    struct lws_context_creation_info info = {
        .iface = "127.0.0.1",
        .port = port,
        .protocols = protocols,
        .options = LWS_SERVER_OPTION_DISABLE_IPV6 | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND,
        .retry_and_idle_policy = &keep_alive,
        .vhost_name = "preview",
    };
    h->vhost = lws_create_vhost(h->context, &info);
    if (!h->vhost) err_set(err, ST_IO, "port %u of 127.0.0.1 is taken", port);
}

bool preview_host_possible(struct err *err) {
    uv_loop_t loop;
    struct server srv = {.loop = &loop};
    struct preview_host h = {.server = &srv};
    uv_loop_init(&loop);
    create_context(&h, err);
    preview_host_stop(&h);
    uv_run(&loop, UV_RUN_DEFAULT);
    if (h.context) lws_context_destroy(h.context);
    uv_loop_close(&loop);
    return err->code == ST_OK;
}

/* Names that came and went are announced to pages: those that a page would list. */
static bool skip_entry(void *ctx, struct str path, bool is_folder) {
    (void)ctx, (void)is_folder;
    size_t start = path.len;
    while (start && path.ptr[start - 1] != '/') start--;
    return preview_skips(str_slice(path, start, path.len));
}

static void listen_on(struct preview_host *h, const char *root, uint16_t port, struct err *err) {
    struct buf url = {0};
    char *resolved = realpath(root, NULL);
    if (!resolved) err_set(err, ST_NOT_FOUND, "there is no folder '%s'", root);
    if (err->code == ST_OK && !h->context) create_context(h, err);
    if (err->code == ST_OK) create_vhost(h, port, err);
    if (err->code != ST_OK) {
        free(resolved);
        return;
    }
    h->root = resolved;
    preview_token_make(h->token);
    buf_printf(&url, "http://127.0.0.1:%d/%s/", lws_get_vhost_listen_port(h->vhost), h->token);
    h->url = buf_take(&url);
    watcher_add_tree(h->server->watcher, str_from(h->root), skip_entry, NULL);
}

enum status preview_host_start(struct server *srv, const char *root, uint16_t port,
                               struct err *err) {
    if (!srv->preview) srv->preview = xcalloc(1, sizeof *srv->preview);
    srv->preview->server = srv;
    if (!srv->preview->url) listen_on(srv->preview, root, port, err);
    return err->code;
}

/* --- The end: the library closes its handles on the loop, and frees the rest only after that. ---
 */

void preview_host_stop(struct preview_host *h) {
    if (h && h->context) lws_context_destroy(h->context);
}

void preview_host_destroy(struct preview_host *h) {
    if (!h) return;
    if (h->context) lws_context_destroy(h->context);
    free(h->root);
    free(h->url);
    free(h);
}

const char *preview_host_url(const struct preview_host *h) {
    return h->url;
}

char *preview_host_document_url_dup(const struct preview_host *h, const char *path) {
    struct buf url = {0};
    size_t len = strlen(h->root);
    if (strncmp(path, h->root, len) != 0 || path[len] != '/') return NULL;
    char *uri = uri_from_path_dup(str_from(path + len)); /* "file:///a.py": escaped as it must be */
    buf_printf(&url, "%s#%s", h->url, uri + strlen("file:///"));
    free(uri);
    return buf_take(&url);
}

static void on_opener_exit(uv_process_t *process, int64_t status, int signal_number) {
    (void)status, (void)signal_number;
    uv_close((uv_handle_t *)process, (uv_close_cb)free);
}

void preview_host_open(const struct preview_host *h) {
#ifdef __APPLE__
    static char program[] = "open";
#else
    static char program[] = "xdg-open";
#endif
    char *arguments[] = {program, h->url, NULL};
    uv_process_options_t options = {.exit_cb = on_opener_exit,
                                    .file = program,
                                    .args = arguments,
                                    .flags = UV_PROCESS_DETACHED};
    uv_process_t *process = xcalloc(1, sizeof *process);
    int failed = uv_spawn(h->server->loop, process, &options);
    uv_unref((uv_handle_t *)process);
    if (!failed) return;
    log_line(LOG_WARNING, "cannot open a browser: %s", uv_strerror(failed));
    uv_close((uv_handle_t *)process, (uv_close_cb)free);
}

const char *preview_host_root(const struct preview_host *h) {
    return h->root;
}
