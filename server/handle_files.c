/* SPDX-License-Identifier: Apache-2.0 */
/* handle_files.c - files on disk that change: what the editor tells of, and what the watcher found.
 *
 * An editor that watches for its servers is asked to; its word goes through the watcher, too, so
 * that both sources make one batch. */
#include "protocol/lsp_encode.h"
#include "protocol/uri.h"
#include "server/handlers.h"
#include "server/log.h"

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

static void on_batch(void *ctx, const struct watch_event *events, size_t count) {
    (void)ctx;
    log_line(LOG_DEBUG, "%zu watched files changed: %.*s...", count, STR_FMT(events[0].path));
}

const struct watcher_events files_watcher_events = {.batch = on_batch};
