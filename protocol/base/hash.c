/* SPDX-License-Identifier: Apache-2.0 */
/* hash.c - the one place that includes xxHash. */
#include "base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/mem.h"

struct hash_stream {
    XXH3_state_t *state; /* owned; aligned as xxHash wants it */
};

uint64_t hash64(struct str bytes) {
    return XXH3_64bits(bytes.len ? bytes.ptr : "", bytes.len);
}

struct hash128 hash128(struct str bytes) {
    XXH128_hash_t h = XXH3_128bits(bytes.len ? bytes.ptr : "", bytes.len);
    return (struct hash128){h.low64, h.high64};
}

struct hash_stream *hash_stream_create(void) {
    struct hash_stream *s = xmalloc(sizeof *s);
    s->state = XXH3_createState();
    if (!s->state) abort(); /* as xmalloc() */
    XXH3_128bits_reset(s->state);
    return s;
}

void hash_stream_destroy(struct hash_stream *s) {
    if (!s) return;
    XXH3_freeState(s->state);
    free(s);
}

void hash_stream_add(struct hash_stream *s, struct str bytes) {
    if (bytes.len) XXH3_128bits_update(s->state, bytes.ptr, bytes.len);
}

struct hash128 hash_stream_take(struct hash_stream *s) {
    XXH128_hash_t h = XXH3_128bits_digest(s->state);
    XXH3_128bits_reset(s->state);
    return (struct hash128){h.low64, h.high64};
}

void hash128_hex(struct hash128 h, char out[33]) {
    snprintf(out, 33, "%016" PRIx64 "%016" PRIx64, h.high, h.low);
}
