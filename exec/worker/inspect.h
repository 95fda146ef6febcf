/* SPDX-License-Identifier: Apache-2.0 */
/* inspect.h - a short description of a value, for hovers and variable lists.
 *
 * Interpreter process, main thread. */
#ifndef EXEC_WORKER_INSPECT_H
#define EXEC_WORKER_INSPECT_H

#include "exec/worker/py.h"

/* Append what INSPECTED says about `value`: type, shape, text.  Whatever the value's own methods
 * do, this returns and leaves no exception. */
void inspect_value(PyObject *value, struct buf *out);

#endif
