/* SPDX-License-Identifier: Apache-2.0 */
/* scan_internal.h - what the scanner's own files share; for scan*.c only. */
#ifndef ANALYSIS_SCAN_INTERNAL_H
#define ANALYSIS_SCAN_INTERNAL_H

#include "analysis/scan.h"

/* Read the logical line whose first token starts at `content`; fills all but .start, .indented. */
void scan__code(struct scanner *sc, struct scan_line *line, uint32_t content);

/* Whether the line whose content starts at `content` cannot start a statement: else, elif, except,
 * finally, or a closing bracket. */
bool scan__continues(struct str src, uint32_t content);

/* Where a line's content starts: after blanks, with *indented by CPython's rule (a form feed goes
 * back to column 0). */
uint32_t scan__content(struct str src, uint32_t line_start, bool *indented);

static inline bool scan__is_blank(struct str src, uint32_t content) {
    return content >= src.len || is_line_end(src.ptr[content]);
}

/* Whether the comment at the line start begins a cell in this style. */
bool scan__is_marker(const struct scanner *sc, uint32_t line_start);

/* Note a triple-quoted string: closed, it may be a suspect; open, it ends the text.  Where to cut
 * it if it was left open beyond doubt. */
struct cut scan__note_quote(struct scanner *sc, struct token t);

/* Whether the string at `start` was blamed; its cut.  NULL otherwise. */
const struct cut *scan__blamed(const struct scanner *sc, uint32_t start);

#endif
