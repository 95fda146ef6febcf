/* SPDX-License-Identifier: Apache-2.0 */
/* feature_outline.c - the blocks as document symbols and as folds. */
#include "server/convert.h"
#include "server/features.h"
#include "server/summary.h"

static enum lsp_symbol_kind symbol_kind(enum definition_kind kind) {
    if (kind == DEF_FUNCTION) return LSP_SYMBOL_FUNCTION;
    return kind == DEF_CLASS ? LSP_SYMBOL_CLASS : LSP_SYMBOL_VARIABLE;
}

static struct lsp_range block_range(const struct open_document *od, const struct block *block,
                                    struct span relative) {
    struct span span = {block->span.start + relative.start, block->span.start + relative.end};
    const struct text *text = document_text(session_document(od->session));
    return convert_range(text, span, od->server->client.encoding);
}

static json_t *definitions(const struct open_document *od, const struct block *block) {
    json_t *children = json_array();
    for (size_t i = 0; i < block->symbols.provides.len; i++) {
        const struct definition *d = &block->symbols.provides.items[i];
        json_array_append_new(children, lsp_document_symbol(d->name, STR(""), symbol_kind(d->kind),
                                                            block_range(od, block, d->span), NULL));
    }
    return children;
}

json_t *feature_document_symbols(struct open_document *od) {
    const struct document *doc = session_document(od->session);
    json_t *symbols = json_array();
    for (size_t i = 0; i < document_block_count(doc); i++) {
        const struct block *block = document_block(doc, i);
        bool prose = block->kind == BLOCK_PROSE;
        struct buf name = {0};
        summary_name(doc, block, &name);
        if (name.len == 0) buf_append(&name, STR("…"));
        struct span whole = {0, span_len(block->span)};
        json_array_append_new(
            symbols, lsp_document_symbol(buf_str(&name), prose ? STR("prose") : STR("block"),
                                         prose ? LSP_SYMBOL_STRING : LSP_SYMBOL_NAMESPACE,
                                         block_range(od, block, whole), definitions(od, block)));
        buf_finish(&name);
    }
    return symbols;
}

json_t *feature_folding_ranges(struct open_document *od) {
    const struct document *doc = session_document(od->session);
    json_t *folds = json_array();
    for (size_t i = 0; i < document_block_count(doc); i++) {
        const struct block *block = document_block(doc, i);
        if (block->line_count < 2) continue;
        const char *kind = block->kind == BLOCK_PROSE ? "comment" : "region";
        json_array_append_new(
            folds, lsp_folding_range(block->line, block->line + block->line_count - 1, kind));
    }
    return folds;
}
