/* SPDX-License-Identifier: Apache-2.0 */
/* runner.h - keeps one document's results true: plans, drives a worker, records traces.
 *
 * A state machine without I/O or clock.  It sends bytes through `events->send`, is fed the
 * worker's bytes, and raises events in order: run_start, then for each block block_start,
 * block_output..., block_result, then run_end.  At most one block is in the worker at a time.
 * INVARIANT: a block's result is raised exactly once for each run that planned it, unless the run
 * is cancelled.  Borrows the document; the owner calls runner_update() after each refresh, before
 * anything else. */
#ifndef EXEC_RUNNER_H
#define EXEC_RUNNER_H

#include "exec/block_cache.h"
#include "exec/kept_result.h"
#include "exec/plan.h"
#include "exec/worker_link.h"

enum block_status {
    STATUS_OK,
    STATUS_ERROR,
    STATUS_BLOCKED,
    STATUS_HELD,
    STATUS_STALE, /* never run, or what is shown is of an older text */
    STATUS_RUNNING,
    STATUS_QUEUED,
    STATUS_SYNTAX_ERROR,
    STATUS_SKIPPED,
};

struct run_summary {
    uint32_t run;
    bool cancelled, error; /* error: some block of the document failed or is blocked */
    uint32_t ran, clean, cached;
    uint64_t duration_us; /* sum over the blocks that ran */
};

/* Raised by the runner; arguments are borrowed for the call.  No call back into the runner. */
struct runner_events {
    void (*send)(void *ctx, struct str bytes);
    void (*run_start)(void *ctx, uint32_t run, const struct plan *plan);
    void (*block_start)(void *ctx, uint32_t run, const struct block *block);
    void (*block_output)(void *ctx, uint32_t run, const struct block *block,
                         const struct output *piece);
    void (*block_result)(void *ctx, uint32_t run, const struct block *block);
    void (*run_end)(void *ctx, const struct run_summary *summary);
    void (*inspected)(void *ctx, const struct worker_value *value);
    void (*want_grace)(void *ctx, bool on); /* on: call runner_grace_over() after the grace time,
                                               unless called with off before */
    void (*hello)(void *ctx, struct str python, struct str executable); /* the worker's */
    void (*refused)(void *ctx, struct str why);                         /* its last words */
    void (*log)(void *ctx, struct str message);
};

struct runner;

/* `setup` strings are copied.  No worker is attached yet: updates only plan. */
struct runner *runner_create(const struct runner_events *events, void *ctx, struct document *doc,
                             const struct worker_setup *setup);
/* From the next interpreter on; see runner_run_all(). */
void runner_set_setup(struct runner *r, const struct worker_setup *setup);
void runner_use_cache(struct runner *r, struct block_cache *cache); /* borrowed; NULL: none */
void runner_destroy(struct runner *r); /* NULL is a no-op; raises nothing */

/* Checkpoints are for work of so many microseconds (0, for tests: any) and may take so many bytes
 * (0: any). */
void runner_set_checkpoints(struct runner *r, uint64_t worth_us, uint64_t bytes);

/* --- The document. --- */

/* Its blocks changed: forget vanished ones, and interrupt a running block that is no longer
 * wanted. */
void runner_update(struct runner *r);

/* The longest recorded duration among the blocks that would run now, in microseconds: how long it
 * is worth waiting for a pause in typing. */
uint64_t runner_expected_cost(const struct runner *r);

/* --- What to run.  Each starts a run, numbered `run` by the caller, and cancels the one before;
 * false: there is nothing to do, and nothing was raised but the end of that one. --- */
/* What is dirty.  `hold`: a block that would write files, start processes or open sockets is
 * stopped before it does, and is held until a run without (the user is typing). */
bool runner_run(struct runner *r, uint32_t run, bool hold);
/* ... and always-eval blocks, and block `id` unless that is 0 (the user asked). */
bool runner_run_asked(struct runner *r, uint32_t run, block_id id);
bool runner_run_all(struct runner *r, uint32_t run); /* a full run in a fresh interpreter */
void runner_interrupt(struct runner *r);             /* stop the run; the rest stays dirty */
bool runner_busy(const struct runner *r);

/* There will be no worker: the run ends as cancelled, what was to run stays dirty. */
void runner_give_up(struct runner *r);

/* The grace time after an interrupt is over: the interpreter is replaced. */
void runner_grace_over(struct runner *r);

/* --- The worker. --- */
void runner_worker_attached(struct runner *r); /* a process is there: send SETUP */
enum status runner_feed(struct runner *r, struct str bytes, struct err *err);
void runner_worker_lost(struct runner *r, struct str cause); /* the process is gone */

/* Describe the value that `block`'s run gave `name`; the answer comes as `inspected`.  False when
 * nobody can tell now (no worker, a block is running, or the value is not there). */
bool runner_inspect(struct runner *r, uint32_t request, block_id block, struct str name);

/* Nobody waits for the answer any more: a value whose description does not end is interrupted, so
 * that the next run need not wait for it. */
void runner_inspect_stop(struct runner *r);

/* Show what an earlier session showed of the block, which has not run, until it does.  Takes the
 * outputs. */
void runner_show_kept(struct runner *r, const struct block *block, struct kept_result *kept);

/* --- Files that blocks have read or written. --- */

/* Walk them: start with *cursor = 0; NULL at the end.  name_file() is the path. */
const struct name *runner_next_file(const struct runner *r, size_t *cursor);
bool runner_knows_file(struct runner *r, struct str path);

/* The file holds that now.  True when this makes some block's inputs others: time to run. */
bool runner_file_changed(struct runner *r, struct str path, struct hash128 digest);

/* --- Results. --- */
enum block_status runner_status(const struct runner *r, const struct block *block);
const struct trace *runner_trace(const struct runner *r, block_id block); /* or NULL */
const reason_vec *runner_reasons(const struct runner *r,
                                 block_id block); /* why it last ran, or runs next; or NULL */
const char *block_status_text(enum block_status status); /* as in the live messages */

#endif
