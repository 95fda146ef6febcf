/* SPDX-License-Identifier: Apache-2.0 */
/* launcher.h - starts a document's workers: which interpreter it is, and which one is tried next.
 *
 * Caller's memory; zero-initialised is empty; owns copies of what it is told. */
#ifndef SERVER_LAUNCHER_H
#define SERVER_LAUNCHER_H

#include "base/buf.h"
#include "server/interpreter.h"
#include "server/worker_process.h"

struct launch_options {
    struct str python;   /* relight.python, or empty */
    char *const *prefix; /* relight.worker.command */
    size_t prefix_count;
    struct str root; /* of the workspace, or empty */
};

struct launcher {
    char *python, *root, *folder; /* folder: the document's */
    VEC(char *) prefix;
    interpreter_vec candidates;
    size_t current;
    bool proven;       /* the current one has said hello */
    struct buf reason; /* the last words of a worker, to say why it is of no use */
};

void launcher_init(struct launcher *l, struct str folder, const struct launch_options *options);
void launcher_finish(struct launcher *l);

bool launcher_matches(const struct launcher *l, const struct launch_options *options);

/* Look for interpreters anew, unless the current one is known to work. */
void launcher_search(struct launcher *l);

struct worker_process *launcher_spawn(struct launcher *l, uv_loop_t *loop,
                                      const struct worker_process_events *events, void *ctx,
                                      struct err *err);

/* "/usr/bin/python3 (python3 on the PATH)" */
void launcher_describe(const struct launcher *l, struct buf *out);

/* The worker ended before its hello; `cause` is what is known beside its last words.  Appends what
 * to tell the user, and goes on to the next interpreter: false when there is none. */
bool launcher_refused(struct launcher *l, struct str cause, struct buf *why);

#endif
