/* SPDX-License-Identifier: Apache-2.0 */
/* handle_live.c - messages of live clients: decode, call, answer. */
#include "server/handle_live.h"

#include <stdlib.h>

#include "protocol/live_decode.h"
#include "protocol/lsp_encode.h"
#include "server/documents.h"
#include "server/log.h"
#include "server/preview_internal.h"
#include "server/publish_live.h"
#include "server/relations.h"

typedef void live_handler(struct live_connection *c, const struct live_request *r, struct err *err);

static void answer(struct live_connection *c, enum live_kind kind, json_t *body) {
    struct packet *packet = packet_create(c->link->transport, kind, body);
    c->link->send(c->ctx, packet);
    packet_unref(packet);
}

/* --- Hello. --- */

static json_t *watched_files(const struct client *c) {
    json_t *files = json_array();
    for (size_t i = 0; i < c->watches.len; i++)
        json_array_append_new(
            files, json_text(str_from(session_path(c->watches.items[i]->document->session))));
    return files;
}

static void on_hello(struct live_connection *c, const struct live_request *r, struct err *err) {
    bool resumed;
    if (r->protocol != LIVE_PROTOCOL)
        err_set(err, ST_UNSUPPORTED, "I speak version %d of the protocol", LIVE_PROTOCOL);
    else if (r->token.len && !str_eq(r->token, str_from(c->token)))
        err_set(err, ST_BAD_PARAMS, "token: this is not mine");
    else if (r->client_id.len > CLIENT_ID_MAX || str_eq(r->client_id, STR("editor")))
        err_set(err, ST_BAD_PARAMS, "clientId: choose another");
    else if (c->client)
        err_set(err, ST_BAD_PARAMS, "you have said hello");
    if (err->code != ST_OK) return;
    c->client = registry_join(&c->server->clients, r->client_id, c->link, c->ctx, &resumed, err);
    if (!c->client) return;
    struct live_welcome welcome = {.root = c->root,
                                   .client_id = c->client->id,
                                   .resumed = resumed,
                                   .watching = watched_files(c->client),
                                   .run = c->server->settings.trusted,
                                   .reveal = c->server->client.show_document};
    answer(c, LIVE_WELCOME, live_welcome(&welcome));
}

/* --- Files. --- */

/* The path that the message names, resolved; NULL and err when it is not below the root. */
static char *path_dup(struct live_connection *c, const struct live_request *r, struct err *err) {
    if (r->path.len) return preview_path_dup(c->root, r->path, err);
    err_set(err, ST_BAD_PARAMS, "path: expected a string");
    return NULL;
}

static void on_watch_file(struct live_connection *c, const struct live_request *r,
                          struct err *err) {
    char *path = path_dup(c, r, err);
    if (path && !str_ends(str_from(path), STR(".py")))
        err_set(err, ST_UNSUPPORTED, "only Python files can be watched");
    else if (path)
        documents_watch(c->server, c->client, str_from(path), err);
    free(path);
}

/* The client's watch of the file that the message names. */
static struct watch *find_watch(struct live_connection *c, const struct live_request *r,
                                struct err *err) {
    char *path = path_dup(c, r, err);
    struct open_document *od = path ? documents_find(c->server, str_from(path)) : NULL;
    struct watch *w = od ? client_find_watch(c->client, od) : NULL;
    if (path && !w) err_set(err, ST_NOT_READY, "you do not watch '%.*s'", STR_FMT(r->path));
    free(path);
    return w;
}

static void on_unwatch_file(struct live_connection *c, const struct live_request *r,
                            struct err *err) {
    struct watch *w = find_watch(c, r, err);
    if (w) documents_unwatch(w);
}

static void on_request_load(struct live_connection *c, const struct live_request *r,
                            struct err *err) {
    struct watch *w = find_watch(c, r, err);
    if (w) publish_load(w, r->have);
}

static void on_request_graph(struct live_connection *c, const struct live_request *r,
                             struct err *err) {
    struct watch *w = find_watch(c, r, err);
    if (!w) return;
    struct session *s = w->document->session;
    answer(c, LIVE_GRAPH, live_graph(session_path(s), relations_graph(session_document(s))));
}

static void on_list_directory(struct live_connection *c, const struct live_request *r,
                              struct err *err) {
    char *path = preview_path_dup(c->root, r->path, err);
    json_t *entries = path ? preview_folder(path, err) : NULL;
    if (entries) answer(c, LIVE_DIRECTORY, live_directory(str_from(path), entries));
    free(path);
}

/* --- Running. --- */

/* The session of a watched file, live if it may be: whoever asks for a run asks for that. */
static struct session *live_session(struct live_connection *c, const struct live_request *r,
                                    struct err *err) {
    struct watch *w = find_watch(c, r, err);
    if (!w) return NULL;
    struct session *s = w->document->session;
    if (session_live(s)) return s;
    if (c->server->settings.trusted)
        session_go_live(s);
    else
        err_set(err, ST_UNSUPPORTED, "this workspace is not trusted, so its code is not run");
    return NULL; /* everything runs, or nothing */
}

static void on_run(struct live_connection *c, const struct live_request *r, struct err *err) {
    struct session *s = live_session(c, r, err);
    if (!s) return;
    block_id id = live_block_number(r->block);
    if (r->block.len && !document_block_by_id(session_document(s), id))
        err_set(err, ST_NOT_FOUND, "there is no block '%.*s'", STR_FMT(r->block));
    else
        session_run(s, id);
}

static void on_restart(struct live_connection *c, const struct live_request *r, struct err *err) {
    struct session *s = live_session(c, r, err);
    if (s) session_run_all(s);
}

static void on_interrupt(struct live_connection *c, const struct live_request *r, struct err *err) {
    struct watch *w = find_watch(c, r, err);
    if (w) session_interrupt(w->document->session);
}

static void on_reveal(struct live_connection *c, const struct live_request *r, struct err *err) {
    struct watch *w = find_watch(c, r, err);
    if (!w) return;
    const struct document *doc = session_document(w->document->session);
    const struct block *block = document_block_by_id(doc, live_block_number(r->block));
    uint32_t line = block                                ? block->line
                    : r->line > 0 && r->line < INT32_MAX ? (uint32_t)r->line
                                                         : 0;
    if (c->server->client.show_document)
        server_request_take(c->server, "window/showDocument",
                            lsp_show_document(w->document->uri, line));
    else
        err_set(err, ST_UNSUPPORTED, "there is no editor that could show it");
}

/* --- Dispatch. --- */

static const struct live_method {
    const char *type;
    live_handler *handle;
} methods[] = {
    /* sorted by strcmp() */
    {"hello", on_hello},
    {"interrupt", on_interrupt},
    {"list-directory", on_list_directory},
    {"request-graph", on_request_graph},
    {"request-load", on_request_load},
    {"restart", on_restart},
    {"reveal", on_reveal},
    {"run", on_run},
    {"unwatch-file", on_unwatch_file},
    {"watch-file", on_watch_file},
};

static int compare(const void *type, const void *method) {
    return strcmp(type, ((const struct live_method *)method)->type);
}

static const char *error_code(enum status status) {
    static const char *const codes[ST_COUNT] = {
        [ST_BAD_MESSAGE] = "bad-message", [ST_NOT_FOUND] = "not-found",
        [ST_NOT_READY] = "not-watched",   [ST_UNSUPPORTED] = "not-supported",
        [ST_TOO_BIG] = "too-big",         [ST_IO] = "io"};
    return codes[status] ? codes[status] : "bad-params";
}

static void dispatch(struct live_connection *c, const struct live_request *r, struct err *err) {
    const struct live_method *m = bsearch(r->type.ptr, methods, sizeof methods / sizeof *methods,
                                          sizeof *methods, compare);
    if (!m)
        err_set(err, ST_BAD_MESSAGE, "there is no message '%.*s'", STR_FMT(r->type));
    else if (!c->client && m->handle != on_hello)
        err_set(err, ST_BAD_PARAMS, "say hello first");
    else
        m->handle(c, r, err);
}

void handle_live(struct live_connection *c, struct str text) {
    struct live_request r;
    struct err err = {0};
    if (live_decode(&r, text, &err) == ST_OK) dispatch(c, &r, &err);
    if (err.code != ST_OK) {
        struct str about = r.path.len ? r.path : r.type;
        answer(c, LIVE_ERROR, live_failure(error_code(err.code), err.msg, about));
    }
    live_request_finish(&r);
}
