/* SPDX-License-Identifier: Apache-2.0 */
/* source_file.h - Python source from disk, as UTF-8. */
#ifndef SERVER_SOURCE_FILE_H
#define SERVER_SOURCE_FILE_H

#include "base/buf.h"
#include "base/err.h"

/* Read a file and decode it by its coding line (PEP 263; UTF-8 when there is none).  At most
 * TEXT_MAX bytes.  *path is the absolute path; free(). */
enum status source_file_read(const char *name, struct buf *text, char **path, struct err *err);

#endif
