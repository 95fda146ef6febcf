/* SPDX-License-Identifier: Apache-2.0 */
/* features.h - what standard LSP surfaces show of a document.  New JSON references. */
#ifndef SERVER_FEATURES_H
#define SERVER_FEATURES_H

#include "protocol/lsp_encode.h"
#include "server/server.h"

json_t *feature_diagnostics(struct open_document *od);
json_t *feature_inlay_hints(struct open_document *od, struct lsp_range range);
json_t *feature_code_lenses(struct open_document *od);
json_t *feature_document_symbols(struct open_document *od);
json_t *feature_folding_ranges(struct open_document *od);
json_t *feature_links(struct open_document *od); /* imports, to files of the workspace */

/* What a hover at `byte` is about. */
struct hover_target {
    const struct block *block; /* NULL: nothing to say */
    struct span name;          /* the identifier under the cursor; empty: the block as a whole */
    block_id provider;         /* whose value of the name it is; 0: unknown */
};
struct hover_target feature_hover_target(struct open_document *od, uint32_t byte);

/* Markdown about a name (before and after its value, which the worker is asked for). */
void feature_hover_name(struct open_document *od, const struct hover_target *target,
                        struct buf *before, struct buf *after);
void feature_hover_value(const struct worker_value *value, struct buf *out);

/* Markdown about a block: result, provides and requires, reasons. */
void feature_hover_block(struct open_document *od, const struct block *block, struct buf *out);

#endif
