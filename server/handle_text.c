/* SPDX-License-Identifier: Apache-2.0 */
/* handle_text.c - documents opened, edited, saved and closed. */
#include <stdlib.h>

#include "base/mem.h"
#include "protocol/uri.h"
#include "server/convert.h"
#include "server/handlers.h"
#include "server/log.h"
#include "server/publisher.h"

/* The path of a file: URI; for a document without a file, one where it might be saved. */
static char *document_path(const struct server *srv, struct str uri) {
    char *path = uri_to_path_dup(uri);
    if (path) return path;
    const char *name = uri.ptr + uri.len;
    while (name > uri.ptr && name[-1] != '/' && name[-1] != ':') name--;
    struct buf made = {0};
    buf_printf(&made, "%s/%.*s", srv->root ? srv->root : "/tmp", (int)(uri.ptr + uri.len - name),
               name);
    return buf_take(&made);
}

static struct launch_options launch_options(const struct server *srv) {
    const struct settings *settings = &srv->settings;
    return (struct launch_options){
        .python = settings->python ? str_from(settings->python) : STR(""),
        .prefix = settings->worker_command.items,
        .prefix_count = settings->worker_command.len,
        .root = srv->root ? str_from(srv->root) : STR(""),
    };
}

void documents_configure(struct server *srv) {
    struct launch_options launch = launch_options(srv);
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&srv->documents, &cursor));) {
        struct open_document *od = e->value;
        session_relaunch(od->session, &launch);
    }
}

static struct session *create_session(struct open_document *od, const char *path, struct str text) {
    const struct settings *settings = &od->server->settings;
    struct session_options options = {
        .trigger = settings->trigger,
        .cwd = settings->cwd ? str_from(settings->cwd) : STR(""),
        .output_bytes = (uint32_t)settings->output_limit,
        .output_lines = 10000,
        .launch = launch_options(od->server),
    };
    return session_create(od->server->loop, &publisher_observer, od, str_from(path), text,
                          &options);
}

static void open_document(struct server *srv, const struct lsp_open *open) {
    struct open_document *od = xcalloc(1, sizeof *od);
    char *path = document_path(srv, open->uri);
    struct str root = srv->root ? str_from(srv->root) : STR("");
    od->server = srv;
    od->uri = str_dup(open->uri);
    od->version = open->version;
    od->results_changed = true;
    od->session = create_session(od, path, open->text);
    od->told_revision = document_revision(session_document(od->session));
    *map_slot(&srv->documents, open->uri) = od;
    bool listed = settings_file_live(&srv->settings, str_from(path), root);
    if (listed && srv->settings.trusted) session_go_live(od->session);
    free(path);
}

static void close_document(struct server *srv, struct open_document *od) {
    publisher_forget(od);
    map_remove(&srv->documents, str_from(od->uri));
    session_close(od->session);
    free(od->progress);
    free(od->uri);
    free(od);
}

void on_did_open(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    (void)re;
    struct lsp_open open;
    if (lsp_decode_open(&open, params, err) != ST_OK) return;
    if (!str_eq(open.language, STR("python"))) return;
    struct open_document *already = server_document(srv, open.uri);
    if (already) close_document(srv, already);
    if (open.text.len > TEXT_MAX)
        err_set(err, ST_TOO_BIG, "a document of %zu bytes is too big for Relight", open.text.len);
    else
        open_document(srv, &open);
}

static enum status apply_change(struct open_document *od, const struct lsp_change *change,
                                struct err *err) {
    struct document *doc = session_document(od->session);
    const struct text *text = document_text(doc);
    enum position_encoding encoding = od->server->client.encoding;
    struct span old = {0, text_len(text)};
    if (!change->whole) {
        old.start = convert_to_byte(text, change->range.start, encoding);
        old.end = convert_to_byte(text, change->range.end, encoding);
    }
    if (old.end < old.start) old.end = old.start;
    if (text_len(text) - span_len(old) + change->text.len > TEXT_MAX)
        return err_set(err, ST_TOO_BIG, "the document has become too big for Relight");
    document_replace(doc, old, change->text);
    return ST_OK;
}

static void apply_changes(struct open_document *od, const struct lsp_changes *changes,
                          struct err *err) {
    for (size_t i = 0; i < changes->changes.len && err->code == ST_OK; i++)
        apply_change(od, &changes->changes.items[i], err);
    od->version = changes->version;
    session_changed(od->session);
    od->results_changed = true;
}

void on_did_change(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    (void)re;
    struct lsp_changes changes;
    lsp_decode_changes(&changes, params, err);
    struct open_document *od = err->code == ST_OK ? server_document(srv, changes.uri) : NULL;
    if (od) apply_changes(od, &changes, err);
    vec_finish(&changes.changes);
}

void on_did_save(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    (void)re;
    struct str uri;
    if (lsp_decode_document(&uri, params, err) != ST_OK) return;
    struct open_document *od = server_document(srv, uri);
    if (od) session_saved(od->session);
}

void on_did_close(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    (void)re;
    struct str uri;
    if (lsp_decode_document(&uri, params, err) != ST_OK) return;
    struct open_document *od = server_document(srv, uri);
    if (od) close_document(srv, od);
}
