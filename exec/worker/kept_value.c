/* SPDX-License-Identifier: Apache-2.0 */
/* kept_value.c - looking at values, and remembering; see kept_value.h. */
#include "exec/worker/kept_value.h"

#include <stdlib.h>

#include "base/mem.h"

struct kept_value *kept_create(uint32_t block, PyObject *name, PyObject *value) {
    struct kept_value *k = xcalloc(1, sizeof *k);
    k->block = block;
    k->name = Py_NewRef(name);
    k->value = Py_NewRef(value);
    return k;
}

void kept_destroy(struct kept_value *k) {
    if (!k) return;
    Py_XDECREF(k->names);
    Py_DECREF(k->name);
    Py_DECREF(k->value);
    vec_finish(&k->ids);
    free(k);
}

/* --- The objects that it reaches. --- */

static int by_address(const void *a, const void *b) {
    uintptr_t x = ((const struct fingerprint_id *)a)->object;
    uintptr_t y = ((const struct fingerprint_id *)b)->object;
    return (x > y) - (x < y);
}

static uint64_t signature_bit(uintptr_t id) {
    return (uint64_t)1 << ((id >> 4) * 0x9E3779B97F4A7C15u >> 58);
}

static void take_ids(struct kept_value *k, struct fingerprint_ids ids) {
    struct hash128 order = hash128(
        (struct str){(const char *)ids.items, ids.len * sizeof *ids.items});
    if (k->ids.len == ids.len && hash128_eq(k->order, order)) return;
    vec_clear(&k->ids);
    k->signature = 0;
    k->order = order;
    for (size_t i = 0; i < ids.len; i++) {
        vec_push(&k->ids, ((struct fingerprint_id){ids.items[i], (uint32_t)i}));
        k->signature |= signature_bit(ids.items[i]);
    }
    if (k->ids.len) qsort(k->ids.items, k->ids.len, sizeof *k->ids.items, by_address);
}

bool kept_meet(const struct kept_value *a, const struct kept_value *b) {
    if (!(a->signature & b->signature)) return false;
    const struct kept_value *few = a->ids.len < b->ids.len ? a : b, *many = few == a ? b : a;
    for (size_t i = 0; i < few->ids.len; i++)
        if (bsearch(&few->ids.items[i], many->ids.items, many->ids.len, sizeof *many->ids.items,
                    by_address))
            return true;
    return false;
}

/* --- Looking. --- */

bool look_same(const struct look *a, const struct look *b) {
    return a->print.exact && b->print.exact && hash128_eq(a->print.content, b->print.content) &&
           hash128_eq(a->trail, b->trail);
}

struct fingerprint kept_walk(struct kept_value *k, struct fingerprint_walk *w,
                             struct fingerprint_budget budget) {
    struct fingerprint print = fingerprint_value(w, k->name, k->value, budget);
    k->last = (struct look){print, fingerprint_trail(w)};
    Py_XDECREF(k->names);
    k->names = Py_XNewRef(fingerprint_names(w));
    k->reach = fingerprint_reach(w);
    take_ids(k, fingerprint_ids(w));
    k->fresh = true;
    k->beyond = !print.complete;
    return print;
}

void kept_look(struct kept_value *k, struct fingerprinter *f, struct fingerprint_budget budget) {
    if (k->fresh || k->beyond) return;
    struct fingerprint_walk *w = fingerprint_begin(f);
    kept_walk(k, w, budget);
    fingerprint_end(w);
}

struct fingerprint kept_link(struct kept_value *k, struct fingerprint_walk *w,
                             struct fingerprint_budget budget) {
    bool known = k->beyond || (k->fresh && !fingerprint_met(w, &k->ids));
    if (!known) return kept_walk(k, w, budget);
    struct fingerprint print = k->last.print;
    print.linked = print.content;
    fingerprint_recall(w, k->name, &k->ids);
    return print;
}
