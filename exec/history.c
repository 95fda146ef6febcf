/* SPDX-License-Identifier: Apache-2.0 */
/* history.c - writers of each name, versions, and the fixes that move the namespace. */
#include "exec/history.h"

#include "base/mem.h"

struct history *history_create(const struct document *doc, const struct trace_store *traces) {
    struct history *h = xcalloc(1, sizeof *h);
    *h = (struct history){.doc = doc, .traces = traces, .order = 1};
    return h;
}

void history_destroy(struct history *h) {
    if (!h) return;
    size_t cursor = 0;
    for (struct name *n; (n = history_next(h, &cursor));) {
        vec_finish(&n->writers);
        free(n);
    }
    map_finish(&h->names);
    vec_finish(&h->ambient);
    vec_finish(&h->files);
    free(h);
}

bool name_is_ambient(const struct name *name) {
    return str_starts(name->text, STR("<"));
}

static bool is_modules(const struct name *name) {
    return str_eq(name->text, STR("<modules>"));
}

struct name *history_modules(const struct history *h) {
    return history_find(h, STR("<modules>"));
}

/* The run's binding or removal of the name, or NULL. */
static const struct trace_write *find_binding(const struct trace *t, struct str name) {
    for (size_t i = 0; i < t->writes.len; i++) {
        const struct trace_write *w = &t->writes.items[i];
        if (w->kind != WRITE_MUTATED && str_eq(w->name->text, name)) return w;
    }
    return NULL;
}

bool trace_binds(const struct trace *t, struct str name) {
    const struct trace_write *w = find_binding(t, name);
    return w && w->kind == WRITE_BOUND;
}

bool trace_writes(const struct trace *t, struct str name) {
    return find_binding(t, name) != NULL;
}

void history_unbind_all(struct history *h) {
    size_t cursor = 0;
    for (struct name *n; (n = history_next(h, &cursor));)
        if (!name_is_file(n)) n->current = 0; /* what is on disk stays there */
    h->settled = false;
}

void history_reorder(struct history *h) {
    h->order++;
    h->settled = false;
}

struct name *history_find(const struct history *h, struct str text) {
    return map_get(&h->names, text);
}

struct name *history_name(struct history *h, struct str text) {
    struct name *n = history_find(h, text);
    if (n) return n;
    n = xcalloc(1, sizeof *n);
    *map_slot(&h->names, text) = n;
    n->text = map_key(&h->names, text);
    if (name_is_ambient(n)) vec_push(&h->ambient, n);
    if (name_is_file(n)) vec_push(&h->files, n);
    return n;
}

struct name *history_next(const struct history *h, size_t *cursor) {
    const struct map_entry *e = map_next(&h->names, cursor);
    return e ? e->value : NULL;
}

/* --- Writers, in order. --- */

static int by_index(const void *a, const void *b) {
    const struct name_writer *x = a, *y = b;
    return (x->index > y->index) - (x->index < y->index);
}

/* Blocks that have gone sort last, where no reader looks. */
static void sort_writers(struct history *h, struct name *n) {
    if (n->sorted == h->order) return;
    for (size_t i = 0; i < n->writers.len; i++) {
        struct name_writer *w = &n->writers.items[i];
        const struct block *block = document_block_by_id(h->doc, w->block);
        w->index = block ? block->index : UINT32_MAX;
    }
    if (n->writers.len) qsort(n->writers.items, n->writers.len, sizeof *n->writers.items, by_index);
    n->sorted = h->order;
}

/* How many writers stand above `index`. */
static size_t writers_above(struct history *h, struct name *n, uint32_t index) {
    sort_writers(h, n);
    size_t low = 0, high = n->writers.len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (n->writers.items[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void writer_remove(struct name *n, block_id block) {
    for (size_t i = 0; i < n->writers.len; i++) {
        if (n->writers.items[i].block != block) continue;
        vec_splice(&n->writers, i, 1, 0);
        return;
    }
}

void history_remove(const struct trace *t) {
    for (size_t i = 0; i < t->writes.len; i++) writer_remove(t->writes.items[i].name, t->block);
}

void history_add(struct history *h, const struct trace *t, uint32_t index) {
    for (size_t i = 0; i < t->writes.len; i++) {
        const struct trace_write *w = &t->writes.items[i];
        size_t at = writers_above(h, w->name, index);
        vec_splice(&w->name->writers, at, 0, 1);
        w->name->writers.items[at] = (struct name_writer){t->block, index};
        if (w->kind == WRITE_BOUND) w->name->current = t->block;
        if (w->kind == WRITE_REMOVED) w->name->current = 0;
    }
    h->position = index + 1;
}

/* --- Lookups. --- */

static const struct trace_write *write_of(const struct history *h, const struct name *n,
                                          size_t writer) {
    const struct trace *t = trace_get(h->traces, n->writers.items[writer].block);
    return trace_find_write(t, n);
}

const struct trace_write *history_last(struct history *h, struct name *n, uint32_t index,
                                       block_id *by) {
    size_t above = writers_above(h, n, index);
    *by = above ? n->writers.items[above - 1].block : 0;
    return above ? write_of(h, n, above - 1) : NULL;
}

uint64_t history_version(struct history *h, struct name *n, uint32_t index) {
    block_id by;
    const struct trace_write *w = history_last(h, n, index, &by);
    return w ? w->version : n->outside;
}

/* The last binding or removal among the writers above; their number when there is none. */
static size_t last_binding(const struct history *h, const struct name *n, size_t above) {
    for (size_t i = above; i-- > 0;)
        if (write_of(h, n, i)->kind != WRITE_MUTATED) return i;
    return above;
}

struct trace_write *history_binding(struct history *h, struct name *n, uint32_t index,
                                    struct trace **of) {
    size_t above = writers_above(h, n, index), last = last_binding(h, n, above);
    if (last == above) return NULL;
    *of = trace_get(h->traces, n->writers.items[last].block);
    struct trace_write *w = trace_find_write(*of, n);
    return w->kind == WRITE_BOUND ? w : NULL;
}

void history_changers(struct history *h, struct name *n, uint32_t index, id_vec *out) {
    size_t above = writers_above(h, n, index), last = last_binding(h, n, above);
    for (size_t i = last == above ? 0 : last + 1; i < above; i++)
        vec_push(out, n->writers.items[i].block);
}

/* --- The namespace. --- */

/* Whose value the name must hold before the block at `index`, if it is there to be had. */
static block_id wanted(struct history *h, struct name *n, uint32_t index) {
    struct trace *maker;
    const struct trace_write *w = history_binding(h, n, index, &maker);
    return w && w->present ? maker->block : 0;
}

static void fix_name(struct history *h, struct name *n, uint32_t index, fix_vec *out) {
    block_id from = wanted(h, n, index);
    if (from == n->current || is_modules(n)) return;
    n->current = from;
    vec_push(out, (struct namespace_fix){n, from});
}

static void fix_all(struct history *h, uint32_t index, fix_vec *out) {
    size_t cursor = 0;
    for (struct name *n; (n = history_next(h, &cursor));) fix_name(h, n, index, out);
}

static void fix_writes_of(struct history *h, const struct block *writer, uint32_t index,
                          fix_vec *out) {
    const struct trace *t = trace_get(h->traces, writer->id);
    for (size_t i = 0; t && i < t->writes.len; i++)
        fix_name(h, t->writes.items[i].name, index, out);
}

void history_move(struct history *h, const struct block *block, fix_vec *out) {
    uint32_t from = h->position, to = block->index;
    if (from > to) from = block->index, to = h->position;
    if (!h->settled) fix_all(h, block->index, out);
    for (uint32_t i = from; h->settled && i < to && i < document_block_count(h->doc); i++)
        fix_writes_of(h, document_block(h->doc, i), block->index, out);
    h->position = block->index;
    h->settled = true;
}

void history_settle_files(struct history *h, fix_vec *out) {
    for (size_t i = 0; i < h->files.len; i++) fix_name(h, h->files.items[i], UINT32_MAX, out);
    if (out->len) h->settled = false;
}
