/* SPDX-License-Identifier: Apache-2.0 */
/* relations.h - what a block has to do with others, as JSON. */
#ifndef SERVER_RELATIONS_H
#define SERVER_RELATIONS_H

#include <jansson.h>

#include "analysis/block_graph.h"

/* Add to the object: provides, requires, mutates, deletes (names, sorted). */
void relations_add_names(json_t *out, const struct document *doc, const struct block *block);

/* Add to the object: upstream, downstream (block ids, in document order). */
void relations_add_blocks(json_t *out, const struct document *doc, const struct block *block);

/* What the block itself requires: builtins only where the document binds them. */
void relations_requires(const struct document *doc, const struct block *block, name_vec *out);

/* A new array of the names, which are sorted for readers; `names` is emptied. */
json_t *relations_names(name_vec *names);

/* {block id: relations} of every code block. */
json_t *relations_graph(const struct document *doc);

#endif
