/* SPDX-License-Identifier: Apache-2.0 */
/* glob.h - patterns that name files. */
#ifndef SERVER_GLOB_H
#define SERVER_GLOB_H

#include "base/str.h"

/* Whether the glob names the file, or a folder that it lies in.  A part of the glob that is `**`
 * stands for any number of folders; `*`, `?` and `[...]` stay within one. */
bool glob_matches(struct str glob, struct str path);

#endif
