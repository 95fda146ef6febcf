/* SPDX-License-Identifier: Apache-2.0 */
/* relocate.h - where a place of an older text is in a text of now.
 *
 * By tokens: comments, blank lines and spacing may be others, and where the code was changed too,
 * what stands around the place says where it went. */
#ifndef ANALYSIS_RELOCATE_H
#define ANALYSIS_RELOCATE_H

#include "base/hash.h"
#include "base/vec.h"

/* A text as its tokens. */
struct outline_token {
    uint64_t hash;
    uint32_t line, start, end; /* bytes */
};
struct outline {
    VEC(struct outline_token) tokens;
};

void outline_init(struct outline *o, struct str text);
void outline_finish(struct outline *o);

/* A place: its token, and how many lines below that token's first it is (inside a long string). */
struct outline_place {
    size_t token;
    uint32_t below;
};

/* The place at byte `column` of `line` (both 0-based): the token there, else the next one.  False:
 * the text has no token. */
bool outline_find(const struct outline *o, struct str text, uint32_t line, uint32_t column,
                  struct outline_place *place);

/* The line in `now` of a place of `old`; *likeness is the number of tokens around it that are
 * alike, 0 when it is not there.  In proportion to the texts. */
uint32_t outline_relocate(const struct outline *old, struct outline_place place,
                          const struct outline *now, size_t *likeness);

#endif
