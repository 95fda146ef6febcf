/* SPDX-License-Identifier: Apache-2.0 */
/* block_cache.h - results of blocks by what they were computed from.
 *
 * An entry is found by its file, its block's code and the fingerprints of all that the block read.
 * It holds what was shown, never values.  Entries of one file leave together: they are marked when
 * nobody watches it any more, and evicted after CACHE_MARKED_MS.
 * INVARIANT: the sum of all entries is within the limit after every call.  The least recently used
 * one goes first; those that were used again are hot, and go after all others, except that at most
 * CACHE_HOT_PERCENT of the limit is kept for them. */
#ifndef EXEC_BLOCK_CACHE_H
#define EXEC_BLOCK_CACHE_H

#include "base/hash.h"
#include "base/str.h"

enum { CACHE_MARKED_MS = 30000, CACHE_HOT_PERCENT = 80, CACHE_VARIANTS = 8 };

struct block_cache;

/* A name that the block read. */
struct cache_read {
    struct str name;
    bool absent;                /* nothing above had bound it */
    struct hash128 fingerprint; /* of its value, unless absent */
};

struct cache_stats {
    size_t entries;
    uint64_t bytes, hits, misses;
};

struct block_cache *block_cache_create(uint64_t limit);
void block_cache_destroy(struct block_cache *c); /* NULL: no-op */
void block_cache_set_limit(struct block_cache *c, uint64_t limit);

/* Keep a result (copied).  Of one code in one file the CACHE_VARIANTS last ones are kept. */
void block_cache_put(struct block_cache *c, struct str file, struct hash128 code,
                     const struct cache_read *reads, size_t count, struct str result);

/* Whether a name is now what the block read. */
typedef bool cache_match_fn(void *ctx, const struct cache_read *read);

/* The result for which all reads match; borrowed until the next call.  False: there is none. */
bool block_cache_find(struct block_cache *c, struct str file, struct hash128 code,
                      cache_match_fn *matches, void *ctx, struct str *result);

void block_cache_mark(struct block_cache *c, struct str file, uint64_t now_ms);
void block_cache_unmark(struct block_cache *c, struct str file);
void block_cache_evict(struct block_cache *c, uint64_t now_ms); /* what has been marked for long */
void block_cache_clear(struct block_cache *c);
struct cache_stats block_cache_stats(const struct block_cache *c);

#endif
