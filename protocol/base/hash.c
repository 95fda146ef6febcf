/* SPDX-License-Identifier: Apache-2.0 */
/* hash.c - the one place that includes xxHash. */
#include "base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <xxhash.h>

uint64_t hash64(struct str bytes) {
    return XXH3_64bits(bytes.len ? bytes.ptr : "", bytes.len);
}

struct hash128 hash128(struct str bytes) {
    XXH128_hash_t h = XXH3_128bits(bytes.len ? bytes.ptr : "", bytes.len);
    return (struct hash128){h.low64, h.high64};
}

void hash128_hex(struct hash128 h, char out[33]) {
    snprintf(out, 33, "%016" PRIx64 "%016" PRIx64, h.high, h.low);
}
