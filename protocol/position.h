/* SPDX-License-Identifier: Apache-2.0 */
/* position.h - columns of editors: code units of a negotiated encoding, against bytes of a line. */
#ifndef PROTOCOL_POSITION_H
#define PROTOCOL_POSITION_H

#include "base/str.h"

enum position_encoding { POSITION_UTF16, POSITION_UTF8, POSITION_UTF32 };

struct lsp_position {
    uint32_t line, character; /* 0-based; character in the negotiated encoding */
};

struct lsp_range {
    struct lsp_position start, end; /* half-open */
};

/* How many units the bytes take.  A byte that is not UTF-8 counts as one character. */
uint32_t position_units(struct str bytes, enum position_encoding encoding);

/* The byte offset in `line` of column `units`; past the end of the line: its end; inside a
 * character: its start. */
uint32_t position_byte(struct str line, uint32_t units, enum position_encoding encoding);

/* The most preferred encoding among those a client names ("utf-8" first, for it costs nothing),
 * one at a time: returns true and sets *out when `name` is known and better. */
bool position_encoding_offer(const char *name, enum position_encoding *out);
const char *position_encoding_name(enum position_encoding encoding);

#endif
