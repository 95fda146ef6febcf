/* SPDX-License-Identifier: Apache-2.0 */
/* audit.h - what the running block does to the world outside of Python (PEP 578).
 *
 * Python tells of an operation before it happens.  While the user is typing, one that would change
 * files, start processes or open sockets is refused: by an exception that `except Exception` does
 * not catch, and whatever the code then does, the run is held.  What an import of a library does
 * is the library's own affair (caches, fonts, probes), and is never refused.
 * Before a process starts, what the block has shown so far is waited for, so that it comes first.
 * Operations of threads count as the running block's; what other processes do cannot be seen.
 * Interpreter process; the hook is a C function, called by whatever thread operates, with the GIL.
 */
#ifndef EXEC_WORKER_AUDIT_H
#define EXEC_WORKER_AUDIT_H

#include "exec/worker/control.h"
#include "exec/worker/files.h"
#include "exec/worker/py.h"
#include "exec/worker/report.h"

struct audit {
    struct control *control;         /* borrowed */
    const struct reporter *reporter; /* borrowed: knows what is a library */
    PyObject *held_type;             /* the exception that refuses */
    PyObject *held;                  /* the first one of this run; NULL: nothing was refused */
    struct files files;              /* that this run opens */
    bool running;
    bool hold;  /* refuse */
    bool acted; /* this run did what would have been refused */
};

/* False with an exception set on failure.  The hook stays for as long as the process lives. */
bool audit_init(struct audit *a, struct control *control, const struct reporter *reporter,
                char *journal); /* folder of the warden's journal, or NULL; borrowed */

/* Around a block's run. */
void audit_begin(struct audit *a, bool hold);

/* The run has ended; what `files` has of it is there until the next one.  Returns the exception
 * that refused its first operation (its text says what: `writes "a.csv"`), a new reference; NULL
 * when none was refused. */
PyObject *audit_end(struct audit *a);

#endif
