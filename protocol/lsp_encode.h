/* SPDX-License-Identifier: Apache-2.0 */
/* lsp_encode.h - results and notifications of LSP, into JSON.
 *
 * Every function returns a new reference; strings are copied. */
#ifndef PROTOCOL_LSP_ENCODE_H
#define PROTOCOL_LSP_ENCODE_H

#include "protocol/lsp_decode.h"

json_t *lsp_range_encode(struct lsp_range range);

/* The initialize result: what the server can do, in the negotiated encoding. */
json_t *lsp_initialize_result(enum position_encoding encoding, const char *const *commands,
                              size_t command_count);

enum lsp_severity { LSP_ERROR = 1, LSP_WARNING, LSP_INFORMATION, LSP_HINT };

/* A diagnostic with source "relight".  Add related information with lsp_diagnostic_relate(). */
json_t *lsp_diagnostic(struct lsp_range range, enum lsp_severity severity, const char *code,
                       struct str message);
void lsp_diagnostic_relate(json_t *diagnostic, const char *uri, struct lsp_range range,
                           struct str message);
json_t *lsp_publish_diagnostics(const char *uri, int64_t version, json_t *diagnostics_take);

json_t *lsp_inlay_hint(struct lsp_position at, struct str label, struct str tooltip_markdown);
json_t *lsp_code_lens(struct lsp_range range, struct str title, const char *command,
                      const char *uri, const char *block); /* uri, block: arguments or NULL */
json_t *lsp_hover(struct str text, const struct lsp_range *range); /* Markdown; range may be NULL */

enum lsp_symbol_kind {
    LSP_SYMBOL_STRING = 15,
    LSP_SYMBOL_NAMESPACE = 3,
    LSP_SYMBOL_FUNCTION = 12,
    LSP_SYMBOL_CLASS = 5,
    LSP_SYMBOL_VARIABLE = 13
};
/* `children_take` may be NULL. */
json_t *lsp_document_symbol(struct str name, struct str detail, enum lsp_symbol_kind kind,
                            struct lsp_range range, json_t *children_take);
json_t *lsp_folding_range(uint32_t start_line, uint32_t end_line, const char *kind); /* or NULL */

json_t *lsp_document_link(struct lsp_range range, const char *target_uri, struct str tooltip);

json_t *lsp_progress_create(struct str token);
json_t *lsp_progress_begin(struct str token, struct str title);
json_t *lsp_progress_report(struct str token, struct str message, uint32_t percentage);
json_t *lsp_progress_end(struct str token);

/* Parameters of client/registerCapability: tell of all files that match the glob. */
json_t *lsp_register_watcher(const char *glob);
/* window/showDocument: a line of a document; an address in the browser. */
json_t *lsp_show_document(const char *uri, uint32_t line);
json_t *lsp_show_external(const char *uri);

/* Parameters of workspace/configuration: one section, for a scope that may be NULL. */
json_t *lsp_configuration(const char *section, const char *scope_uri);

json_t *lsp_log_message(enum lsp_severity type, struct str message);

#endif
