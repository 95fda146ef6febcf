/* SPDX-License-Identifier: Apache-2.0 */
/* handle_files.c - files on disk that change: what the editor tells of, and what the watcher found.
 *
 * An editor that watches for its servers is asked to; its word goes through the watcher, too, so
 * that both sources make one batch. */
#include "analysis/document_imports.h"
#include "protocol/lsp_encode.h"
#include "protocol/uri.h"
#include "server/documents.h"
#include "server/handlers.h"
#include "server/log.h"
#include "server/publish_live.h"

void files_register(struct server *srv) {
    if (srv->client.watch_files)
        server_request_take(srv, "client/registerCapability", lsp_register_watcher("**/*"));
}

static enum watch_kind kind_of(json_int_t type) {
    return type == 1 ? WATCH_ADDED : type == 3 ? WATCH_REMOVED : WATCH_CHANGED;
}

void on_watched_files(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    (void)re;
    size_t i;
    json_t *change;
    if (!json_is_array(json_at(params, "changes")))
        err_set(err, ST_BAD_PARAMS, "changes: expected an array");
    json_array_foreach(json_at(params, "changes"), i, change) {
        const char *uri = json_string_value(json_at(change, "uri"));
        char *path = uri ? uri_to_path_dup(str_from(uri)) : NULL;
        json_int_t type = json_integer_value(json_at(change, "type"));
        if (path) watcher_tell(srv->watcher, str_from(path), kind_of(type));
        free(path);
    }
}

/* --- What a batch of the watcher means for documents and pages. --- */

static json_t *paths_of(const struct watch_event *events, size_t count, enum watch_kind kind) {
    json_t *paths = json_array();
    for (size_t i = 0; i < count; i++)
        if (events[i].kind == kind) json_array_append_new(paths, json_text(events[i].path));
    return paths;
}

/* Everybody hears of a file that changed alone, and of files that came and went: what a page that
 * shows the folder needs.  Many at once are a checkout or a build: no single one is meant. */
static void announce(struct server *srv, const struct watch_event *events, size_t count) {
    json_t *added = paths_of(events, count, WATCH_ADDED);
    json_t *removed = paths_of(events, count, WATCH_REMOVED);
    if (count == 1 && events->kind == WATCH_CHANGED) {
        const struct open_document *od = documents_find(srv, events->path);
        bool watched = od && od->audience.len;
        log_line(LOG_INFO, "file changed: %.*s (%s)", STR_FMT(events->path),
                 watched ? "watched" : "not watched");
        publish_to_all(srv, LIVE_FILE_CHANGED, live_file_changed(events->path, watched));
    }
    if (json_array_size(added) || json_array_size(removed))
        publish_to_all(srv, LIVE_DIRECTORY_CHANGED,
                       live_directory_changed(json_incref(added), json_incref(removed)));
    json_decref(added);
    json_decref(removed);
}

static void tell_sessions(struct server *srv, const struct watch_event *events, size_t count) {
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&srv->documents, &cursor));) {
        struct open_document *od = e->value;
        session_files_changed(od->session, events, count);
    }
}

/* --- The index of the workspace's modules. --- */

static bool misses_import(const struct open_document *od) {
    struct document_imports imports = {0};
    const struct module_index *index = project_index(od->server->modules);
    bool missing = false;
    document_imports_build(&imports, index, str_from(od->path), session_document(od->session));
    for (size_t i = 0; i < imports.rows.len; i++)
        missing |= document_imports_missing(index, &imports.rows.items[i]);
    document_imports_finish(&imports);
    return missing;
}

static void on_index(void *ctx) {
    struct server *srv = ctx;
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&srv->documents, &cursor));) {
        struct open_document *od = e->value;
        bool missing = misses_import(od);
        od->results_changed |= missing || od->told_missing;
        od->told_missing = missing;
    }
}

void files_index(struct server *srv) {
    if (!srv->root || srv->exit_code >= 0) return;
    if (!srv->modules) srv->modules = project_create(srv->loop, srv->root, on_index, srv);
    project_refresh(srv->modules, (const char *const *)srv->settings.roots.items,
                    srv->settings.roots.len);
}

static bool changes_index(const struct watch_event *event) {
    return event->kind != WATCH_CHANGED &&
           (str_ends(event->path, STR(".py")) || str_ends(event->path, STR(".pyi")));
}

static void on_batch(void *ctx, const struct watch_event *events, size_t count) {
    struct server *srv = ctx;
    for (size_t i = 0; i < count; i++) project_settings_changed(srv->project, events[i].path);
    log_line(LOG_DEBUG, "%zu watched files changed: %.*s...", count, STR_FMT(events[0].path));
    for (size_t i = 0; i < count; i++)
        if (events[i].kind != WATCH_REMOVED) documents_file_changed(srv, events[i].path);
    bool index = false;
    for (size_t i = 0; i < count; i++) index |= changes_index(&events[i]);
    if (index) files_index(srv);
    tell_sessions(srv, events, count);
    announce(srv, events, count);
}

const struct watcher_events files_watcher_events = {.batch = on_batch};
