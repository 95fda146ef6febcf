/* SPDX-License-Identifier: Apache-2.0 */
/* values_keep.c - the old object for an equal new one; see values_leave().
 *
 * The old object may take the new one's place when, as it is now, it has the same fingerprint in
 * the same context, and nothing that stays behind shares an object with the new one that the old
 * one does not have: else two names that share would come apart. */
#include "exec/worker/values_internal.h"

static bool is_equal(const struct bound *b) {
    return b->print.exact && b->old_print.exact && hash128_eq(b->print.linked, b->old_print.linked);
}

static void compare(struct values *v, struct fingerprint_walk *w, bound_vec *bound) {
    for (size_t i = 0; i < bound->len; i++) {
        struct bound *b = &bound->items[i];
        if (!b->old) continue;
        if (b->old != b->root) b->old_print = values__walk_bound(v, w, b->old, b->name);
        b->keep = b->old == b->root || is_equal(b);
    }
}

/* The objects that would be lost with the new value. */
static void find_lost(const struct bound *b, struct id_set *lost) {
    struct id_set old = {0};
    id_vec ids = {0};
    id_set_add_all(&old, &b->old->now.ids);
    for (size_t i = 0; i < b->root->now.ids.len; i++)
        if (!id_set_has(&old, b->root->now.ids.items[i])) vec_push(&ids, b->root->now.ids.items[i]);
    id_set_add_all(lost, &ids);
    vec_finish(&ids);
    id_set_finish(&old);
}

static bool holds(const struct root *root, const struct id_set *lost) {
    return !root->now.print.complete || id_set_meets(lost, &root->now.ids);
}

/* Whether the value of another name, which stays as it is, holds what would be lost. */
static bool is_held(const struct values *v, const bound_vec *bound, const struct bound *b) {
    struct id_set lost = {0};
    find_lost(b, &lost);
    bool held = false;
    for (size_t i = 0; lost.len && !held && i < v->context.len; i++)
        held = holds(v->context.items[i], &lost);
    for (size_t i = 0; lost.len && !held && i < bound->len; i++) {
        const struct bound *other = &bound->items[i];
        bool stays = !other->keep || other->old == other->root;
        if (other != b && stays) held = holds(other->root, &lost);
    }
    id_set_finish(&lost);
    return held;
}

/* Each value that is not kept may hold others back. */
static void drop_held(const struct values *v, bound_vec *bound) {
    bool again = true;
    while (again) {
        again = false;
        for (size_t i = 0; i < bound->len; i++) {
            struct bound *b = &bound->items[i];
            if (!b->keep || b->old == b->root || !is_held(v, bound, b)) continue;
            b->keep = false;
            again = true;
        }
    }
}

void values__keep_old(struct values *v, struct fingerprint_walk *w, bound_vec *bound) {
    compare(v, w, bound);
    drop_held(v, bound);
    for (size_t i = 0; i < bound->len; i++) {
        struct bound *b = &bound->items[i];
        if (b->keep && b->old != b->root &&
            PyDict_SetItem(v->globals, b->name, b->old->value) < 0) {
            PyErr_Clear();
            b->keep = false;
        }
    }
}
