/* SPDX-License-Identifier: Apache-2.0 */
/* server.c - the language server's loop.
 *
 * Everything that wakes it is a message, a worker's bytes, a timer or an exit; each only changes
 * state and queues messages.  What is due goes out once, at the end of the turn. */
#include "server/server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "protocol/lsp_encode.h"
#include "server/cli.h"
#include "server/dispatch.h"
#include "server/documents.h"
#include "server/handlers.h"
#include "server/kept_results.h"
#include "server/log.h"
#include "server/preview_host.h"
#include "server/publish_live.h"
#include "server/publisher.h"

enum {
    TICK_MS = 200,       /* while something is under way */
    IDLE_TICK_MS = 3000, /* otherwise: only to see whether the editor is still there */
};

struct open_document *server_document(struct server *srv, struct str uri) {
    return map_get(&srv->documents, uri);
}

void server_notify_take(struct server *srv, const char *method, json_t *params) {
    if (srv->peer)
        peer_send_take(srv->peer, rpc_notification(method, params));
    else
        json_decref(params);
}

void server_request_take(struct server *srv, const char *method, json_t *params) {
    if (srv->peer)
        peer_send_take(srv->peer, rpc_request(++srv->last_request, method, params));
    else
        json_decref(params);
}

/* --- The editor. --- */

static void on_message(void *ctx, const struct rpc_message *message, const struct err *err) {
    struct server *srv = ctx;
    if (srv->exit_code < 0) dispatch_message(srv, message, err);
}

static void on_closed(void *ctx, const struct err *err) {
    struct server *srv = ctx;
    if (err->code != ST_OK) log_line(LOG_ERROR, "%s", err->msg);
    server_stop(srv, srv->phase == PHASE_SHUTDOWN && err->code == ST_OK ? 0 : 1);
}

static void on_drained(void *ctx) {
    struct server *srv = ctx;
    if (srv->editor) publish_catch_up(srv->editor);
}

static const struct peer_events peer_events = {
    .message = on_message, .closed = on_closed, .drained = on_drained};

static void editor_send(void *ctx, struct packet *packet) {
    peer_send_bytes(((struct server *)ctx)->peer, packet_bytes(packet));
}

static bool editor_congested(const void *ctx) {
    return peer_congested(((const struct server *)ctx)->peer);
}

static const struct client_link editor_link = {
    .transport = LIVE_LSP, .send = editor_send, .congested = editor_congested};

/* --- The loop. --- */

/* The last thing before the loop sleeps; the order matters: flushing may not come first. */
static void on_turn_end(uv_prepare_t *handle) {
    struct server *srv = handle->data;
    publisher_flush(srv);
    if (srv->peer) peer_flush(srv->peer);
}

static void on_tick(uv_timer_t *timer) {
    struct server *srv = timer->data;
    bool pending = publisher_tick(srv) || !settings_settled(srv);
    documents_tick(srv);
    settings_tick(srv);
    uv_timer_start(timer, on_tick, pending ? TICK_MS : IDLE_TICK_MS, 0);
    lifecycle_check_parent(srv); /* last: it may stop the server */
}

void server_expect_tick(struct server *srv) {
    if (uv_timer_get_due_in(&srv->tick) > TICK_MS) uv_timer_start(&srv->tick, on_tick, TICK_MS, 0);
}

static void on_log_line(void *ctx, enum log_level level, struct str line) {
    static const enum lsp_severity types[] = {[LOG_ERROR] = LSP_ERROR,
                                              [LOG_WARNING] = LSP_WARNING,
                                              [LOG_INFO] = LSP_INFORMATION,
                                              [LOG_DEBUG] = LSP_HINT};
    struct server *srv = ctx;
    if (srv->phase == PHASE_READY && srv->peer && !peer_congested(srv->peer))
        server_notify_take(srv, "window/logMessage", lsp_log_message(types[level], line));
}

void server_stop(struct server *srv, int code) {
    if (srv->exit_code >= 0) return;
    srv->exit_code = code;
    log_set_sink(NULL, NULL);
    preview_host_stop(srv->preview);
    documents_close_all(srv);
    project_settings_close(srv->project);
    project_close(srv->modules);
    srv->modules = NULL;
    watcher_destroy(srv->watcher);
    peer_close(srv->peer);
    uv_close((uv_handle_t *)&srv->turn, NULL);
    uv_close((uv_handle_t *)&srv->tick, NULL);
    for (size_t i = 0; srv->serves && i < SERVER_SIGNALS; i++)
        uv_close((uv_handle_t *)&srv->signals[i], NULL);
}

static void server_start(struct server *srv) {
    settings_init(&srv->settings);
    srv->cache = block_cache_create(srv->settings.cache_memory_limit);
    srv->watcher = watcher_create(srv->loop, &files_watcher_events, srv);
    uv_prepare_init(srv->loop, &srv->turn);
    uv_timer_init(srv->loop, &srv->tick);
    srv->turn.data = srv->tick.data = srv;
    uv_prepare_start(&srv->turn, on_turn_end);
    uv_timer_start(&srv->tick, on_tick, IDLE_TICK_MS, 0);
    log_set_sink(on_log_line, srv);
}

static void join_editor(struct server *srv) {
    bool resumed;
    struct err err = {0};
    srv->editor = registry_join(&srv->clients, STR("editor"), &editor_link, srv, &resumed, &err);
}

void server_drop_hover(struct server *srv, size_t index) {
    struct pending_hover *h = &srv->hovers.items[index];
    json_decref(h->id);
    free(h->uri);
    free(h->before);
    free(h->after);
    vec_splice(&srv->hovers, index, 1, 0);
}

void server_stop_hover(struct server *srv, const struct pending_hover *hover) {
    struct open_document *od = server_document(srv, str_from(hover->uri));
    if (od) runner_inspect_stop(session_runner(od->session));
}

static void server_finish(struct server *srv) {
    while (srv->hovers.len) server_drop_hover(srv, srv->hovers.len - 1);
    vec_finish(&srv->hovers);
    preview_host_destroy(srv->preview);
    kept_results_finish(srv);
    block_cache_destroy(srv->cache);
    registry_finish(&srv->clients);
    settings_finish(&srv->settings);
    free(srv->root);
}

int server_run(int in_fd, int out_fd) {
    uv_loop_t loop;
    struct server srv = {.loop = &loop, .exit_code = -1};
    struct err err = {0};
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&loop);
    srv.peer = peer_create(&loop, in_fd, out_fd, &peer_events, &srv, &err);
    if (srv.peer) {
        server_start(&srv);
        join_editor(&srv);
    } else {
        log_line(LOG_ERROR, "%s", err.msg);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    server_finish(&srv);
    uv_loop_close(&loop);
    return srv.peer ? srv.exit_code : 1;
}

/* --- Without an editor. --- */

static void on_signal(uv_signal_t *handle, int signal_number) {
    (void)signal_number;
    server_stop(handle->data, 0);
}

static void watch_signals(struct server *srv) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < SERVER_SIGNALS; i++) {
        uv_signal_init(srv->loop, &srv->signals[i]);
        srv->signals[i].data = srv;
        uv_signal_start(&srv->signals[i], on_signal, numbers[i]);
    }
}

static void say_where(const struct server *srv) {
    printf("Relight serves %s at\n%s\n", srv->root, preview_host_url(srv->preview));
    fflush(stdout);
}

int server_serve(const char *root, uint16_t port, bool open) {
    uv_loop_t loop;
    struct server srv = {.loop = &loop, .exit_code = -1, .phase = PHASE_READY, .serves = true};
    struct err err = {0};
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&loop);
    server_start(&srv);
    watch_signals(&srv);
    if (preview_host_start(&srv, root, port, &err) == ST_OK) {
        srv.root = xstrdup(preview_host_root(srv.preview));
        json_t *options = json_pack("{s:b}", "trusted", true);
        settings_begin(&srv, options);
        json_decref(options);
        say_where(&srv);
        if (open) preview_host_open(srv.preview);
    } else {
        log_line(LOG_ERROR, "%s", err.msg);
        server_stop(&srv, CLI_MISUSE);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    server_finish(&srv);
    uv_loop_close(&loop);
    return srv.exit_code;
}
