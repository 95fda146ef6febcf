/* SPDX-License-Identifier: Apache-2.0 */
/* display.h - results on their way out: display(), and the value of a block's last expression.
 *
 * Interpreter process.  display() is a builtin, not a name of the document. */
#ifndef EXEC_WORKER_DISPLAY_H
#define EXEC_WORKER_DISPLAY_H

#include "exec/worker/bundle.h"
#include "exec/worker/control.h"

struct display {
    struct control *control;  /* borrowed */
    uint32_t run, block;      /* as struct output has them */
    size_t limit, bytes_left; /* for the results of one block */
    bool truncated;
    PyObject *function; /* display() */
};

/* `d` must outlive the interpreter.  False with an exception set on failure. */
bool display_init(struct display *d, struct control *control, size_t limit);

void display_begin(struct display *d, uint32_t run, uint32_t block);
void display_end(struct display *d);

/* Show an object.  False with KeyboardInterrupt set when the user interrupted it. */
bool display_object(struct display *d, PyObject *object, enum wire_display_kind kind);

/* Start a bundle within the block's limit, and send it. */
struct bundle display_bundle(const struct display *d);
void display_send_take(struct display *d, struct bundle *b, enum wire_display_kind kind);

#endif
