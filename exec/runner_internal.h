/* SPDX-License-Identifier: Apache-2.0 */
/* runner_internal.h - the runner's state, for runner.c (runs) and runner_worker.c (events) only. */
#ifndef EXEC_RUNNER_INTERNAL_H
#define EXEC_RUNNER_INTERNAL_H

#include "exec/checkpoints.h"
#include "exec/runner.h"

enum worker_state { WORKER_ABSENT, WORKER_STARTING, WORKER_READY };

/* The block in the worker.  Its trace is renewed only when it ends, and not if its text does not
 * compile or it is held: then the last good one stays in force. */
struct running_block {
    block_id block; /* 0: the worker is idle */
    uint32_t ticket;
    uint32_t interpreter; /* that it was sent to */
    struct hash128 code;
    read_vec reads;   /* as of its start */
    read_vec ambient; /* likewise: it will tell what it read of these */
    bool restore_only;
    bool acted;            /* it did something to the world */
    output_vec outputs;    /* so far */
    bool edited;           /* the document has changed since its start */
    bool surprise;         /* it wrote what the plan did not foresee */
    bool unwanted;         /* its result will be thrown away */
    write_vec last_writes; /* of the run before, once the trace is renewed */
};

struct runner {
    const struct runner_events *events;
    void *ctx;
    struct document *doc;
    char *file, *cwd, *package;
    struct worker_setup setup;

    struct block_cache *cache; /* or NULL */
    struct worker_link link;
    enum worker_state worker;
    uint32_t interpreter; /* process id; of use while the worker is ready */
    struct buf out;       /* scratch for one request */
    struct buf told;      /* the document's text as that interpreter knows it */
    struct history *history;
    struct trace_store traces;
    uint64_t last_version;
    struct checkpoints checkpoints;

    struct plan plan;        /* of the current run, or of the last one */
    VEC(reason_vec) reasons; /* by block id: why it last ran */
    size_t next;             /* in plan.items */
    block_id repeated;       /* it was run again for the sake of a read that was not foreseen */
    block_id moved_for;      /* another interpreter was started for its sake */
    block_id unready;        /* it was planned anew for its sake already */
    bool active;             /* between run_start and run_end */
    block_id asked;          /* for this run, or 0 */
    bool always_eval;        /* for this run */
    bool hold;               /* for this run: effects wait for a save */
    bool stop;               /* the user interrupted: the run ends after the running block */
    uint32_t run, ran, cached;
    uint64_t ran_us;

    uint32_t last_ticket;
    struct running_block running;
};

extern const struct worker_events runner__link_events;

/* Start the next planned block, passing over blocked ones; end the run when there is none. */
void runner__advance(struct runner *r);

struct plan_request runner__request(const struct runner *r);

/* The plan no longer fits what is known (a worker died, text did not compile): plan anew, within
 * the same run. */
void runner__replan(struct runner *r);

/* Empty the block's trace for a new execution of that code, giving its old writes to `writes`. */
struct trace *runner__renew_trace(struct runner *r, block_id id, struct hash128 code,
                                  write_vec *writes);

/* Add the name, with the version seen at `index`, unless it is there. */
void runner__add_read(struct runner *r, read_vec *reads, struct name *name, uint32_t index);

/* What the run read and wrote, as DONE tells: names, and then files (runner_files.c). */
void runner__record_write(struct runner *r, struct trace *t, struct trace_write write);
void runner__read_files(struct runner *r, read_vec *reads, const struct worker_done *done,
                        uint32_t index);
void runner__write_files(struct runner *r, struct trace *t, const struct worker_done *done);

/* Make the plan, with the cheapest way to restore what it needs: in place, or from a checkpoint,
 * which the interpreter is then sent back to. */
void runner__make_plan(struct runner *r);

/* A block has run for so long: keep the interpreter as it is, where that is worth it. */
void runner__keep_state(struct runner *r, uint64_t duration_us);

/* An interpreter has started, from that checkpoint or fresh (0). */
void runner__state_started(struct runner *r, uint32_t id);

void runner__on_checkpointed(void *ctx, const struct worker_checkpoint *checkpoint);
void runner__on_checkpoint_lost(void *ctx, uint32_t id);
void runner__on_checkpoint_size(void *ctx, uint32_t id, uint64_t bytes);

void runner__flush(struct runner *r); /* send what has been encoded */

/* Keep the result of the block, which has just run; show one that was kept instead of a run. */
void runner__cache_put(struct runner *r, const struct trace *t, const struct block *block);
bool runner__cache_show(struct runner *r, const struct plan_item *item, const struct block *block);

/* The interpreter's values are gone. */
void runner__all_absent(struct runner *r);

/* Forget what blocks did that the document no longer has; and their traces, unless it is half
 * written, so that they may return and find their results. */
void runner__forget_vanished(struct runner *r);

#endif
