/* SPDX-License-Identifier: Apache-2.0 */
/* server.h - the server: its clients, the open documents, what is due at a turn's end.
 *
 * One process serves an editor (LSP) and any number of pages, or (`relight serve`) pages alone:
 * then `peer` and `editor` are NULL.  Shared by dispatch, handlers, features and the publisher;
 * all on the loop thread.
 * LIFETIME: an open_document and its session live as long as an editor has it open or a client
 * watches it, and a while longer; requests that are answered later hold no pointer to it. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <uv.h>

#include "base/map.h"
#include "protocol/lsp_decode.h"
#include "server/client_registry.h"
#include "server/peer.h"
#include "server/project.h"
#include "server/project_settings.h"
#include "server/session.h"
#include "server/settings.h"
#include "server/watcher.h"

enum { SERVER_SIGNALS = 3 };
enum server_phase { PHASE_FRESH, PHASE_READY, PHASE_SHUTDOWN };

struct open_document {
    struct server *server;
    char *uri;
    char *path; /* with links resolved: what tells that two names mean one file; owned */
    int64_t version;
    struct session *session;
    bool edited;        /* an editor has it open: the text is the editor's, not the file's */
    bool go_live;       /* as soon as the settings are settled ... */
    json_t *go_live_id; /* ... and then this request is answered; owned, or NULL */
    watch_vec audience; /* who watches it; watches are their clients' */
    uint64_t unwatched_ms;
    uint32_t run;          /* the last one told */
    uint32_t kept_run;     /* the last one whose results have been kept */
    struct shadow *shadow; /* checks what is shown, or NULL */
    uint32_t checked_run;  /* the last one that was checked, or is being */
    id_vec different;      /* blocks that a full run shows differently */
    struct run_summary last_end;
    struct hash128 told_blocks; /* the ids that clients have been told of */
    bool results_changed;       /* diagnostics, hints and lenses are due at the end of a turn */
    uint64_t published_ms;
    uint64_t told_revision; /* of the document: its results have been told as they were then */
    bool introduced;        /* blocks that never run have been told since it is live */
    bool told_missing;      /* diagnostics have named imports that reach no file */
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

struct preview_host;
struct shadow;
struct result_store;

struct server {
    uv_loop_t *loop;
    struct peer *peer; /* or NULL: there is no editor */
    enum server_phase phase;
    int exit_code;
    struct lsp_client client;
    bool pulls_diagnostics;
    struct settings settings;
    struct project_settings *project; /* NULL without a workspace folder */
    uint64_t settings_asked;          /* our request for the editor's, or 0 */
    uint64_t settings_deadline_ms;    /* for its answer */
    char *root;                       /* path of the workspace folder, or NULL; owned */
    struct project *modules;          /* NULL without a workspace folder */
    struct watcher *watcher;
    struct map documents; /* uri -> struct open_document, owned */
    struct client_registry clients;
    struct client *editor;        /* in clients; or NULL */
    struct preview_host *preview; /* or NULL: not started */
    struct result_store *results; /* or NULL: not opened, or (`results_failed`) not to be had */
    bool results_failed;
    struct block_cache *cache;
    uint64_t cache_logged, cache_logged_ms; /* lookups by then; when */
    VEC(struct pending_hover) hovers;
    uint32_t last_inspect;
    uint64_t last_request; /* our requests to the client */
    uv_prepare_t turn;
    uv_timer_t tick; /* progress, pending hovers, the client's process */
    int64_t client_pid;
    bool serves; /* without an editor: what is watched is live, a signal ends it */
    uv_signal_t signals[SERVER_SIGNALS];
};

/* Serve the editor on the descriptors until it leaves; returns the exit code. */
int server_run(int in_fd, int out_fd);

/* Serve the files below `root` to browsers until a signal ends it; returns the exit code.  The
 * caller vouches for the code in them. */
int server_serve(const char *root, uint16_t port, bool open);

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
