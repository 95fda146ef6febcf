/* SPDX-License-Identifier: Apache-2.0 */
/* effects.h - what a block did to values: names it bound or removed, objects it changed in place.
 *
 * Every value that a block bound is kept (see namespace.h), and known here by its fingerprint and
 * by the objects that it reaches.  Before a block runs, the values that it can reach are
 * fingerprinted: those of the names it is known to read, of the names that their functions use,
 * and every kept value that shares an object with one of these, bound to a name now or not.
 * Afterwards those that differ have been changed by the block.  What cannot be fingerprinted
 * counts as changed.
 * When a block binds the same values again, the old objects stay: aliases below stay true.
 * Interpreter process, main thread.  Owns its references. */
#ifndef EXEC_WORKER_EFFECTS_H
#define EXEC_WORKER_EFFECTS_H

#include "base/vec.h"
#include "exec/worker/ambient.h"
#include "exec/worker/fingerprint.h"
#include "exec/worker/namespace.h"

/* A value that a block bound to a name. */
struct kept_value {
    uint32_t block;
    PyObject *name, *value;
    struct fingerprint made; /* as the block's run left it */
    struct hash128 trail;    /* likewise */
    VEC(uintptr_t) ids;      /* objects that it reaches and that can change; ascending */
    uint64_t signature;      /* a bit for each of them: no common bit, no common object */
    bool suspect;            /* the running block can reach it */
    struct fingerprint before;
    struct hash128 trail_before;
};

struct effects {
    struct namespace *ns;
    struct ambient *ambient;
    struct fingerprinter *fingerprinter;
    VEC(struct kept_value *) kept;
    PyObject *reads; /* list of str: what the running block is known to read, functions included */
};

/* False with an exception set on failure. */
bool effects_init(struct effects *e, struct namespace *ns, struct ambient *ambient);

/* Around a block's run, inside ambient_enter(), namespace_enter() and before namespace_leave().
 * `reads`: the names that the block is known to read.  Neither can fail; in doubt more counts as
 * changed. */
void effects_enter(struct effects *e, const struct str *reads, size_t count);

/* `changes` are the block's.  Keeps the values, or puts back the old ones where they are the same;
 * adds the ambient state that the block changed to its bindings, and appends the fields of DONE
 * from the writes to the reads. */
void effects_leave(struct effects *e, uint32_t block, struct namespace_changes *changes,
                   struct buf *out);

void effects_forget(struct effects *e, uint32_t block);

#endif
