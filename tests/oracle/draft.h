/* SPDX-License-Identifier: Apache-2.0 */
/* draft.h - a document in paragraphs: what random edits and the shrinker work on.
 *
 * Paragraphs hold no blank lines and no line end at their end; the text is they, one blank line
 * between each.  Any text can be taken as a draft, and comes back the same but for blank lines. */
#ifndef TESTS_ORACLE_DRAFT_H
#define TESTS_ORACLE_DRAFT_H

#include "base/buf.h"
#include "base/vec.h"

struct draft {
    VEC(char *) paragraphs; /* owned */
};

void draft_finish(struct draft *d);
void draft_parse(struct draft *d, struct str text); /* `d` zeroed or finished */
void draft_text(const struct draft *d, struct buf *out);

void draft_insert(struct draft *d, size_t at, char *paragraph_take);
void draft_remove(struct draft *d, size_t at);
void draft_replace(struct draft *d, size_t at, char *paragraph_take);

#endif
