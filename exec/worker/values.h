/* SPDX-License-Identifier: Apache-2.0 */
/* values.h - which names a block's run changed, and to what.
 *
 * values_enter() before the block runs, values_leave() after it: the latter tells which names were
 * bound, removed or changed in place, each with its fingerprint.  A name is changed in place when
 * an object that its value reaches was changed, by whatever name or function the block got there.
 *
 * What a block can reach: the values of the names it reads, and of those that functions among
 * these values use, and so on.  Only these are fingerprinted again after the run; when one of them
 * has changed, so are the values of other names that share an object with it.
 *
 * Interpreter process, main thread, with the GIL.  Nothing here runs the user's code, but for
 * finalizers of values that nobody holds any more.  Nothing fails: what cannot be known is said to
 * be unknown. */
#ifndef EXEC_WORKER_VALUES_H
#define EXEC_WORKER_VALUES_H

#include "base/vec.h"
#include "exec/worker/fingerprint.h"

/* Before a run, and again after it, the values may take `microseconds` together; when these are
 * over, each of the rest may take a moment more, so that small values are still exact. */
struct values_limits {
    struct fingerprint_budget value; /* for one value */
    uint64_t microseconds;
};

struct values;

/* Both are kept: `globals` is the document's namespace; `bindings` is a dict of dicts, for each
 * block the values that it bound to names, so that what is known of a value lasts as long as it
 * can come back.  NULL with an exception set on failure. */
struct values *values_create(PyObject *globals, PyObject *bindings, struct values_limits limits);
void values_destroy(struct values *v); /* accepts NULL */

/* Before a run, with the names bound as the block is to see them.  `reads`: the names it may read;
 * `everything`: any name. */
void values_enter(struct values *v, const struct str *reads, size_t count, bool everything);

/* From values_enter() to the next: a sorted list of str, borrowed: the names that the block can
 * read, directly or through functions, bound or not. */
PyObject *values_reads(const struct values *v);

enum value_change_kind { VALUE_BOUND, VALUE_MUTATED, VALUE_REMOVED };

struct value_change {
    PyObject *name; /* owned */
    enum value_change_kind kind;
    /* Of a value bound or changed: unless `known` it counts as changed.  Says what the value
     * shares with others that the block could reach, too. */
    bool known;
    struct hash128 fingerprint;
    bool kept_old; /* bound: the name holds the object that it had after the run before */
};
typedef VEC(struct value_change) value_change_vec;
void value_changes_finish(value_change_vec *changes);

/* After the run.  `writes`: the names that it bound or removed (those not bound now).  `previous`:
 * a dict with the values that the block bound to names the last time it ran, or NULL.
 *
 * A value that cannot be told from the previous one, as that is now, is replaced by it in the
 * namespace, so that what was made from the old object since then still shares it: all values that
 * share objects, or none of them.  So call this before the block's bindings are recorded.
 *
 * Appends to `changes`: names bound and removed, then names changed in place, each sorted. */
void values_leave(struct values *v, const struct str *writes, size_t count, PyObject *previous,
                  value_change_vec *changes);

#endif
