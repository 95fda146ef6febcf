/* SPDX-License-Identifier: Apache-2.0 */
/* lsp_encode.c - building LSP results. */
#include "protocol/lsp_encode.h"

#include "protocol/rpc.h"

static json_t *position_encode(struct lsp_position p) {
    return json_pack("{s:I, s:I}", "line", (json_int_t)p.line, "character",
                     (json_int_t)p.character);
}

json_t *lsp_range_encode(struct lsp_range range) {
    return json_pack("{s:o, s:o}", "start", position_encode(range.start), "end",
                     position_encode(range.end));
}

static json_t *string_array(const char *const *items, size_t count) {
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(array, json_string(items[i]));
    return array;
}

json_t *lsp_initialize_result(enum position_encoding encoding, const char *const *commands,
                              size_t command_count) {
    json_t *capabilities = json_pack(
        "{s:s, s:{s:b, s:i, s:{s:b}}, s:b, s:b, s:b, s:{s:b}, s:{s:b}, s:{s:b}, s:{s:b, s:b}, "
        "s:{s:o}}",
        "positionEncoding", position_encoding_name(encoding), "textDocumentSync", "openClose", 1,
        "change", 2, "save", "includeText", 0, "hoverProvider", 1, "documentSymbolProvider", 1,
        "foldingRangeProvider", 1, "documentLinkProvider", "resolveProvider", 0, "codeLensProvider",
        "resolveProvider", 0, "inlayHintProvider", "resolveProvider", 0, "diagnosticProvider",
        "interFileDependencies", 1, "workspaceDiagnostics", 0, "executeCommandProvider", "commands",
        string_array(commands, command_count));
    return json_pack("{s:o, s:{s:s, s:s}}", "capabilities", capabilities, "serverInfo", "name",
                     "relight", "version", RELIGHT_VERSION);
}

json_t *lsp_diagnostic(struct lsp_range range, enum lsp_severity severity, const char *code,
                       struct str message) {
    return json_pack("{s:o, s:i, s:s, s:s, s:o}", "range", lsp_range_encode(range), "severity",
                     severity, "code", code, "source", "relight", "message", json_text(message));
}

void lsp_diagnostic_relate(json_t *diagnostic, const char *uri, struct lsp_range range,
                           struct str message) {
    json_t *related = json_object_get(diagnostic, "relatedInformation");
    if (!related) {
        related = json_array();
        json_object_set_new(diagnostic, "relatedInformation", related);
    }
    json_array_append_new(related,
                          json_pack("{s:{s:s, s:o}, s:o}", "location", "uri", uri, "range",
                                    lsp_range_encode(range), "message", json_text(message)));
}

json_t *lsp_publish_diagnostics(const char *uri, int64_t version, json_t *diagnostics) {
    return json_pack("{s:s, s:I, s:o}", "uri", uri, "version", (json_int_t)version, "diagnostics",
                     diagnostics);
}

static json_t *markdown(struct str text) {
    return json_pack("{s:s, s:o}", "kind", "markdown", "value", json_text(text));
}

json_t *lsp_inlay_hint(struct lsp_position at, struct str label, struct str tooltip) {
    json_t *hint = json_pack("{s:o, s:o, s:b}", "position", position_encode(at), "label",
                             json_text(label), "paddingLeft", 1);
    if (tooltip.len) json_object_set_new(hint, "tooltip", markdown(tooltip));
    return hint;
}

json_t *lsp_code_lens(struct lsp_range range, struct str title, const char *command,
                      const char *uri, const char *block) {
    json_t *arguments = json_array();
    if (uri) json_array_append_new(arguments, json_string(uri));
    if (block) json_array_append_new(arguments, json_string(block));
    return json_pack("{s:o, s:{s:o, s:s, s:o}}", "range", lsp_range_encode(range), "command",
                     "title", json_text(title), "command", command, "arguments", arguments);
}

json_t *lsp_hover(struct str text, const struct lsp_range *range) {
    json_t *hover = json_pack("{s:o}", "contents", markdown(text));
    if (range) json_object_set_new(hover, "range", lsp_range_encode(*range));
    return hover;
}

json_t *lsp_document_symbol(struct str name, struct str detail, enum lsp_symbol_kind kind,
                            struct lsp_range range, json_t *children) {
    json_t *symbol = json_pack("{s:o, s:o, s:i, s:o, s:o}", "name", json_text(name), "detail",
                               json_text(detail), "kind", kind, "range", lsp_range_encode(range),
                               "selectionRange", lsp_range_encode(range));
    if (children) json_object_set_new(symbol, "children", children);
    return symbol;
}

json_t *lsp_folding_range(uint32_t start_line, uint32_t end_line, const char *kind) {
    json_t *fold = json_pack("{s:I, s:I}", "startLine", (json_int_t)start_line, "endLine",
                             (json_int_t)end_line);
    if (kind) json_object_set_new(fold, "kind", json_string(kind));
    return fold;
}

json_t *lsp_document_link(struct lsp_range range, const char *target_uri, struct str tooltip) {
    return json_pack("{s:o, s:s, s:o}", "range", lsp_range_encode(range), "target", target_uri,
                     "tooltip", json_text(tooltip));
}

json_t *lsp_progress_create(struct str token) {
    return json_pack("{s:o}", "token", json_text(token));
}

static json_t *progress(struct str token, json_t *value) {
    return json_pack("{s:o, s:o}", "token", json_text(token), "value", value);
}

json_t *lsp_progress_begin(struct str token, struct str title) {
    return progress(token, json_pack("{s:s, s:o, s:b, s:i}", "kind", "begin", "title",
                                     json_text(title), "cancellable", 1, "percentage", 0));
}

json_t *lsp_progress_report(struct str token, struct str message, uint32_t percentage) {
    return progress(token, json_pack("{s:s, s:o, s:I}", "kind", "report", "message",
                                     json_text(message), "percentage", (json_int_t)percentage));
}

json_t *lsp_progress_end(struct str token) {
    return progress(token, json_pack("{s:s}", "kind", "end"));
}

json_t *lsp_configuration(const char *section, const char *scope_uri) {
    return json_pack("{s:[{s:s, s:s*}]}", "items", "section", section, "scopeUri", scope_uri);
}

json_t *lsp_log_message(enum lsp_severity type, struct str message) {
    return json_pack("{s:i, s:o}", "type", type, "message", json_text(message));
}

json_t *lsp_register_watcher(const char *glob) {
    return json_pack("{s:[{s:s, s:s, s:{s:[{s:s}]}}]}", "registrations", "id", "watched-files",
                     "method", "workspace/didChangeWatchedFiles", "registerOptions", "watchers",
                     "globPattern", glob);
}

json_t *lsp_show_document(const char *uri, uint32_t line) {
    return json_pack("{s:o, s:b, s:{s:{s:I, s:i}, s:{s:I, s:i}}}", "uri", json_text(str_from(uri)),
                     "takeFocus", 1, "selection", "start", "line", (json_int_t)line, "character", 0,
                     "end", "line", (json_int_t)line, "character", 0);
}

json_t *lsp_show_external(const char *uri) {
    return json_pack("{s:o, s:b}", "uri", json_text(str_from(uri)), "external", 1);
}
