/* SPDX-License-Identifier: Apache-2.0 */
/* publish_live.h - live messages to the clients that watch a document, and to no others.
 *
 * Each message is encoded once for each transport, however many clients it goes to. */
#ifndef SERVER_PUBLISH_LIVE_H
#define SERVER_PUBLISH_LIVE_H

#include "server/server.h"

/* Something that happened in a document; what a kind does not need is NULL. */
struct live_event {
    enum live_kind kind;
    struct open_document *document;
    uint32_t run;
    const char *origin;        /* BLOCK_RESULT */
    const struct block *block; /* BLOCK_... */
    const struct output *piece;
    const struct plan *plan; /* RUN_START; NULL: what is under way, for a client that asks */
    const char *known;       /* BLOCK_RESULT: a contentHash that the client has, or NULL */
    bool moved;              /* BLOCK_RESULT: all but the place is as it was told last */
};

/* To all who watch the document; whoever does not keep up is owed it. */
void publish_live(const struct live_event *event);

/* Which blocks there are, if nothing has told of it. */
void publish_block_list(struct open_document *od);

/* The document's whole state, to one client; `have` says which results it knows, or NULL. */
void publish_load(struct watch *w, const json_t *have);

/* The client has room again: what it is owed. */
void publish_catch_up(struct client *c);

void publish_to(struct client *c, enum live_kind kind, json_t *body_take);
void publish_to_all(struct server *srv, enum live_kind kind, json_t *body_take);

#endif
