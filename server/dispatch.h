/* SPDX-License-Identifier: Apache-2.0 */
/* dispatch.h - one table of methods; exactly one reply for each request. */
#ifndef SERVER_DISPATCH_H
#define SERVER_DISPATCH_H

#include "server/server.h"

/* The duty to answer one request.  A handler answers through it, or defers it: then the answer
 * comes from what it was moved to.  The dispatcher answers what a handler left unanswered. */
struct reply {
    struct server *server;
    json_t *id; /* borrowed; NULL for a notification */
    bool sent, deferred;
};

void reply_take(struct reply *re, json_t *result_take);
json_t *reply_defer(struct reply *re); /* the id, a new reference: answer with rpc_result() */

/* Handlers leave a failure in `err`; `params` is never NULL but may be of any type. */
typedef void lsp_handler(struct server *srv, const json_t *params, struct reply *re,
                         struct err *err);

enum method_kind { METHOD_REQUEST, METHOD_NOTIFICATION };
enum method_phase { WHEN_READY, WHEN_FRESH, WHEN_ANY };

struct lsp_method {
    const char *name;
    enum method_kind kind;
    enum method_phase when;
    lsp_handler *handler;
};

/* Sorted by name. */
const struct lsp_method *dispatch_methods(size_t *count);

void dispatch_message(struct server *srv, const struct rpc_message *message,
                      const struct err *parse_err);

#endif
