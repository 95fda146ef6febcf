/* SPDX-License-Identifier: Apache-2.0 */
/* block_graph_reach.c - what a block depends on, and who depends on it.
 *
 * Forwards, a block's reads grow from its own requirements through the definitions it can see: a
 * worklist of names, each taken once.  Backwards, a binding of m at block p is seen from the blocks
 * below p, down to the next certain binding of m; so what sees a write is a range of places for
 * each name, and going through a definition intersects its range with the one at hand.  The ranges
 * done so far are kept for each name, so that cycles end and no place is looked at twice.
 *
 * Neither direction recurses; both clear the marks they made before they return. */
#include "analysis/block_graph_internal.h"

#define DOCUMENT_END UINT32_MAX

/* --- Answers --- */

static void blocks_append(block_vec *out, const block_vec *v, struct range r) {
    size_t first = graph__lower(v, r.from), end = graph__lower(v, r.to), at = out->len;
    if (first == end) return;
    vec_splice(out, at, 0, end - first);
    memcpy(out->items + at, v->items + first, (end - first) * sizeof *v->items);
}

static int block_cmp(const void *a, const void *b) {
    uint32_t x = (*(const struct block *const *)a)->index;
    uint32_t y = (*(const struct block *const *)b)->index;
    return (x > y) - (x < y);
}

/* An answer drawn from one name is in order already: do not sort that. */
static bool blocks_in_order(const block_vec *v) {
    for (size_t i = 1; i < v->len; i++)
        if (v->items[i - 1]->index >= v->items[i]->index) return false;
    return true;
}

static void blocks_order(block_vec *v) {
    if (blocks_in_order(v)) return;
    qsort(v->items, v->len, sizeof *v->items, block_cmp);
    size_t kept = 1;
    for (size_t i = 1; i < v->len; i++)
        if (v->items[i] != v->items[kept - 1]) v->items[kept++] = v->items[i];
    v->len = kept;
}

static int str_cmp_items(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* --- Forwards: the reads of a block --- */

struct reads {
    const struct block_graph *graph;
    uint32_t place;                 /* of the reader, where every name is looked up */
    VEC(struct graph_name *) names; /* the worklist, and in the end the answer */
};

static void reads_add(struct reads *reads, struct str text) {
    struct graph_name *name = graph__name(reads->graph, text);
    if (name->seen || !graph__counts(name)) return;
    name->seen = true;
    vec_push(&reads->names, name);
}

/* Add what the definitions of `name` that can be seen from the reader use. */
static void reads_add_uses(struct reads *reads, const struct graph_name *name) {
    const block_vec *binders = &name->blocks[ROLE_BINDS];
    for (size_t i = graph__lower(binders, reads->place); i > 0; i--) {
        const struct symbols *s = &binders->items[i - 1]->symbols;
        const struct definition *d = symbols_definition(s, name->text);
        for (uint32_t u = 0; u < d->uses_len; u++)
            reads_add(reads, s->definition_uses.items[d->uses_start + u]);
        if (d->certain) break;
    }
}

/* A function that the block only defines reads its names when somebody calls it. */
static bool read_by_running(const struct requirement *r) {
    return !r->deferred || r->mentioned;
}

static void reads_collect(struct reads *reads, const struct block *block, bool running) {
    const struct symbols *s = &block->symbols;
    for (size_t i = 0; i < s->requires.len; i++)
        if (!running || read_by_running(&s->requires.items[i]))
            reads_add(reads, s->requires.items[i].name);
    for (size_t i = 0; i < reads->names.len; i++) reads_add_uses(reads, reads->names.items[i]);
    for (size_t i = 0; i < reads->names.len; i++) reads->names.items[i]->seen = false;
}

static void reads_list(const struct block_graph *g, const struct block *block, bool running,
                       name_vec *out) {
    struct reads reads = {.graph = g, .place = block->index};
    reads_collect(&reads, block, running);
    vec_clear(out);
    vec_reserve(out, reads.names.len);
    for (size_t i = 0; i < reads.names.len; i++) vec_push(out, reads.names.items[i]->text);
    if (out->len) qsort(out->items, out->len, sizeof *out->items, str_cmp_items);
    vec_finish(&reads.names);
}

void graph_requires(const struct block_graph *g, const struct block *block, name_vec *out) {
    reads_list(g, block, false, out);
}

void graph_reads(const struct block_graph *g, const struct block *block, name_vec *out) {
    reads_list(g, block, true, out);
}

/* Every block above `place` that a read of `name` there may see the work of. */
static void sources_append(block_vec *out, const struct graph_name *name, uint32_t place) {
    const struct block *certain = graph__last_above(&name->blocks[ROLE_BINDS_SURELY], place);
    struct range seen = {certain ? certain->index : 0, place};
    blocks_append(out, &name->blocks[ROLE_BINDS], seen);
    blocks_append(out, &name->blocks[ROLE_DELETES], seen);
    blocks_append(out, &name->blocks[ROLE_MUTATES], seen);
}

void graph_upstream(const struct block_graph *g, const struct block *block, block_vec *out) {
    struct range above = {0, block->index};
    vec_clear(out);
    if (block->kind != BLOCK_CODE) return;
    if (block->symbols.wild) {
        blocks_append(out, &g->code, above);
        return;
    }
    struct reads reads = {.graph = g, .place = block->index};
    reads_collect(&reads, block, false);
    for (size_t i = 0; i < reads.names.len; i++)
        sources_append(out, reads.names.items[i], reads.place);
    blocks_append(out, &g->wild, above);
    blocks_order(out);
    vec_finish(&reads.names);
}

void graph_forward_references(const struct block_graph *g, const struct block *block,
                              name_vec *out) {
    const struct symbols *s = &block->symbols;
    vec_clear(out);
    if (graph__last_above(&g->wild, block->index)) return; /* it may have bound any name */
    for (size_t i = 0; i < s->requires.len; i++) {
        const struct requirement *r = &s->requires.items[i];
        const struct graph_name *name = graph__name(g, r->name);
        if (r->deferred || name->builtin) continue;
        if (graph__last_above(&name->blocks[ROLE_BINDS], block->index)) continue;
        if (graph_provider_below(g, block, r->name)) vec_push(out, name->text);
    }
}

/* --- Backwards: who sees what a block writes --- */

/* Whoever requires `name` in `range` sees the write. */
struct sight {
    struct graph_name *name;
    struct range range;
};

struct reach {
    VEC(struct sight) sights;       /* the worklist */
    VEC(struct graph_name *) names; /* whose covered ranges must be cleared */
};

/* The places that see what `writer` does to `name`. */
static struct range sight_range(const struct graph_name *name, const struct block *writer) {
    const block_vec *certain = &name->blocks[ROLE_BINDS_SURELY];
    size_t next = graph__lower(certain, writer->index + 1);
    uint32_t to = next < certain->len ? certain->items[next]->index + 1 : DOCUMENT_END;
    return (struct range){writer->index + 1, to};
}

/* The first covered range that touches places at or below `from`. */
static size_t covered_position(const struct graph_name *name, uint32_t from) {
    size_t low = 0, high = name->covered.len;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (name->covered.items[mid].to < from)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void sight_push(struct reach *reach, struct graph_name *name, uint32_t from, uint32_t to) {
    if (from < to) vec_push(&reach->sights, (struct sight){name, {from, to}});
}

/* Take up the part of `r` that is not covered yet, and cover it. */
static void reach_add(struct reach *reach, struct graph_name *name, struct range r) {
    if (!graph__counts(name)) return;
    if (name->covered.len == 0) vec_push(&reach->names, name);
    size_t first = covered_position(name, r.from), end = first;
    uint32_t at = r.from;
    struct range whole = r;
    for (; end < name->covered.len && name->covered.items[end].from <= r.to; end++) {
        struct range done = name->covered.items[end];
        sight_push(reach, name, at, done.from);
        at = done.to;
        if (done.from < whole.from) whole.from = done.from;
        if (done.to > whole.to) whole.to = done.to;
    }
    sight_push(reach, name, at, r.to);
    vec_splice(&name->covered, first, end - first, 1);
    name->covered.items[first] = whole;
}

static bool definition_uses(const struct block *block, const struct definition *d,
                            struct str text) {
    for (uint32_t u = 0; u < d->uses_len; u++)
        if (str_eq(block->symbols.definition_uses.items[d->uses_start + u], text)) return true;
    return false;
}

/* Take up the reads of `user` that see, within the sight, a definition of it that uses its name. */
static void reach_through(struct reach *reach, struct sight sight, struct graph_name *user) {
    const block_vec *binders = &user->blocks[ROLE_BINDS];
    const struct block *certain = graph__last_above(&user->blocks[ROLE_BINDS_SURELY],
                                                    sight.range.from);
    for (size_t i = certain ? graph__lower(binders, certain->index) : 0; i < binders->len; i++) {
        const struct block *binder = binders->items[i];
        struct range r = sight_range(user, binder);
        if (r.from >= sight.range.to) break;
        const struct definition *d = symbols_definition(&binder->symbols, user->text);
        if (!definition_uses(binder, d, sight.name->text)) continue;
        if (r.from < sight.range.from) r.from = sight.range.from;
        if (r.to > sight.range.to) r.to = sight.range.to;
        reach_add(reach, user, r);
    }
}

static void reach_add_write(struct reach *reach, const struct block_graph *g,
                            const struct block *writer, struct str text) {
    struct graph_name *name = graph__name(g, text);
    reach_add(reach, name, sight_range(name, writer));
}

static void reach_add_writes(struct reach *reach, const struct block_graph *g,
                             const struct block *block) {
    const struct symbols *s = &block->symbols;
    for (size_t i = 0; i < s->provides.len; i++)
        reach_add_write(reach, g, block, s->provides.items[i].name);
    for (size_t i = 0; i < s->deletes.len; i++)
        reach_add_write(reach, g, block, s->deletes.items[i]);
    for (size_t i = 0; i < s->mutates.len; i++)
        reach_add_write(reach, g, block, s->mutates.items[i]);
}

static void reach_finish(struct reach *reach) {
    for (size_t i = 0; i < reach->names.len; i++) vec_clear(&reach->names.items[i]->covered);
    vec_finish(&reach->names);
    vec_finish(&reach->sights);
}

void graph_downstream(const struct block_graph *g, const struct block *block, block_vec *out) {
    struct range below = {block->index + 1, DOCUMENT_END};
    vec_clear(out);
    if (block->kind != BLOCK_CODE) return;
    if (block->symbols.wild) {
        blocks_append(out, &g->code, below);
        return;
    }
    struct reach reach = {0};
    reach_add_writes(&reach, g, block);
    for (size_t i = 0; i < reach.sights.len; i++) {
        struct sight sight = reach.sights.items[i]; /* by value: the worklist grows */
        blocks_append(out, &sight.name->blocks[ROLE_REQUIRES], sight.range);
        for (size_t u = 0; u < sight.name->users.len; u++)
            reach_through(&reach, sight, sight.name->users.items[u].name);
    }
    blocks_append(out, &g->wild, below);
    blocks_order(out);
    reach_finish(&reach);
}
