/* SPDX-License-Identifier: Apache-2.0 */
/* listing.h - the document's text, as Python's tools find it: linecache, inspect, debuggers.
 *
 * linecache has the text of now, saved or not.  Code of a block that has moved since it was
 * compiled, or whose comments have changed, has the lines that it had then: inspect.findsource()
 * looks for it in the text of now.
 * Interpreter process. */
#ifndef EXEC_WORKER_LISTING_H
#define EXEC_WORKER_LISTING_H

#include "exec/worker/py.h"

struct listing {
    PyObject *file;        /* borrowed: the document's path */
    PyObject *origin_type; /* borrowed, see origin.h */
    PyObject *lines;       /* list of str, each ended by \n */
    PyObject *findsource;  /* inspect's own */
};

/* `l` must outlive the interpreter.  False with an exception set on failure. */
bool listing_init(struct listing *l, PyObject *file, PyObject *origin_type);

/* Replace `removed` lines from `first` on; beyond the end of the text there are empty lines. */
void listing_splice(struct listing *l, uint32_t first, uint32_t removed, struct str lines);

#endif
