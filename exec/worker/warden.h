/* SPDX-License-Identifier: Apache-2.0 */
/* warden.h - the process between the server and the interpreter that runs the user's code.
 *
 * It has Python initialised and never runs user code: each SETUP forks a fresh interpreter from
 * it.  It relays requests one at a time, reads what the interpreter prints, tells the server when
 * the interpreter dies and replaces it.  One thread, one loop, nothing in it waits but ppoll().
 * INVARIANT: all output of a run goes out before its DONE; every RUN is answered by one DONE or
 * DIED unless a SETUP came after it. */
#ifndef EXEC_WORKER_WARDEN_H
#define EXEC_WORKER_WARDEN_H

#include "base/str.h"

/* Serve the wire on two descriptors, both taken, until it ends.  HELLO names the version of
 * Python and its executable.  Returns the exit code. */
int warden_run(int in_fd, int out_fd, struct str python, struct str executable);

#endif
