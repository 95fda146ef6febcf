/* SPDX-License-Identifier: Apache-2.0 */
/* ipython.h - IPython.display.display() for documents, without IPython running.
 *
 * Outside of IPython its display() only prints.  So once the document imports the module that
 * defines it, display and publish_display_data there become ours, and clear_output nothing. IPython
 * is never imported unless the document does.  Interpreter process, main thread. */
#ifndef EXEC_WORKER_IPYTHON_H
#define EXEC_WORKER_IPYTHON_H

#include "exec/worker/py.h"

/* Watch for the import.  `display` is borrowed.  False with an exception set on failure. */
bool ipython_init(PyObject *display);

#endif
