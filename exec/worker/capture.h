/* SPDX-License-Identifier: Apache-2.0 */
/* capture.h - sys.stdin, sys.stdout and sys.stderr of the user's code, and the descriptors under
 * them.
 *
 * sys.stdout is an io.TextIOWrapper that passes everything on at once to an object of ours, which
 * keeps the order of the two streams (control_order) and writes to descriptor 1.  What a block
 * replaces or closes is put back before the next block.
 * Interpreter process; the streams borrow the capture, which lives as long as the process. */
#ifndef EXEC_WORKER_CAPTURE_H
#define EXEC_WORKER_CAPTURE_H

#include "exec/worker/control.h"
#include "exec/worker/py.h"

struct capture {
    struct control *control;
    int kept[3]; /* copies of descriptors 0 to 2, out of the way */
    struct fd_identity kept_is[3];
    PyObject *raw_type;   /* our byte stream */
    PyObject *streams[3]; /* stdin, stdout, stderr */
};

/* Put `out` and `err` (taken) under descriptors 1 and 2, /dev/null under 0, and the streams into
 * sys.  False with an exception set on failure. */
bool capture_init(struct capture *c, struct control *control, int out, int err);

/* In a frozen copy: what is written goes to the descriptor `nowhere`.  In a copy that goes on: to
 * `out` and `err` (taken), as after capture_init(). */
void capture_disconnect(struct capture *c, int nowhere);
void capture_connect(struct capture *c, int out, int err);

/* Append the descriptors that are ours and not the user's, beside 0 to 2. */
void capture_descriptors(const struct capture *c, fd_vec *out);

/* Before a block: everything as capture_init() left it. */
void capture_restore(struct capture *c);

/* After a block: flush what its own replacements of the streams may still hold. */
void capture_flush(void);

#endif
