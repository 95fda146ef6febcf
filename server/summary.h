/* SPDX-License-Identifier: Apache-2.0 */
/* summary.h - short texts about blocks and results, for people. */
#ifndef SERVER_SUMMARY_H
#define SERVER_SUMMARY_H

#include "server/session.h"

/* The block's result on one line of at most `max` characters; nothing for no result. */
void summary_result(struct session *s, const struct block *block, size_t max, struct buf *out);

/* What a held block waits with: "held: writes \"a.csv\"; runs when you save". */
void summary_held(const struct trace *t, struct buf *out);

/* Why the block ran, in words: "x changed in block 3"; nothing when it has not run. */
void summary_reason(struct session *s, const struct block *block, struct buf *out);

/* "12 ms", "3.4 s". */
void summary_duration(uint64_t us, struct buf *out);

/* How to call a block: its title, its heading, what it defines, or its first line. */
void summary_name(const struct document *doc, const struct block *block, struct buf *out);

/* Append `s` up to `max` characters and its first line end, with an ellipsis when cut. */
void summary_line(struct buf *out, struct str s, size_t max);

#endif
