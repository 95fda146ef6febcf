/* SPDX-License-Identifier: Apache-2.0 */
/* preview_host.h - the preview's server: HTTP and WebSocket on one loopback port of our loop.
 *
 * Every address begins with a random token, so that whatever the page loads by a relative address
 * carries it, and no cookie is needed, which browsers would send to every other port as well. */
#ifndef SERVER_PREVIEW_HOST_H
#define SERVER_PREVIEW_HOST_H

#include "server/server.h"

struct preview_host;

/* Serve `root` on that port of the loopback interface (0: any that is free), from srv->preview,
 * unless it does already.  err when the port is taken, or the libraries cannot do it. */
enum status preview_host_start(struct server *srv, const char *root, uint16_t port,
                               struct err *err);

/* Both accept NULL.  Stop, then run the loop until it ends, then destroy. */
void preview_host_stop(struct preview_host *h);
void preview_host_destroy(struct preview_host *h);

/* Whether the libraries can do it on this machine; err says what is missing. */
bool preview_host_possible(struct err *err);

const char *preview_host_url(const struct preview_host *h); /* with the token; ends in '/' */

/* The address that shows the file at `path` (links resolved); new, free().  NULL: it is not below
 * the root. */
char *preview_host_document_url_dup(const struct preview_host *h, const char *path);

void preview_host_open(const struct preview_host *h); /* in the user's browser */

/* The root with links resolved, as all paths that clients name are. */
const char *preview_host_root(const struct preview_host *h);

#endif
