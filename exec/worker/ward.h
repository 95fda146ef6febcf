/* SPDX-License-Identifier: Apache-2.0 */
/* ward.h - the interpreter process, as the warden that forked it sees it.
 *
 * Beside the wire's own messages the two of them exchange, on their private connection:
 *   BEGUN     (interpreter to warden) a RUN or INSPECT starts: from here on SIGINT reaches it
 *   BARRIER   (interpreter to warden) read all that I have written, then send a byte through `ack`
 * Acknowledgements have a pipe of their own, so that a thread of the user's can wait for one
 * while the main thread waits for the next request.  `cells` carries descriptors: the interpreter
 * sends over it the socket of each checkpoint that it takes.
 *
 * Caller's memory; owns its descriptors and, until ward_stop(), the process. */
#ifndef EXEC_WORKER_WARD_H
#define EXEC_WORKER_WARD_H

#include <sys/types.h>

#include "exec/worker/freezer.h"
#include "exec/worker/link.h"
#include "exec/worker/output.h"
#include "exec/worker/setup.h"

enum ward_message { WARD_BEGUN = 128, WARD_BARRIER };

struct ward {
    pid_t pid; /* 0 when there is none */
    struct link link;
    int ack;   /* writing end */
    int cells; /* see handover.h */
};

/* The interpreter's ends, in the interpreter's process. */
struct ward_ends {
    int link, ack, out, err, cells;
};
#define WARD_ENDS 5

void ward_init(struct ward *w);

/* What the warden has open that an interpreter must not have. */
struct ward_secrets {
    const struct link *wire;
    const struct freezer *freezer;
};

/* Fork an interpreter for `setup`; its pipes go to `output`.  The child closes the secrets and
 * never returns from here. */
enum status ward_start(struct ward *w, const struct setup *setup, struct output *output,
                       const struct ward_secrets *secrets, struct err *err);

/* Have a checkpoint make the interpreter, by the socket `frozen`.  Waits for it. */
enum status ward_thaw(struct ward *w, int frozen, struct output *output, struct err *err);

/* Kill the interpreter with all that it started, but not its checkpoints, and close the
 * connection.  Returns the wait status; 0 when there was none. */
int ward_stop(struct ward *w, struct output *output, const struct freezer *freezer);

void ward_acknowledge(struct ward *w);
void ward_interrupt(struct ward *w);

#endif
