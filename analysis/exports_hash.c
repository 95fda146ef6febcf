/* SPDX-License-Identifier: Apache-2.0 */
/* exports_hash.c - definition hashes: a name's own code and all that it rests on in its module.
 *
 * Tarjan's strongly connected components, without recursion.  A component's hash is that of its
 * members' own parts, in order, and of the components it rests on, sorted: so a cycle has one hash,
 * and nothing depends on the order in which the graph was walked.
 * A read that happens where it stands sees the bindings above it: how many there are belongs to
 * the reader's own part, so that moving it past one is a change. */
#include "analysis/exports_internal.h"
#include "base/mem.h"

struct node {
    uint32_t low, seen; /* 0: not visited */
    uint32_t next_edge;
    uint32_t component; /* EXPORT_NONE: not closed yet */
};

typedef VEC(uint32_t) id_vec;

struct hasher {
    const struct exports *e;
    uint32_t units, count;
    struct node *nodes;
    id_vec *edges; /* for each node */
    id_vec stack, path;
    VEC(struct hash128) components;
    uint32_t counter;
    struct buf scratch;
};

/* --- edges --- */

static bool reads_all(const struct module_unit *unit) {
    return unit->symbols.wild & (WILD_EXEC | WILD_GLOBALS | WILD_SIZE);
}

static void link_unit(struct hasher *h, uint32_t u) {
    const struct module_unit *unit = &h->e->facts->units.items[u];
    for (uint32_t n = 0; n < h->e->names.len && reads_all(unit); n++)
        vec_push(&h->edges[u], h->units + n);
    for (size_t i = 0; i < unit->symbols.requires.len && !reads_all(unit); i++) {
        uint32_t name = exports__name(h->e, unit->symbols.requires.items[i].name);
        if (name != EXPORT_NONE) vec_push(&h->edges[u], h->units + name);
    }
}

static void link_name(struct hasher *h, uint32_t n) {
    const struct export_name *name = &h->e->names.items[n];
    for (size_t i = 0; i < name->makers.len; i++)
        vec_push(&h->edges[h->units + n], name->makers.items[i]);
}

/* --- own parts --- */

static void put(struct hasher *h, const void *bytes, size_t len) {
    buf_append(&h->scratch, (struct str){bytes, len});
}

static void put_unit(struct hasher *h, uint32_t u) {
    const struct module_unit *unit = &h->e->facts->units.items[u];
    put(h, &unit->code, sizeof unit->code);
    for (size_t i = 0; i < unit->symbols.requires.len; i++) {
        const struct requirement *r = &unit->symbols.requires.items[i];
        uint32_t above = 0, name = r->deferred ? EXPORT_NONE : exports__name(h->e, r->name);
        if (name == EXPORT_NONE) continue;
        const struct export_name *n = &h->e->names.items[name];
        while (above < n->makers.len && n->makers.items[above] < u) above++;
        put(h, &above, sizeof above);
    }
}

static void put_name(struct hasher *h, uint32_t n) {
    const struct export_name *name = &h->e->names.items[n];
    buf_append(&h->scratch, name->text);
    for (size_t i = 0; i < name->makers.len; i++)
        put(h, &h->e->facts->units.items[name->makers.items[i]].code, sizeof(struct hash128));
}

static int compare_ids(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static int compare_hashes(const void *a, const void *b) {
    return memcmp(a, b, sizeof(struct hash128));
}

/* The hashes of what the members rest on outside the component, sorted and unique. */
static void put_outside(struct hasher *h, const id_vec *members) {
    VEC(struct hash128) outside = {0};
    for (size_t i = 0; i < members->len; i++) {
        const id_vec *edges = &h->edges[members->items[i]];
        for (size_t k = 0; k < edges->len; k++) {
            uint32_t component = h->nodes[edges->items[k]].component;
            if (component != h->components.len) vec_push(&outside, h->components.items[component]);
        }
    }
    if (outside.len) qsort(outside.items, outside.len, sizeof *outside.items, compare_hashes);
    for (size_t i = 0; i < outside.len; i++)
        if (!i || compare_hashes(&outside.items[i - 1], &outside.items[i]))
            put(h, &outside.items[i], sizeof outside.items[i]);
    vec_finish(&outside);
}

static void close_component(struct hasher *h, uint32_t root) {
    id_vec members = {0};
    uint32_t node;
    do {
        node = h->stack.items[--h->stack.len];
        h->nodes[node].component = (uint32_t)h->components.len;
        vec_push(&members, node);
    } while (node != root);
    qsort(members.items, members.len, sizeof *members.items, compare_ids);
    h->scratch.len = 0;
    for (size_t i = 0; i < members.len; i++) {
        uint32_t m = members.items[i];
        if (m < h->units)
            put_unit(h, m);
        else
            put_name(h, m - h->units);
    }
    put_outside(h, &members);
    vec_push(&h->components, hash128(buf_str(&h->scratch)));
    vec_finish(&members);
}

/* --- the walk --- */

static void enter(struct hasher *h, uint32_t node) {
    h->nodes[node].seen = h->nodes[node].low = ++h->counter;
    vec_push(&h->stack, node);
    vec_push(&h->path, node);
}

static void lower(struct hasher *h, uint32_t node, uint32_t to) {
    if (to < h->nodes[node].low) h->nodes[node].low = to;
}

static void leave(struct hasher *h, uint32_t node) {
    h->path.len--;
    if (h->path.len) lower(h, h->path.items[h->path.len - 1], h->nodes[node].low);
    if (h->nodes[node].low == h->nodes[node].seen) close_component(h, node);
}

static void walk_from(struct hasher *h, uint32_t start) {
    if (h->nodes[start].seen) return;
    enter(h, start);
    while (h->path.len) {
        uint32_t at = h->path.items[h->path.len - 1];
        struct node *node = &h->nodes[at];
        if (node->next_edge == h->edges[at].len) {
            leave(h, at);
            continue;
        }
        uint32_t to = h->edges[at].items[node->next_edge++];
        if (!h->nodes[to].seen)
            enter(h, to);
        else if (h->nodes[to].component == EXPORT_NONE)
            lower(h, at, h->nodes[to].seen);
    }
}

static struct hash128 effects_hash(struct hasher *h) {
    h->scratch.len = 0;
    for (uint32_t u = 0; u < h->units; u++)
        if (h->e->effects.items[u])
            put(h, &h->components.items[h->nodes[u].component], sizeof(struct hash128));
    return hash128(buf_str(&h->scratch));
}

void exports__hashes(const struct exports *e, struct hash128 *out) {
    struct hasher h = {.e = e, .units = (uint32_t)e->facts->units.len};
    h.count = h.units + (uint32_t)e->names.len;
    h.nodes = xcalloc(h.count + 1, sizeof *h.nodes);
    h.edges = xcalloc(h.count + 1, sizeof *h.edges);
    for (uint32_t i = 0; i < h.count; i++) h.nodes[i].component = EXPORT_NONE;
    for (uint32_t u = 0; u < h.units; u++) link_unit(&h, u);
    for (uint32_t n = 0; n < e->names.len; n++) link_name(&h, n);
    for (uint32_t i = 0; i < h.count; i++) walk_from(&h, i);
    for (uint32_t n = 0; n < e->names.len; n++) {
        h.scratch.len = 0;
        put_name(&h, n);
        put(&h, &h.components.items[h.nodes[h.units + n].component], sizeof(struct hash128));
        out[n] = hash128(buf_str(&h.scratch));
    }
    out[e->names.len] = effects_hash(&h);
    for (uint32_t i = 0; i < h.count; i++) vec_finish(&h.edges[i]);
    vec_finish(&h.stack);
    vec_finish(&h.path);
    vec_finish(&h.components);
    buf_finish(&h.scratch);
    free(h.nodes);
    free(h.edges);
}
