/* SPDX-License-Identifier: Apache-2.0 */
/* ipython.c - the import hook for IPython.display; see ipython.h. */
#include "exec/worker/ipython.h"

bool ipython_init(PyObject *display) {
    return display != NULL;
}
