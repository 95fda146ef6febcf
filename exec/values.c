/* SPDX-License-Identifier: Apache-2.0 */
/* values.c - which values are as they must be; see values.h. */
#include "exec/values.h"

/* --- Who changes a value, and who has. --- */

static const struct value_ref *find_change(const struct trace *t, block_id maker,
                                           const struct name *name) {
    for (size_t i = 0; i < t->changes.len; i++) {
        const struct value_ref *c = &t->changes.items[i];
        if (c->maker == maker && c->name == name) return c;
    }
    return NULL;
}

/* The latest run of the block, if it stands. */
static const struct trace *standing_run(const struct history *h, block_id id) {
    const struct block *block = document_block_by_id(h->doc, id);
    const struct trace *t = trace_get(h->traces, id);
    return block && t && t->valid && hash128_eq(t->code, block->code) ? t : NULL;
}

/* Whether the latest run of `changer` has changed the value. */
static bool has_changed(const struct trace *maker, const struct name *name,
                        const struct trace *changer) {
    for (size_t i = 0; i < maker->changed.len; i++) {
        const struct value_change *c = &maker->changed.items[i];
        if (c->name == name && c->by == changer->block && c->ticket == changer->ticket) return true;
    }
    return false;
}

void value_due_at(struct history *h, const struct trace *maker, struct name *name, uint32_t index,
                  bool all, id_vec *out) {
    id_vec changers = {0};
    history_changers(h, name, index, &changers);
    for (size_t i = 0; i < changers.len; i++) {
        const struct trace *t = standing_run(h, changers.items[i]);
        if (t && (all || !has_changed(maker, name, t))) vec_push(out, t->block);
    }
    vec_finish(&changers);
}

/* The place in `order` of who made the change, from `from` on; the length when it is not there. */
static size_t place_of_change(const struct history *h, const struct value_change *c,
                              const id_vec *order, size_t from, uint64_t mark) {
    const struct trace *t = standing_run(h, c->by);
    if (!t || t->ticket != c->ticket || t->lost == mark) return order->len;
    while (from < order->len && order->items[from] != c->by) from++;
    return from;
}

/* Whether all that was done to the value is the beginning of what is to be done, in order. */
static bool changes_stand(const struct history *h, const struct trace *maker,
                          const struct name *name, const id_vec *order, uint64_t mark) {
    size_t next = 0;
    for (size_t i = 0; i < maker->changed.len; i++) {
        const struct value_change *c = &maker->changed.items[i];
        if (c->name != name) continue;
        size_t at = place_of_change(h, c, order, next, mark);
        if (at == order->len) return false;
        for (size_t k = next; k < at; k++)
            if (standing_run(h, order->items[k])) return false; /* it would come too late */
        next = at + 1;
    }
    return true;
}

enum value_state value_state_at(struct history *h, const struct trace *maker,
                                const struct trace_write *w, uint32_t index, uint64_t mark) {
    id_vec order = {0}, due = {0};
    if (!w->present || w->lost == mark) return VALUE_SPOILT;
    history_changers(h, w->name, index, &order);
    bool stands = w->plain || changes_stand(h, maker, w->name, &order, mark);
    if (stands) value_due_at(h, maker, w->name, index, false, &due);
    enum value_state state = !stands ? VALUE_SPOILT : due.len ? VALUE_DUE : VALUE_FIT;
    vec_finish(&order);
    vec_finish(&due);
    return state;
}

void value_changed(struct trace *by, struct trace *maker, struct name *name) {
    if (find_change(by, maker->block, name)) return;
    vec_push(&by->changes, ((struct value_ref){maker->block, name}));
    vec_push(&maker->changed, ((struct value_change){name, by->block, by->ticket}));
}

/* --- Losing values. --- */

uint64_t values_mark(struct history *h) {
    return ++h->losses;
}

static bool lose_writes(struct trace *t, uint64_t mark) {
    bool any = false;
    for (size_t i = 0; i < t->writes.len; i++) {
        struct trace_write *w = &t->writes.items[i];
        if (w->kind != WRITE_BOUND || w->plain || w->lost == mark) continue;
        w->lost = w->name->lost = mark;
        any = true;
    }
    return any;
}

static bool reads_lost(struct history *h, const struct trace *t, uint32_t index, uint64_t mark) {
    for (size_t i = 0; i < t->reads.len; i++) {
        struct name *name = t->reads.items[i].name;
        if (name->lost != mark) continue;
        struct trace *maker;
        const struct trace_write *w = history_binding(h, name, index, &maker);
        if (w && w->lost == mark) return true;
    }
    return false;
}

bool trace_leaves_objects(const struct trace *t) {
    for (size_t i = 0; i < t->writes.len; i++)
        if (t->writes.items[i].kind == WRITE_BOUND && !t->writes.items[i].plain) return true;
    return t->changes.len > 0;
}

/* What it did to others' values is not what it would do with the new objects. */
static void lose_changes(const struct history *h, const struct trace *t, uint64_t mark) {
    for (size_t i = 0; i < t->changes.len; i++) {
        struct value_ref *c = &t->changes.items[i];
        struct trace *maker = trace_get(h->traces, c->maker);
        struct trace_write *w = maker ? trace_find_write(maker, c->name) : NULL;
        bool there = w && !w->plain && has_changed(maker, c->name, t);
        if (there) w->lost = c->name->lost = mark;
    }
}

static void lose_below(struct history *h, uint32_t index, uint64_t mark) {
    for (size_t i = index + 1; i < document_block_count(h->doc); i++) {
        struct trace *t = trace_get(h->traces, document_block(h->doc, i)->id);
        if (!t || t->lost == mark || !trace_leaves_objects(t)) continue;
        if (!reads_lost(h, t, (uint32_t)i, mark)) continue;
        t->lost = mark;
        lose_writes(t, mark);
        lose_changes(h, t, mark);
    }
}

bool values_survive(const struct trace *t) {
    for (size_t i = 0; i < t->writes.len; i++) {
        const struct trace_write *w = &t->writes.items[i];
        if (w->kind == WRITE_BOUND && !w->plain && !(w->known && w->present)) return false;
    }
    return t->changed.len == 0;
}

bool values_lose(struct history *h, struct trace *maker, uint32_t index, uint64_t mark) {
    bool any = lose_writes(maker, mark);
    if (any) lose_below(h, index, mark);
    return any;
}

/* What bears the mark is gone for good, but for what `except` has just made. */
static void settle_losses(struct history *h, const struct trace *except, uint64_t mark) {
    for (size_t i = 0; i < h->traces->by_id.len; i++) {
        struct trace *t = h->traces->by_id.items[i];
        if (!t || t == except) continue;
        if (t->lost == mark) t->ticket = 0;
        for (size_t k = 0; k < t->writes.len; k++)
            if (t->writes.items[k].lost == mark) t->writes.items[k].present = false;
    }
}

void values_replaced(struct history *h, struct trace *maker, uint32_t index) {
    uint64_t mark = values_mark(h);
    bool any = false;
    for (size_t i = 0; i < maker->writes.len; i++) {
        struct trace_write *w = &maker->writes.items[i];
        if (w->kind != WRITE_BOUND || w->plain || w->kept) continue;
        w->lost = w->name->lost = mark;
        any = true;
    }
    if (!any) return;
    lose_below(h, index, mark);
    settle_losses(h, maker, mark);
}

void values_all_lost(struct history *h) {
    for (size_t i = 0; i < h->traces->by_id.len; i++) {
        struct trace *t = h->traces->by_id.items[i];
        if (!t) continue;
        vec_clear(&t->changed);
        for (size_t k = 0; k < t->writes.len; k++)
            if (!name_is_file(t->writes.items[k].name))
                t->writes.items[k].present = t->writes.items[k].kind != WRITE_BOUND;
    }
}
