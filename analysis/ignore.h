/* SPDX-License-Identifier: Apache-2.0 */
/* ignore.h - which paths .gitignore files leave out, by the rules of gitignore(5).
 *
 * A chain from the innermost file outwards; each is made when its folder is entered and destroyed
 * when it is left.  Whoever walks a tree does not enter ignored folders, so a file below one is
 * never asked about. */
#ifndef ANALYSIS_IGNORE_H
#define ANALYSIS_IGNORE_H

#include "base/str.h"

struct ignore;

/* The rules of `text`, found in the folder `base` (absolute, without a last slash), which override
 * those of `outer`: borrowed, may be NULL. */
struct ignore *ignore_create(struct str text, struct str base, const struct ignore *outer);

/* The rules of the .gitignore in `base`; `outer` itself when there is none. */
struct ignore *ignore_read(struct str base, struct ignore *outer);

/* Free up to, and not with, `outer`.  NULL is a no-op. */
void ignore_destroy(struct ignore *ignore, const struct ignore *outer);

/* `path` is absolute.  The last rule that matches decides, inner files first. */
bool ignore_matches(const struct ignore *ignore, struct str path, bool folder);

#endif
