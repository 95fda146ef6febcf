/* SPDX-License-Identifier: Apache-2.0 */
/* namespace.h - the document's module, __main__, and which block gave each name its value.
 *
 * Every block's bindings are kept as (name, value), so that the names can be rewound to any point
 * of the document: a few dictionary operations, ordered by the server.
 * Interpreter process, main thread.  Owns its references. */
#ifndef EXEC_WORKER_NAMESPACE_H
#define EXEC_WORKER_NAMESPACE_H

#include "exec/wire.h"
#include "exec/worker/py.h"
#include "exec/worker/setup.h"

struct namespace {
    PyObject *globals;  /* of __main__ */
    PyObject *bindings; /* dict: block -> dict: name -> value */
    PyObject *features; /* dict: block -> compiler flags of its `from __future__` imports */
    PyObject *before;   /* copy of globals, from namespace_enter() to namespace_leave() */
};

/* A fresh __main__ for the document.  False with an exception set on failure. */
bool namespace_init(struct namespace *ns, const struct setup *setup);

/* Give `name` the value that `block` bound; block 0, or one that did not bind it, unbinds it. */
bool namespace_fix(struct namespace *ns, struct str name, uint32_t block);

/* What a block did to the names. */
struct namespace_changes {
    PyObject *before;  /* dict: the names before the run */
    PyObject *bound;   /* dict: name -> value */
    PyObject *removed; /* list of names */
};

/* Around a block's run.  Leaving finds what was bound and removed since, by identity.  False with
 * an exception set on failure. */
bool namespace_enter(struct namespace *ns);
bool namespace_leave(struct namespace *ns, struct namespace_changes *changes);

/* Whether the name holds the very object that it held before the run; and when the block is known
 * to have bound it nevertheless. */
bool namespace_holds_same(const struct namespace *ns, const struct namespace_changes *changes,
                          struct str name);
void namespace_bound_again(const struct namespace *ns, struct namespace_changes *changes,
                           struct str name);

/* Put the names back as they were; `changes` then has none. */
void namespace_undo(struct namespace *ns, struct namespace_changes *changes);

/* What the block bound becomes its values, see namespace_fix(). */
void namespace_keep(struct namespace *ns, uint32_t block, const struct namespace_changes *changes);

void namespace_changes_finish(struct namespace_changes *changes);

/* Whether the interpreter sets the name in every module: no binding of a block. */
bool namespace_is_machinery(PyObject *name);

/* Drop what `block` bound. */
void namespace_forget(struct namespace *ns, uint32_t block);

/* The value that `block` bound to `name`; block 0: that it has now.  Borrowed; NULL when there
 * is none, without an exception. */
PyObject *namespace_get(const struct namespace *ns, struct str name, uint32_t block);

/* NOTE[future-features] `from __future__ import ...` holds for the rest of a file, but each block
 * is compiled alone: so each block's features are kept with it, like a binding, and every other
 * block is compiled with all of them.  They go when the block is forgotten or runs without. */
long namespace_features(const struct namespace *ns, uint32_t except_block);
void namespace_set_features(struct namespace *ns, uint32_t block, long flags);

#endif
