/* SPDX-License-Identifier: Apache-2.0 */
/* map.c - open addressing with linear probing; removal shifts back, so there are no tombstones. */
#include "base/map.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"

static size_t find(const struct map *m, struct str key, uint64_t hash) {
    size_t i = hash & (m->cap - 1);
    while (m->slots[i].key) {
        const struct map_entry *e = &m->slots[i];
        if (e->hash == hash && str_eq((struct str){e->key, e->key_len}, key)) break;
        i = (i + 1) & (m->cap - 1);
    }
    return i;
}

static void grow(struct map *m) {
    struct map old = *m;
    m->cap = old.cap ? old.cap * 2 : 16;
    m->slots = xcalloc(m->cap, sizeof *m->slots);
    for (size_t i = 0; i < old.cap; i++) {
        if (!old.slots[i].key) continue;
        size_t at = old.slots[i].hash & (m->cap - 1);
        while (m->slots[at].key) at = (at + 1) & (m->cap - 1);
        m->slots[at] = old.slots[i];
    }
    free(old.slots);
}

void map_finish(struct map *m) {
    for (size_t i = 0; i < m->cap; i++) free(m->slots[i].key);
    free(m->slots);
    *m = (struct map){0};
}

void *map_get(const struct map *m, struct str key) {
    if (m->len == 0) return NULL;
    return m->slots[find(m, key, hash64(key))].value;
}

struct str map_key(const struct map *m, struct str key) {
    const struct map_entry *e = m->len ? &m->slots[find(m, key, hash64(key))] : NULL;
    return e && e->key ? (struct str){e->key, e->key_len} : STR("");
}

void **map_slot(struct map *m, struct str key) {
    uint64_t hash = hash64(key);
    if ((m->len + 1) * 4 > m->cap * 3) grow(m);
    struct map_entry *e = &m->slots[find(m, key, hash)];
    if (!e->key) {
        *e = (struct map_entry){.key = str_dup(key), .key_len = key.len, .hash = hash};
        m->len++;
    }
    return &e->value;
}

void *map_remove(struct map *m, struct str key) {
    if (m->len == 0) return NULL;
    size_t hole = find(m, key, hash64(key));
    if (!m->slots[hole].key) return NULL;
    void *value = m->slots[hole].value;
    free(m->slots[hole].key);
    m->len--;
    for (size_t i = (hole + 1) & (m->cap - 1); m->slots[i].key; i = (i + 1) & (m->cap - 1)) {
        size_t home = m->slots[i].hash & (m->cap - 1);
        bool stays = hole < i ? hole < home && home <= i : hole < home || home <= i;
        if (stays) continue;
        m->slots[hole] = m->slots[i];
        hole = i;
    }
    m->slots[hole] = (struct map_entry){0};
    return value;
}

const struct map_entry *map_next(const struct map *m, size_t *cursor) {
    while (*cursor < m->cap) {
        const struct map_entry *e = &m->slots[(*cursor)++];
        if (e->key) return e;
    }
    return NULL;
}
