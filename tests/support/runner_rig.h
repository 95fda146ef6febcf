/* SPDX-License-Identifier: Apache-2.0 */
/* runner_rig.h - a document, its runner and a fake worker, for tests of runs.
 *
 * Nothing happens by itself: rig_edit() changes the text, rig_run() asks for a run, rig_step() lets
 * the worker do one thing, rig_settle() everything.  Events are written into `log` as they come:
 *
 *     run1(b1 b2)   a run starts, and what it plans; b2* is to be restored only
 *     >b1  b1:text  b1=ok           a block starts, shows a piece of output, has a result
 *     end1  end1!  end1?            a run ends; cancelled; with an error somewhere
 *     grace+  grace-                a grace time is wanted, or no more
 *
 * and each is held against the order that runner.h promises. */
#ifndef TESTS_RUNNER_RIG_H
#define TESTS_RUNNER_RIG_H

#include "exec/runner.h"
#include "tests/support/fake_worker.h"

struct rig {
    struct document *doc;
    struct runner *runner;
    struct fake_worker worker;
    bool attached;
    uint32_t run; /* the last number given out */
    size_t chunk; /* the worker's bytes come in pieces of this size */

    struct buf log, ran;           /* ran: the blocks that were started, in order */
    uint32_t active;               /* the run between run_start and run_end */
    VEC(block_id) results, starts; /* within that run */
    bool may_repeat; /* an interpreter was lost: results may come again within the run */
    bool grace;
};

/* The event functions keep their context as `void *ctx`, which is the rig. */

static inline void rig_word(struct buf *out, const char *fmt, uint32_t number) {
    if (out->len && out->ptr[out->len - 1] != '(') buf_append_byte(out, ' ');
    buf_printf(out, fmt, number);
}

static inline void rig_on_send(void *ctx, struct str bytes) {
    struct rig *rig = ctx;
    fake_worker_take(&rig->worker, bytes);
}

static inline void rig_on_run_start(void *ctx, uint32_t run, const struct plan *plan) {
    struct rig *rig = ctx;
    assert_int_equal(rig->active, 0);
    rig->active = run;
    vec_clear(&rig->results);
    vec_clear(&rig->starts);
    rig->may_repeat = false;
    rig_word(&rig->log, "run%u(", run);
    for (size_t i = 0; i < plan->items.len; i++)
        rig_word(&rig->log, plan->items.items[i].restore_only ? "b%u*" : "b%u",
                 plan->items.items[i].block);
    buf_append_byte(&rig->log, ')');
}

static inline void rig_on_block_start(void *ctx, uint32_t run, const struct block *block) {
    struct rig *rig = ctx;
    assert_int_equal(run, rig->active);
    rig_word(&rig->log, ">b%u", block->id);
    rig_word(&rig->ran, "b%u", block->id);
    vec_push(&rig->starts, block->id);
}

static inline void rig_on_block_output(void *ctx, uint32_t run, const struct block *block,
                                       const struct output *piece) {
    struct rig *rig = ctx;
    assert_int_equal(run, rig->active);
    struct str text = piece->kind == OUTPUT_STREAM ? buf_str(&piece->text)
                                                   : output_mime(piece, STR("text/plain"));
    rig_word(&rig->log, "b%u:", block->id);
    buf_append(&rig->log, str_trim(text));
}

static inline void rig_on_block_result(void *ctx, uint32_t run, const struct block *block) {
    struct rig *rig = ctx;
    assert_int_equal(run, rig->active);
    for (size_t i = 0; i < rig->results.len && !rig->may_repeat; i++)
        if (rig->results.items[i] == block->id)
            fail_msg("b%u has two results: %s\n%.*s", block->id, buf_cstr(&rig->log),
                     STR_FMT(text_str(document_text(rig->doc))));
    vec_push(&rig->results, block->id);
    rig_word(&rig->log, "b%u=", block->id);
    buf_append(&rig->log, str_from(block_status_text(runner_status(rig->runner, block))));
}

static inline void rig_on_run_end(void *ctx, const struct run_summary *s) {
    struct rig *rig = ctx;
    assert_int_equal(s->run, rig->active);
    assert_true(s->run > 0);
    rig->active = 0;
    rig_word(&rig->log, "end%u", s->run);
    if (s->cancelled) buf_append_byte(&rig->log, '!');
    if (s->error) buf_append_byte(&rig->log, '?');
}

static inline void rig_on_inspected(void *ctx, const struct worker_value *value) {
    struct rig *rig = ctx;
    rig_word(&rig->log, "inspected%u:", value->request);
    buf_append(&rig->log, value->found ? value->text : STR("nothing"));
}

static inline void rig_on_want_grace(void *ctx, bool on) {
    struct rig *rig = ctx;
    if (rig->grace == on) return; /* to ask again is allowed */
    rig->grace = on;
    rig_word(&rig->log, on ? "grace+" : "grace-", 0);
}

static inline void rig_on_hello(void *ctx, struct str python, struct str executable) {
    (void)ctx, (void)python, (void)executable;
}

static inline void rig_on_log(void *ctx, struct str message) {
    (void)ctx, (void)message;
}

static const struct runner_events rig_events = {
    .send = rig_on_send,
    .run_start = rig_on_run_start,
    .block_start = rig_on_block_start,
    .block_output = rig_on_block_output,
    .block_result = rig_on_block_result,
    .run_end = rig_on_run_end,
    .inspected = rig_on_inspected,
    .want_grace = rig_on_want_grace,
    .hello = rig_on_hello,
    .refused = rig_on_log,
    .log = rig_on_log,
};

/* --- Driving it. --- */

static inline void rig_init(struct rig *rig, const char *text) {
    struct worker_setup setup = {.file = STR("/a.py"), .cwd = STR("/"), .package = STR("")};
    *rig = (struct rig){.doc = document_create(str_from(text)), .chunk = 4096};
    rig->runner = runner_create(&rig_events, rig, rig->doc, &setup);
}

static inline void rig_finish(struct rig *rig) {
    runner_destroy(rig->runner);
    document_destroy(rig->doc);
    fake_worker_finish(&rig->worker);
    buf_finish(&rig->log);
    buf_finish(&rig->ran);
    vec_finish(&rig->results);
    vec_finish(&rig->starts);
}

static inline void rig_attach(struct rig *rig) {
    rig->attached = true;
    runner_worker_attached(rig->runner);
}

static inline void rig_lose_worker(struct rig *rig) {
    rig->attached = false;
    rig->may_repeat = true;
    rig->worker.out.len = 0;
    rig->worker.busy = rig->worker.starting = false;
    runner_worker_lost(rig->runner, STR("the process ended"));
}

/* As a session does: whoever starts a run makes sure of a worker. */
static inline void rig_started(struct rig *rig) {
    if (runner_busy(rig->runner) && !rig->attached) rig_attach(rig);
}

static inline void rig_run(struct rig *rig) {
    runner_run(rig->runner, ++rig->run, false);
    rig_started(rig);
}

static inline void rig_run_asked(struct rig *rig, block_id block) {
    runner_run_asked(rig->runner, ++rig->run, block);
    rig_started(rig);
}

/* Replace what differs, as one edit. */
static inline void rig_edit(struct rig *rig, const char *text) {
    struct str now = text_str(document_text(rig->doc)), new = str_from(text);
    size_t start = 0, tail = 0, shorter = now.len < new.len ? now.len : new.len;
    while (start < shorter && now.ptr[start] == new.ptr[start]) start++;
    while (tail < shorter - start && now.ptr[now.len - 1 - tail] == new.ptr[new.len - 1 - tail])
        tail++;
    struct span old = {(uint32_t)start, (uint32_t)(now.len - tail)};
    document_replace(rig->doc, old, str_slice(new, start, new.len - tail));
    document_refresh(rig->doc);
    runner_update(rig->runner);
}

static inline void rig_deliver(struct rig *rig) {
    struct buf out = rig->worker.out;
    struct err err = {0};
    rig->worker.out = (struct buf){0};
    for (size_t at = 0; at < out.len; at += rig->chunk) {
        size_t end = at + rig->chunk < out.len ? at + rig->chunk : out.len;
        runner_feed(rig->runner, str_slice(buf_str(&out), at, end), &err);
        if (err.code != ST_OK) fail_msg("%s", err.msg);
    }
    buf_finish(&out);
}

static inline bool rig_step(struct rig *rig) {
    if (!fake_worker_step(&rig->worker)) return false;
    if (rig->worker.starting) rig->may_repeat = true;
    rig_deliver(rig);
    return true;
}

static inline void rig_settle(struct rig *rig) {
    for (int steps = 0; rig_step(rig); steps++)
        if (steps > 1000) fail_msg("it never settles: %s", buf_cstr(&rig->log));
    assert_false(runner_busy(rig->runner));
    assert_int_equal(rig->active, 0);
}

static inline void rig_forget_log(struct rig *rig) {
    rig->log.len = rig->ran.len = 0;
}

/* --- What is shown. --- */

static inline void rig_show_output(const struct output *o, struct buf *out) {
    buf_append_byte(out, ' ');
    if (o->kind == OUTPUT_ERROR)
        buf_printf(out, "%.*s", STR_FMT(buf_str(&o->ename)));
    else
        buf_append(out, str_trim(output_is_stream(o) ? buf_str(&o->text)
                                                     : output_mime(o, STR("text/plain"))));
}

/* "ok [1]": the status, and the outputs. */
static inline void rig_show(const struct rig *rig, const struct block *block, struct buf *out) {
    const struct trace *t = runner_trace(rig->runner, block->id);
    enum block_status status = runner_status(rig->runner, block);
    buf_append(out, str_from(block_status_text(status)));
    if (status == STATUS_SYNTAX_ERROR || !t) return;
    for (size_t i = 0; i < t->outputs.len; i++) rig_show_output(&t->outputs.items[i], out);
}

/* All blocks, separated by " | ". */
static inline void rig_show_all(const struct rig *rig, struct buf *out) {
    for (size_t i = 0; i < document_block_count(rig->doc); i++) {
        if (i) buf_append(out, STR(" | "));
        rig_show(rig, document_block(rig->doc, i), out);
    }
}

static inline void expect_shown(const struct rig *rig, const char *expected) {
    struct buf shown = {0}, text = {0};
    rig_show_all(rig, &shown);
    buf_append(&text, text_str(document_text(rig->doc)));
    expect_buf(buf_cstr(&text), &shown, expected);
    buf_finish(&text);
}

static inline void expect_log(struct rig *rig, const char *expected) {
    expect_str("log", buf_str(&rig->log), str_from(expected));
    rig_forget_log(rig);
}

static inline void expect_ran(struct rig *rig, const char *expected) {
    if (!str_eq(buf_str(&rig->ran), str_from(expected)))
        fail_msg("expected \"%s\" to run: %s", expected, buf_cstr(&rig->log));
    rig_forget_log(rig);
}

/* The promise: what is shown is what a fresh run of the text shows. */
static inline void expect_as_fresh(const struct rig *rig) {
    struct rig fresh;
    struct buf expected = {0};
    char *text = str_dup(text_str(document_text(rig->doc)));
    rig_init(&fresh, text);
    rig_run(&fresh);
    rig_settle(&fresh);
    rig_show_all(&fresh, &expected);
    expect_shown(rig, buf_cstr(&expected));
    buf_finish(&expected);
    rig_finish(&fresh);
    free(text);
}

#endif
