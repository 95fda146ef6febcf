/* SPDX-License-Identifier: Apache-2.0 */
/* file_read.h - the bytes of a file, when it is there and not too big. */
#ifndef ANALYSIS_FILE_READ_H
#define ANALYSIS_FILE_READ_H

#include "base/buf.h"

/* Append them to `out`; false, and nothing, when it cannot be read or has more than `max`. */
bool file_read(const char *path, size_t max, struct buf *out);

#endif
