/* SPDX-License-Identifier: Apache-2.0 */
/* runner_worker.c - what the worker says: output, ends of blocks, its death. */
#include "exec/runner_internal.h"

enum status runner_feed(struct runner *r, struct str bytes, struct err *err) {
    return worker_link_feed(&r->link, bytes, err);
}

/* The trace of the block in the worker, renewed: the run has ended, and counts. */
static struct trace *running_trace(struct runner *r) {
    struct running_block *b = &r->running;
    struct trace *t = runner__renew_trace(r, b->block, b->code, &b->last_writes);
    vec_finish(&t->reads);
    t->reads = b->reads;
    t->outputs = b->outputs;
    b->reads = (read_vec){0};
    b->outputs = (output_vec){0};
    return t;
}

static bool is_wanted(const struct runner *r, uint32_t ticket) {
    const struct running_block *b = &r->running;
    return b->block && ticket == b->ticket && !b->unwanted;
}

static void on_hello(void *ctx, struct str python, struct str executable) {
    struct runner *r = ctx;
    r->events->hello(r->ctx, python, executable);
}

static void on_started(void *ctx, uint32_t pid, uint32_t checkpoint) {
    struct runner *r = ctx;
    r->worker = WORKER_READY;
    r->interpreter = pid;
    runner__state_started(r, checkpoint);
    runner__replan(r);
    runner__advance(r);
}

static void on_stream(void *ctx, uint32_t ticket, bool is_stderr, struct str bytes) {
    struct runner *r = ctx;
    if (!is_wanted(r, ticket) || bytes.len == 0) return;
    const struct block *block = document_block_by_id(r->doc, r->running.block);
    struct output piece = {.kind = OUTPUT_STREAM, .is_stderr = is_stderr};
    buf_append_utf8(&piece.text, bytes);
    output_vec_stream(&r->running.outputs, is_stderr, buf_str(&piece.text));
    if (block) r->events->block_output(r->ctx, r->run, block, &piece);
    output_finish(&piece);
}

static void on_record(void *ctx, uint32_t ticket, struct output *record) {
    struct runner *r = ctx;
    if (!is_wanted(r, ticket)) return;
    const struct block *block = document_block_by_id(r->doc, r->running.block);
    if (block) r->events->block_output(r->ctx, r->run, block, record);
    vec_push(&r->running.outputs, *record);
    *record = (struct output){0};
}

/* --- What the run did, whether or not its result is wanted. --- */

/* The same computation again, or a value that is known to be the same: readers stay clean. */
static bool same_write(const struct running_block *b, const struct trace_write *old,
                       const struct trace_write *new) {
    if (old->name != new->name || old->kind != new->kind) return false;
    if (old->known && new->known) return hash128_eq(old->fingerprint, new->fingerprint);
    return b->restore_only || new->kind == WRITE_REMOVED;
}

static uint64_t write_version(struct runner *r, const struct trace_write *new) {
    const write_vec *last = &r->running.last_writes;
    for (size_t i = 0; i < last->len; i++)
        if (same_write(&r->running, &last->items[i], new)) return last->items[i].version;
    return ++r->last_version;
}

static bool names_have(const symbol_vec *names, struct str name) {
    for (size_t i = 0; i < names->len; i++)
        if (str_eq(names->items[i], name)) return true;
    return false;
}

/* Whether the plan reckoned with the running block's write of that name. */
static bool foreseen(const struct runner *r, const struct name *name) {
    const struct block *block = document_block_by_id(r->doc, r->running.block);
    const write_vec *last = &r->running.last_writes;
    if (!block || block->symbols.wild) return true;
    for (size_t i = 0; i < last->len; i++)
        if (last->items[i].name == name) return true;
    return symbols_definition(&block->symbols, name->text) ||
           names_have(&block->symbols.mutates, name->text) ||
           names_have(&block->symbols.deletes, name->text);
}

void runner__record_write(struct runner *r, struct trace *t, struct trace_write write) {
    uint64_t newest = r->last_version;
    write.version = write_version(r, &write);
    vec_push(&t->writes, write);
    if (write.version > newest && !foreseen(r, write.name)) r->running.surprise = true;
}

static void record_name(struct runner *r, struct trace *t, const struct worker_write *w) {
    static const enum write_kind kinds[] = {
        [WIRE_REMOVED] = WRITE_REMOVED, [WIRE_BOUND] = WRITE_BOUND, [WIRE_MUTATED] = WRITE_MUTATED};
    struct trace_write write = {.name = history_name(r->history, w->name),
                                .kind = kinds[w->kind],
                                .known = w->known,
                                .kept = w->kept,
                                .plain = w->plain,
                                .present = true,
                                .fingerprint = w->fingerprint};
    runner__record_write(r, t, write);
}

/* A version that no name ever has: the block will not be taken for clean. */
#define VERSION_UNKNOWN UINT64_MAX

static uint64_t version_at_start(const struct runner *r, const struct name *name) {
    const read_vec *ambient = &r->running.ambient;
    for (size_t i = 0; i < ambient->len; i++)
        if (ambient->items[i].name == name) return ambient->items[i].version;
    return name_is_ambient(name) ? 0 : VERSION_UNKNOWN;
}

/* Names that the run read beyond what its text told; what they were at its start cannot be told
 * when the document has been edited since. */
static void record_reads(struct runner *r, struct trace *t, const struct worker_done *done,
                         uint32_t index) {
    for (size_t i = 0; i < done->reads.len; i++) {
        size_t known = t->reads.len;
        struct name *name = history_name(r->history, done->reads.items[i]);
        runner__add_read(r, &t->reads, name, index);
        if (t->reads.len > known && r->running.edited)
            t->reads.items[known].version = version_at_start(r, name);
    }
}

/* Whether all that a call can change in what `local` was imported as is ambient state, which the
 * worker watches. */
static bool is_ambient_module(const struct symbols *s, struct str local) {
    static const char *const packages[] = {"random", "warnings", "locale", "matplotlib", "seaborn"};
    for (size_t i = 0; i < s->imports.len; i++) {
        const struct import_use *use = &s->imports.items[i];
        const char *dot = use->module.len ? memchr(use->module.ptr, '.', use->module.len) : NULL;
        struct str package = use->module;
        if (dot) package.len = (size_t)(dot - package.ptr);
        for (size_t k = 0; k < sizeof packages / sizeof *packages; k++)
            if (str_eq(use->local, local) && str_eq(package, str_from(packages[k]))) return true;
    }
    return false;
}

/* What is inside a module cannot be seen by fingerprints: take the text's word for a change. */
static void record_module_changes(struct runner *r, struct trace *t, const struct block *block) {
    for (size_t i = 0; i < block->symbols.mutates.len; i++) {
        struct name *name = history_name(r->history, block->symbols.mutates.items[i]);
        const struct block *from = graph_provider(document_graph(r->doc), block,
                                                  block->symbols.mutates.items[i]);
        const struct definition *d = from ? symbols_definition(&from->symbols, name->text) : NULL;
        if (!d || d->kind != DEF_IMPORT || trace_find_write(t, name)) continue;
        if (is_ambient_module(&from->symbols, name->text)) continue;
        struct trace_write write = {.name = name, .kind = WRITE_MUTATED, .present = true};
        write.version = write_version(r, &write);
        vec_push(&t->writes, write);
        struct trace *maker = trace_get(&r->traces, from->id);
        if (maker && maker != t) value_changed(t, maker, name);
    }
}

static void record_changes(struct runner *r, struct trace *t, const struct worker_done *done) {
    for (size_t i = 0; i < done->changes.len; i++) {
        const struct worker_change *c = &done->changes.items[i];
        struct trace *maker = trace_get(&r->traces, c->maker);
        if (maker && maker != t) value_changed(t, maker, history_name(r->history, c->name));
    }
}

static void record_effects(struct runner *r, struct trace *t, const struct worker_done *done) {
    const struct block *block = document_block_by_id(r->doc, t->block);
    uint32_t index = block ? block->index : UINT32_MAX;
    bool again = r->running.last_writes.len > 0;
    record_reads(r, t, done, index);
    runner__read_files(r, &t->reads, done, index);
    for (size_t i = 0; i < done->writes.len; i++) record_name(r, t, &done->writes.items[i]);
    runner__write_files(r, t, done);
    if (block) record_module_changes(r, t, block);
    history_add(r->history, t, index);
    record_changes(r, t, done);
    if (again && block) values_replaced(r->history, t, index);
}

/* Whether the run read something that was not fit for it: only the run itself could tell that it
 * would.  To be asked before the run's effects are recorded. */
static bool read_what_was_not_fit(struct runner *r, const struct block *block,
                                  const struct worker_done *done) {
    struct plan_request request = runner__request(r);
    for (size_t i = 0; block && i < done->reads.len; i++) {
        struct name *name = history_name(r->history, done->reads.items[i]);
        if (plan_misses(&request, name, block->index)) return true;
        if (name == history_modules(r->history) && plan_modules_differ(&request, block->index))
            return true;
    }
    return false;
}

/* A result that the user shall see. */
static void finish_block(struct runner *r, struct trace *t) {
    const struct block *block = document_block_by_id(r->doc, t->block);
    t->valid = true;
    trace_seal(t);
    r->ran++;
    r->ran_us += t->duration_us;
    if (block) runner__cache_put(r, t, block);
    if (block) r->events->block_result(r->ctx, r->run, block);
}

static const enum run_status statuses[] = {
    [WIRE_OK] = RUN_OK, [WIRE_ERROR] = RUN_ERROR, [WIRE_INTERRUPTED] = RUN_CUT_SHORT};

static void finish_done(struct runner *r, struct trace *t, struct worker_done *done) {
    buf_finish(&t->unseen);
    buf_append_utf8(&t->unseen, done->unseen);
    t->duration_us = done->duration_us;
    r->running.acted = done->acted;
    t->truncated = done->truncated;
    t->status = statuses[done->status];
    if (done->status != WIRE_OK) {
        vec_push(&t->outputs, done->error);
        done->error = (struct output){0};
    }
    finish_block(r, t);
}

/* What was changed in place by a run that does not count is no longer as its makers left it. */
static void lose_changed(struct runner *r, const struct worker_done *done) {
    for (size_t i = 0; i < done->changes.len; i++) {
        const struct worker_change *c = &done->changes.items[i];
        struct trace *maker = trace_get(&r->traces, c->maker);
        struct name *name = history_name(r->history, c->name);
        struct trace_write *w = maker ? trace_find_write(maker, name) : NULL;
        if (w) w->present = false;
    }
}

/* What it did inside modules before it was held, nobody will want. */
static void note_held_modules(struct runner *r, block_id id, const struct worker_done *done) {
    if (done->unseen.len) history_name(r->history, STR("<modules>"))->current = id;
}

static void hold_trace(struct runner *r, struct trace *t, const struct worker_done *done,
                       uint32_t index) {
    t->held = true;
    vec_finish(&t->held_reads);
    t->held_reads = r->running.reads;
    r->running.reads = (read_vec){0};
    for (size_t i = 0; i < done->reads.len; i++)
        runner__add_read(r, &t->held_reads, history_name(r->history, done->reads.items[i]), index);
    runner__read_files(r, &t->held_reads, done, index);
}

/* The text does not compile, or the block was held before it had an effect that lasts: the last
 * good trace stays in force. */
static void finish_fault(struct runner *r, const struct block *block, struct worker_done *done) {
    struct trace *t = trace_make(&r->traces, block->id);
    trace_set_fault(t, r->running.code, &done->error);
    if (done->status == WIRE_HELD) hold_trace(r, t, done, block->index);
    t->run = r->run;
    if (r->running.unwanted) return;
    r->running.block = 0;
    r->events->block_result(r->ctx, r->run, block);
    runner__replan(r); /* what depends on it keeps its results after all */
}

static void on_done(void *ctx, struct worker_done *done) {
    struct runner *r = ctx;
    struct running_block *b = &r->running;
    if (!b->block || done->ticket != b->ticket) return;
    const struct block *block = document_block_by_id(r->doc, b->block);
    bool unwanted = b->unwanted;
    r->events->want_grace(r->ctx, false);
    if (done->status == WIRE_SYNTAX_ERROR || done->status == WIRE_HELD) {
        bool released = done->status == WIRE_HELD && !r->hold; /* the save came while it ran */
        lose_changed(r, done);
        note_held_modules(r, b->block, done);
        if (block && !released) finish_fault(r, block, done);
        b->block = 0;
        unwanted |= released;
    } else {
        struct trace *t = running_trace(r);
        bool in_vain = read_what_was_not_fit(r, block, done);
        record_effects(r, t, done);
        b->block = 0;
        if (!unwanted && r->repeated != t->block && in_vain) {
            r->repeated = t->block; /* once: now it is known what to restore */
            unwanted = true;
        }
        if (!unwanted) finish_done(r, t, done);
        if (!block) runner__forget_vanished(r);
    }
    runner__keep_state(r, done->duration_us);
    /* Edited meanwhile: a block above may be there now that gives it other values. */
    if (unwanted || b->surprise || b->edited) runner__replan(r);
    runner__advance(r);
}

/* The interpreter is gone: the running block failed with that cause, all values are lost. */
static void lose_interpreter(struct runner *r, struct str cause) {
    struct running_block *b = &r->running;
    bool shown = b->block && !b->unwanted;
    struct trace *t = shown ? running_trace(r) : NULL;
    b->block = 0;
    r->events->want_grace(r->ctx, false);
    runner__all_absent(r);
    if (!t) return;
    struct output error = {.kind = OUTPUT_ERROR};
    buf_append(&error.ename, STR("WorkerDied"));
    buf_append_utf8(&error.evalue, cause);
    vec_push(&t->outputs, error);
    t->status = RUN_CUT_SHORT;
    finish_block(r, t);
}

/* The running block was not given to the interpreter that it was meant for: it is to be started
 * again.  A newer interpreter may be there already. */
static void requeue(struct runner *r) {
    bool waits = r->running.interpreter == r->interpreter;
    r->running.block = 0;
    lose_interpreter(r, STR(""));
    r->worker = waits ? WORKER_STARTING : WORKER_READY;
    if (waits) return;
    runner__replan(r);
    runner__advance(r);
}

static void on_died(void *ctx, const struct worker_death *death) {
    struct runner *r = ctx;
    const struct running_block *b = &r->running;
    if (death->ticket && (!b->block || death->ticket != b->ticket)) return; /* known already */
    r->events->log(r->ctx, death->cause);
    if (b->block && !death->begun) {
        requeue(r);
    } else {
        lose_interpreter(r, death->cause);
        r->worker = WORKER_STARTING; /* the warden starts another; STARTED resumes the run */
    }
}

void runner_worker_lost(struct runner *r, struct str cause) {
    lose_interpreter(r, cause);
    r->worker = WORKER_ABSENT;
    r->link.in.len = 0;
}

static void on_inspected(void *ctx, const struct worker_value *value) {
    struct runner *r = ctx;
    r->events->inspected(r->ctx, value);
}

static void on_failed(void *ctx, struct str message) {
    struct runner *r = ctx;
    r->events->refused(r->ctx, message);
}

const struct worker_events runner__link_events = {
    .hello = on_hello,
    .started = on_started,
    .stream = on_stream,
    .display = on_record,
    .warning = on_record,
    .done = on_done,
    .died = on_died,
    .inspected = on_inspected,
    .failed = on_failed,
    .checkpointed = runner__on_checkpointed,
    .checkpoint_lost = runner__on_checkpoint_lost,
    .checkpoint_size = runner__on_checkpoint_size,
};
