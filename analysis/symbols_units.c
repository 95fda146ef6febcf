/* SPDX-License-Identifier: Apache-2.0 */
/* symbols_units.c - what deferred code reads and does.
 *
 * A unit is the body of one outermost function, class, or module-level lambda or generator, with
 * everything nested in it.  While it is walked its reads and effects are only listed.  They count
 * when the block mentions the unit's name (it may call it then), with the states of that moment,
 * and its reads once more at the block's end.  A unit mentioned by another one counts with it.
 * INVARIANT: units do not nest, so that each one's uses and effects are contiguous. */
#include "analysis/symbols_internal.h"

uint32_t unit_begin(struct walk *w) {
    vec_push(&w->units, ((struct unit){
                            .uses_start = (uint32_t)w->uses.len,
                            .effects_start = (uint32_t)w->effects.len,
                            .mentioned_at = NONE,
                            .called_at = NONE,
                        }));
    return (uint32_t)w->units.len - 1;
}

void unit_end(struct walk *w, uint32_t unit) {
    w->units.items[unit].uses_end = (uint32_t)w->uses.len;
    w->units.items[unit].effects_end = (uint32_t)w->effects.len;
}

void unit_use(struct walk *w, uint32_t name, struct span at) {
    struct name *n = &w->names.items[name];
    if (n->unit_seen == w->ctx.unit) return;
    n->unit_seen = w->ctx.unit;
    vec_push(&w->uses, ((struct use){name, at}));
}

void unit_effect(struct walk *w, uint32_t name, enum effect_kind kind) {
    struct name *n = &w->names.items[name];
    if (kind == EFFECT_BIND) n->flags |= NAME_BOUND_DEFERRED;
    if (kind == EFFECT_DELETE) n->flags |= NAME_DELETED_DEFERRED;
    if (n->affected[kind] == w->ctx.unit) return;
    n->affected[kind] = w->ctx.unit;
    vec_push(&w->effects, ((struct effect){name, kind}));
}

void unit_attach(struct walk *w, uint32_t name, uint32_t unit) {
    struct name *n = &w->names.items[name];
    vec_push(&w->attachments, ((struct attachment){unit, n->attached}));
    n->attached = (uint32_t)w->attachments.len - 1;
    w->epoch++; /* what was checked before did not know of this */
}

static void effect_apply(struct walk *w, struct effect e) {
    uint32_t binding = w->names.items[e.name].module;
    uint8_t state = w->bindings.items[binding].state;
    if (e.kind == EFFECT_BIND) flow_set(w, binding, state | BOUND);
    if (e.kind == EFFECT_DELETE) flow_set(w, binding, state | UNBOUND);
    if (e.kind == EFFECT_MUTATE) name_mutate_module(w, e.name);
}

static void pend_attached(struct walk *w, uint32_t name) {
    uint32_t a = w->names.items[name].attached;
    for (; a != NONE; a = w->attachments.items[a].next)
        vec_push(&w->pending, w->attachments.items[a].unit);
}

static void unit_count(struct walk *w, uint32_t unit, bool called) {
    struct unit u = w->units.items[unit];
    for (uint32_t i = u.uses_start; i < u.uses_end; i++) {
        struct use use = w->uses.items[i];
        struct name *n = &w->names.items[use.name];
        if (w->bindings.items[n->module].state & INHERITED) {
            name_require(w, use.name, use.at, !called);
            n->flags |= NAME_REQUIRED_MENTIONED;
        }
        if (n->attached != NONE) pend_attached(w, use.name);
    }
    for (uint32_t i = u.effects_start; i < u.effects_end; i++) effect_apply(w, w->effects.items[i]);
}

/* Only units named here are known to be called; those they mention may be. */
void unit_mention(struct walk *w, uint32_t unit, bool called) {
    size_t base = w->pending.len;
    vec_push(&w->pending, unit);
    while (w->pending.len > base) {
        uint32_t next = w->pending.items[--w->pending.len];
        struct unit *u = &w->units.items[next];
        bool now = called && next == unit;
        if (now ? u->called_at == w->epoch : u->mentioned_at == w->epoch) continue;
        u->mentioned_at = w->epoch;
        if (now) u->called_at = w->epoch;
        unit_count(w, next, now);
    }
}

void name_mention(struct walk *w, uint32_t name, bool called) {
    uint32_t a = w->names.items[name].attached;
    for (; a != NONE; a = w->attachments.items[a].next)
        unit_mention(w, w->attachments.items[a].unit, called);
}
