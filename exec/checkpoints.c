/* SPDX-License-Identifier: Apache-2.0 */
/* checkpoints.c - see checkpoints.h. */
#include "exec/checkpoints.h"

static void remove_at(struct checkpoints *c, size_t i) {
    state_image_finish(&c->items.items[i].image);
    vec_splice(&c->items, i, 1, 0);
}

void checkpoints_clear(struct checkpoints *c) {
    while (c->items.len > 0) remove_at(c, c->items.len - 1);
    vec_finish(&c->items);
    c->work_us = 0;
}

bool checkpoints_due(struct checkpoints *c, uint64_t duration_us) {
    c->work_us += duration_us;
    return c->work_us >= c->worth_us && (c->worth_us == 0 || c->work_us >= 20 * c->cost_us);
}

static struct checkpoint *find(const struct checkpoints *c, uint32_t id) {
    for (size_t i = 0; i < c->items.len; i++)
        if (c->items.items[i].id == id) return &c->items.items[i];
    return NULL;
}

uint32_t checkpoints_add(struct checkpoints *c, struct history *h) {
    struct checkpoint new = {.id = ++c->last_id, .used = ++c->uses};
    state_image_take(&new.image, h);
    vec_push(&c->items, new);
    c->work_us = 0;
    return new.id;
}

void checkpoints_remove(struct checkpoints *c, uint32_t id) {
    struct checkpoint *found = find(c, id);
    if (found) remove_at(c, (size_t)(found - c->items.items));
}

static bool too_many(const struct checkpoints *c) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < c->items.len; i++) bytes += c->items.items[i].bytes;
    return c->items.len > CHECKPOINTS_MOST || (c->bytes_limit && bytes > c->bytes_limit);
}

static size_t least_used(const struct checkpoints *c) {
    size_t least = 0;
    for (size_t i = 1; i < c->items.len; i++)
        if (c->items.items[i].used < c->items.items[least].used) least = i;
    return least;
}

static void thin(struct checkpoints *c, id_vec *out) {
    while (c->items.len > 0 && too_many(c)) {
        size_t least = least_used(c);
        vec_push(out, c->items.items[least].id);
        remove_at(c, least);
    }
}

void checkpoints_taken(struct checkpoints *c, uint32_t id, bool taken, uint64_t cost_us,
                       id_vec *out) {
    struct checkpoint *found = find(c, id);
    c->cost_us = cost_us;
    if (!found) return;
    found->taken = taken;
    if (taken)
        thin(c, out);
    else
        checkpoints_remove(c, id);
}

void checkpoints_measured(struct checkpoints *c, uint32_t id, uint64_t bytes, id_vec *out) {
    struct checkpoint *found = find(c, id);
    if (found) found->bytes = bytes;
    thin(c, out);
}

const struct checkpoint *checkpoints_find(const struct checkpoints *c, uint32_t id) {
    const struct checkpoint *found = find(c, id);
    return found && found->taken ? found : NULL;
}

void checkpoints_use(struct checkpoints *c, uint32_t id) {
    struct checkpoint *found = find(c, id);
    if (found) found->used = ++c->uses;
    c->work_us = 0;
}

uint64_t checkpoints_resume_us(const struct checkpoints *c) {
    if (c->worth_us == 0) return 0;
    return c->cost_us ? 2 * c->cost_us : CHECKPOINT_RESUME_US;
}
