/* SPDX-License-Identifier: Apache-2.0 */
/* bundle.h - one object as a MIME bundle: the same result in several forms.
 *
 * The forms come from the object's own methods (_repr_html_() and its like), and text/plain
 * always from repr().  Those methods are the user's code: whatever they do harms only the form
 * they make, and text/plain says what went wrong.
 * Interpreter process.  Caller's memory; zero-initialised is empty. */
#ifndef EXEC_WORKER_BUNDLE_H
#define EXEC_WORKER_BUNDLE_H

#include "exec/worker/py.h"

struct bundle {
    struct buf items; /* (str mime, str data) each, as in DISPLAY */
    uint32_t count;
    struct buf notes;  /* what to add to text/plain */
    size_t bytes_left; /* for the data of all forms */
    bool truncated;    /* something was larger than that */
};

void bundle_finish(struct bundle *b);

/* All the forms of `object`.  False with KeyboardInterrupt set when the user interrupted it. */
bool bundle_fill(struct bundle *b, PyObject *object);

/* Add the forms that a dictionary {mime: data} holds.  False as above. */
bool bundle_add_dict(struct bundle *b, PyObject *dict);

/* Note and clear the current exception, which `where` raised.  False, leaving it, when it is the
 * user's interrupt. */
bool bundle_note_error(struct bundle *b, const char *where);

/* Add one form.  bytes become base64, anything else than text JSON.  False as above. */
bool bundle_add(struct bundle *b, const char *mime, PyObject *data);

#endif
