/* SPDX-License-Identifier: Apache-2.0 */
/* identity.h - which new block is which old one.
 *
 * Equal keys first, in order, then out of order (moved blocks); what is left between two blocks
 * matched in order is paired in order, prose with prose.  A short memory of past keys settles what
 * order cannot: a block split off again, or swallowed by a half-typed line, is who it was. */
#ifndef ANALYSIS_IDENTITY_H
#define ANALYSIS_IDENTITY_H

#include "base/hash.h"
#include "base/vec.h"

typedef uint32_t block_id; /* 0 is no block; shown as "b<id>" */

struct identity_entry {
    struct hash128 key;
    bool prose;
    block_id id; /* new blocks: the answer */

    /* The answer for new blocks: */
    uint32_t old;  /* index of the old block; IDENTITY_NONE */
    bool in_order; /* equal, and in order with all others that are */
};

#define IDENTITY_NONE UINT32_MAX

struct identity_past {
    struct hash128 key;
    block_id id;
};

/* Caller's memory; zero-initialised is empty. */
struct identity {
    block_id last;                  /* ids are given out once */
    VEC(uint8_t) live;              /* a bit for each id: some block has it now */
    VEC(struct identity_past) past; /* a ring, once it is full */
    size_t oldest;
};

void identity_finish(struct identity *identity);

/* Fill `id`, `old` and `in_order` of all `fresh`.  O(n log n). */
void identity_match(struct identity *identity, const struct identity_entry *old, size_t old_count,
                    struct identity_entry *fresh, size_t fresh_count);

#endif
