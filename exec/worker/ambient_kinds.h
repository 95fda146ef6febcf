/* SPDX-License-Identifier: Apache-2.0 */
/* ambient_kinds.h - how each kind of ambient state is copied and put back; see ambient.h. */
#ifndef EXEC_WORKER_AMBIENT_KINDS_H
#define EXEC_WORKER_AMBIENT_KINDS_H

#include "exec/worker/ambient.h"

struct ambient_kind {
    const char *name;
    unsigned changes; /* code that reaches any of these bits may have changed it */
    unsigned reads;   /* ... has read it, though it did not change it */
    /* A copy that compares by value.  NULL, perhaps with an exception: there is none now. */
    PyObject *(*copy)(const struct ambient *a);
    bool (*restore)(const struct ambient *a, PyObject *state); /* false: an exception is set */
    /* The state that `state`'s module had when it was loaded: NULL when it is always loaded. */
    PyObject *(*loaded)(const struct ambient *a, PyObject *state);
};

extern const struct ambient_kind ambient_kinds[AMBIENT_KINDS];

/* What stands at the head of warnings.filters. */
PyObject *ambient_probe_create(struct ambient *a);
void ambient_probe_show(const struct ambient *a);   /* put it there, unless it is */
bool ambient_probe_stands(const struct ambient *a); /* nobody has put a filter before it */

#endif
