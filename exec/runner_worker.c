/* SPDX-License-Identifier: Apache-2.0 */
/* runner_worker.c - what the worker says: output, ends of blocks, its death. */
#include "exec/runner_internal.h"

enum status runner_feed(struct runner *r, struct str bytes, struct err *err) {
    return worker_link_feed(&r->link, bytes, err);
}

/* The trace of the block in the worker, renewed at the first sign that its text compiles. */
static struct trace *running_trace(struct runner *r) {
    struct running_block *b = &r->running;
    if (b->begun) return trace_get(&r->traces, b->block);
    struct trace *t = runner__renew_trace(r, b->block, b->code, b->restore_only);
    vec_finish(&t->reads);
    t->reads = b->reads;
    b->reads = (read_vec){0};
    b->begun = true;
    return t;
}

static struct trace *wanted_trace(struct runner *r, uint32_t ticket) {
    struct running_block *b = &r->running;
    if (!b->block || ticket != b->ticket || b->unwanted) return NULL;
    return running_trace(r);
}

static void on_hello(void *ctx, struct str python, struct str executable) {
    struct runner *r = ctx;
    struct buf line = {0};
    buf_printf(&line, "worker: Python %.*s (%.*s)", STR_FMT(python), STR_FMT(executable));
    r->events->log(r->ctx, buf_str(&line));
    buf_finish(&line);
}

static void on_started(void *ctx, uint32_t pid) {
    struct runner *r = ctx;
    r->worker = WORKER_READY;
    r->interpreter = pid;
    runner__replan(r);
    runner__advance(r);
}

/* Bytes of an unfinished UTF-8 sequence at the end of `s`, at most 3. */
static size_t unfinished_tail(struct str s) {
    for (size_t n = 1; n <= 3 && n <= s.len; n++) {
        unsigned char c = (unsigned char)s.ptr[s.len - n];
        size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
        if (c < 0x80 || c >= 0xC0) return need > n ? n : 0;
    }
    return 0;
}

static void add_stream(struct runner *r, struct trace *t, bool is_stderr, struct str bytes) {
    if (bytes.len == 0) return;
    const struct block *block = document_block_by_id(r->doc, t->block);
    struct output piece = {.kind = OUTPUT_STREAM, .is_stderr = is_stderr};
    buf_append_utf8(&piece.text, bytes);
    output_vec_stream(&t->outputs, is_stderr, buf_str(&piece.text));
    if (block) r->events->block_output(r->ctx, r->run, block, &piece);
    output_finish(&piece);
}

static void on_stream(void *ctx, uint32_t ticket, bool is_stderr, struct str bytes) {
    struct runner *r = ctx;
    struct trace *t = wanted_trace(r, ticket);
    if (!t) return;
    struct buf *tail = &r->running.tails[is_stderr];
    buf_append(tail, bytes);
    size_t whole = tail->len - unfinished_tail(buf_str(tail));
    add_stream(r, t, is_stderr, str_slice(buf_str(tail), 0, whole));
    buf_consume(tail, whole);
}

static void flush_tails(struct runner *r, struct trace *t) {
    for (int i = 0; i < 2; i++) {
        add_stream(r, t, i == 1, buf_str(&r->running.tails[i]));
        r->running.tails[i].len = 0;
    }
}

static void on_display(void *ctx, uint32_t ticket, struct output *record) {
    struct runner *r = ctx;
    struct trace *t = wanted_trace(r, ticket);
    if (!t) return;
    const struct block *block = document_block_by_id(r->doc, t->block);
    if (block) r->events->block_output(r->ctx, r->run, block, record);
    vec_push(&t->outputs, *record);
    *record = (struct output){0};
}

/* Record what the run did, whether or not its result is wanted: its effects are there. */
static void record_effects(struct runner *r, struct trace *t, struct worker_done *done) {
    const struct block *block = document_block_by_id(r->doc, t->block);
    for (size_t i = 0; i < done->writes.len; i++) vec_push(&t->writes, done->writes.items[i]);
    vec_clear(&done->writes);
    bindings_add(&r->bindings, t, block ? block->index : 0);
    trace_record_mutations(t, &r->running.makers, &r->traces);
    t->present = true;
}

/* A result that the user shall see. */
static void finish_block(struct runner *r, struct trace *t) {
    const struct block *block = document_block_by_id(r->doc, t->block);
    t->valid = true;
    trace_seal(t);
    r->ran++;
    r->ran_us += t->duration_us;
    if (block) r->events->block_result(r->ctx, r->run, block);
}

static const enum run_status statuses[] = {
    [WIRE_OK] = RUN_OK, [WIRE_ERROR] = RUN_ERROR, [WIRE_INTERRUPTED] = RUN_CUT_SHORT};

static void finish_done(struct runner *r, struct trace *t, struct worker_done *done) {
    flush_tails(r, t);
    t->duration_us = done->duration_us;
    t->truncated = done->truncated;
    t->status = statuses[done->status];
    if (done->status != WIRE_OK) {
        vec_push(&t->outputs, done->error);
        done->error = (struct output){0};
    }
    finish_block(r, t);
}

/* The text does not compile: nothing ran, the last good trace stays in force. */
static void finish_fault(struct runner *r, const struct block *block, struct worker_done *done) {
    struct trace *t = trace_make(&r->traces, block->id);
    trace_set_fault(t, r->running.code, &done->error);
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
    if (done->status == WIRE_SYNTAX_ERROR) {
        if (block) finish_fault(r, block, done);
        b->block = 0;
    } else {
        struct trace *t = running_trace(r);
        record_effects(r, t, done);
        b->block = 0;
        if (!unwanted) finish_done(r, t, done);
        if (!block) runner__forget_vanished(r);
    }
    if (unwanted) runner__replan(r);
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
    flush_tails(r, t);
    struct output error = {.kind = OUTPUT_ERROR};
    buf_append(&error.ename, STR("WorkerDied"));
    buf_append_utf8(&error.evalue, cause);
    vec_push(&t->outputs, error);
    t->status = RUN_CUT_SHORT;
    finish_block(r, t);
}

static void on_died(void *ctx, struct str cause) {
    struct runner *r = ctx;
    r->events->log(r->ctx, cause);
    lose_interpreter(r, cause);
    r->worker = WORKER_STARTING; /* the warden starts another; STARTED resumes the run */
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
    r->events->log(r->ctx, message);
}

const struct worker_events runner__link_events = {
    .hello = on_hello,
    .started = on_started,
    .stream = on_stream,
    .display = on_display,
    .done = on_done,
    .died = on_died,
    .inspected = on_inspected,
    .failed = on_failed,
};
