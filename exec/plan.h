/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h - which blocks must run, in document order, and why.
 *
 * Two questions.  What is *dirty*: its code or something it read is not what its trace says.
 * And what must be *restored* so that dirty blocks see right values: blocks above whose effects
 * are not present in the worker, and makers of objects that a later run has changed in place (the
 * objects are made anew, and changed up to that point).  A restored block's readers stay clean.
 *
 * INVARIANT: for every planned block, every block it reads from is present or planned before it.
 * The plan only marks traces as not present; it runs nothing. */
#ifndef EXEC_PLAN_H
#define EXEC_PLAN_H

#include "analysis/block_graph.h"
#include "exec/trace.h"

#define REASON_MAP(X)                                                                              \
    X(NEW, "new")           /* it has never run */                                                 \
    X(CODE, "code")         /* its code changed */                                                 \
    X(REQUIRES, "requires") /* a block it reads from changed; ref: that block */                   \
    X(ASKED, "asked")       /* the user asked for it */                                            \
    X(ALWAYS, "always-eval")                                                                       \
    X(RESTORE, "restore") /* its values are needed; ref: the block that needs them */

#define REASON_AS_ENUM(name, text) REASON_##name,
enum reason_kind { REASON_MAP(REASON_AS_ENUM) REASON_COUNT };

struct reason {
    enum reason_kind kind;
    block_id ref; /* or 0 */
};

typedef VEC(struct reason) reason_vec;

struct plan_item {
    block_id block;
    bool restore_only; /* its shown result stands: readers stay clean */
    reason_vec reasons;
};

struct plan {
    VEC(struct plan_item) items;  /* in document order */
    VEC(uint32_t) position_by_id; /* in items, plus 1; 0 or beyond the end: not planned */
};

struct plan_request {
    const struct document *doc;
    struct trace_store *traces;
    block_id asked;   /* run this block in any case; 0: none */
    block_id running; /* in the worker, and wanted: its readers wait for it; 0: none */
    bool always_eval; /* blocks so marked run: true when the user asks for a run */
};

void plan_make(struct plan *out, const struct plan_request *request); /* `out` zeroed */
void plan_finish(struct plan *plan);
const struct plan_item *plan_find(const struct plan *plan, block_id block); /* or NULL */

const char *reason_text(enum reason_kind kind);

/* Whether a run executes the block at all: code or the docstring, and not marked `skip`. */
bool block_executes(const struct block *block);

/* Whether the block's text does not compile: as far as the parser or the worker knows. */
bool block_broken(const struct block *block, const struct trace *t);

/* Whether a broken block is among what the clean trace read, or among what `block` would read now
 * (half-written code may seem to bind any name): its result is of an older text. */
bool trace_reads_broken(const struct trace *t, const struct document *doc,
                        const struct trace_store *traces, const struct block *block);

/* Append what the block would read from if it started now. */
void trace_reads_now(read_vec *out, const struct document *doc, const struct trace_store *traces,
                     const struct block *block);

/* Append the blocks whose objects the block's text may change in place (unique). */
void trace_makers_now(id_vec *out, const struct document *doc, const struct block *block);

/* The block has run: it may have changed what `makers` made. */
void trace_record_mutations(struct trace *t, const id_vec *makers,
                            const struct trace_store *traces);

/* The objects that this run may have changed in place are no longer in a known state: their
 * makers, and all that read from those, are not present any more. */
void trace_undo_mutations(struct trace *t, const struct document *doc,
                          const struct trace_store *traces);

#endif
