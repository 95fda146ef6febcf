/* SPDX-License-Identifier: Apache-2.0 */
/* handle_features.c - requests about one document, answered from what is known now. */
#include "base/mem.h"
#include "server/convert.h"
#include "server/features.h"
#include "server/handlers.h"

enum { HOVER_WAIT_MS = 500 };

/* The open document that the params name.  NULL: err is set, or (documents that are no Python) the
 * reply is an empty list. */
static struct open_document *find_document(struct server *srv, const json_t *params,
                                           struct reply *re, struct err *err) {
    struct str uri;
    if (lsp_decode_document(&uri, params, err) != ST_OK) return NULL;
    struct open_document *od = server_document(srv, uri);
    if (!od) reply_take(re, json_array());
    return od;
}

void on_inlay_hint(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    struct str uri;
    struct lsp_range range;
    struct open_document *od = find_document(srv, params, re, err);
    if (od && lsp_decode_range(&uri, &range, params, err) == ST_OK)
        reply_take(re, feature_inlay_hints(od, range));
}

void on_code_lens(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    struct open_document *od = find_document(srv, params, re, err);
    if (od) reply_take(re, feature_code_lenses(od));
}

void on_document_symbol(struct server *srv, const json_t *params, struct reply *re,
                        struct err *err) {
    struct open_document *od = find_document(srv, params, re, err);
    if (od) reply_take(re, feature_document_symbols(od));
}

void on_folding_range(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    struct open_document *od = find_document(srv, params, re, err);
    if (od) reply_take(re, feature_folding_ranges(od));
}

void on_document_link(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    struct open_document *od = find_document(srv, params, re, err);
    if (od) reply_take(re, feature_links(od));
}

void on_diagnostic(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    struct str uri;
    if (lsp_decode_document(&uri, params, err) != ST_OK) return;
    struct open_document *od = server_document(srv, uri);
    json_t *found = od ? feature_diagnostics(od) : json_array();
    reply_take(re, json_pack("{s:s, s:o}", "kind", "full", "items", found));
}

static void hover_block(struct open_document *od, const struct block *block, struct reply *re) {
    struct buf text = {0};
    feature_hover_block(od, block, &text);
    reply_take(re, lsp_hover(buf_str(&text), NULL));
    buf_finish(&text);
}

/* Ask the worker for the value; when it cannot tell now, say what is known without it. */
static void hover_name(struct open_document *od, const struct hover_target *target,
                       struct reply *re) {
    struct server *srv = od->server;
    const struct text *text = document_text(session_document(od->session));
    struct buf before = {0}, after = {0};
    feature_hover_name(od, target, &before, &after);
    uint32_t request = ++srv->last_inspect;
    struct str name = text_slice(text, target->name);
    if (runner_inspect(session_runner(od->session), request, target->provider, name)) {
        struct pending_hover hover = {.request = request,
                                      .id = reply_defer(re),
                                      .uri = xstrdup(od->uri),
                                      .before = buf_take(&before),
                                      .after = buf_take(&after),
                                      .deadline_ms = uv_now(srv->loop) + HOVER_WAIT_MS};
        vec_push(&srv->hovers, hover);
        server_expect_tick(srv);
        return;
    }
    buf_append(&before, buf_str(&after));
    reply_take(re, lsp_hover(buf_str(&before), NULL));
    buf_finish(&before);
    buf_finish(&after);
}

void on_hover(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    struct str uri;
    struct lsp_position position;
    if (lsp_decode_position(&uri, &position, params, err) != ST_OK) return;
    struct open_document *od = server_document(srv, uri);
    if (!od) return; /* null: nothing to say */
    const struct text *text = document_text(session_document(od->session));
    uint32_t byte = convert_to_byte(text, position, srv->client.encoding);
    struct hover_target target = feature_hover_target(od, byte);
    if (!target.block || target.block->kind == BLOCK_PROSE) return;
    if (span_len(target.name))
        hover_name(od, &target, re);
    else if (position.line == target.block->code_line)
        hover_block(od, target.block, re);
}
