/* SPDX-License-Identifier: Apache-2.0 */
/* link.h - frames over a pair of descriptors that are never waited for.
 *
 * Both sides of the warden are links: the wire to the server and the connection to its
 * interpreter.  Caller's memory; owns the descriptors (closed by link_finish) and the buffers.
 * The caller bounds what piles up: it stops filling, and watches link_pending(). */
#ifndef EXEC_WORKER_LINK_H
#define EXEC_WORKER_LINK_H

#include "exec/wire.h"

struct link {
    int in_fd, out_fd; /* may be the same; -1 when there is none */
    struct buf in;
    size_t taken; /* bytes of `in` already handed out as frames */
    struct buf out;
    size_t sent; /* bytes of `out` already written */
};

void link_init(struct link *l, int in_fd, int out_fd); /* takes both; makes them non-blocking */
void link_finish(struct link *l);                      /* accepts descriptors of -1 */

/* Read what has arrived, up to a bound.  False at the end of the stream, or when it broke. */
bool link_fill(struct link *l);

/* Write what the other side accepts now.  False when it is gone. */
bool link_flush(struct link *l);

static inline size_t link_pending(const struct link *l) {
    return l->out.len - l->sent;
}

/* The next whole frame; `fields` is borrowed until the next link_fill(). */
enum wire_split link_next(struct link *l, uint8_t *type, struct wire_reader *fields);

#endif
