/* SPDX-License-Identifier: Apache-2.0 */
/* launch.h - handing the worker over to another interpreter than the embedded one. */
#ifndef EXEC_WORKER_MAIN_LAUNCH_H
#define EXEC_WORKER_MAIN_LAUNCH_H

/* Become `python` (a path, or a name on the PATH) with the worker inside.  Returns an exit code
 * when that cannot be; the server has been told then.  Takes both descriptors. */
int launch_python(const char *python, int in_fd, int out_fd);

#endif
