/* SPDX-License-Identifier: Apache-2.0 */
/* git.h - questions that only git can answer, asked of the program itself (never of a shell). */
#ifndef SERVER_GIT_H
#define SERVER_GIT_H

#include "base/buf.h"
#include "base/err.h"

/* Append the paths (from `folder`, each with a NUL behind it) of files that differ from the
 * revision, untracked ones included. */
enum status git_changed(const char *folder, const char *revision, struct buf *out, struct err *err);

/* Append the text of `path` (from `folder`) at the revision; false when it was not there. */
bool git_text(const char *folder, const char *revision, const char *path, struct buf *out);

#endif
