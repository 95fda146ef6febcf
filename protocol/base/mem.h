/* SPDX-License-Identifier: Apache-2.0 */
/* mem.h - allocation that cannot fail.
 *
 * Exhausted memory ends the process with a message: half-handled failures buy nothing.  So every
 * size that a peer chooses is bounded before it comes here. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *ptr, size_t size);
char *xstrdup(const char *cstr);

#endif
