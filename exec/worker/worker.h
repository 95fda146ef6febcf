/* SPDX-License-Identifier: Apache-2.0 */
/* worker.h - the worker, for whoever hosts it: an embedding program or an extension module, see
 * main/.
 *
 * The host starts Python; the worker does the rest.  The order is worker_take_stdio(), then
 * Python's start (which may run a sitecustomize that prints), then worker_main(). */
#ifndef EXEC_WORKER_WORKER_H
#define EXEC_WORKER_WORKER_H

/* Take the wire off descriptors 0 and 1, which become /dev/null and stderr: nothing that prints
 * can damage the protocol.  -1 where there was none. */
void worker_take_stdio(int *in_fd, int *out_fd);

/* Serve the wire until it ends.  Needs an initialised Python and the GIL; takes both descriptors.
 * Returns the exit code. */
int worker_main(int in_fd, int out_fd);

/* Tell the server that there will be no worker. */
void worker_fail(int out_fd, const char *message);

#endif
