/* SPDX-License-Identifier: Apache-2.0 */
/* value_ids.c - open addressing over addresses; see value_ids.h. */
#include "exec/worker/value_ids.h"

#include "base/mem.h"

void id_vec_assign(id_vec *v, struct fingerprint_ids ids) {
    vec_clear(v);
    if (!ids.len) return;
    vec_reserve(v, ids.len);
    memcpy(v->items, ids.items, ids.len * sizeof *ids.items);
    v->len = ids.len;
}

void id_set_finish(struct id_set *s) {
    free(s->slots);
    *s = (struct id_set){0};
}

static uintptr_t *slot_of(const struct id_set *s, uintptr_t id) {
    size_t at = (size_t)(((uint64_t)id >> 4) * 0x9E3779B97F4A7C15u >> 20) & (s->cap - 1);
    while (s->slots[at] && s->slots[at] != id) at = (at + 1) & (s->cap - 1);
    return &s->slots[at];
}

static void reserve(struct id_set *s, size_t count) {
    size_t cap = s->cap ? s->cap : 16;
    while (cap < count * 2) cap *= 2;
    if (cap == s->cap) return;
    struct id_set old = *s;
    *s = (struct id_set){.slots = xcalloc(cap, sizeof *s->slots), .len = old.len, .cap = cap};
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i]) *slot_of(s, old.slots[i]) = old.slots[i];
    free(old.slots);
}

void id_set_add_all(struct id_set *s, const id_vec *ids) {
    reserve(s, s->len + ids->len);
    for (size_t i = 0; i < ids->len; i++) {
        uintptr_t *slot = slot_of(s, ids->items[i]);
        s->len += *slot == 0;
        *slot = ids->items[i];
    }
}

bool id_set_has(const struct id_set *s, uintptr_t id) {
    return s->len && *slot_of(s, id) == id;
}

bool id_set_meets(const struct id_set *s, const id_vec *ids) {
    for (size_t i = 0; i < ids->len; i++)
        if (id_set_has(s, ids->items[i])) return true;
    return false;
}
