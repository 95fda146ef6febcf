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

/* The same over bytes that come in pieces. */
struct hash_stream;
struct hash_stream *hash_stream_create(void);
void hash_stream_destroy(struct hash_stream *s); /* accepts NULL */
void hash_stream_add(struct hash_stream *s, struct str bytes);

/* The hash128() of all that was added since the last call; the stream is empty again. */
struct hash128 hash_stream_take(struct hash_stream *s);

/* 32 lower-case hexadecimal digits and a NUL. */
void hash128_hex(struct hash128 h, char out[33]);

#endif
