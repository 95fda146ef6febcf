/* SPDX-License-Identifier: Apache-2.0 */
/* value_roots.h - what is known of the objects that names were bound to.
 *
 * A root is known by its object, not by a name: when the names are rewound and come back, what was
 * known of the object still holds, for nothing else can have changed it unseen.
 * INVARIANT: between runs a root's print is that of its object's state now.
 * Owns its references; a root goes when it is not marked before the next sweep. */
#ifndef EXEC_WORKER_VALUE_ROOTS_H
#define EXEC_WORKER_VALUE_ROOTS_H

#include "base/map.h"
#include "exec/worker/value_ids.h"

/* A root's state as the last walk found it. */
struct root_state {
    struct fingerprint print;
    struct hash128 trail;
    id_vec ids;
};

struct root {
    PyObject *value; /* owned */
    PyObject *names; /* set of the document's names that its functions use; NULL: none yet */
    struct root_state now, before; /* `before`: when the block that runs was entered */
    PyObject *label;               /* owned: what the run's walk calls it; NULL: not part of it */
    bool changed;                  /* by the block that ran */
    bool marked;                   /* some name, at some place of the document, has it */
};

struct roots {
    struct map map; /* address -> struct root, owned */
};

void roots_finish(struct roots *r);

/* The root of an object; NULL when it has none. */
struct root *roots_get(const struct roots *r, const PyObject *value);

/* The same, made (not walked yet) when there is none. */
struct root *roots_add(struct roots *r, PyObject *value);

/* Mark the roots of all values in a dict. */
void roots_mark(struct roots *r, PyObject *dict);

/* Drop the roots that were not marked since the last time.  May run finalizers of the user's. */
void roots_sweep(struct roots *r);

/* Next root of all: start with *cursor = 0; NULL at the end. */
struct root *roots_next(const struct roots *r, size_t *cursor);

/* Fingerprint a root anew. */
void root_walk(struct root *root, struct fingerprint_walk *w, PyObject *label,
               struct fingerprint_budget budget);

/* Keep its state as `before`; `now` is to be walked. */
void root_keep_state(struct root *root);

/* Whether `now` may differ from `before`: what is not exact always may. */
bool root_differs(const struct root *root);

/* Whether its object, or one it reaches, can change at all. */
bool root_is_mutable(const struct root *root);

#endif
