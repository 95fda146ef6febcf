/* SPDX-License-Identifier: Apache-2.0 */
/* worker_pipe.h - a relight-worker process and the two pipes to it.
 *
 * Descriptors do not block; who waits polls.  The process serves one runner after another: each
 * SETUP gives a fresh interpreter. */
#ifndef TESTS_ORACLE_WORKER_PIPE_H
#define TESTS_ORACLE_WORKER_PIPE_H

#include <poll.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

struct worker_pipe {
    pid_t pid; /* 0: none */
    int to, from;
    struct buf out; /* not yet taken by the pipe */
};

/* `helpers`: a folder that comes first on the interpreter's path. */
enum status worker_pipe_start(struct worker_pipe *w, const char *program, const char *helpers,
                              struct err *err);
void worker_pipe_stop(struct worker_pipe *w); /* all-zero is a no-op */

void worker_pipe_send(struct worker_pipe *w, struct str bytes);

/* For poll(): fills two entries. */
void worker_pipe_poll(const struct worker_pipe *w, struct pollfd fds[2]);

/* Write what waits and append what came to `in`.  An error when the process is gone. */
enum status worker_pipe_serve(struct worker_pipe *w, struct buf *in, struct err *err);

#endif
