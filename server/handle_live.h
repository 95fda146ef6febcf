/* SPDX-License-Identifier: Apache-2.0 */
/* handle_live.h - what a live client asks for: one table of messages.
 *
 * Whatever it says is answered or done; nothing that it says ends the connection. */
#ifndef SERVER_HANDLE_LIVE_H
#define SERVER_HANDLE_LIVE_H

#include "server/server.h"

/* A connection, and the client that it has said it is. */
struct live_connection {
    struct server *server;
    const char *root;  /* paths are below it; borrowed */
    const char *token; /* borrowed */
    const struct client_link *link;
    void *ctx;             /* of the link */
    struct client *client; /* NULL until its hello */
};

void handle_live(struct live_connection *c, struct str text);

#endif
