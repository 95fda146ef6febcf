/* SPDX-License-Identifier: Apache-2.0 */
/* figures.h - matplotlib figures as images.
 *
 * Nothing here imports matplotlib: without matplotlib.pyplot in sys.modules there is nothing to
 * do.  Interpreter process, main thread. */
#ifndef EXEC_WORKER_FIGURES_H
#define EXEC_WORKER_FIGURES_H

#include "exec/worker/display.h"

/* At a block's end: show the figures that are open, in order, and close them.  False with
 * KeyboardInterrupt set when the user interrupted it. */
bool figures_show(struct display *d);

/* Whether any are. */
bool figures_are_open(void);

/* image/png, when `object` is a figure.  False as above. */
bool figures_add_forms(struct bundle *b, PyObject *object);

/* Close `object` if it is an open figure, so that it is not shown twice. */
void figures_close(PyObject *object);

#endif
