/* SPDX-License-Identifier: Apache-2.0 */
/* checkpoints.h - the interpreters that the worker keeps as they were: which, and when.
 *
 * One is taken after work that is worth keeping: at least `worth_us` since the last one, and so
 * much that taking it costs a twentieth at most.  There are so many, and they take so much memory,
 * at most; the ones that went unused longest go first. Caller's memory; zero-initialised is empty.
 * Sends nothing itself. */
#ifndef EXEC_CHECKPOINTS_H
#define EXEC_CHECKPOINTS_H

#include "exec/state_image.h"

enum {
    CHECKPOINTS_MOST = 8,
    CHECKPOINT_WORTH_US = 100000, /* the usual `worth_us` */
    CHECKPOINT_RESUME_US = 30000, /* what going back costs, until one has been measured */
};

struct checkpoint {
    uint32_t id;
    bool taken;     /* the worker has said so */
    uint64_t bytes; /* that are there for its sake */
    uint64_t used;  /* rises */
    struct state_image image;
};

struct checkpoints {
    VEC(struct checkpoint) items;
    uint32_t last_id;
    uint64_t uses;
    uint64_t work_us;     /* in this interpreter, since the last one was taken */
    uint64_t cost_us;     /* of the last one */
    uint64_t worth_us;    /* work that is worth keeping, or going back for; 0, for tests: any */
    uint64_t bytes_limit; /* 0: none */
};

void checkpoints_clear(struct checkpoints *c); /* the worker has none any more */

/* A block has run for so long.  True when it is time to take one. */
bool checkpoints_due(struct checkpoints *c, uint64_t duration_us);

/* One is being taken of what the history says.  Returns its id. */
uint32_t checkpoints_add(struct checkpoints *c, struct history *h);

/* The worker's answer.  Appends those that must go to make room. */
void checkpoints_taken(struct checkpoints *c, uint32_t id, bool taken, uint64_t cost_us,
                       id_vec *out);
void checkpoints_measured(struct checkpoints *c, uint32_t id, uint64_t bytes, id_vec *out);

void checkpoints_remove(struct checkpoints *c, uint32_t id); /* accepts unknown ones */

/* NULL when it is not there, or not taken yet. */
const struct checkpoint *checkpoints_find(const struct checkpoints *c, uint32_t id);

void checkpoints_use(struct checkpoints *c, uint32_t id); /* the interpreter comes from it now */

/* What going back to one costs, in microseconds. */
uint64_t checkpoints_resume_us(const struct checkpoints *c);

#endif
