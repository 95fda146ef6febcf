/* SPDX-License-Identifier: Apache-2.0 */
/* split.h - a text, or a stretch of it, cut into the pieces that blocks are made of.
 *
 * A pure function of the text from the start of a piece on, given what stands in struct
 * split_point.  So an edit needs a new split only from the first piece whose `reach` touches it,
 * up to a point where an old piece starts in the same state. */
#ifndef ANALYSIS_SPLIT_H
#define ANALYSIS_SPLIT_H

#include "analysis/scan.h"

struct piece {
    struct span span; /* whole lines, the last line end included, trailing blank lines not */
    uint32_t reach;   /* an edit at or before this byte may change the piece */
    bool code;        /* has a code line */
    bool cell;        /* starts with a cell marker */
    bool docstring;   /* the module docstring */
    bool unfinished;
    bool quote_cut; /* holds the cut of a string that was left open, see scan.h */
};
typedef VEC(struct piece) piece_vec;

/* Where a piece starts, and all that the split from there on takes from the text above. */
struct split_point {
    uint32_t at;
    bool code_above;      /* the module docstring cannot come any more */
    bool docstring_above; /* ... because it came first: banners start cells */
};

/* Asked at each point where the split could be taken up: true ends it there. */
typedef bool split_stop_fn(void *context, struct split_point point);

/* Append the pieces from `from` on.  The point must be the start of a paragraph's block in
 * paragraph style, of a cell in percent style, or of the text. */
void split_text(struct str src, bool percent, struct split_point from, split_stop_fn *stop,
                void *context, piece_vec *out);

#endif
