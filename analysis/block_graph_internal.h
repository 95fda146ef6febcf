/* SPDX-License-Identifier: Apache-2.0 */
/* block_graph_internal.h - the index behind block_graph.h; for block_graph*.c and its tests.
 *
 * INVARIANTS, between calls:
 *   - a name is in the map exactly while a block in the graph mentions it;
 *   - name->blocks[role] holds each block that has that role for the name, once, by index;
 *   - m is in n->users exactly while a definition of m uses n, so m has a binder then;
 *   - all query marks (seen, covered) are clear. */
#ifndef ANALYSIS_BLOCK_GRAPH_INTERNAL_H
#define ANALYSIS_BLOCK_GRAPH_INTERNAL_H

#include "analysis/block_graph.h"
#include "base/map.h"

enum role {
    ROLE_BINDS,
    ROLE_BINDS_SURELY, /* a subset of ROLE_BINDS */
    ROLE_DELETES,
    ROLE_MUTATES,
    ROLE_REQUIRES,
    ROLE_COUNT
};

/* Places in the document: block indexes, half-open. */
struct range {
    uint32_t from, to;
};

/* A name with definitions that use another one. */
struct name_user {
    struct graph_name *name;
    size_t definitions;
};

struct graph_name {
    struct str text; /* owned: free(text.ptr) */
    uint64_t serial; /* of its making: an order for users that does not hang on addresses */
    bool builtin;
    block_vec blocks[ROLE_COUNT];
    VEC(struct name_user) users; /* by serial */

    /* Marks of the running query. */
    bool seen;
    VEC(struct range) covered; /* disjoint, not touching, rising */
};

struct block_graph {
    struct map names; /* to struct graph_name, owned */
    uint64_t next_serial;
    block_vec code; /* every block in the graph */
    block_vec wild;
};

/* The first position in `v` of a block at or below `index`; v->len when there is none. */
size_t graph__lower(const block_vec *v, uint32_t index);

/* The last block of `v` above `index`, or NULL. */
const struct block *graph__last_above(const block_vec *v, uint32_t index);

/* NULL when no block in the graph mentions it. */
struct graph_name *graph__name(const struct block_graph *g, struct str text);

/* Whether reads of the name count: a builtin's only when the document binds it. */
static inline bool graph__counts(const struct graph_name *name) {
    return !name->builtin || name->blocks[ROLE_BINDS].len > 0;
}

#endif
