/* SPDX-License-Identifier: Apache-2.0 */
/* patches.h - changes that a run made to modules and to classes of modules.
 *
 * Fingerprints do not look into modules.  So the byte code of the block, and of the document's
 * functions that it can call, is searched for stores to an attribute of something that a module
 * holds (`math.tau = 4`, `del json.dumps`, `setattr(json.JSONEncoder, ...)`); what they would store
 * to is compared by identity, before and after.  In doubt it is a change.  Nothing puts these back:
 * the server starts a fresh interpreter instead.
 * Not seen: stores through a local variable, builtins, and what a module does to another.
 * Interpreter process, main thread.  Owns its references. */
#ifndef EXEC_WORKER_PATCHES_H
#define EXEC_WORKER_PATCHES_H

#include "exec/worker/py.h"

struct patches {
    PyObject *globals, *function_type; /* the document's; types.FunctionType */
    PyObject *before;  /* dict: "module.attribute" -> value, for what the run may store to */
    PyObject *modules; /* sys.modules as it was; NULL: the code does not mention it */
    PyObject *made;    /* dict like `before`: all changes in this interpreter so far */
    struct buf what;   /* the run's changes, for the user: "math.tau, json.dumps" */
    int load_name, load_global, load_attr, load_method, load_const, store_attr, delete_attr, copy;
    int keep[4]; /* operations that come between a name and its attributes; -1 ends them */
};

/* False with an exception set on failure. */
bool patches_init(struct patches *p, PyObject *globals);

/* Around a run of these code objects (NULL: none) that can call the functions named in `reads`.
 * Leaves no exception. */
void patches_enter(struct patches *p, PyObject *const codes[2], PyObject *reads);
void patches_leave(struct patches *p, PyObject *const codes[2], PyObject *reads);

/* All changes so far, as a dict, when the run made one; else NULL. */
PyObject *patches_state(const struct patches *p);

#endif
