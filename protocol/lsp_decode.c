/* SPDX-License-Identifier: Apache-2.0 */
/* lsp_decode.c - reading LSP parameters, with errors that name the field. */
#include "protocol/lsp_decode.h"

static const char *type_text(const json_t *value) {
    static const char *const texts[] = {
        [JSON_OBJECT] = "an object",   [JSON_ARRAY] = "an array", [JSON_STRING] = "a string",
        [JSON_INTEGER] = "an integer", [JSON_REAL] = "a number",  [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",        [JSON_NULL] = "null",
    };
    return value ? texts[json_typeof(value)] : "nothing";
}

json_t *json_at(const json_t *root, const char *path) {
    const json_t *value = root;
    while (value && *path) {
        size_t len = strcspn(path, ".");
        value = json_object_getn(value, path, len);
        path += len + (path[len] == '.');
    }
    return (json_t *)value;
}

/* The getters leave the first error in `err` and return its code: the last call of a decoder says
 * how all of them went.  Without a value, *out stays as it was. */
static enum status wrong_type(const char *path, const char *expected, const json_t *value,
                              struct err *err) {
    return err_set(err, ST_BAD_PARAMS, "%s: expected %s, got %s", path, expected, type_text(value));
}

static enum status get_str(const json_t *params, const char *path, struct str *out,
                           struct err *err) {
    const json_t *value = json_at(params, path);
    if (!json_is_string(value)) return wrong_type(path, "a string", value, err);
    *out = (struct str){json_string_value(value), json_string_length(value)};
    return err->code;
}

static enum status get_int(const json_t *params, const char *path, int64_t *out, struct err *err) {
    const json_t *value = json_at(params, path);
    if (!json_is_integer(value)) return wrong_type(path, "an integer", value, err);
    *out = json_integer_value(value);
    return err->code;
}

static enum status get_u32(const json_t *params, const char *path, uint32_t *out, struct err *err) {
    int64_t value = 0;
    get_int(params, path, &value, err);
    if (value < 0 || value > UINT32_MAX)
        return err_set(err, ST_BAD_PARAMS, "%s: out of range", path);
    *out = (uint32_t)value;
    return err->code;
}

static enum status get_range(const json_t *params, struct lsp_range *out, struct err *err) {
    get_u32(params, "range.start.line", &out->start.line, err);
    get_u32(params, "range.start.character", &out->start.character, err);
    get_u32(params, "range.end.line", &out->end.line, err);
    return get_u32(params, "range.end.character", &out->end.character, err);
}

static bool is_true(const json_t *root, const char *path) {
    return json_is_true(json_at(root, path));
}

static void decode_client(struct lsp_client *out, const json_t *capabilities) {
    size_t i;
    json_t *name;
    *out = (struct lsp_client){.encoding = POSITION_UTF16};
    json_array_foreach(json_at(capabilities, "general.positionEncodings"), i, name) {
        const char *text = json_string_value(name);
        if (text) position_encoding_offer(text, &out->encoding);
    }
    out->refresh_inlay = is_true(capabilities, "workspace.inlayHint.refreshSupport");
    out->refresh_lens = is_true(capabilities, "workspace.codeLens.refreshSupport");
    out->refresh_diagnostics = is_true(capabilities, "workspace.diagnostics.refreshSupport");
    out->progress = is_true(capabilities, "window.workDoneProgress");
    out->show_document = is_true(capabilities, "window.showDocument.support");
    out->configuration = is_true(capabilities, "workspace.configuration");
    out->watch_files = is_true(capabilities, "workspace.didChangeWatchedFiles.dynamicRegistration");
    out->hierarchical_symbols = is_true(
        capabilities, "textDocument.documentSymbol.hierarchicalDocumentSymbolSupport");
    out->related_information = is_true(capabilities,
                                       "textDocument.publishDiagnostics.relatedInformation");
}

enum status lsp_decode_initialize(struct lsp_initialize *out, const json_t *params,
                                  struct err *err) {
    const json_t *capabilities = json_at(params, "capabilities");
    *out = (struct lsp_initialize){.root_uri = STR("")};
    if (!json_is_object(capabilities))
        return wrong_type("capabilities", "an object", capabilities, err);
    decode_client(&out->client, capabilities);
    out->process_id = json_integer_value(json_at(params, "processId"));
    out->options = json_at(params, "initializationOptions");
    const json_t *root = json_at(params, "rootUri");
    const json_t *folder = json_array_get(json_at(params, "workspaceFolders"), 0);
    if (folder) root = json_at(folder, "uri");
    if (json_is_string(root)) out->root_uri = str_from(json_string_value(root));
    return ST_OK;
}

enum status lsp_decode_open(struct lsp_open *out, const json_t *params, struct err *err) {
    *out = (struct lsp_open){.uri = STR(""), .language = STR(""), .text = STR("")};
    get_str(params, "textDocument.uri", &out->uri, err);
    get_str(params, "textDocument.languageId", &out->language, err);
    get_int(params, "textDocument.version", &out->version, err);
    return get_str(params, "textDocument.text", &out->text, err);
}

static enum status decode_change(struct lsp_change *out, const json_t *change, struct err *err) {
    const json_t *range = json_at(change, "range");
    out->whole = !range || json_is_null(range);
    if (!out->whole) get_range(change, &out->range, err);
    return get_str(change, "text", &out->text, err);
}

enum status lsp_decode_changes(struct lsp_changes *out, const json_t *params, struct err *err) {
    const json_t *changes = json_at(params, "contentChanges");
    *out = (struct lsp_changes){.uri = STR("")};
    get_str(params, "textDocument.uri", &out->uri, err);
    get_int(params, "textDocument.version", &out->version, err);
    if (!json_is_array(changes)) return wrong_type("contentChanges", "an array", changes, err);
    for (size_t i = 0; i < json_array_size(changes) && err->code == ST_OK; i++) {
        struct lsp_change change = {.text = STR("")};
        struct err inside = {0};
        if (decode_change(&change, json_array_get(changes, i), &inside) != ST_OK)
            err_set(err, inside.code, "contentChanges[%zu].%s", i, inside.msg);
        vec_push(&out->changes, change);
    }
    return err->code;
}

enum status lsp_decode_document(struct str *uri, const json_t *params, struct err *err) {
    return get_str(params, "textDocument.uri", uri, err);
}

enum status lsp_decode_position(struct str *uri, struct lsp_position *out, const json_t *params,
                                struct err *err) {
    get_str(params, "textDocument.uri", uri, err);
    get_u32(params, "position.line", &out->line, err);
    return get_u32(params, "position.character", &out->character, err);
}

enum status lsp_decode_range(struct str *uri, struct lsp_range *out, const json_t *params,
                             struct err *err) {
    get_str(params, "textDocument.uri", uri, err);
    return get_range(params, out, err);
}

/* The n-th argument if it is a string (a number for a block: see live.h), else empty. */
static struct str argument(const json_t *params, size_t n) {
    const json_t *value = json_array_get(json_at(params, "arguments"), n);
    return json_is_string(value) ? str_from(json_string_value(value)) : STR("");
}

enum status lsp_decode_command(struct lsp_command *out, const json_t *params, struct err *err) {
    *out = (struct lsp_command){
        .name = STR(""), .uri = argument(params, 0), .block = argument(params, 1)};
    return get_str(params, "command", &out->name, err);
}
