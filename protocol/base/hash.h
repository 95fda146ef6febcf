/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h - fingerprints of bytes (xxHash).
 *
 * 64 bits for hash tables; 128 bits wherever equal hashes are taken as equal content. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/str.h"

struct hash128 {
    uint64_t low, high;
};

static inline bool hash128_eq(struct hash128 a, struct hash128 b) {
    return a.low == b.low && a.high == b.high;
}

uint64_t hash64(struct str bytes);
struct hash128 hash128(struct str bytes);

/* 32 lower-case hexadecimal digits and a NUL. */
void hash128_hex(struct hash128 h, char out[33]);

#endif
