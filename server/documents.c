/* SPDX-License-Identifier: Apache-2.0 */
/* documents.c - opening and closing documents. */
#include "server/documents.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "protocol/uri.h"
#include "server/handlers.h"
#include "server/kept_results.h"
#include "server/log.h"
#include "server/path.h"
#include "server/publisher.h"
#include "server/shadow.h"
#include "server/source_file.h"

enum { CACHE_LOG_MS = 10000 };

struct open_document *documents_find(const struct server *srv, struct str path) {
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&srv->documents, &cursor));) {
        struct open_document *od = e->value;
        if (str_eq(str_from(od->path), path)) return od;
    }
    return NULL;
}

/* --- Life. --- */

static char *resolved_dup(const char *path) {
    char *resolved = path_resolve_dup(path);
    return resolved ? resolved : xstrdup(path);
}

static struct str server_root(const struct server *srv) {
    return srv->root ? str_from(srv->root) : STR("");
}

static bool wants_live(const struct open_document *od) {
    struct server *srv = od->server;
    struct str path = str_from(session_path(od->session));
    return od->go_live || srv->serves || settings_file_live(&srv->settings, path, server_root(srv));
}

/* Live when somebody said so or a setting lists it, in a workspace that the client vouches for;
 * `relight serve` is told to run what is watched.  Not before the settings are settled: the first
 * run shall not be in the wrong interpreter. */
static void go_live_if_wanted(struct open_document *od) {
    struct server *srv = od->server;
    if (!settings_settled(srv)) return;
    if (wants_live(od) && srv->settings.trusted) session_go_live(od->session);
    if (od->go_live_id) peer_send_take(srv->peer, rpc_result(od->go_live_id, NULL));
    json_decref(od->go_live_id);
    od->go_live_id = NULL;
}

void documents_configure(struct server *srv) {
    struct session_options options = settings_for_session(&srv->settings, server_root(srv));
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&srv->documents, &cursor));) {
        struct open_document *od = e->value;
        session_configure(od->session, &options);
        if (od->audience.len) go_live_if_wanted(od);
        od->results_changed = true;
    }
    files_index(srv);
}

/* --- The idle check: what is shown, held against a full run (`verify`). --- */

static void on_checked(void *ctx, const struct shadow_report *report) {
    struct open_document *od = ctx;
    for (size_t i = 0; i < report->different.len; i++)
        vec_push(&od->different, report->different.items[i]);
    log_line(report->different.len ? LOG_WARNING : LOG_INFO,
             "%s: a full run was compared: %zu of %zu results differ", od->path,
             report->different.len, report->compared);
    shadow_destroy(od->shadow);
    od->shadow = NULL;
    od->results_changed = true;
}

void document_uncheck(struct open_document *od) {
    shadow_destroy(od->shadow);
    od->shadow = NULL;
    vec_finish(&od->different);
}

/* A tick without a run, and nobody is typing. */
static bool wants_check(const struct open_document *od) {
    return session_live(od->session) && !runner_busy(session_runner(od->session)) &&
           od->run != od->checked_run && od->run == od->kept_run;
}

static void check_quiet(struct server *srv) {
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&srv->documents, &cursor));) {
        struct open_document *od = e->value;
        if (!wants_check(od)) continue;
        struct session_options options = settings_for_session(&srv->settings, server_root(srv));
        document_uncheck(od);
        od->checked_run = od->run;
        od->shadow = shadow_start(srv->loop, od->session, &options, on_checked, od);
    }
}

static struct open_document *create_document(struct server *srv, struct str uri, const char *path,
                                             struct str text) {
    struct open_document *od = xcalloc(1, sizeof *od);
    struct session_options options = settings_for_session(&srv->settings, server_root(srv));
    od->server = srv;
    od->uri = str_dup(uri);
    od->path = resolved_dup(path);
    od->results_changed = true;
    od->session = session_create(srv->loop, &publisher_observer, od, str_from(path), text,
                                 &options);
    session_watch(od->session, srv->watcher);
    od->told_revision = document_revision(session_document(od->session));
    watcher_add_file(srv->watcher, str_from(od->path));
    runner_use_cache(session_runner(od->session), srv->cache);
    *map_slot(&srv->documents, uri) = od;
    kept_results_show(od);
    return od;
}

/* Nobody watches it: what is cached of it goes after a while. */
static void mark_unwatched(struct open_document *od) {
    od->unwatched_ms = uv_now(od->server->loop);
    block_cache_mark(od->server->cache, str_from(session_path(od->session)), od->unwatched_ms);
}

static struct watch *add_watch(struct client *c, struct open_document *od) {
    struct watch *w = client_watch(c, od, &od->audience);
    block_cache_unmark(od->server->cache, str_from(session_path(od->session)));
    if (od->audience.len == 1) publisher_introduce(od); /* others ask for what they need */
    return w;
}

static void destroy_document(struct open_document *od) {
    document_uncheck(od);
    kept_results_save(od, true);
    mark_unwatched(od);
    while (od->audience.len) client_unwatch(od->audience.items[0], &od->audience);
    vec_finish(&od->audience);
    watcher_remove_file(od->server->watcher, str_from(od->path));
    session_close(od->session);
    json_decref(od->go_live_id);
    free(od->progress);
    free(od->path);
    free(od->uri);
    free(od);
}

static void close_document(struct open_document *od) {
    map_remove(&od->server->documents, str_from(od->uri));
    destroy_document(od);
}

void documents_close_all(struct server *srv) {
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&srv->documents, &cursor));)
        destroy_document(e->value);
    map_finish(&srv->documents);
}

/* --- Another text for a document that is open already. --- */

static bool continues(struct str s, size_t at) {
    return at < s.len && ((unsigned char)s.ptr[at] & 0xC0) == 0x80;
}

/* Replace what differs, whole characters; false: nothing does. */
static bool replace_text(struct document *doc, struct str new) {
    struct str old = text_str(document_text(doc));
    size_t shorter = old.len < new.len ? old.len : new.len, start = 0, tail = 0;
    while (start < shorter && old.ptr[start] == new.ptr[start]) start++;
    while (start && (continues(old, start) || continues(new, start))) start--;
    while (tail < shorter - start && old.ptr[old.len - tail - 1] == new.ptr[new.len - tail - 1])
        tail++;
    while (tail && continues(new, new.len - tail)) tail--;
    struct span changed = {(uint32_t)start, (uint32_t)(old.len - tail)};
    if (old.len == new.len && span_len(changed) == 0) return false;
    document_replace(doc, changed, str_slice(new, start, new.len - tail));
    return true;
}

static void take_text(struct open_document *od, struct str text,
                      void (*changed)(struct session *s)) {
    if (!replace_text(session_document(od->session), text)) return;
    document_uncheck(od);
    changed(od->session);
    od->results_changed = true;
}

static enum status read_source(const char *path, struct buf *text, struct err *err) {
    char *absolute = NULL;
    source_file_read(path, text, &absolute, err);
    free(absolute);
    return err->code;
}

/* The file's text is what counts from here on. */
static void take_file_text(struct open_document *od) {
    struct buf text = {0};
    struct err err = {0};
    if (read_source(session_path(od->session), &text, &err) == ST_OK) {
        od->version++;
        take_text(od, buf_str(&text), session_file_changed);
    } else {
        log_line(LOG_WARNING, "%s", err.msg);
    }
    buf_finish(&text);
}

void documents_file_changed(struct server *srv, struct str path) {
    struct open_document *od = documents_find(srv, path);
    if (od && !od->edited) take_file_text(od);
}

/* --- The editor. --- */

/* The path of a file: URI; for a document without a file, one where it might be saved. */
static char *document_path_dup(const struct server *srv, struct str uri) {
    char *path = uri_to_path_dup(uri);
    if (path) return path;
    const char *name = uri.ptr + uri.len;
    while (name > uri.ptr && name[-1] != '/' && name[-1] != ':') name--;
    struct buf made = {0};
    buf_printf(&made, "%s/%.*s", srv->root ? srv->root : "/tmp", (int)(uri.ptr + uri.len - name),
               name);
    return buf_take(&made);
}

/* Pages watch it already: the editor's text and name for it count now. */
static void adopt_document(struct open_document *od, const struct lsp_open *open) {
    map_remove(&od->server->documents, str_from(od->uri));
    free(od->uri);
    od->uri = str_dup(open->uri);
    *map_slot(&od->server->documents, open->uri) = od;
    od->results_changed = true;
    take_text(od, open->text, session_changed);
}

void documents_open(struct server *srv, const struct lsp_open *open) {
    char *path = document_path_dup(srv, open->uri), *resolved = resolved_dup(path);
    struct open_document *od = server_document(srv, open->uri);
    if (od && od->edited) documents_close(od); /* opened again: it begins anew */
    od = documents_find(srv, str_from(resolved));
    if (od && !od->edited) /* the editor may have it open under another name, too */
        adopt_document(od, open);
    else
        od = create_document(srv, open->uri, path, open->text);
    od->edited = true;
    od->version = open->version;
    add_watch(srv->editor, od);
    go_live_if_wanted(od);
    if (!project_knows(srv->modules, str_from(od->path))) files_index(srv);
    free(path);
    free(resolved);
}

void documents_close(struct open_document *od) {
    publisher_forget(od);
    od->edited = false;
    client_unwatch(client_find_watch(od->server->editor, od), &od->audience);
    if (od->audience.len)
        take_file_text(od);
    else
        close_document(od);
}

/* --- Clients that watch. --- */

static struct open_document *open_file(struct server *srv, struct str path, struct err *err) {
    struct buf text = {0};
    struct open_document *od = NULL;
    char *name = str_dup(path), *uri = uri_from_path_dup(path);
    if (access(name, F_OK) != 0)
        err_set(err, ST_NOT_FOUND, "there is no file '%s'", name);
    else if (read_source(name, &text, err) == ST_OK) {
        od = create_document(srv, str_from(uri), name, buf_str(&text));
        od->version = 1;
    }
    free(name);
    free(uri);
    buf_finish(&text);
    return od;
}

struct watch *documents_watch(struct server *srv, struct client *c, struct str path,
                              struct err *err) {
    struct open_document *od = documents_find(srv, path);
    struct watch *w = od ? client_find_watch(c, od) : NULL;
    if (w) return w;
    if (c->watches.len >= CLIENT_WATCH_MAX) {
        err_set(err, ST_TOO_BIG, "a client can watch %d files", CLIENT_WATCH_MAX);
        return NULL;
    }
    if (!od) od = open_file(srv, path, err);
    if (!od) return NULL;
    w = add_watch(c, od);
    go_live_if_wanted(od);
    return w;
}

void documents_unwatch(struct watch *w) {
    struct open_document *od = w->document;
    client_unwatch(w, &od->audience);
    if (od->audience.len == 0) mark_unwatched(od);
}

static void drop_expired_clients(struct server *srv) {
    struct client *c;
    while ((c = registry_expired(&srv->clients, uv_now(srv->loop)))) {
        log_line(LOG_INFO, "client %s is gone", c->id);
        while (c->watches.len) documents_unwatch(c->watches.items[0]);
        registry_drop(&srv->clients, c);
    }
}

static struct open_document *unwanted_document(const struct server *srv) {
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&srv->documents, &cursor));) {
        struct open_document *od = e->value;
        if (od->audience.len == 0 && uv_now(srv->loop) - od->unwatched_ms >= UNWATCHED_MS)
            return od;
    }
    return NULL;
}

static void keep_results(struct server *srv) {
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&srv->documents, &cursor));) {
        struct open_document *od = e->value;
        if (!runner_busy(session_runner(od->session))) kept_results_save(od, false);
    }
}

/* Now and then, if it was of use. */
static void log_cache(struct server *srv) {
    struct cache_stats stats = block_cache_stats(srv->cache);
    uint64_t lookups = stats.hits + stats.misses, now = uv_now(srv->loop);
    if (lookups == srv->cache_logged || now - srv->cache_logged_ms < CACHE_LOG_MS) return;
    srv->cache_logged = lookups;
    srv->cache_logged_ms = now;
    log_line(LOG_INFO, "cache: %zu entries, %.1f MB, hit rate %.1f %%", stats.entries,
             (double)stats.bytes / 1e6, 100.0 * (double)stats.hits / (double)lookups);
}

void documents_tick(struct server *srv) {
    struct open_document *od;
    keep_results(srv);
    block_cache_set_limit(srv->cache, srv->settings.cache_memory_limit);
    block_cache_evict(srv->cache, uv_now(srv->loop));
    log_cache(srv);
    if (srv->settings.verify == VERIFY_IDLE) check_quiet(srv);
    drop_expired_clients(srv);
    while ((od = unwanted_document(srv))) close_document(od);
}
