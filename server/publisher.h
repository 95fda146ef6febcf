/* SPDX-License-Identifier: Apache-2.0 */
/* publisher.h - tells the editor what happens to its documents.
 *
 * Live messages go out as they come; results of blocks that changed in text or place alone,
 * diagnostics and the refreshes of hints and lenses once at the
 * end of a turn of the loop; progress only for runs that last. */
#ifndef SERVER_PUBLISHER_H
#define SERVER_PUBLISHER_H

#include "protocol/lsp_encode.h"
#include "server/server.h"

extern const struct session_observer publisher_observer; /* ctx: struct open_document */

/* Send what has become due since the last call: for the end of a turn. */
void publisher_flush(struct server *srv);

/* Show the progress of runs that have lasted a while, and give up on late values.  Returns whether
 * there is more to come. */
bool publisher_tick(struct server *srv);

/* The document was opened: tell those who watch it what was kept of its results. */
void publisher_introduce(struct open_document *od);

/* The document is gone: its diagnostics and its progress, too. */
void publisher_forget(struct open_document *od);

void publisher_show_message(struct server *srv, enum lsp_severity type, struct str message);

#endif
