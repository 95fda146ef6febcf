/* SPDX-License-Identifier: Apache-2.0 */
/* block_graph.h - who provides what to whom inside a document.
 *
 * For every name the blocks that bind, delete, change or read it, in document order.  The rules:
 *
 *   Provider    A read sees the last block above it that binds the name.  When that binding is not
 *               certain, the binding before it may be seen as well, and so on up to a certain one.
 *   Deletion    A deletion leaves no provider, and is upstream of the reads below it.  It may be
 *               one branch only (`except ... as e`), so the bindings above it stay upstream too.
 *   Mutation    A block that changes a name's object in place is upstream of the reads below it,
 *               down to the next certain binding, beside the provider.
 *   Definition  A block that requires f also requires what f's definition uses, and so on.  All of
 *               these names are looked up from the reader's place, since f is called there.
 *   Builtin     A builtin's name counts only if the document binds it.
 *   Wild block  It may read and bind any name: it is downstream of every code block above it and
 *               upstream of every code block below it.  It is never a certain binding: a read below
 *               depends on the wild block and on the last certain provider above.
 *
 * Names are followed, not objects: after `b = a`, changing b does not touch the readers of a here
 * (traces find that).  Prose blocks have no part in the graph; adding one is a no-op.
 *
 * A lookup costs O(log blocks) for each name it meets, and its answer; an update costs the names
 * of the blocks that changed.  Queries mark names while they run: one thread, one at a time. */
#ifndef ANALYSIS_BLOCK_GRAPH_H
#define ANALYSIS_BLOCK_GRAPH_H

#include "analysis/document.h"

typedef VEC(const struct block *) block_vec; /* borrowed blocks, ascending by index, unique */

/* The block whose binding of `name` a read at `reader` sees: the nearest one above that binds it,
 * or that is wild.  NULL when there is none, or when the last word above is a deletion. */
const struct block *graph_provider(const struct block_graph *g, const struct block *reader,
                                   struct str name);

/* The nearest block above that binds or deletes the name, or that is wild; or NULL. */
const struct block *graph_setter(const struct block_graph *g, const struct block *reader,
                                 struct str name);

/* The first block below `reader` that binds `name`: for "defined below" diagnostics.  Or NULL. */
const struct block *graph_provider_below(const struct block_graph *g, const struct block *reader,
                                         struct str name);

/* The queries below replace the contents of `out`, which must be initialised and stays the
 * caller's; the block must be in the graph. */

/* Direct upstream: every block that `block` reads a name from (functions' names included). */
void graph_upstream(const struct block_graph *g, const struct block *block, block_vec *out);

/* Direct downstream: every block that reads a name from `block`; the inverse of graph_upstream. */
void graph_downstream(const struct block_graph *g, const struct block *block, block_vec *out);

/* Names: borrowed until a block that mentions them is removed; sorted, unique. */
typedef VEC(struct str) name_vec;

/* The names the block effectively requires: its own requirements (builtins only if the document
 * binds them) and those of the document's functions and classes it uses, transitively.  For a wild
 * block: the ones that can be seen in its text. */
void graph_requires(const struct block_graph *g, const struct block *block, name_vec *out);

/* Those of graph_requires() that the block reads as it runs: not what only functions read that it
 * defines and does not mention. */
void graph_reads(const struct block_graph *g, const struct block *block, name_vec *out);

/* The names the block reads as it runs that only blocks below it bind: a NameError to come.  Names
 * read inside functions are left out (the call may stand below the binding), and so are builtins.
 */
void graph_forward_references(const struct block_graph *g, const struct block *block,
                              name_vec *out);

/* Whether any block of the document binds `name` (a wild block's unknown names aside). */
bool graph_binds(const struct block_graph *g, struct str name);

/* --- Upkeep, for document.c only. ---
 * A block must be removed before its symbols, its kind or its relative order change, and added
 * again after; adding a number to the indexes of all blocks from some place on keeps the order.
 * The graph borrows the blocks, which must not move in memory, and copies the names. */
struct block_graph *graph_create(void);
void graph_destroy(struct block_graph *g); /* NULL is a no-op */
void graph_add(struct block_graph *g, const struct block *block);
void graph_remove(struct block_graph *g, const struct block *block);

#endif
