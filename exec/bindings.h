/* SPDX-License-Identifier: Apache-2.0 */
/* bindings.h - which block's value each module-level name has in the worker right now.
 *
 * Before a block runs, every name must hold what its latest writer above the block gave it, and
 * names written only below must be absent.  The worker keeps every block's values; this file
 * knows who wrote what and works out the differences, which travel with the RUN request. */
#ifndef EXEC_BINDINGS_H
#define EXEC_BINDINGS_H

#include "analysis/document.h"
#include "base/map.h"
#include "exec/trace.h"
#include "exec/worker_link.h"

typedef VEC(struct namespace_fix) fix_vec;

struct bindings {
    struct map names;  /* name -> struct bound_name, owned */
    uint32_t position; /* the namespace stands after the blocks with a smaller index ... */
    bool settled;      /* ... provided the order of blocks has not changed since */
};

void bindings_finish(struct bindings *b);

/* A new interpreter: nothing is bound. */
void bindings_reset(struct bindings *b);

/* The blocks' order or the set of present traces may have changed. */
void bindings_unsettle(struct bindings *b);

/* A block's trace is about to be cleared or dropped: it writes nothing any more.  Its values must
 * have left the namespace by bindings_move(), or bindings_unsettle() be called. */
void bindings_remove(struct bindings *b, const struct trace *t);

/* A block has just run: its writes are in the namespace. */
void bindings_add(struct bindings *b, const struct trace *t, uint32_t index);

/* Append the differences that bring the namespace to the point before `block`, and take them as
 * done.  Names are borrowed until the next change.  O(names written between the last position and
 * this one), or O(names) after bindings_unsettle(). */
void bindings_move(struct bindings *b, const struct document *doc, const struct trace_store *traces,
                   const struct block *block, fix_vec *out);

#endif
