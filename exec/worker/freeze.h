/* SPDX-License-Identifier: Apache-2.0 */
/* freeze.h - checkpoints, on the interpreter's side: a copy of the process that stands still.
 *
 * A checkpoint is a fork of the interpreter between two requests.  It waits on a socket whose
 * other end the warden holds, and has none of the interpreter's connections.  When the warden
 * sends it new ones, it forks a copy that goes on from there; it stays frozen itself, so this can
 * happen any number of times.  It ends when the warden closes the socket, or ends.
 * Both kinds of copies become children of the warden, and die with it.
 * NOTE[plain-fork] These forks do not tell Python (no os.register_at_fork hooks): `random` would
 * seed itself anew, and the copy must be the same to the last bit.  That is sound because no
 * other thread runs. */
#ifndef EXEC_WORKER_FREEZE_H
#define EXEC_WORKER_FREEZE_H

#include "exec/worker/interpreter.h"

/* Take checkpoint `id` and answer with CHECKPOINTED.  Returns a second time, in another process,
 * for each RESUME, after STARTED. */
void freeze(struct interpreter *in, uint32_t id);

#endif
