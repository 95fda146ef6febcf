/* SPDX-License-Identifier: Apache-2.0 */
/* line_splice.h - one text made into another by replacing lines. */
#ifndef ANALYSIS_LINE_SPLICE_H
#define ANALYSIS_LINE_SPLICE_H

#include <stdint.h>

#include "base/str.h"

struct line_splice {
    uint32_t first, removed; /* lines of the old text */
    struct str lines;        /* whole lines, borrowed from the new text */
};

/* The least that makes `now` of `old`: all but their first and last lines that are equal. */
struct line_splice line_splice(struct str old, struct str now);

#endif
