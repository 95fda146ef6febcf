/* SPDX-License-Identifier: Apache-2.0 */
/* bindings.c - writers of each name, and the fixes that move the namespace to a block. */
#include "exec/bindings.h"

#include "base/mem.h"

struct bound_name {
    VEC(block_id) writers; /* blocks whose trace binds or removes the name */
    block_id current;      /* whose value the namespace holds; 0: unbound */
};

static struct bound_name *name_make(struct bindings *b, struct str name) {
    void **slot = map_slot(&b->names, name);
    if (!*slot) *slot = xcalloc(1, sizeof(struct bound_name));
    return *slot;
}

void bindings_finish(struct bindings *b) {
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&b->names, &cursor));) {
        struct bound_name *n = e->value;
        vec_finish(&n->writers);
        free(n);
    }
    map_finish(&b->names);
}

void bindings_reset(struct bindings *b) {
    bindings_finish(b);
    b->position = 0;
    b->settled = false;
}

void bindings_unsettle(struct bindings *b) {
    b->settled = false;
}

void bindings_remove(struct bindings *b, const struct trace *t) {
    for (size_t i = 0; i < t->writes.len; i++) {
        struct bound_name *n = map_get(&b->names, buf_str(&t->writes.items[i].name));
        for (size_t k = 0; n && k < n->writers.len; k++)
            if (n->writers.items[k] == t->block) vec_splice(&n->writers, k, 1, 0);
    }
}

void bindings_add(struct bindings *b, const struct trace *t, uint32_t index) {
    for (size_t i = 0; i < t->writes.len; i++) {
        struct bound_name *n = name_make(b, buf_str(&t->writes.items[i].name));
        vec_push(&n->writers, t->block);
        n->current = t->writes.items[i].bound ? t->block : 0;
    }
    b->position = index + 1;
}

/* Whose value `name` must hold before the block at `index`. */
static block_id wanted(const struct bound_name *n, struct str name, const struct document *doc,
                       const struct trace_store *traces, uint32_t index) {
    const struct block *last = NULL;
    for (size_t i = 0; i < n->writers.len; i++) {
        const struct block *w = document_block_by_id(doc, n->writers.items[i]);
        if (!w || w->index >= index || (last && w->index < last->index)) continue;
        if (trace_get(traces, w->id)->present) last = w;
    }
    return last && trace_bound(trace_get(traces, last->id), name) ? last->id : 0;
}

struct move {
    struct bindings *b;
    const struct document *doc;
    const struct trace_store *traces;
    uint32_t index;
    fix_vec *out;
};

static void fix_name(struct move *m, struct str name, struct bound_name *n) {
    block_id from = wanted(n, name, m->doc, m->traces, m->index);
    if (from == n->current) return;
    n->current = from;
    vec_push(m->out, (struct namespace_fix){name, from});
}

static void fix_all(struct move *m) {
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&m->b->names, &cursor));)
        fix_name(m, (struct str){e->key, e->key_len}, e->value);
}

static void fix_writes_of(struct move *m, const struct block *block) {
    const struct trace *t = trace_get(m->traces, block->id);
    for (size_t i = 0; t && i < t->writes.len; i++) {
        struct str name = buf_str(&t->writes.items[i].name);
        struct bound_name *n = map_get(&m->b->names, name);
        if (n) fix_name(m, name, n);
    }
}

void bindings_move(struct bindings *b, const struct document *doc, const struct trace_store *traces,
                   const struct block *block, fix_vec *out) {
    struct move m = {b, doc, traces, block->index, out};
    uint32_t from = b->position, to = block->index;
    if (from > to) from = block->index, to = b->position;
    if (!b->settled) fix_all(&m);
    for (uint32_t i = from; b->settled && i < to && i < document_block_count(doc); i++)
        fix_writes_of(&m, document_block(doc, i));
    b->position = block->index;
    b->settled = true;
}
