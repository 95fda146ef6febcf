/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - an exception in the user's terms: its name, its message, and the frames of code that
 * is the user's.
 *
 * Never part of a report: our machinery, the standard library and installed packages.
 * Interpreter process, main thread. */
#ifndef EXEC_WORKER_REPORT_H
#define EXEC_WORKER_REPORT_H

#include "exec/worker/py.h"

struct reporter {
    PyObject *origin_type; /* borrowed */
    struct buf stdlib;     /* where the standard library is, with a trailing slash */
};

/* False with an exception set on failure. */
bool reporter_init(struct reporter *r, PyObject *origin_type);

/* Append what DONE says about `error`: ename, evalue, frames.  Cannot fail. */
void report_error(const struct reporter *r, PyObject *error, struct buf *out);

/* Both 0-based; the column in bytes, 0 when it is not known. */
struct position {
    uint32_t line, column;
};

/* Where `code` was when `error` last left it; false when it has not. */
bool report_find(PyObject *error, PyObject *code, struct position *out);

/* The same for an error of compilation in `file` (an origin): one frame, at the error. */
void report_syntax_error(const struct reporter *r, PyObject *error, PyObject *file,
                         struct buf *out);

/* Whether a file is of an installed package or the standard library, or made by one of them. */
bool report_is_library(const struct reporter *r, struct str path);

/* Append the FRAMES (see wire.h) of one place: a line of `file` (an origin), 0-based. */
void report_place(const struct reporter *r, PyObject *file, uint32_t line, struct buf *out);

/* The exit code of a process that SystemExit `error` ends, as Python itself has it. */
int report_exit_code(PyObject *error);

#endif
