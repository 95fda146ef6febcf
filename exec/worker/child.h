/* SPDX-License-Identifier: Apache-2.0 */
/* child.h - the interpreter process, from its fork to its end. */
#ifndef EXEC_WORKER_CHILD_H
#define EXEC_WORKER_CHILD_H

#include "exec/worker/setup.h"
#include "exec/worker/ward.h"

/* Serve requests until the process ends.  Called right after the fork, in the new process, with
 * the GIL; takes the descriptors. */
_Noreturn void child_main(const struct ward_ends *ends, const struct setup *setup);

#endif
