/* SPDX-License-Identifier: Apache-2.0 */
/* freezer.h - the checkpoints that there are, as the warden knows them.
 *
 * Each is a frozen process (see freeze.h): a child of ours that ends when its socket is closed.
 * Caller's memory; zero-initialised is empty. */
#ifndef EXEC_WORKER_FREEZER_H
#define EXEC_WORKER_FREEZER_H

#include <stdint.h>
#include <sys/types.h>

#include "base/vec.h"

#include <stdbool.h>

struct frozen {
    uint32_t id;
    pid_t pid;
    int socket; /* see handover.h; owned */
};

struct freezer {
    VEC(struct frozen) items;
};

void freezer_finish(struct freezer *f); /* ends them all */

/* Take in the checkpoint that an interpreter has just sent through `cells`.  False when there is
 * none. */
bool freezer_take(struct freezer *f, uint32_t id, int cells);

const struct frozen *freezer_find(const struct freezer *f, uint32_t id); /* or NULL */
bool freezer_has(const void *freezer, pid_t pid);                        /* a process_spare */

void freezer_drop(struct freezer *f, uint32_t id); /* ends it; unknown ids are ignored */

/* Process `pid` has ended.  Returns the id of the checkpoint that it was, now dropped; 0: none. */
uint32_t freezer_ended(struct freezer *f, pid_t pid);

/* The memory that is there for this checkpoint's sake, in bytes: its proportional share. */
uint64_t frozen_memory(const struct frozen *frozen);

/* In a process forked from the warden. */
void freezer_close_copies(const struct freezer *f);

#endif
