/* SPDX-License-Identifier: Apache-2.0 */
/* kept_results.h - a document that is opened again shows its last results before anything runs.
 *
 * They come from the state folder of the workspace, and are told with origin "cache"; nothing else
 * knows of them: a block whose result was kept is as dirty as one that never ran. */
#ifndef SERVER_KEPT_RESULTS_H
#define SERVER_KEPT_RESULTS_H

#include "server/server.h"

struct result_store;

/* The database for a workspace: below `state_dir` unless that is empty, or the user's cache folder.
 * NULL: there is no place.  The caller's. */
char *kept_results_path_dup(const char *root, const char *state_dir);

/* Have the session show what the store kept of its blocks.  Returns how many. */
size_t kept_results_show_in(struct session *session, const char *path, struct result_store *store);

/* Show what was kept of the document's blocks; for a document that has just been opened. */
void kept_results_show(struct open_document *od);

/* Keep what has run since the last time; `closing`: all, and only, what the document has now. */
void kept_results_save(struct open_document *od, bool closing);

void kept_results_clear(struct server *srv);
void kept_results_finish(struct server *srv);

#endif
