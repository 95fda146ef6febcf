/* SPDX-License-Identifier: Apache-2.0 */
/* place.h - where in the file what a kept result names is now.
 *
 * A result stands while only comments, blank lines or other blocks change, and so do the functions
 * that its traceback went through; their lines do not.  A frame keeps the text that its code was
 * compiled from, and is found again by the tokens around it. */
#ifndef EXEC_PLACE_H
#define EXEC_PLACE_H

#include "analysis/document.h"
#include "exec/output.h"

struct place {
    uint32_t line;     /* in the file, 0-based */
    struct str source; /* that line; borrowed from the document or the output */
    bool in_document;
};

/* A frame of `output`.  Without its block, what is known of it. */
struct place place_of_frame(const struct document *doc, const struct output *output,
                            const struct frame *frame);

/* Append what a stream or a warning shows: a warning as Python words it. */
void place_stream_text(const struct document *doc, const struct output *output, struct buf *out);

#endif
