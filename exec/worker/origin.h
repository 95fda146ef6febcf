/* SPDX-License-Identifier: Apache-2.0 */
/* origin.h - which block a piece of code comes from, and its source text.
 *
 * The co_filename of a block's code, and of every function in it, is a str with the file's real
 * path, of a subclass whose objects also know the block and the line it began at when it was
 * compiled.  So a traceback can say "block 7, its line 2" for as long as the code lives, wherever
 * the block moves and whatever runs after it.
 * Interpreter process, main thread. */
#ifndef EXEC_WORKER_ORIGIN_H
#define EXEC_WORKER_ORIGIN_H

#include "exec/worker/py.h"

/* The str subclass; one for the process. */
PyObject *origin_type(void);

/* The file name for one compilation of a block.  `line` is 0-based. */
PyObject *origin_create(PyObject *type, PyObject *file, uint32_t block, uint32_t line,
                        PyObject *source);

struct origin {
    uint32_t block, line;
    PyObject *source; /* borrowed from the file name; the block's own text */
};

/* False when `file` is no name that origin_create() made. */
bool origin_of(PyObject *type, PyObject *file, struct origin *out);

/* Line `index` (0-based, without its end) of `text`; empty when there is none. */
struct str source_line(struct str text, size_t index);

/* Where line `index` begins; the length of `text` when it has fewer lines.  Lines end as Python
 * has it: \n, \r\n or \r. */
size_t source_line_start(struct str text, size_t index);

#endif
