/* SPDX-License-Identifier: Apache-2.0 */
/* map.h - a hash map from strings to pointers (open addressing, xxHash).
 *
 * Caller's memory; zero-initialised is empty.  Keys are copied into the map; values are borrowed.
 * Iteration order is unspecified: sort before showing anything. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/str.h"

struct map_entry {
    char *key; /* owned; NULL when the slot is free */
    size_t key_len;
    uint64_t hash;
    void *value;
};

struct map {
    struct map_entry *slots;
    size_t len, cap; /* cap is 0 or a power of two */
};

void map_finish(struct map *m); /* frees keys and slots, not values; m is empty again */
void *map_get(const struct map *m, struct str key); /* NULL when absent */

/* The slot's value for `key`, made (NULL) when absent.  Valid until the next map_slot/remove. */
void **map_slot(struct map *m, struct str key);

/* The map's own copy of `key`, NUL-terminated: borrowed until map_remove(); empty when absent. */
struct str map_key(const struct map *m, struct str key);

/* Forget `key`; returns its value, NULL when it was absent. */
void *map_remove(struct map *m, struct str key);

/* Walk the entries: start with *cursor = 0; NULL at the end.  No change in between. */
const struct map_entry *map_next(const struct map *m, size_t *cursor);

#endif
