/* SPDX-License-Identifier: Apache-2.0 */
/* process.h - what the operating system does for us: descriptors out of the user's way, and
 * processes that never outlive the one they work for. */
#ifndef EXEC_WORKER_PROCESS_H
#define EXEC_WORKER_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"

/* The exit code by which an interpreter says that user code took its connection away. */
#define EXIT_CONNECTION_LOST 117

/* A copy of `fd` with a high number that programs do not inherit; -1 and errno on failure. */
int process_stash(int fd);

/* As process_stash(), and closes `fd` itself.  Accepts -1. */
int process_move(int fd);

/* Close *fd unless it is -1, and make it -1. */
void process_close(int *fd);

/* From now on, processes whose parent ended become our children. */
void process_adopt_orphans(void);

/* Die when `parent`, the process that forked us, does. */
void process_die_with(pid_t parent);

/* Whether a child of ours is to be left alone. */
typedef bool process_spare(const void *ctx, pid_t pid);

/* Kill `child`, which leads a session of its own, with all that it left running (every child that
 * we still have, but those spared), and collect them.  Returns its wait status. */
int process_kill_tree(pid_t child, process_spare *spare, const void *ctx);

/* Say in the user's terms why a process ended, from its wait status. */
void process_describe_end(struct buf *out, int wait_status);

#endif
