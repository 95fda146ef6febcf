/* SPDX-License-Identifier: Apache-2.0 */
/* docstring.h - the text that a docstring stands for. */
#ifndef ANALYSIS_DOCSTRING_H
#define ANALYSIS_DOCSTRING_H

#include "base/buf.h"

/* Append the value of the string literals in `source` (adjacent ones are joined; comments are
 * skipped), unindented as inspect.cleandoc() does.  An unclosed literal is read to its end. */
void docstring_read(struct str source, struct buf *out);

#endif
