/* SPDX-License-Identifier: Apache-2.0 */
/* control.h - the interpreter's end of its connection to the warden.
 *
 * Interpreter process, with the GIL unless said otherwise.  Frames are written whole while the
 * GIL is held, so threads of the user's do not mix them.
 * NOTE[forked-copies] User code may fork.  A forked copy shares these descriptors and must not
 * speak: everything here is a no-op in any process but the owner.
 * NOTE[lost-connection] User code may close every descriptor, and open files that get the same
 * numbers.  Each use first checks that ours are still ours; if not, the process ends with
 * EXIT_CONNECTION_LOST. */
#ifndef EXEC_WORKER_CONTROL_H
#define EXEC_WORKER_CONTROL_H

#include <sys/types.h>

#include "exec/wire.h"
#include "exec/worker/obstacle.h"
#include "exec/worker/ward.h"

/* What a descriptor refers to, to recognise it by. */
struct fd_identity {
    dev_t device;
    ino_t inode;
};

struct fd_identity fd_identity_of(int fd); /* all zero when it is closed */
bool fd_is(int fd, struct fd_identity identity);

/* Which way the last output went: another way needs a barrier first, to keep the order. */
enum channel {
    CHANNEL_NONE,
    CHANNEL_STDOUT,
    CHANNEL_STDERR,
    CHANNEL_DISPLAY,
    CHANNEL_PROCESS, /* another process: either stream */
};

struct control {
    pid_t owner;
    int link, ack, cells; /* owned; `cells`: see ward.h */
    struct fd_identity link_is, ack_is;
    struct buf in;
    size_t taken; /* bytes of `in` already handed out */
    enum channel last;
};

/* Takes the descriptors of the connection (not `out` and `err`). */
void control_init(struct control *c, const struct ward_ends *ends);

/* Close the connection: a frozen copy has none. */
void control_disconnect(struct control *c);

/* Append the descriptors that are ours and not the user's. */
void control_descriptors(const struct control *c, fd_vec *out);

bool control_is_owner(const struct control *c);

/* Send the frames in `frames` and empty it. */
void control_send(struct control *c, struct buf *frames);

/* The interpreter is ready; `checkpoint`: that it comes from, or 0. */
void control_send_started(struct control *c, uint32_t checkpoint);

/* Tell the warden that SIGINT may come from here on. */
void control_send_begun(struct control *c);

/* Before writing to `channel`: see that what went another way before is read first. */
void control_order(struct control *c, enum channel channel);

/* Wait for the next request, without the GIL; handlers of signals run meanwhile.  `fields` is
 * borrowed until the next call. */
void control_receive(struct control *c, uint8_t *type, struct wire_reader *fields);

#endif
