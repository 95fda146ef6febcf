/* SPDX-License-Identifier: Apache-2.0 */
/* handle_lifecycle.c - initialize to exit, cancellation. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "protocol/lsp_encode.h"
#include "protocol/uri.h"
#include "server/documents.h"
#include "server/handlers.h"
#include "server/log.h"

void on_initialize(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    struct lsp_initialize init;
    if (lsp_decode_initialize(&init, params, err) != ST_OK) return;
    srv->client = init.client;
    srv->pulls_diagnostics = json_is_object(
        json_at(params, "capabilities.textDocument.diagnostic"));
    srv->client_pid = init.process_id;
    srv->root = uri_to_path_dup(init.root_uri);
    srv->phase = PHASE_READY;
    reply_take(re, lsp_initialize_result(srv->client.encoding, command_names, command_count));
    settings_begin(srv, init.options);
}

void on_initialized(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    (void)params, (void)re, (void)err;
    log_line(LOG_INFO, "version %s, workspace %s, %s", RELIGHT_VERSION,
             srv->root ? srv->root : "(none)", srv->settings.trusted ? "trusted" : "not trusted");
    files_register(srv);
    settings_ask(srv);
}

void on_shutdown(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    (void)params, (void)err;
    srv->phase = PHASE_SHUTDOWN;
    reply_take(re, NULL);
}

void on_exit_notification(struct server *srv, const json_t *params, struct reply *re,
                          struct err *err) {
    (void)params, (void)re, (void)err;
    server_stop(srv, srv->phase == PHASE_SHUTDOWN ? 0 : 1);
}

void on_cancel(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    (void)re, (void)err;
    const json_t *id = json_at(params, "id");
    for (size_t i = 0; id && i < srv->hovers.len; i++) {
        struct pending_hover *h = &srv->hovers.items[i];
        if (!json_equal(h->id, id)) continue;
        server_stop_hover(srv, h);
        peer_send_take(srv->peer, rpc_error(h->id, RPC_REQUEST_CANCELLED, "cancelled"));
        server_drop_hover(srv, i);
        return;
    }
}

void on_progress_cancel(struct server *srv, const json_t *params, struct reply *re,
                        struct err *err) {
    (void)re, (void)err;
    const char *token = json_string_value(json_at(params, "token"));
    size_t cursor = 0;
    for (const struct map_entry *e; token && (e = map_next(&srv->documents, &cursor));) {
        struct open_document *od = e->value;
        if (od->progress && strcmp(od->progress, token) == 0) session_interrupt(od->session);
    }
}

void lifecycle_check_parent(struct server *srv) {
    if (srv->client_pid <= 0 || srv->client_pid > INT32_MAX) return;
    if (kill((pid_t)srv->client_pid, 0) == 0 || errno != ESRCH) return;
    log_line(LOG_WARNING, "the editor (process %d) is gone", (int)srv->client_pid);
    server_stop(srv, 1);
}
