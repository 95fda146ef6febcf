/* SPDX-License-Identifier: Apache-2.0 */
/* file_digest.h - what a file holds, as one number: the same on both ends of the wire.
 *
 * Up to FILE_DIGEST_BYTES the content counts and nothing else: touching a file changes nothing.
 * Beyond, its size and time of change stand for it.  A file that is not there (or cannot be read)
 * has a digest of its own. */
#ifndef EXEC_FILE_DIGEST_H
#define EXEC_FILE_DIGEST_H

#include "base/hash.h"

enum { FILE_DIGEST_BYTES = 16 << 20 };

/* Blocks for as long as reading the file takes. */
struct hash128 file_digest(const char *path);

#endif
