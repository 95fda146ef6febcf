/* SPDX-License-Identifier: Apache-2.0 */
/* server.h - the language server: one client, its open documents, what is due at a turn's end.
 *
 * Shared by dispatch, handlers, features and the publisher; all on the loop thread.
 * LIFETIME: an open_document and its session live from didOpen to didClose; requests that are
 * answered later hold no pointer to it. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <uv.h>

#include "base/map.h"
#include "protocol/lsp_decode.h"
#include "server/peer.h"
#include "server/session.h"
#include "server/settings.h"
#include "server/watcher.h"

enum server_phase { PHASE_FRESH, PHASE_READY, PHASE_SHUTDOWN };

struct open_document {
    struct server *server;
    char *uri;
    int64_t version;
    struct session *session;
    bool results_changed; /* diagnostics, hints and lenses are due at the end of a turn */
    uint64_t published_ms;
    uint64_t told_revision; /* of the document: its results have been told as they were then */
    bool introduced;        /* blocks that never run have been told since it is live */
    char *progress;         /* token of the run's progress, once it is shown; owned */
    uint64_t run_started_ms;
    uint32_t run_planned, run_done; /* blocks */
};

/* A hover that waits for the worker's word on a value. */
struct pending_hover {
    uint32_t request;
    json_t *id;           /* of the client's request; owned */
    char *uri;            /* of the document; owned */
    char *before, *after; /* Markdown around the value; owned */
    uint64_t deadline_ms;
};

struct server {
    uv_loop_t *loop;
    struct peer *peer;
    enum server_phase phase;
    int exit_code;
    struct lsp_client client;
    bool pulls_diagnostics;
    struct settings settings;
    char *root; /* path of the workspace folder, or NULL; owned */
    struct watcher *watcher;
    struct map documents; /* uri -> struct open_document, owned */
    VEC(struct pending_hover) hovers;
    uint32_t last_inspect;
    uint64_t last_request; /* our requests to the client */
    uv_prepare_t turn;
    uv_timer_t tick; /* progress, pending hovers, the client's process */
    int64_t client_pid;
};

/* Serve the peer on the descriptors until it leaves; returns the exit code. */
int server_run(int in_fd, int out_fd);

/* The open document of that URI, or NULL. */
struct open_document *server_document(struct server *srv, struct str uri);

void server_notify_take(struct server *srv, const char *method, json_t *params_take);
void server_request_take(struct server *srv, const char *method, json_t *params_take);

/* Something is under way that wants a look at the clock soon (progress, a pending hover). */
void server_expect_tick(struct server *srv);

/* Forget a hover that has been answered. */
void server_drop_hover(struct server *srv, size_t index);

/* Stop the worker's work on a hover that it has not answered. */
void server_stop_hover(struct server *srv, const struct pending_hover *hover);

/* End the loop; `code` becomes the exit code. */
void server_stop(struct server *srv, int code);

#endif
