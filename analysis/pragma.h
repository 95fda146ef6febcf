/* SPDX-License-Identifier: Apache-2.0 */
/* pragma.h - `# | word ...` lines: what a block shows, and whether it always or never runs. */
#ifndef ANALYSIS_PRAGMA_H
#define ANALYSIS_PRAGMA_H

#include "analysis/span.h"
#include "base/str.h"
#include "base/vec.h"

enum pragma_category { SHOW_CODE, SHOW_STATEMENTS, SHOW_VISUALS, SHOW_PROSE, PRAGMA_CATEGORIES };

struct pragma_diagnostic {
    struct span at; /* relative to the block's start */
    char message[120];
};

/* The pragmas of one block.  In the masks, bit 1 << category. */
struct pragmas {
    uint8_t hide, show; /* this block; a category is in at most one of the two */
    uint8_t hide_all;   /* file-level; honoured only before the first code */
    bool always_eval, skip;
    VEC(struct str) words; /* as written, in order; borrowed static strings */
    VEC(struct pragma_diagnostic) diagnostics;
};

/* Read one comment's text (from its '#').  False: not a pragma (words may then be prose).
 * `at` is where the comment starts, relative to the block.  On one line the later word wins;
 * across lines show wins over hide, and skip over always-eval. */
bool pragma_parse_comment(struct pragmas *out, struct str comment, uint32_t at);

/* Read words that follow `# %%` (title, tags and key="value" are ignored).  `at` is where `rest`
 * starts, relative to the block. */
void pragma_parse_marker(struct pragmas *out, struct str rest, uint32_t at);

/* Whether the word is a pragma, so no part of a cell's title. */
bool pragma_is_word(struct str word);

/* Whether both ask for the same; diagnostics and spelling do not count. */
bool pragmas_equal(const struct pragmas *a, const struct pragmas *b);

void pragmas_finish(struct pragmas *p);

#endif
