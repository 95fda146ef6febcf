/* SPDX-License-Identifier: Apache-2.0 */
/* edits.h - random edits of a document, as people make them: to a literal, a name, a block, the
 * order, a comment; half a line typed; undo.
 *
 * Each edit is a pure function of the seed and the edits before. */
#ifndef TESTS_ORACLE_EDITS_H
#define TESTS_ORACLE_EDITS_H

#include "tests/oracle/draft.h"
#include "tests/oracle/features.h"
#include "tests/oracle/prng.h"

struct editor {
    struct prng prng;
    unsigned features;
    struct draft draft;
    VEC(char *) undo; /* earlier texts, owned, oldest first */
    bool half_typed;  /* the last edit left a block unfinished */
};

/* A new document: a prelude that binds most names, mostly, and 4 to 9 blocks.  `e` is zeroed. */
void editor_start(struct editor *e, uint64_t seed, unsigned features);

/* One edit, sometimes two at once.  Returns what it was, in a word or two.  The text may be as
 * before (a deletion undone, say). */
const char *editor_edit(struct editor *e);

void editor_finish(struct editor *e);

#endif
