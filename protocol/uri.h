/* SPDX-License-Identifier: Apache-2.0 */
/* uri.h - file: URIs and paths. */
#ifndef PROTOCOL_URI_H
#define PROTOCOL_URI_H

#include "base/str.h"

/* The absolute path of a `file:` URI, percent-decoded; new, free().  NULL for other schemes
 * (untitled:, git:, ...), for remote hosts, damaged escapes and NUL bytes. */
char *uri_to_path_dup(struct str uri);

/* The `file:` URI of an absolute path; new, free(). */
char *uri_from_path_dup(struct str path);

#endif
