/* SPDX-License-Identifier: Apache-2.0 */
/* live_decode.c - reading what a live client says. */
#include "protocol/live_decode.h"

static const json_t *field(const json_t *root, const char *name, json_type type, const char *what,
                           struct err *err) {
    const json_t *value = json_object_get(root, name);
    if (!value || json_typeof(value) == type) return value;
    err_set(err, ST_BAD_PARAMS, "%s: expected %s", name, what);
    return NULL;
}

static struct str text_field(const json_t *root, const char *name, struct err *err) {
    const json_t *value = field(root, name, JSON_STRING, "a string", err);
    if (!value) return STR("");
    return (struct str){json_string_value(value), json_string_length(value)};
}

static int64_t number_field(const json_t *root, const char *name, int64_t none, struct err *err) {
    const json_t *value = field(root, name, JSON_INTEGER, "an integer", err);
    return value ? json_integer_value(value) : none;
}

enum status live_decode(struct live_request *out, struct str text, struct err *err) {
    json_error_t error;
    *out = (struct live_request){.line = -1};
    out->root = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
    if (!out->root) return err_set(err, ST_BAD_MESSAGE, "this is not JSON: %s", error.text);
    if (!json_is_object(out->root))
        return err_set(err, ST_BAD_MESSAGE, "a message is a JSON object with a type");
    out->type = text_field(out->root, "type", err);
    out->path = text_field(out->root, "path", err);
    out->client_id = text_field(out->root, "clientId", err);
    out->token = text_field(out->root, "token", err);
    out->block = text_field(out->root, "block", err);
    out->protocol = number_field(out->root, "protocol", 0, err);
    out->client_run = number_field(out->root, "clientRun", 0, err);
    out->line = number_field(out->root, "line", -1, err);
    out->have = field(out->root, "have", JSON_OBJECT, "an object", err);
    return err->code;
}

void live_request_finish(struct live_request *r) {
    json_decref(r->root);
}
