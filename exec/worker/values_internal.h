/* SPDX-License-Identifier: Apache-2.0 */
/* values_internal.h - shared by values*.c; nobody else includes it. */
#ifndef EXEC_WORKER_VALUES_INTERNAL_H
#define EXEC_WORKER_VALUES_INTERNAL_H

#include "exec/worker/value_roots.h"
#include "exec/worker/values.h"

struct values {
    struct values_limits limits;
    struct fingerprinter *prints;
    PyObject *globals, *bindings;
    struct roots roots;
    uint64_t deadline; /* of the current values_enter() or values_leave() */

    /* From values_enter() on: */
    PyObject *reads; /* sorted list of names */
    /* What the block can reach, by name, then what shares with it, by name: each root that has a
     * label, in the order of the walk. */
    VEC(struct root *) context;
};

void values__start_clock(struct values *v);

/* What the next value may cost. */
struct fingerprint_budget values__budget(const struct values *v);

/* The value of a name now: borrowed, NULL without an exception. */
PyObject *values__value(const struct values *v, PyObject *name);

/* The document's names and values, one by one: start with *at = 0. */
bool values__next_name(const struct values *v, Py_ssize_t *at, PyObject **name, PyObject **value);

/* New: a set of the names; a sorted list of the names in a set (NULL is empty). */
PyObject *values__set(const struct str *names, size_t count);
PyObject *values__sorted(PyObject *set);

/* Make the root of a name's value part of the context, unless it is. */
void values__add_context(struct values *v, PyObject *name);

/* A name that the block bound. */
struct bound {
    PyObject *name;          /* owned */
    struct root *root, *old; /* of its value; of the one before, NULL when there is none */
    struct fingerprint print, old_print; /* of both, in the context */
    bool keep;                           /* the old one */
};
typedef VEC(struct bound) bound_vec;

/* Fingerprint the value of a name that the block bound, in the context that `w` has walked. */
struct fingerprint values__walk_bound(struct values *v, struct fingerprint_walk *w,
                                      struct root *root, PyObject *name);

/* Decide for each bound name whether it keeps its old object, and put that into the namespace.
 * `w` has walked the context and the new values. */
void values__keep_old(struct values *v, struct fingerprint_walk *w, bound_vec *bound);

#endif
