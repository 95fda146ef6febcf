/* SPDX-License-Identifier: Apache-2.0 */
/* workspace.h - what the commands about a whole project start with: where it is, and its state. */
#ifndef SERVER_WORKSPACE_H
#define SERVER_WORKSPACE_H

#include "analysis/index_refresh.h"
#include "analysis/state_store.h"
#include "base/buf.h"
#include "base/err.h"
#include "server/cli.h"

struct workspace {
    char *root; /* absolute */
    struct cli_settings settings;
    struct state_store *store;
    struct index_delta delta; /* what was new at workspace_open() */
};

/* The current folder; its state, brought in step with the files.  What the state store has to say
 * goes to stderr. */
enum status workspace_open(struct workspace *w, struct err *err);

/* The same without looking at the files: the delta is empty. */
enum status workspace_open_as_is(struct workspace *w, struct err *err);

void workspace_finish(struct workspace *w); /* accepts all-zero */

/* `path`, as the user named it, from the workspace: appended.  The file may be gone. */
enum status workspace_path(const struct workspace *w, const char *path, struct buf *out,
                           struct err *err);

#endif
