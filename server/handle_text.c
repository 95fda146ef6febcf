/* SPDX-License-Identifier: Apache-2.0 */
/* handle_text.c - documents opened, edited, saved and closed. */
#include "server/convert.h"
#include "server/documents.h"
#include "server/handlers.h"
#include "server/publish_live.h"
#include "server/publisher.h"

void on_did_open(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    (void)re;
    struct lsp_open open;
    if (lsp_decode_open(&open, params, err) != ST_OK) return;
    if (!str_eq(open.language, STR("python"))) return;
    if (open.text.len > TEXT_MAX)
        err_set(err, ST_TOO_BIG, "a document of %zu bytes is too big for Relight", open.text.len);
    else
        documents_open(srv, &open);
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
    document_uncheck(od);
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
    if (od && od->edited) documents_close(od);
}

/* The pages that show the document mark the block that the editor's cursor is in. */
void on_cursor(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    (void)re;
    struct str uri;
    struct lsp_position at;
    if (lsp_decode_position(&uri, &at, params, err) != ST_OK) return;
    struct open_document *od = server_document(srv, uri);
    for (size_t i = 0; od && i < od->audience.len; i++) {
        struct client *c = od->audience.items[i]->client;
        if (c != srv->editor && !client_congested(c))
            publish_to(c, LIVE_CURSOR, live_cursor(session_path(od->session), at.line));
    }
}
