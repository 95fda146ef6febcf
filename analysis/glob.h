/* SPDX-License-Identifier: Apache-2.0 */
/* glob.h - patterns that name files. */
#ifndef ANALYSIS_GLOB_H
#define ANALYSIS_GLOB_H

#include "base/str.h"

/* Whether the glob names the file, or a folder that it lies in.  A part of the glob that is `**`
 * stands for any number of folders; `*`, `?` and `[...]` stay within one. */
bool glob_matches(struct str glob, struct str path);

/* The same, but not for a folder above; and a `**` at the end stands for one part or more. */
bool glob_matches_whole(struct str glob, struct str path);

#endif
