/* SPDX-License-Identifier: Apache-2.0 */
/* effects.h - what a block did to values: names it bound or removed, objects it changed in place.
 *
 * Every value that a block bound is kept (see namespace.h), and known here by its fingerprint and
 * by the objects that it reaches (kept_value.h).  Before a block runs, the values that it can reach
 * are found: those of the names it is known to read, of the names that their functions use, and
 * every kept value that shares an object with one of these, bound to a name now or not.  Afterwards
 * they are looked at, and those that differ from their last look have been changed by the block.
 * What cannot be fingerprinted counts as changed.  So a value is looked at once for each block that
 * can reach it; before the block again only if the user's code may have run since the last look.
 * When a block binds the same values again, the old objects stay: aliases below stay true.
 * Interpreter process, main thread.  Owns its references. */
#ifndef EXEC_WORKER_EFFECTS_H
#define EXEC_WORKER_EFFECTS_H

#include "exec/worker/ambient.h"
#include "exec/worker/kept_value.h"
#include "exec/worker/namespace.h"

struct effects {
    struct namespace *ns;
    struct ambient *ambient;
    struct fingerprinter *fingerprinter;
    VEC(struct kept_value *) kept;
    PyObject *reads; /* list of str: what the running block is known to read, functions included */
    PyObject *count_threads; /* _thread._count */
    uint64_t deadline;       /* of the looks around the run */
};

/* False with an exception set on failure. */
bool effects_init(struct effects *e, struct namespace *ns, struct ambient *ambient);

/* Around a block's run, inside ambient_enter(), namespace_enter() and before namespace_leave().
 * `reads`: the names that the block is known to read.  Neither can fail; in doubt more counts as
 * changed. */
void effects_enter(struct effects *e, const struct str *reads, size_t count);

/* The running block has as good as read the name: what it did depends on what the name held. */
void effects_add_read(struct effects *e, struct str text);

/* `changes` are the block's.  Keeps the values, or puts back the old ones where they are the same;
 * adds the ambient state that the block changed to its bindings, and appends the fields of DONE
 * from the writes to the reads. */
void effects_leave(struct effects *e, uint32_t block, struct namespace_changes *changes,
                   struct buf *out);

void effects_forget(struct effects *e, uint32_t block);

/* Code of the user's has run outside of a block: what was seen of any value may no longer be so. */
void effects_outdate(struct effects *e);

#endif
