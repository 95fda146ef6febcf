/* SPDX-License-Identifier: Apache-2.0 */
/* handover.h - descriptors from one process to another, over a socket of whole messages. */
#ifndef EXEC_WORKER_HANDOVER_H
#define EXEC_WORKER_HANDOVER_H

#include <stdbool.h>
#include <sys/types.h>

#define HANDOVER_MOST 8 /* descriptors in one message */

/* A connected pair for the functions below, not inherited by programs.  False, with errno, on
 * failure. */
bool handover_pair(int pair[2]);

/* Send `pid` and copies of `count` descriptors, which stay the caller's.  False when the other
 * side is gone. */
bool handover_send(int socket, pid_t pid, const int *fds, int count);

/* Wait for one message with just `count` descriptors; the caller owns them.  False at the end of
 * the connection, and for any other message. */
bool handover_receive(int socket, pid_t *pid, int *fds, int count);

#endif
