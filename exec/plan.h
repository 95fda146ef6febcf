/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h - which blocks must run, in document order, and why.
 *
 * Three questions.  What is *dirty*: its code, or the version of something it read, is not what
 * its trace says.  What may become so: it reads a name that a planned block may write
 * (`predicted`); that is decided when its turn comes, and the block is passed over when its inputs
 * turn out to be the same.  And what must be *restored* so that dirty blocks see right values:
 * blocks above whose effects are not present in the worker, and makers of objects that a later run
 * has changed in place (the objects are made anew, and changed up to that point).
 *
 * INVARIANT: for every planned block that is not just predicted, every block it reads from is
 * present or planned before it.  Planning marks traces as not present; it runs nothing. */
#ifndef EXEC_PLAN_H
#define EXEC_PLAN_H

#include "analysis/block_graph.h"
#include "exec/history.h"

#define REASON_MAP(X)                                                                              \
    X(NEW, "new")           /* it has never run */                                                 \
    X(CODE, "code")         /* its code changed */                                                 \
    X(REQUIRES, "requires") /* something it reads changed; ref: the block that changed it */       \
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
    bool restore_only; /* its shown result stands: what it writes is what it wrote */
    bool predicted;    /* verify it when its turn comes */
    reason_vec reasons;
};

struct plan {
    VEC(struct plan_item) items;  /* in document order */
    VEC(uint32_t) position_by_id; /* in items, plus 1; 0 or beyond the end: not planned */
};

struct plan_request {
    const struct document *doc;
    struct history *history;
    const struct trace_store *traces;
    block_id asked;   /* run this block in any case; 0: none */
    block_id running; /* in the worker, and wanted: its readers wait for it; 0: none */
    bool always_eval; /* blocks so marked run, once in a run: when the user asks for it */
    uint32_t run;     /* the run that the plan is for */
};

void plan_make(struct plan *out, const struct plan_request *request); /* `out` zeroed */
void plan_finish(struct plan *plan);
const struct plan_item *plan_find(const struct plan *plan, block_id block); /* or NULL */

const char *reason_text(enum reason_kind kind);

/* Whether a predicted block is dirty now that the blocks above have run; if so, its reasons become
 * the real ones. */
bool plan_verify(struct plan_item *item, const struct plan_request *request);

/* Whether all that the block reads is present, and as it is at the block's place. */
bool plan_ready(const struct block *block, const struct plan_request *request);

/* Whether a run executes the block at all: code or the docstring, and not marked `skip`. */
bool block_executes(const struct block *block);

/* Whether the block's text does not compile: as far as the parser or the worker knows. */
bool block_broken(const struct block *block, const struct trace *t);

/* The block above whose failure keeps `block` from running: it was to bind a name that the block
 * needs, and failed (or is blocked, or does not compile) before it did.  0: none. */
block_id plan_blocker(const struct plan_request *request, const struct block *block);

/* Whether the block, which ran, rests on one that does not compile at the moment: that wrote what
 * it read, or that seems to bind what it needs.  Its result is of an older text, and stays. */
bool plan_rests_on_broken(const struct plan_request *request, const struct block *block);

/* Append the names that the block's code reads when it runs, as far as its text tells, with the
 * versions that it sees now. */
void plan_static_reads(read_vec *out, const struct document *doc, struct history *history,
                       const struct block *block);

/* The objects that this run has changed in place are no longer in a known state: what made them,
 * and all that read from those, are not present any more. */
void trace_undo_mutations(struct trace *t, const struct document *doc, struct history *history);

/* What reads from a block that is not present is not present either. */
void traces_cascade_absence(const struct document *doc, struct history *history);

#endif
