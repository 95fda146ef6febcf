/* SPDX-License-Identifier: Apache-2.0 */
/* block_graph.h - who provides what to whom inside a document.
 *
 * For every name the blocks that bind, delete or read it, in document order.  A reader's provider
 * is the last block above it that binds (or deletes) the name.  Reads inside functions count where
 * the function is called, too: a block that requires f also requires what f's definition uses.
 * Wild blocks read and write every name.  Lookups cost O(log providers + answer); an update costs
 * the names of the blocks that changed. */
#ifndef ANALYSIS_BLOCK_GRAPH_H
#define ANALYSIS_BLOCK_GRAPH_H

#include "analysis/document.h"

typedef VEC(const struct block *) block_vec; /* borrowed blocks, ascending by index, unique */

/* The block whose binding of `name` a read at `reader` sees; NULL when there is none above, or
 * when the last word above is a deletion. */
const struct block *graph_provider(const struct block_graph *g, const struct block *reader,
                                   struct str name);

/* The first block below `reader` that binds `name`: for "defined below" diagnostics.  Or NULL. */
const struct block *graph_provider_below(const struct block_graph *g, const struct block *reader,
                                         struct str name);

/* Direct upstream: every block that `block` reads a name from (functions' names included). */
void graph_upstream(const struct block_graph *g, const struct block *block, block_vec *out);

/* Direct downstream: every block that reads a name from `block`. */
void graph_downstream(const struct block_graph *g, const struct block *block, block_vec *out);

/* The names the block effectively requires: its own requirements (builtins only if the document
 * binds them) and those of the document's functions and classes it uses, transitively.
 * Borrowed views, sorted, unique. */
typedef VEC(struct str) name_vec;
void graph_requires(const struct block_graph *g, const struct block *block, name_vec *out);

/* Whether any block of the document binds `name`. */
bool graph_binds(const struct block_graph *g, struct str name);

/* --- Upkeep, for document.c only. ---
 * A block must be removed before its symbols or its relative order change, and added again after;
 * adding a number to the indexes of all blocks from some place on keeps the order.  The graph
 * borrows the blocks and copies the names. */
struct block_graph *graph_create(void);
void graph_destroy(struct block_graph *g); /* NULL is a no-op */
void graph_add(struct block_graph *g, const struct block *block);
void graph_remove(struct block_graph *g, const struct block *block);

#endif
