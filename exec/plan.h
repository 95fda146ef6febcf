/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h - which blocks must run, in document order, and why.
 *
 * Three questions.  What is *dirty*: its code, or the version of something it read, is not what
 * its trace says.  What may become so: it reads a name that a planned block may write
 * (`predicted`); that is decided when its turn comes, and the block is passed over when its inputs
 * turn out to be the same.  And what must be *restored* so that dirty blocks see right values: the
 * makers of values that are not fit (values.h) at the place where they are read, and those who
 * change them up to there.
 *
 * INVARIANT: for every planned block that is sure to run, every value it is known to read is fit,
 * or who makes it so is planned before it.  Planning runs nothing, and changes only marks. */
#ifndef EXEC_PLAN_H
#define EXEC_PLAN_H

#include "analysis/block_graph.h"
#include "exec/values.h"

#define REASON_MAP(X)                                                                              \
    X(NEW, "new")           /* it has never run */                                                 \
    X(CODE, "code")         /* its code changed */                                                 \
    X(REQUIRES, "requires") /* something it reads changed; ref: the block that changed it */       \
    X(ASKED, "asked")       /* the user asked for it */                                            \
    X(ALWAYS, "always-eval")                                                                       \
    X(DATA_FILE, "data_file") /* a file that it read holds something else; file: which */          \
    X(RESTORE, "restore")     /* its values are needed; ref: the block that needs them */

#define REASON_AS_ENUM(name, text) REASON_##name,
enum reason_kind { REASON_MAP(REASON_AS_ENUM) REASON_COUNT };

struct reason {
    enum reason_kind kind;
    block_id ref;            /* or 0 */
    const struct name *file; /* or NULL */
};

typedef VEC(struct reason) reason_vec;

struct plan_item {
    block_id block;
    bool restore_only; /* its shown result stands: what it writes is what it wrote */
    bool predicted;    /* verify it when its turn comes */
    block_id
        needed_by; /* if it turns out clean, it is restored all the same, for this block; or 0 */
    reason_vec reasons;
};

struct plan {
    VEC(struct plan_item) items;  /* in document order */
    VEC(uint32_t) position_by_id; /* in items, plus 1; 0 or beyond the end: not planned */
    bool open;                    /* some predicted block would need values restored, if it runs */
};

struct plan_request {
    const struct document *doc;
    struct history *history;
    const struct trace_store *traces;
    block_id asked;   /* run this block in any case; 0: none */
    block_id running; /* in the worker, and wanted: its readers wait for it; 0: none */
    bool always_eval; /* blocks so marked run, once in a run: when the user asks for it */
    uint32_t run;     /* that the plan is for: what it has done is not asked for again */
};

void plan_make(struct plan *out, const struct plan_request *request); /* `out` zeroed */
void plan_finish(struct plan *plan);
const struct plan_item *plan_find(const struct plan *plan, block_id block); /* or NULL */

/* How long what is only restored took the last time, in microseconds. */
uint64_t plan_restore_us(const struct plan *plan, const struct trace_store *traces);

const char *reason_text(enum reason_kind kind);

/* Whether a predicted block runs, now that the blocks above have run: it is dirty, or needed by
 * another.  Its reasons become the real ones. */
bool plan_verify(struct plan_item *item, const struct plan_request *request);

/* Whether all that the block is known to read is fit for it, as far as it can be. */
bool plan_ready(const struct block *block, const struct plan_request *request);

/* How the interpreter gets to the state that the rest of a plan needs. */
enum way {
    WAY_IN_PLACE, /* names are rewound, makers and changers run again */
    WAY_FRESH,    /* a fresh interpreter: then the plan must be made anew */
};

struct plan_way {
    enum way way;
    block_id because; /* the block whose doing cannot be undone in place; it may be gone; or 0 */
};

/* The cheapest sound way for the items from `next` on: the one place where it is chosen. */
struct plan_way plan_choose_way(const struct plan *plan, size_t next,
                                const struct plan_request *request);

/* Whether the interpreter's modules hold other changes than a block at `index` must find. */
bool plan_modules_differ(const struct plan_request *request, uint32_t index);

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

/* Whether `name`, as a block at `index` would read it, could be made fit and is not. */
bool plan_misses(const struct plan_request *request, struct name *name, uint32_t index);

#endif
