/* SPDX-License-Identifier: Apache-2.0 */
/* exports_calls.c - what a call of one of the module's functions changes in the module: its own
 * stores into module-level objects, and those of the module's functions that it uses. */
#include "analysis/exports_internal.h"
#include "base/mem.h"

struct reach {
    const struct exports *e;
    uint32_t *seen; /* for each name, the last start that reached it + 1 */
    VEC(uint32_t) pending;
};

/* The names that some function of the unit changes when it is called. */
static void each_change(const struct exports *e, uint32_t unit, uint32_t called,
                        call_effect_vec *out) {
    const struct module_unit *u = &e->facts->units.items[unit];
    for (size_t i = 0; i < u->symbols.provides.len; i++) {
        const struct definition *d = &u->symbols.provides.items[i];
        for (uint32_t k = 0; k < d->effects_len; k++) {
            struct str text = u->symbols.definition_effects.items[d->effects_start + k];
            uint32_t name = exports__name(e, text);
            const struct definition *bound = symbols_definition(&u->symbols, text);
            bool changes = (bound && bound->deferred) || exports__changes_object(e->facts, u, text);
            if (name != EXPORT_NONE && changes) vec_push(out, ((struct call_effect){called, name}));
        }
    }
}

static void push_used(struct reach *r, uint32_t unit, uint32_t start) {
    const struct symbols *s = &r->e->facts->units.items[unit].symbols;
    for (size_t i = 0; i < s->requires.len; i++) {
        uint32_t name = exports__name(r->e, s->requires.items[i].name);
        if (name == EXPORT_NONE || r->seen[name] == start + 1) continue;
        enum definition_kind kind = r->e->names.items[name].kind;
        if (kind != DEF_FUNCTION && kind != DEF_CLASS) continue;
        r->seen[name] = start + 1;
        vec_push(&r->pending, name);
    }
}

static void reach_from(struct reach *r, uint32_t start, call_effect_vec *out) {
    r->seen[start] = start + 1;
    vec_push(&r->pending, start);
    while (r->pending.len) {
        const struct export_name *n = &r->e->names.items[r->pending.items[--r->pending.len]];
        for (size_t i = 0; i < n->makers.len; i++) {
            each_change(r->e, n->makers.items[i], start, out);
            push_used(r, n->makers.items[i], start);
        }
    }
}

/* Most modules keep no state that their functions change: then there is nothing to walk. */
static bool any_change(const struct exports *e) {
    call_effect_vec found = {0};
    for (size_t u = 0; u < e->facts->units.len && !found.len; u++)
        each_change(e, (uint32_t)u, 0, &found);
    bool any = found.len > 0;
    vec_finish(&found);
    return any;
}

void exports__call_effects(const struct exports *e, call_effect_vec *out) {
    struct reach r = {.e = e};
    if (!any_change(e)) return;
    r.seen = xcalloc(e->names.len + 1, sizeof *r.seen);
    for (uint32_t n = 0; n < e->names.len; n++) {
        enum definition_kind kind = e->names.items[n].kind;
        if (kind == DEF_FUNCTION || kind == DEF_CLASS) reach_from(&r, n, out);
    }
    vec_finish(&r.pending);
    free(r.seen);
}
