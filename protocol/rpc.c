/* SPDX-License-Identifier: Apache-2.0 */
/* rpc.c - reading and building JSON-RPC messages. */
#include "protocol/rpc.h"

#include <stdlib.h>

#include "protocol/framing.h"

static bool id_valid(const json_t *id) {
    return json_is_integer(id) || json_is_string(id) || json_is_null(id);
}

static bool method_valid(const json_t *method) {
    const char *name = json_string_value(method);
    return name && strlen(name) == json_string_length(method); /* no NUL inside */
}

static bool version_valid(const json_t *root) {
    const char *version = json_string_value(json_object_get(root, "jsonrpc"));
    return version && strcmp(version, "2.0") == 0;
}

static enum rpc_kind classify(struct rpc_message *m, struct err *err) {
    if (!json_is_object(m->root)) {
        err_set(err, ST_BAD_PARAMS, "a message must be an object");
        return RPC_INVALID;
    }
    json_t *id = json_object_get(m->root, "id"), *method = json_object_get(m->root, "method");
    m->params = json_object_get(m->root, "params");
    m->result = json_object_get(m->root, "result");
    m->error = json_object_get(m->root, "error");
    m->method = method_valid(method) ? json_string_value(method) : NULL;
    m->id = id_valid(id) ? id : NULL;
    if (!version_valid(m->root) || (id && !m->id) || (method && !m->method) ||
        (m->params && !json_is_object(m->params) && !json_is_array(m->params) &&
         !json_is_null(m->params))) {
        err_set(err, ST_BAD_PARAMS, "not a JSON-RPC 2.0 message");
        return RPC_INVALID;
    }
    if (m->method) return id ? RPC_REQUEST : RPC_NOTIFICATION;
    if (id && (m->result || m->error)) return RPC_RESPONSE;
    err_set(err, ST_BAD_PARAMS, "a message needs a method, a result or an error");
    return RPC_INVALID;
}

void rpc_parse(struct rpc_message *out, struct str body, struct err *err) {
    json_error_t where;
    *out = (struct rpc_message){.kind = RPC_INVALID};
    out->root = json_loadb(body.ptr, body.len, JSON_ALLOW_NUL, &where);
    if (!out->root) {
        err_set(err, ST_BAD_MESSAGE, "invalid JSON: %s", where.text);
        return;
    }
    out->kind = classify(out, err);
}

void rpc_message_finish(struct rpc_message *m) {
    json_decref(m->root);
    *m = (struct rpc_message){.kind = RPC_INVALID};
}

static const enum rpc_code codes[ST_COUNT] = {
    [ST_OK] = RPC_INTERNAL_ERROR,
    [ST_BAD_PARAMS] = RPC_INVALID_PARAMS,
    [ST_BAD_MESSAGE] = RPC_PARSE_ERROR,
    [ST_TOO_BIG] = RPC_REQUEST_FAILED,
    [ST_NOT_FOUND] = RPC_REQUEST_FAILED,
    [ST_NOT_READY] = RPC_NOT_INITIALIZED,
    [ST_STALE] = RPC_CONTENT_MODIFIED,
    [ST_CANCELLED] = RPC_REQUEST_CANCELLED,
    [ST_UNSUPPORTED] = RPC_METHOD_NOT_FOUND,
    [ST_IO] = RPC_REQUEST_FAILED,
    [ST_INTERNAL] = RPC_INTERNAL_ERROR,
};

enum rpc_code rpc_code_from_status(enum status st) {
    return codes[st];
}

static json_t *message_create(void) {
    return json_pack("{s:s}", "jsonrpc", "2.0");
}

static void set_params(json_t *message, json_t *params) {
    if (params) json_object_set_new(message, "params", params);
}

json_t *rpc_request(uint64_t id, const char *method, json_t *params) {
    json_t *m = message_create();
    json_object_set_new(m, "id", json_integer((json_int_t)id));
    json_object_set_new(m, "method", json_string(method));
    set_params(m, params);
    return m;
}

json_t *rpc_notification(const char *method, json_t *params) {
    json_t *m = message_create();
    json_object_set_new(m, "method", json_string(method));
    set_params(m, params);
    return m;
}

json_t *rpc_result(json_t *id, json_t *result) {
    json_t *m = message_create();
    json_object_set(m, "id", id);
    json_object_set_new(m, "result", result ? result : json_null());
    return m;
}

json_t *rpc_error(json_t *id, enum rpc_code code, const char *message) {
    json_t *m = message_create();
    json_t *error = json_pack("{s:i, s:o}", "code", code, "message", json_text(str_from(message)));
    if (id)
        json_object_set(m, "id", id);
    else
        json_object_set_new(m, "id", json_null());
    json_object_set_new(m, "error", error);
    return m;
}

static int append_chunk(const char *bytes, size_t size, void *out) {
    buf_append(out, (struct str){bytes, size});
    return 0;
}

void rpc_write(struct buf *out, const json_t *message) {
    struct buf body = {0};
    json_dump_callback(message, append_chunk, &body,
                       JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    framing_header(out, body.len);
    buf_append(out, buf_str(&body));
    buf_finish(&body);
}

json_t *json_text(struct str s) {
    if (utf8_valid_prefix(s) == s.len) return json_stringn_nocheck(s.len ? s.ptr : "", s.len);
    struct buf clean = {0};
    buf_append_utf8(&clean, s);
    json_t *text = json_stringn_nocheck(clean.ptr, clean.len);
    buf_finish(&clean);
    return text;
}
