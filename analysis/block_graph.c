/* SPDX-License-Identifier: Apache-2.0 */
/* block_graph.c - upkeep of the name index, and lookups of one name.
 *
 * Every name that a block mentions has one struct graph_name with sorted arrays of its blocks.
 * Adding and removing a block walk the same links (links_each), so that one undoes the other.
 * Owns the names; borrows the blocks. */
#include "analysis/block_graph_internal.h"

#include <assert.h>

#include "base/mem.h"

size_t graph__lower(const block_vec *v, uint32_t index) {
    size_t low = 0, high = v->len;
    if (high && v->items[high - 1]->index < index) return high; /* analysis adds in order */
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (v->items[mid]->index < index)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

const struct block *graph__last_above(const block_vec *v, uint32_t index) {
    size_t i = graph__lower(v, index);
    return i ? v->items[i - 1] : NULL;
}

static void blocks_insert(block_vec *v, const struct block *block) {
    size_t at = graph__lower(v, block->index);
    vec_splice(v, at, 0, 1);
    v->items[at] = block;
}

static void blocks_delete(block_vec *v, const struct block *block) {
    size_t at = graph__lower(v, block->index);
    assert(at < v->len && v->items[at] == block); /* else its order changed while it was in */
    vec_splice(v, at, 1, 0);
}

struct graph_name *graph__name(const struct block_graph *g, struct str text) {
    return map_get(&g->names, text);
}

static struct graph_name *name_make(struct block_graph *g, struct str text) {
    void **slot = map_slot(&g->names, text);
    if (*slot) return *slot;
    struct graph_name *name = *slot = xcalloc(1, sizeof *name);
    name->text = (struct str){str_dup(text), text.len};
    name->serial = g->next_serial++;
    name->builtin = symbols_is_builtin(text);
    return name;
}

static void name_destroy(struct graph_name *name) {
    free((char *)name->text.ptr);
    for (int role = 0; role < ROLE_COUNT; role++) vec_finish(&name->blocks[role]);
    vec_finish(&name->users);
    vec_finish(&name->covered);
    free(name);
}

static void name_drop_if_unused(struct block_graph *g, struct graph_name *name) {
    size_t uses = name->users.len;
    for (int role = 0; role < ROLE_COUNT; role++) uses += name->blocks[role].len;
    if (uses) return;
    map_remove(&g->names, name->text);
    name_destroy(name);
}

/* The position of `user` among those who use `name`, or where it belongs. */
static size_t user_position(const struct graph_name *name, const struct graph_name *user) {
    size_t low = 0, high = name->users.len;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (name->users.items[mid].name->serial < user->serial)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* What a block's symbols say, one link at a time. */
struct link_ops {
    void (*role)(struct block_graph *g, struct str name, enum role role, const struct block *block);
    void (*use)(struct block_graph *g, struct str used, struct str user);
};

static void role_add(struct block_graph *g, struct str text, enum role role,
                     const struct block *block) {
    blocks_insert(&name_make(g, text)->blocks[role], block);
}

static void role_remove(struct block_graph *g, struct str text, enum role role,
                        const struct block *block) {
    struct graph_name *name = graph__name(g, text);
    blocks_delete(&name->blocks[role], block);
    name_drop_if_unused(g, name);
}

static void use_add(struct block_graph *g, struct str used_text, struct str user_text) {
    struct graph_name *used = name_make(g, used_text), *user = name_make(g, user_text);
    size_t at = user_position(used, user);
    if (at == used->users.len || used->users.items[at].name != user) {
        vec_splice(&used->users, at, 0, 1);
        used->users.items[at] = (struct name_user){user, 0};
    }
    used->users.items[at].definitions++;
}

static void use_remove(struct block_graph *g, struct str used_text, struct str user_text) {
    struct graph_name *used = graph__name(g, used_text), *user = graph__name(g, user_text);
    size_t at = user_position(used, user);
    assert(at < used->users.len && used->users.items[at].name == user);
    if (--used->users.items[at].definitions == 0) vec_splice(&used->users, at, 1, 0);
    name_drop_if_unused(g, used);
}

static const struct link_ops link_add = {role_add, use_add};
static const struct link_ops link_remove = {role_remove, use_remove};

static void links_each(struct block_graph *g, const struct block *block,
                       const struct link_ops *ops) {
    const struct symbols *s = &block->symbols;
    for (size_t i = 0; i < s->provides.len; i++) {
        const struct definition *d = &s->provides.items[i];
        /* Uses first: when links are removed, their user must still have its binder. */
        for (uint32_t u = 0; u < d->uses_len; u++)
            ops->use(g, s->definition_uses.items[d->uses_start + u], d->name);
        if (d->certain) ops->role(g, d->name, ROLE_BINDS_SURELY, block);
        ops->role(g, d->name, ROLE_BINDS, block);
    }
    for (size_t i = 0; i < s->deletes.len; i++)
        ops->role(g, s->deletes.items[i], ROLE_DELETES, block);
    for (size_t i = 0; i < s->mutates.len; i++)
        ops->role(g, s->mutates.items[i], ROLE_MUTATES, block);
    for (size_t i = 0; i < s->requires.len; i++)
        ops->role(g, s->requires.items[i].name, ROLE_REQUIRES, block);
}

struct block_graph *graph_create(void) {
    return xcalloc(1, sizeof(struct block_graph));
}

void graph_destroy(struct block_graph *g) {
    if (!g) return;
    const struct map_entry *e;
    for (size_t cursor = 0; (e = map_next(&g->names, &cursor));) name_destroy(e->value);
    map_finish(&g->names);
    vec_finish(&g->code);
    vec_finish(&g->wild);
    free(g);
}

void graph_add(struct block_graph *g, const struct block *block) {
    if (block->kind != BLOCK_CODE) return;
    blocks_insert(&g->code, block);
    if (block->symbols.wild) blocks_insert(&g->wild, block);
    links_each(g, block, &link_add);
}

void graph_remove(struct block_graph *g, const struct block *block) {
    if (block->kind != BLOCK_CODE) return;
    blocks_delete(&g->code, block);
    if (block->symbols.wild) blocks_delete(&g->wild, block);
    links_each(g, block, &link_remove);
}

/* The one further down in the document; either may be NULL. */
static const struct block *later_of(const struct block *a, const struct block *b) {
    if (!a || !b) return a ? a : b;
    return a->index > b->index ? a : b;
}

static const struct block *last_binder(const struct block_graph *g, const struct block *reader,
                                       struct str name) {
    const struct block *wild = graph__last_above(&g->wild, reader->index);
    const struct graph_name *entry = graph__name(g, name);
    if (!entry) return wild;
    return later_of(wild, graph__last_above(&entry->blocks[ROLE_BINDS], reader->index));
}

const struct block *graph_setter(const struct block_graph *g, const struct block *reader,
                                 struct str name) {
    const struct block *binder = last_binder(g, reader, name);
    const struct graph_name *entry = graph__name(g, name);
    if (!entry) return binder;
    return later_of(binder, graph__last_above(&entry->blocks[ROLE_DELETES], reader->index));
}

const struct block *graph_provider(const struct block_graph *g, const struct block *reader,
                                   struct str name) {
    const struct block *binder = last_binder(g, reader, name);
    /* A block that both binds and deletes the name may leave it bound. */
    return graph_setter(g, reader, name) == binder ? binder : NULL;
}

const struct block *graph_provider_below(const struct block_graph *g, const struct block *reader,
                                         struct str name) {
    const struct graph_name *entry = graph__name(g, name);
    if (!entry) return NULL;
    const block_vec *binders = &entry->blocks[ROLE_BINDS];
    size_t i = graph__lower(binders, reader->index + 1);
    return i < binders->len ? binders->items[i] : NULL;
}

bool graph_binds(const struct block_graph *g, struct str name) {
    const struct graph_name *entry = graph__name(g, name);
    return entry && entry->blocks[ROLE_BINDS].len > 0;
}
