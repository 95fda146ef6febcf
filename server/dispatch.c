/* SPDX-License-Identifier: Apache-2.0 */
/* dispatch.c - from a message to its handler, and the rules of the protocol around it. */
#include "server/dispatch.h"

#include <stdlib.h>

#include "server/handlers.h"
#include "server/log.h"

static const struct lsp_method methods[] = {
    {"$/cancelRequest", METHOD_NOTIFICATION, WHEN_ANY, on_cancel},
    {"$/setTrace", METHOD_NOTIFICATION, WHEN_READY, on_set_trace},
    {"exit", METHOD_NOTIFICATION, WHEN_ANY, on_exit_notification},
    {"initialize", METHOD_REQUEST, WHEN_FRESH, on_initialize},
    {"initialized", METHOD_NOTIFICATION, WHEN_READY, on_initialized},
    {"relight/cursor", METHOD_NOTIFICATION, WHEN_READY, on_cursor},
    {"shutdown", METHOD_REQUEST, WHEN_READY, on_shutdown},
    {"textDocument/codeLens", METHOD_REQUEST, WHEN_READY, on_code_lens},
    {"textDocument/diagnostic", METHOD_REQUEST, WHEN_READY, on_diagnostic},
    {"textDocument/didChange", METHOD_NOTIFICATION, WHEN_READY, on_did_change},
    {"textDocument/didClose", METHOD_NOTIFICATION, WHEN_READY, on_did_close},
    {"textDocument/didOpen", METHOD_NOTIFICATION, WHEN_READY, on_did_open},
    {"textDocument/didSave", METHOD_NOTIFICATION, WHEN_READY, on_did_save},
    {"textDocument/documentLink", METHOD_REQUEST, WHEN_READY, on_document_link},
    {"textDocument/documentSymbol", METHOD_REQUEST, WHEN_READY, on_document_symbol},
    {"textDocument/foldingRange", METHOD_REQUEST, WHEN_READY, on_folding_range},
    {"textDocument/hover", METHOD_REQUEST, WHEN_READY, on_hover},
    {"textDocument/inlayHint", METHOD_REQUEST, WHEN_READY, on_inlay_hint},
    {"window/workDoneProgress/cancel", METHOD_NOTIFICATION, WHEN_READY, on_progress_cancel},
    {"workspace/didChangeConfiguration", METHOD_NOTIFICATION, WHEN_READY, on_configuration},
    {"workspace/didChangeWatchedFiles", METHOD_NOTIFICATION, WHEN_READY, on_watched_files},
    {"workspace/executeCommand", METHOD_REQUEST, WHEN_READY, on_execute_command},
};

const struct lsp_method *dispatch_methods(size_t *count) {
    *count = sizeof methods / sizeof *methods;
    return methods;
}

static int compare(const void *name, const void *method) {
    return strcmp(name, ((const struct lsp_method *)method)->name);
}

static const struct lsp_method *find_method(const char *name) {
    return bsearch(name, methods, sizeof methods / sizeof *methods, sizeof *methods, compare);
}

void reply_take(struct reply *re, json_t *result) {
    if (re->id && !re->sent) {
        peer_send_take(re->server->peer, rpc_result(re->id, result));
        re->sent = true;
    } else {
        json_decref(result);
    }
}

json_t *reply_defer(struct reply *re) {
    re->deferred = true;
    return json_incref(re->id);
}

static void reply_error(struct server *srv, json_t *id, enum rpc_code code, const char *message) {
    peer_send_take(srv->peer, rpc_error(id, code, message));
}

/* Never zero replies to a request, never two. */
static void reply_finish(struct reply *re, const struct err *err) {
    if (!re->id || re->sent || re->deferred) return;
    if (err->code == ST_OK)
        reply_take(re, NULL);
    else
        reply_error(re->server, re->id, rpc_code_from_status(err->code), err->msg);
}

/* ST_OK when the method may be called in the server's phase. */
static enum status check_phase(const struct server *srv, const struct lsp_method *method,
                               enum rpc_code *code, struct err *err) {
    if (method && method->when == WHEN_ANY) return ST_OK;
    bool initialize = method && method->when == WHEN_FRESH;
    if (srv->phase == PHASE_FRESH && !initialize) {
        *code = RPC_NOT_INITIALIZED;
        return err_set(err, ST_NOT_READY, "the server is not initialized");
    }
    if (srv->phase == PHASE_READY && initialize) {
        *code = RPC_INVALID_REQUEST;
        return err_set(err, ST_BAD_PARAMS, "the server is initialized already");
    }
    if (srv->phase == PHASE_SHUTDOWN) {
        *code = RPC_INVALID_REQUEST;
        return err_set(err, ST_BAD_PARAMS, "the server is shutting down");
    }
    return ST_OK;
}

static void call(struct server *srv, const struct lsp_method *method,
                 const struct rpc_message *message) {
    struct reply re = {.server = srv, .id = message->kind == RPC_REQUEST ? message->id : NULL};
    struct err err = {0};
    method->handler(srv, message->params ? message->params : json_null(), &re, &err);
    if (err.code != ST_OK && !re.id) log_line(LOG_WARNING, "%s: %s", method->name, err.msg);
    reply_finish(&re, &err);
}

static void dispatch_call(struct server *srv, const struct rpc_message *message) {
    const struct lsp_method *method = find_method(message->method);
    bool request = message->kind == RPC_REQUEST;
    enum rpc_code code = RPC_METHOD_NOT_FOUND;
    struct err err = {0};
    if (method && (method->kind == METHOD_REQUEST) != request) method = NULL;
    if (check_phase(srv, method, &code, &err) == ST_OK && method)
        call(srv, method, message);
    else if (request)
        reply_error(srv, message->id, code, err.code ? err.msg : "no such method");
    else if (!method && strncmp(message->method, "$/", 2) != 0)
        log_line(LOG_DEBUG, "notification %s is ignored", message->method);
}

void dispatch_message(struct server *srv, const struct rpc_message *message,
                      const struct err *parse_err) {
    if (message->kind == RPC_INVALID) {
        enum rpc_code code = parse_err->code == ST_BAD_MESSAGE ? RPC_PARSE_ERROR
                                                               : RPC_INVALID_REQUEST;
        reply_error(srv, message->id, code, parse_err->msg);
    } else if (message->kind == RPC_RESPONSE) { /* the rest of what we ask needs no answer */
        settings_answered(srv, message);
    } else {
        dispatch_call(srv, message);
    }
}
