/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - a document's bytes and where its lines start.
 *
 * The bytes are contiguous, so that views of them are plain pointers; an edit moves the tail
 * (10 us in 200 KB) and renews the line starts inside the edit only.
 * INVARIANT: line_starts.items[0] is 0; starts rise; the last line may be empty. */
#ifndef ANALYSIS_TEXT_H
#define ANALYSIS_TEXT_H

#include "analysis/span.h"
#include "base/buf.h"
#include "base/vec.h"

#define TEXT_MAX (64u << 20) /* bytes; larger documents are refused by the caller */

struct text {
    struct buf bytes;
    VEC(uint32_t) line_starts;
};

void text_init(struct text *t, struct str content); /* copies; content.len <= TEXT_MAX */
void text_finish(struct text *t);

/* `s` cut to the text: start <= end <= length. */
struct span text_clamp(const struct text *t, struct span s);

/* Replace `old` (clamped to the text) by `with`.  The result must not exceed TEXT_MAX. */
void text_replace(struct text *t, struct span old, struct str with);

static inline struct str text_str(const struct text *t) {
    return buf_str(&t->bytes); /* borrowed until the next text_replace() */
}
static inline uint32_t text_len(const struct text *t) {
    return (uint32_t)t->bytes.len;
}
static inline uint32_t text_line_count(const struct text *t) {
    return (uint32_t)t->line_starts.len;
}
static inline struct str text_slice(const struct text *t, struct span s) {
    return str_slice(text_str(t), s.start, s.end);
}

uint32_t text_line_at(const struct text *t, uint32_t byte); /* O(log lines) */

/* The bytes of a line, without its line end; a line past the end is the empty end of the text. */
struct span text_line_span(const struct text *t, uint32_t line);

#endif
