/* SPDX-License-Identifier: Apache-2.0 */
/* program.h - a block's source made into code objects.
 *
 * Line numbers are the file's own.  Top-level await is allowed.  The last statement, when it is
 * an expression that does not end in `;`, becomes `value`.
 * Interpreter process, main thread. */
#ifndef EXEC_WORKER_PROGRAM_H
#define EXEC_WORKER_PROGRAM_H

#include "exec/worker/py.h"

/* What compiling needs; one for the process. */
struct compiler {
    PyObject *compile, *Expr, *Constant, *Expression; /* owned */
    long only_ast, allow_await, future_mask;
};

/* False with an exception set on failure. */
bool compiler_init(struct compiler *c);

struct source {
    struct str text; /* the block's */
    uint32_t line;   /* of its first line, 0-based */
    PyObject *file;  /* borrowed; becomes co_filename */
    long features;   /* compiler flags of `from __future__` imports above */
    bool silent;     /* a docstring run: keep __doc__, no value */
};

struct program {
    PyObject *body, *value; /* code objects; NULL when there is nothing of the kind */
    long features;          /* of its own `from __future__` imports */
};

/* False with an exception set, mostly SyntaxError; `p` needs no program_finish() then. */
bool program_compile(struct program *p, const struct compiler *c, const struct source *source);
void program_finish(struct program *p);

#endif
