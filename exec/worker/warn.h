/* SPDX-License-Identifier: Apache-2.0 */
/* warn.h - Python's warnings, told with the place they name.
 *
 * A warning's text on stderr holds a line number and that line, which are others as soon as text
 * above it moves.  So a warning that names a place of the document goes to the server as such
 * (WARNING, see wire.h).  Every other is Python's: where stderr, showwarning() or formatwarning()
 * have been replaced, and about other files.
 * Interpreter process. */
#ifndef EXEC_WORKER_WARN_H
#define EXEC_WORKER_WARN_H

#include "exec/worker/capture.h"
#include "exec/worker/display.h"
#include "exec/worker/report.h"

struct warner { /* all borrowed, but `show` */
    struct display *display;
    const struct capture *capture;
    const struct reporter *reporter;
    PyObject *show; /* warnings._showwarnmsg_impl, as Python has it */
};

/* `w` must outlive the interpreter.  False with an exception set on failure. */
bool warner_init(struct warner *w, struct display *display, const struct capture *capture,
                 const struct reporter *reporter);

#endif
