/* SPDX-License-Identifier: Apache-2.0 */
/* peer.h - a JSON-RPC peer on two descriptors of the loop: messages in, messages out.
 *
 * Outgoing messages collect until peer_flush(), which the server calls once a turn, last. */
#ifndef SERVER_PEER_H
#define SERVER_PEER_H

#include <uv.h>

#include "protocol/rpc.h"

struct peer;

struct peer_events {
    /* A message, RPC_INVALID ones too (with the reason).  Borrowed. */
    void (*message)(void *ctx, const struct rpc_message *message, const struct err *err);
    /* No more messages: end of input (err is ST_OK), or damage that cannot be passed over. */
    void (*closed)(void *ctx, const struct err *err);
    /* It has read something: what was left out when it was congested can be sent. */
    void (*drained)(void *ctx);
};

/* NULL and err when a descriptor cannot be used (a plain file, say). */
struct peer *peer_create(uv_loop_t *loop, int in_fd, int out_fd, const struct peer_events *events,
                         void *ctx, struct err *err);
void peer_close(struct peer *p); /* flushes what the pipe takes; frees itself.  NULL: no-op */

void peer_send_take(struct peer *p, json_t *message); /* queue; steals */
void peer_send_bytes(struct peer *p, struct str framed);
void peer_flush(struct peer *p);

/* Log every message, and with `whole` what it says. */
void peer_set_trace(struct peer *p, bool on, bool whole);

/* More is queued than a peer that reads would leave: leave out what is not needed. */
bool peer_congested(const struct peer *p);

#endif
