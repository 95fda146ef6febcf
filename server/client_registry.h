/* SPDX-License-Identifier: Apache-2.0 */
/* client_registry.h - who is connected, and which documents each of them watches.
 *
 * A client is an editor (LSP) or a page (WebSocket); both are reached through a client_link.  One
 * that goes away keeps its watches for CLIENT_RESUME_MS, so that a page that is loaded again, or a
 * connection that breaks, costs nothing.
 *
 * A client that does not keep up is sent nothing more about a document; it is *owed* instead: the
 * ids of the blocks whose results it has missed.  Once it has read what was under way it gets each
 * of them as it stands then.  So a slow client costs a bounded queue and a few ids, and sees the
 * newest state first.
 *
 * Owns clients and watches.  Knows documents by their pointer only. */
#ifndef SERVER_CLIENT_REGISTRY_H
#define SERVER_CLIENT_REGISTRY_H

#include "analysis/document.h"
#include "base/err.h"
#include "server/packet.h"

enum { CLIENT_RESUME_MS = 30000, CLIENT_ID_MAX = 64, CLIENT_WATCH_MAX = 256, CLIENT_MAX = 256 };

struct open_document;

/* How a client is reached. */
struct client_link {
    enum live_transport transport;
    void (*send)(void *ctx, struct packet *packet);
    bool (*congested)(const void *ctx); /* so much is under way that no more should be added */
    void (*replaced)(void *ctx);        /* the client has come back by another connection */
};

struct owed {
    block_id block;
    char known[33]; /* the contentHash that the client has, or "" */
};

struct watch {
    struct client *client;
    struct open_document *document;
    bool behind; /* events are noted below instead of sent */
    bool start_owed, end_owed;
    VEC(struct owed) owed; /* in the order in which they will be sent; ... */
    size_t paid;           /* ... those before it have been */
};

typedef VEC(struct watch *) watch_vec;

struct client {
    char *id;
    const struct client_link *link; /* NULL: it is away */
    void *ctx;                      /* of the link */
    uint64_t away_since_ms;
    watch_vec watches; /* owned */
};

struct client_registry {
    VEC(struct client *) clients; /* owned */
    uint32_t last_id;
};

void registry_finish(struct client_registry *r); /* documents must have been closed */

/* The client of that id, now reached by `link`, or a new one when there is none or `id` is empty.
 * `*resumed` says which.  NULL and err when there are too many. */
struct client *registry_join(struct client_registry *r, struct str id,
                             const struct client_link *link, void *ctx, bool *resumed,
                             struct err *err);

/* Its connection is gone; what it was owed it will ask for when it comes back. */
void registry_leave(struct client *c, uint64_t now_ms);

/* A client that has been away for too long, or NULL: the caller ends its watches and drops it. */
struct client *registry_expired(const struct client_registry *r, uint64_t now_ms);
void registry_drop(struct client_registry *r, struct client *c);

/* --- Watches.  `audience` is the document's list of its watches. --- */
struct watch *client_watch(struct client *c, struct open_document *document, watch_vec *audience);
struct watch *client_find_watch(const struct client *c, const struct open_document *document);
void client_unwatch(struct watch *w, watch_vec *audience);

void watch_owe(struct watch *w, block_id block, const char *known); /* NULL: nothing known */
void watch_settle(struct watch *w);                                 /* nothing is owed any more */

void client_send(struct client *c, struct packet *packet); /* nothing while it is away */
bool client_congested(const struct client *c);

#endif
