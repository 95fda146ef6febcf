/* SPDX-License-Identifier: Apache-2.0 */
/* path.h - the one name of a file: absolute, with links resolved. */
#ifndef SERVER_PATH_H
#define SERVER_PATH_H

/* Of a file that exists, or whose folder does (an editor may not have saved it yet); new, free().
 * NULL: neither does, or it is a link that leads nowhere. */
char *path_resolve_dup(const char *path);

#endif
