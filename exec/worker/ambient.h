/* SPDX-License-Identifier: Apache-2.0 */
/* ambient.h - the state of the process that code uses without naming it: random generators,
 * environment, working directory, sys.path, locale, filters of warnings, matplotlib's parameters.
 *
 * Each kind goes by a pseudo-name ("<random>").  To the server it is like a name of the module
 * whose value is the state: a run that changed it has bound it, and has read it as well, for what
 * it made may rest on what it found; before a block runs that stands elsewhere, the state is put
 * back.  The state is copied: other than an object it cannot change behind a name's back.
 * A run that changed nothing has read a kind if it could have: judged by the modules that its
 * values come from (enum fingerprint_reach), which says too much rather than too little.  Only for
 * warnings it is known.
 *
 * What is inside modules (patches.h) is a kind as well, but one that nothing puts back.
 * Filters of warnings that come with a module belong to the fresh interpreter: the module is loaded
 * once, by whichever block is the first.
 *
 * Not seen: os.putenv(), a bit generator other than NumPy's default for np.random, what a module
 * of another language reads and changes by itself, matplotlib used by a library that shows nothing.
 * Figures are closed at the end of each block (figures.h): none is open when the next begins.
 * Interpreter process, main thread.  Owns its references. */
#ifndef EXEC_WORKER_AMBIENT_H
#define EXEC_WORKER_AMBIENT_H

#include "exec/worker/fingerprint.h"
#include "exec/worker/patches.h"

enum { AMBIENT_WARNINGS = 6, AMBIENT_MODULES = 8, AMBIENT_KINDS };

struct ambient {
    struct ambient_slot {
        PyObject *name;
        PyObject *base; /* before any block changed it; NULL: its module is not loaded */
        PyObject *now;  /* as the last run, or ambient_restore(), left it */
    } slots[AMBIENT_KINDS];
    const struct patches *patches;
    PyObject *probe;    /* head of warnings.filters: sees every warning that gets there */
    bool warned;        /* one did, in this run */
    unsigned reach;     /* what the running block can get at; others add to it */
    Py_ssize_t modules; /* how many were loaded when it began */
};

/* False with an exception set on failure. */
bool ambient_init(struct ambient *a, const struct patches *patches);

bool ambient_is(struct str name); /* a pseudo-name */

/* Put back a state that ambient_leave() gave; NULL: that of a fresh interpreter. */
void ambient_restore(struct ambient *a, struct str name, PyObject *state_or_null);

/* Around a run of code that can get at `reach`.  Leaving tells each kind that it changed or read;
 * `state` is borrowed, NULL when it was not changed.  Neither leaves an exception. */
void ambient_enter(struct ambient *a, unsigned reach);
typedef void ambient_visit(void *ctx, PyObject *name, PyObject *state);
void ambient_leave(struct ambient *a, ambient_visit *visit, void *ctx);

/* The run shall not have been: put everything back. */
void ambient_undo(struct ambient *a);

/* The running block has drawn figures. */
void ambient_note_figures(struct ambient *a);

#endif
