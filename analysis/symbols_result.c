/* SPDX-License-Identifier: Apache-2.0 */
/* symbols_result.c - turns the end of a walk into the lists of struct symbols.
 *
 * Until here all names are views of the source or of the walk's own memory.  Those that appear
 * in a list are sorted once; each list then follows that order.  At last all texts are copied
 * into one pool and the views are moved there. */
#include "analysis/symbols_internal.h"
#include "base/mem.h"

struct result {
    struct walk *w;
    VEC(uint32_t) order; /* names in some list, sorted by text */
    VEC(uint32_t) ranks; /* scratch: one definition's uses or effects */
    VEC(char) pool;
};

static uint8_t final_state(const struct walk *w, const struct name *n) {
    return w->bindings.items[n->module].state;
}

/* --- the order --- */

struct ordered {
    struct str text;
    uint32_t name;
};

static int compare_ordered(const void *a, const void *b) {
    return str_cmp(((const struct ordered *)a)->text, ((const struct ordered *)b)->text);
}

static bool is_listed(const struct walk *w, const struct name *n) {
    return n->flags || n->unit_seen != NONE || final_state(w, n) != INHERITED;
}

static void sort_names(struct result *r) {
    VEC(struct ordered) sorted = {0};
    struct walk *w = r->w;
    for (size_t i = 0; i < w->names.len; i++)
        if (is_listed(w, &w->names.items[i]))
            vec_push(&sorted, ((struct ordered){w->names.items[i].text, (uint32_t)i}));
    if (sorted.len) qsort(sorted.items, sorted.len, sizeof *sorted.items, compare_ordered);
    for (size_t i = 0; i < sorted.len; i++) {
        w->names.items[sorted.items[i].name].rank = (uint32_t)i;
        vec_push(&r->order, sorted.items[i].name);
    }
    vec_finish(&sorted);
}

static struct str text_at_rank(const struct result *r, uint32_t rank) {
    return r->w->names.items[r->order.items[rank]].text;
}

/* --- definitions --- */

static int compare_rank(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Move the gathered ranks, sorted and unique, to the end of a list of names; their count. */
static uint32_t flush_ranks(struct result *r, symbol_vec *names) {
    uint32_t count = 0;
    if (r->ranks.len) qsort(r->ranks.items, r->ranks.len, sizeof *r->ranks.items, compare_rank);
    for (size_t i = 0; i < r->ranks.len; i++) {
        if (i && r->ranks.items[i] == r->ranks.items[i - 1]) continue;
        vec_push(names, text_at_rank(r, r->ranks.items[i]));
        count++;
    }
    vec_clear(&r->ranks);
    return count;
}

static void list_uses(struct result *r, struct definition *d, uint32_t attached) {
    struct walk *w = r->w;
    for (uint32_t a = attached; a != NONE; a = w->attachments.items[a].next) {
        const struct unit *u = &w->units.items[w->attachments.items[a].unit];
        for (uint32_t i = u->uses_start; i < u->uses_end; i++)
            vec_push(&r->ranks, w->names.items[w->uses.items[i].name].rank);
        d->mutated_parameters |= u->mutated_parameters;
    }
    d->uses_start = (uint32_t)w->out->definition_uses.len;
    d->uses_len = flush_ranks(r, &w->out->definition_uses);
}

static void list_effects(struct result *r, struct definition *d, uint32_t attached) {
    struct walk *w = r->w;
    for (uint32_t a = attached; a != NONE; a = w->attachments.items[a].next) {
        const struct unit *u = &w->units.items[w->attachments.items[a].unit];
        for (uint32_t i = u->effects_start; i < u->effects_end; i++)
            vec_push(&r->ranks, w->names.items[w->effects.items[i].name].rank);
    }
    d->effects_start = (uint32_t)w->out->definition_effects.len;
    d->effects_len = flush_ranks(r, &w->out->definition_effects);
}

static void list_definition(struct result *r, const struct name *n) {
    uint8_t state = final_state(r->w, n);
    if (!(state & BOUND) && !(n->flags & NAME_BOUND_DEFERRED)) return;
    struct definition d = {
        .name = n->text,
        .kind = (enum definition_kind)n->kind,
        .certain = state == BOUND,
        .deferred = !(state & BOUND),
        .span = n->bound_at,
        .made = {n->first_at, n->sure_at},
    };
    list_uses(r, &d, n->attached);
    list_effects(r, &d, n->attached);
    vec_push(&r->w->out->provides, d);
}

static void list_name(struct result *r, const struct name *n) {
    struct symbols *out = r->w->out;
    uint8_t state = final_state(r->w, n);
    list_definition(r, n);
    if (n->flags & NAME_REQUIRED)
        vec_push(&out->requires, ((struct requirement){
                                     .name = n->text,
                                     .deferred = !(n->flags & NAME_REQUIRED_NOW),
                                     .mentioned = n->flags & NAME_REQUIRED_MENTIONED,
                                     .builtin = symbols_is_builtin(n->text),
                                     .at = n->read_at,
                                 }));
    if (n->flags & NAME_MUTATED) vec_push(&out->mutates, n->text);
    if (state & UNBOUND || n->flags & NAME_DELETED_DEFERRED) vec_push(&out->deletes, n->text);
    if (state == UNBOUND) vec_push(&out->deletes_surely, n->text);
}

static int compare_text(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void sort_exports(struct symbols *out) {
    size_t kept = 0, len = out->exports_all.len;
    struct str *items = out->exports_all.items;
    if (len) qsort(items, len, sizeof *items, compare_text);
    for (size_t i = 0; i < len; i++)
        if (!i || !str_eq(items[i], items[kept - 1])) items[kept++] = items[i];
    out->exports_all.len = kept;
}

/* --- the pool: first the texts are gathered, then, when it no longer moves, the views set --- */

typedef void view_fn(struct result *r, struct str *view);

static void gather_text(struct result *r, struct str *view) {
    vec_reserve(&r->pool, r->pool.len + view->len);
    if (view->len) memcpy(r->pool.items + r->pool.len, view->ptr, view->len);
    view->ptr = (const char *)(uintptr_t)r->pool.len; /* an offset, until point_text() */
    r->pool.len += view->len;
}

static void point_text(struct result *r, struct str *view) {
    view->ptr = view->len ? r->pool.items + (uintptr_t)view->ptr : "";
}

static void each_view(struct result *r, view_fn *fn) {
    struct symbols *s = r->w->out;
    for (size_t i = 0; i < s->provides.len; i++) fn(r, &s->provides.items[i].name);
    for (size_t i = 0; i < s->requires.len; i++) fn(r, &s->requires.items[i].name);
    for (size_t i = 0; i < s->mutates.len; i++) fn(r, &s->mutates.items[i]);
    for (size_t i = 0; i < s->deletes.len; i++) fn(r, &s->deletes.items[i]);
    for (size_t i = 0; i < s->deletes_surely.len; i++) fn(r, &s->deletes_surely.items[i]);
    for (size_t i = 0; i < s->exports_all.len; i++) fn(r, &s->exports_all.items[i]);
    for (size_t i = 0; i < s->definition_uses.len; i++) fn(r, &s->definition_uses.items[i]);
    for (size_t i = 0; i < s->definition_effects.len; i++) fn(r, &s->definition_effects.items[i]);
    for (size_t i = 0; i < s->imports.len; i++) {
        fn(r, &s->imports.items[i].module);
        fn(r, &s->imports.items[i].name);
        fn(r, &s->imports.items[i].local);
    }
    for (size_t i = 0; i < s->arguments.len; i++) {
        fn(r, &s->arguments.items[i].callee);
        fn(r, &s->arguments.items[i].name);
    }
}

void result_build(struct walk *w) {
    struct result r = {.w = w};
    sort_names(&r);
    for (size_t i = 0; i < r.order.len; i++) list_name(&r, &w->names.items[r.order.items[i]]);
    sort_exports(w->out);
    each_view(&r, gather_text);
    each_view(&r, point_text);
    w->out->pool = r.pool.items;
    vec_finish(&r.order);
    vec_finish(&r.ranks);
}
