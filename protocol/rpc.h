/* SPDX-License-Identifier: Apache-2.0 */
/* rpc.h - JSON-RPC 2.0 messages. */
#ifndef PROTOCOL_RPC_H
#define PROTOCOL_RPC_H

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"

enum rpc_code { /* JSON-RPC's and LSP's */
                RPC_PARSE_ERROR = -32700,
                RPC_INVALID_REQUEST = -32600,
                RPC_METHOD_NOT_FOUND = -32601,
                RPC_INVALID_PARAMS = -32602,
                RPC_INTERNAL_ERROR = -32603,
                RPC_NOT_INITIALIZED = -32002,
                RPC_REQUEST_FAILED = -32803,
                RPC_CONTENT_MODIFIED = -32801,
                RPC_REQUEST_CANCELLED = -32800,
};

enum rpc_kind { RPC_REQUEST, RPC_NOTIFICATION, RPC_RESPONSE, RPC_INVALID };

/* A received message; fields are borrowed from `root`. */
struct rpc_message {
    enum rpc_kind kind;
    json_t *root;           /* owned; NULL when the body is not JSON */
    json_t *id;             /* NULL in notifications; for RPC_INVALID the id if it could be read */
    const char *method;     /* requests and notifications */
    json_t *params;         /* may be NULL */
    json_t *result, *error; /* responses */
};

/* Read a body.  RPC_INVALID sets err: ST_BAD_MESSAGE (not JSON: RPC_PARSE_ERROR) or ST_BAD_PARAMS
 * (JSON, but no JSON-RPC message: RPC_INVALID_REQUEST). */
void rpc_parse(struct rpc_message *out, struct str body, struct err *err);
void rpc_message_finish(struct rpc_message *m);

enum rpc_code rpc_code_from_status(enum status st);

/* New messages; free with json_decref().  `_take` arguments are stolen, NULL counts as null. */
json_t *rpc_request(uint64_t id, const char *method, json_t *params_take);
json_t *rpc_notification(const char *method, json_t *params_take);
json_t *rpc_result(json_t *id, json_t *result_take);
json_t *rpc_error(json_t *id, enum rpc_code code, const char *message);

/* Append the message with its framing header. */
void rpc_write(struct buf *out, const json_t *message);

/* A JSON string of any bytes: ill-formed UTF-8 is replaced. */
json_t *json_text(struct str s);

#endif
