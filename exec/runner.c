/* SPDX-License-Identifier: Apache-2.0 */
/* runner.c - one document's runs: plan, queue, supersession. */
#include "exec/runner.h"

#include "base/mem.h"
#include "exec/runner_internal.h"

static const char *const status_texts[] = {
    [STATUS_OK] = "ok",           [STATUS_ERROR] = "error",
    [STATUS_BLOCKED] = "blocked", [STATUS_HELD] = "held",
    [STATUS_STALE] = "stale",     [STATUS_RUNNING] = "running",
    [STATUS_QUEUED] = "queued",   [STATUS_SYNTAX_ERROR] = "syntaxError",
    [STATUS_SKIPPED] = "skipped",
};

const char *block_status_text(enum block_status status) {
    return status_texts[status];
}

void runner__flush(struct runner *r) {
    if (r->out.len) r->events->send(r->ctx, buf_str(&r->out));
    r->out.len = 0;
}

/* --- Life. --- */

void runner_set_setup(struct runner *r, const struct worker_setup *setup) {
    char *file = str_dup(setup->file), *cwd = str_dup(setup->cwd),
         *package = str_dup(setup->package);
    free(r->file);
    free(r->cwd);
    free(r->package);
    r->file = file;
    r->cwd = cwd;
    r->package = package;
    r->setup = *setup;
    r->setup.file = str_from(r->file);
    r->setup.cwd = str_from(r->cwd);
    r->setup.package = str_from(r->package);
}

struct runner *runner_create(const struct runner_events *events, void *ctx, struct document *doc,
                             const struct worker_setup *setup) {
    struct runner *r = xcalloc(1, sizeof *r);
    r->events = events;
    r->ctx = ctx;
    r->doc = doc;
    runner_set_setup(r, setup);
    r->history = history_create(doc, &r->traces);
    r->checkpoints.worth_us = CHECKPOINT_WORTH_US;
    r->link = (struct worker_link){.events = &runner__link_events, .ctx = r};
    return r;
}

void runner_use_cache(struct runner *r, struct block_cache *cache) {
    r->cache = cache;
}

static void running_finish(struct running_block *b) {
    vec_finish(&b->reads);
    output_vec_finish(&b->outputs);
    vec_finish(&b->ambient);
    vec_finish(&b->last_writes);
}

static void forget_reasons(struct runner *r) {
    for (size_t i = 0; i < r->reasons.len; i++) vec_finish(&r->reasons.items[i]);
    vec_finish(&r->reasons);
}

void runner_destroy(struct runner *r) {
    if (!r) return;
    free(r->file);
    free(r->cwd);
    free(r->package);
    worker_link_finish(&r->link);
    buf_finish(&r->out);
    buf_finish(&r->told);
    history_destroy(r->history);
    trace_store_finish(&r->traces);
    plan_finish(&r->plan);
    forget_reasons(r);
    running_finish(&r->running);
    checkpoints_clear(&r->checkpoints);
    free(r);
}

/* --- Results. --- */

const struct trace *runner_trace(const struct runner *r, block_id block) {
    return trace_get(&r->traces, block);
}

static bool queued(const struct runner *r, block_id block) {
    const struct plan_item *item = r->active ? plan_find(&r->plan, block) : NULL;
    return item && item >= r->plan.items.items + r->next;
}

const reason_vec *runner_reasons(const struct runner *r, block_id block) {
    if (queued(r, block)) return &plan_find(&r->plan, block)->reasons;
    return block < r->reasons.len ? &r->reasons.items[block] : NULL;
}

static enum block_status finished_status(const struct trace *t) {
    if (t->status == RUN_BLOCKED) return STATUS_BLOCKED;
    return t->status == RUN_OK ? STATUS_OK : STATUS_ERROR;
}

struct plan_request runner__request(const struct runner *r) {
    return (struct plan_request){.doc = r->doc,
                                 .history = r->history,
                                 .traces = &r->traces,
                                 .running = r->running.unwanted ? 0 : r->running.block};
}

static bool rests_on_broken(const struct runner *r, const struct block *block) {
    struct plan_request request = runner__request(r);
    return plan_rests_on_broken(&request, block);
}

/* Whether a file that the block read holds something else by now. */
static bool files_changed(const struct runner *r, const struct trace *t, uint32_t index) {
    for (size_t i = 0; i < t->reads.len; i++) {
        const struct trace_read *read = &t->reads.items[i];
        if (!name_is_file(read->name)) continue;
        if (history_version(r->history, read->name, index) != read->version) return true;
    }
    return false;
}

enum block_status runner_status(const struct runner *r, const struct block *block) {
    const struct trace *t = trace_get(&r->traces, block->id);
    if (block->pragmas.skip) return STATUS_SKIPPED;
    if (!block_executes(block)) return STATUS_OK;
    if (block->id == r->running.block && !r->running.unwanted) return STATUS_RUNNING;
    if (queued(r, block->id)) return STATUS_QUEUED;
    if (trace_faulty(t, block->code)) return t->held ? STATUS_HELD : STATUS_SYNTAX_ERROR;
    if (!t || !hash128_eq(t->code, block->code)) return STATUS_STALE;
    if (t->kept) return finished_status(t);
    if (!t->valid) return STATUS_STALE;
    if (t->status != RUN_BLOCKED && rests_on_broken(r, block)) return STATUS_STALE;
    if (files_changed(r, t, block->index)) return STATUS_STALE;
    return finished_status(t);
}

void runner_show_kept(struct runner *r, const struct block *block, struct kept_result *kept) {
    struct trace *t = trace_make(&r->traces, block->id);
    t->code = block->code;
    t->kept = true;
    t->status = kept->status;
    t->truncated = kept->truncated;
    t->duration_us = kept->duration_us;
    output_vec_finish(&t->outputs);
    t->outputs = kept->outputs;
    kept->outputs = (output_vec){0};
    trace_seal(t);
}

bool runner_busy(const struct runner *r) {
    return r->active || r->running.block;
}

/* --- A run. --- */

static bool status_failed(enum block_status status) {
    return status == STATUS_ERROR || status == STATUS_BLOCKED || status == STATUS_SYNTAX_ERROR;
}

/* Leave the files that blocks wrote as they are at the document's end. */
static void settle_files(struct runner *r) {
    fix_vec fixes = {0};
    if (r->running.block || r->worker != WORKER_READY) return;
    history_settle_files(r->history, &fixes);
    if (fixes.len) worker_link_fix(&r->out, &fixes);
    vec_finish(&fixes);
    runner__flush(r);
}

static void end_run(struct runner *r, bool cancelled) {
    if (!r->active) return;
    settle_files(r);
    struct run_summary s = {.run = r->run,
                            .cancelled = cancelled,
                            .ran = r->ran,
                            .cached = r->cached,
                            .duration_us = r->ran_us};
    r->active = r->stop = false;
    for (size_t i = 0; i < document_block_count(r->doc); i++) {
        const struct block *block = document_block(r->doc, i);
        s.clean += block_executes(block);
        s.error |= status_failed(runner_status(r, block));
    }
    uint32_t told = s.ran + s.cached;
    s.clean -= told < s.clean ? told : s.clean;
    r->events->run_end(r->ctx, &s);
}

struct trace *runner__renew_trace(struct runner *r, block_id id, struct hash128 code,
                                  write_vec *writes) {
    struct trace *t = trace_make(&r->traces, id);
    history_remove(t);
    vec_finish(writes);
    *writes = t->writes;
    t->writes = (write_vec){0};
    trace_clear(t);
    trace_clear_fault(t);
    t->code = code;
    t->run = r->run;
    t->ticket = r->running.ticket;
    return t;
}

static void finish_blocked(struct runner *r, const struct block *block, block_id by) {
    write_vec lost = {0};
    struct trace *t = runner__renew_trace(r, block->id, block->code, &lost);
    vec_finish(&lost);
    plan_static_reads(&t->reads, r->doc, r->history, block);
    t->valid = true;
    t->status = RUN_BLOCKED;
    t->blocked_by = by;
    trace_seal(t);
    r->events->block_result(r->ctx, r->run, block);
}

void runner__add_read(struct runner *r, read_vec *reads, struct name *name, uint32_t index) {
    for (size_t i = 0; i < reads->len; i++)
        if (reads->items[i].name == name) return;
    vec_push(reads, (struct trace_read){name, history_version(r->history, name, index)});
}

static void running_start(struct runner *r, const struct plan_item *item,
                          const struct block *block) {
    struct running_block *b = &r->running;
    running_finish(b);
    *b = (struct running_block){.block = block->id,
                                .ticket = ++r->last_ticket,
                                .interpreter = r->interpreter,
                                .code = block->code,
                                .restore_only = item->restore_only};
    plan_static_reads(&b->reads, r->doc, r->history, block);
    for (size_t i = 0; i < r->history->ambient.len; i++)
        runner__add_read(r, &b->ambient, r->history->ambient.items[i], block->index);
}

/* How the text differs from what the interpreter knows, which is nothing, or an old text, at its
 * start. */
static struct line_splice text_change(const struct runner *r) {
    struct line_splice change = line_splice(buf_str(&r->told), text_str(document_text(r->doc)));
    if (r->told.len == 0) change.removed = UINT32_MAX;
    return change;
}

static void start_block(struct runner *r, const struct plan_item *item, const struct block *block) {
    fix_vec fixes = {0};
    history_move(r->history, block, &fixes);
    running_start(r, item, block);
    struct worker_run run = {
        .ticket = r->running.ticket,
        .block = block->id,
        .interpreter = r->interpreter,
        .line = block->line,
        .silent = block->docstring,
        .hold = r->hold,
        .source = document_block_text(r->doc, block),
        .symbols = &block->symbols,
        .fixes = &fixes,
        .reads = &r->running.reads,
        .change = text_change(r),
    };
    worker_link_run(&r->out, &run);
    r->told.len = 0;
    buf_append(&r->told, text_str(document_text(r->doc)));
    vec_finish(&fixes);
    r->events->block_start(r->ctx, r->run, block);
    runner__flush(r);
}

/* The plan is made anew while the run goes on: what it said of blocks that have started is kept. */
static void keep_reasons(struct runner *r, const struct plan_item *item) {
    while (r->reasons.len <= item->block) vec_push(&r->reasons, (reason_vec){0});
    reason_vec *kept = &r->reasons.items[item->block];
    vec_clear(kept);
    for (size_t i = 0; i < item->reasons.len; i++) vec_push(kept, item->reasons.items[i]);
}

static bool leaves_objects(const struct runner *r, block_id id) {
    const struct trace *t = trace_get(&r->traces, id);
    return t && trace_leaves_objects(t);
}

/* The next planned block that is dirty now that the blocks above it have run; NULL at the end.
 * When what it reads turns out not to be fit, or what runs now decides how the blocks below are to
 * be restored, it is planned anew for its sake, once. */
static struct plan_item *next_item(struct runner *r) {
    struct plan_request request = runner__request(r);
    while (r->next < r->plan.items.len) {
        struct plan_item *item = &r->plan.items.items[r->next++];
        const struct block *block = document_block_by_id(r->doc, item->block);
        bool decides = item->predicted && r->plan.open && leaves_objects(r, item->block);
        if (!block || (item->predicted && !plan_verify(item, &request))) continue;
        if (r->unready == item->block || (!decides && plan_ready(block, &request))) return item;
        r->unready = item->block;
        runner__replan(r);
    }
    return NULL;
}

static void log_fresh(struct runner *r, block_id because) {
    const struct trace *t = trace_get(&r->traces, because);
    const struct block *block = document_block_by_id(r->doc, because);
    struct buf line = {0};
    if (block && t && t->unseen.len)
        buf_printf(&line, "a fresh interpreter: the block at line %u changed %.*s", block->line + 1,
                   STR_FMT(buf_str(&t->unseen)));
    else
        buf_append(&line, STR("a fresh interpreter: a block that is gone had changed modules"));
    r->events->log(r->ctx, buf_str(&line));
    buf_finish(&line);
}

/* Whether the rest of the plan, from `item` on, needs another interpreter; if so, it is under way,
 * and the plan is made anew when it has started. */
static bool go_elsewhere(struct runner *r, const struct plan_item *item) {
    struct plan_request request = runner__request(r);
    size_t next = (size_t)(item - r->plan.items.items);
    struct plan_way way = plan_choose_way(&r->plan, next, &request);
    if (way.way == WAY_IN_PLACE || r->moved_for == item->block) return false;
    r->moved_for = item->block; /* once: what could not be restored then cannot be now */
    log_fresh(r, way.because);
    worker_link_resume(&r->out, 0);
    runner__flush(r);
    r->worker = WORKER_STARTING;
    runner__all_absent(r);
    return true;
}

void runner__advance(struct runner *r) {
    while (r->active && !r->running.block && r->worker == WORKER_READY) {
        struct plan_item *item = r->stop ? NULL : next_item(r);
        if (!item) {
            end_run(r, r->stop);
            return;
        }
        if (go_elsewhere(r, item)) return;
        const struct block *block = document_block_by_id(r->doc, item->block);
        struct plan_request request = runner__request(r);
        block_id by = plan_blocker(&request, block);
        keep_reasons(r, item);
        if (by)
            finish_blocked(r, block, by);
        else if (!runner__cache_show(r, item, block))
            start_block(r, item, block);
    }
}

void runner__replan(struct runner *r) {
    if (r->active) runner__make_plan(r);
}

static bool start_run(struct runner *r, uint32_t run, block_id asked, bool always_eval) {
    end_run(r, true);
    r->asked = asked;
    r->always_eval = always_eval;
    r->run = run;
    runner__make_plan(r);
    if (r->plan.items.len == 0 && !r->running.block) {
        settle_files(r);
        return false;
    }
    r->unready = r->repeated = r->moved_for = 0;
    r->ran = r->cached = 0;
    r->ran_us = 0;
    r->active = true;
    r->events->run_start(r->ctx, run, &r->plan);
    runner__advance(r);
    return true;
}

/* What was held runs now. */
static void release_held(struct runner *r) {
    for (size_t i = 0; i < r->traces.by_id.len; i++) {
        struct trace *t = r->traces.by_id.items[i];
        if (t && t->held) trace_clear_fault(t);
    }
}

bool runner_run(struct runner *r, uint32_t run, bool hold) {
    r->hold = hold;
    if (!hold) release_held(r);
    return start_run(r, run, 0, false);
}

bool runner_run_asked(struct runner *r, uint32_t run, block_id id) {
    r->hold = false;
    release_held(r);
    return start_run(r, run, id, true);
}

void runner__all_absent(struct runner *r) {
    values_all_lost(r->history);
    history_unbind_all(r->history);
}

void runner_worker_attached(struct runner *r) {
    worker_link_setup(&r->out, &r->setup);
    runner__flush(r);
    r->worker = WORKER_STARTING;
    r->running.block = 0;
    r->events->want_grace(r->ctx, false);
    checkpoints_clear(&r->checkpoints); /* SETUP ends them */
    runner__all_absent(r);
}

void runner_set_checkpoints(struct runner *r, uint64_t worth_us, uint64_t bytes) {
    r->checkpoints.worth_us = worth_us;
    r->checkpoints.bytes_limit = bytes;
}

bool runner_run_all(struct runner *r, uint32_t run) {
    end_run(r, true);
    r->hold = false;
    forget_reasons(r);
    checkpoints_clear(&r->checkpoints);
    history_destroy(r->history);
    trace_store_finish(&r->traces);
    r->history = history_create(r->doc, &r->traces);
    r->running.block = 0; /* of the interpreter that goes away */
    if (r->worker != WORKER_ABSENT) runner_worker_attached(r);
    return start_run(r, run, 0, true);
}

static void interrupt_block(struct runner *r) {
    worker_link_interrupt(&r->out);
    runner__flush(r);
    r->events->want_grace(r->ctx, true);
}

void runner_interrupt(struct runner *r) {
    if (!r->active) return;
    r->stop = true;
    if (r->running.block)
        interrupt_block(r);
    else
        end_run(r, true);
}

void runner_give_up(struct runner *r) {
    end_run(r, true);
}

void runner_grace_over(struct runner *r) {
    if (!r->running.block || r->worker != WORKER_READY) return;
    runner_worker_lost(r, STR("it did not stop when interrupted, so its interpreter was replaced"));
    runner_worker_attached(r);
}

/* --- The document changed. --- */

/* A block can become prose, or be marked `skip`: then nothing that it did counts any more, as when
 * it has gone.  But what an open quote has swallowed returns when it closes. */
static bool counts_still(const struct runner *r, block_id id, bool half_written) {
    const struct block *block = document_block_by_id(r->doc, id);
    return block ? block_executes(block) : half_written;
}

static bool half_written(const struct document *doc) {
    for (size_t i = 0; i < document_block_count(doc); i++)
        if (document_block(doc, i)->symbols.syntax_error) return true;
    return false;
}

void runner__forget_vanished(struct runner *r) {
    history_reorder(r->history);
    bool half = half_written(r->doc);
    for (size_t i = 0; i < r->traces.by_id.len; i++) {
        struct trace *t = r->traces.by_id.items[i];
        if (!t || counts_still(r, t->block, half)) continue;
        if (t->block == r->running.block) continue; /* its effects are recorded when it ends */
        history_remove(t);
        if (r->worker != WORKER_ABSENT) worker_link_forget(&r->out, t->block);
        trace_drop(&r->traces, t->block);
    }
    runner__flush(r);
}

/* Whether what the running block read is still what it would read, and nobody above it that wrote
 * that has been edited since. */
static bool reads_unchanged(struct runner *r, uint32_t index) {
    for (size_t i = 0; i < r->running.reads.len; i++) {
        const struct trace_read *read = &r->running.reads.items[i];
        block_id by;
        history_last(r->history, read->name, index, &by);
        if (history_version(r->history, read->name, index) != read->version) return false;
        const struct block *writer = by ? document_block_by_id(r->doc, by) : NULL;
        if (writer && !hash128_eq(trace_get(&r->traces, by)->code, writer->code)) return false;
    }
    return true;
}

/* Whether the running block would be started just like that now. */
static bool still_wanted(struct runner *r) {
    const struct block *block = document_block_by_id(r->doc, r->running.block);
    if (!block || !block_executes(block)) return false;
    return hash128_eq(block->code, r->running.code) && reads_unchanged(r, block->index);
}

void runner_update(struct runner *r) {
    runner__forget_vanished(r);
    r->running.edited = true;
    if (!r->running.block || r->running.unwanted || still_wanted(r)) return;
    r->running.unwanted = true;
    interrupt_block(r);
}

uint64_t runner_expected_cost(const struct runner *r) {
    uint64_t longest = 0;
    for (size_t i = 0; i < document_block_count(r->doc); i++) {
        const struct block *block = document_block(r->doc, i);
        const struct trace *t = trace_get(&r->traces, block->id);
        bool changed = t && !hash128_eq(t->code, block->code);
        if (changed && t->duration_us > longest) longest = t->duration_us;
    }
    return longest;
}

void runner_inspect_stop(struct runner *r) {
    if (r->worker != WORKER_READY || r->running.block) return;
    worker_link_interrupt(&r->out);
    runner__flush(r);
}

bool runner_inspect(struct runner *r, uint32_t request, block_id block, struct str name) {
    const struct trace *t = trace_get(&r->traces, block);
    const struct name *known = history_find(r->history, name);
    const struct trace_write *w = t && known ? trace_find_write(t, known) : NULL;
    if (r->worker != WORKER_READY || r->running.block || !t || (w && !w->present)) return false;
    worker_link_inspect(&r->out, request, block, name);
    runner__flush(r);
    return true;
}
