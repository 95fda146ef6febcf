/* SPDX-License-Identifier: Apache-2.0 */
/* obstacle.h - what a fork of the interpreter would not copy.
 *
 * Files that are open are no obstacle: copies share them, so their positions are noted and put
 * back.  In doubt something is an obstacle. */
#ifndef EXEC_WORKER_OBSTACLE_H
#define EXEC_WORKER_OBSTACLE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/vec.h"

struct file_position {
    int fd;
    off_t offset;
};
typedef VEC(struct file_position) position_vec;
typedef VEC(int) fd_vec;

/* Look for obstacles.  True when there is none: `positions` has those of the open files then.
 * Else `why` says in the user's terms what it is.  `not_users`: descriptors that do not count. */
bool obstacle_none(const fd_vec *not_users, position_vec *positions, struct buf *why);

/* Append all open descriptors. */
void descriptors_list(fd_vec *out);

#endif
