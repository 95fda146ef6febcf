/* SPDX-License-Identifier: Apache-2.0 */
/* shadow.c - see shadow.h.  Nothing is decided inside a session's call: a timer of no time takes
 * each step, so that a session can be closed then. */
#include "server/shadow.h"

#include "base/mem.h"
#include "exec/kept_result.h"

enum { RUNS = 2 };

struct shadow {
    struct session *shown, *runs[RUNS];
    int run; /* which of them goes on */
    struct shadow_report report;
    shadow_done_fn *done;
    void *ctx;
    uv_timer_t step;
};

/* --- Comparing. --- */

static bool comparable(enum block_status status) {
    return status == STATUS_OK || status == STATUS_ERROR;
}

/* What the block at `index` shows; false when it shows no result of its present text. */
static bool shows(struct session *s, size_t index, struct hash128 *content) {
    const struct block *block = document_block(session_document(s), index);
    const struct trace *t = runner_trace(session_runner(s), block->id);
    if (!t || !block_executes(block)) return false;
    *content = kept_result_hash(t, session_document(s));
    return comparable(runner_status(session_runner(s), block));
}

static bool differ(struct session *a, struct session *b, size_t index) {
    struct hash128 x, y;
    return shows(a, index, &x) && shows(b, index, &y) && !hash128_eq(x, y);
}

/* The full run is over: what differs? */
static void compare_shown(struct shadow *s) {
    const struct document *doc = session_document(s->shown);
    struct hash128 unused;
    for (size_t i = 0; i < document_block_count(doc); i++) {
        s->report.compared += shows(s->shown, i, &unused) && shows(s->runs[0], i, &unused);
        if (differ(s->shown, s->runs[0], i))
            vec_push(&s->report.different, document_block(doc, i)->id);
    }
}

/* The second one, too: what differs between the two does not count. */
static void forget_chance(struct shadow *s) {
    size_t kept = 0;
    for (size_t i = 0; i < s->report.different.len; i++) {
        block_id id = s->report.different.items[i];
        const struct block *block = document_block_by_id(session_document(s->shown), id);
        if (block && !differ(s->runs[0], s->runs[1], block->index))
            s->report.different.items[kept++] = id;
    }
    s->report.different.len = kept;
}

/* --- Running. --- */

static void on_step(uv_timer_t *timer) {
    struct shadow *s = timer->data;
    if (s->run == 0) compare_shown(s);
    if (s->run == 1) forget_chance(s);
    s->run++;
    if (s->run < RUNS && s->report.different.len && !s->report.failure.len)
        session_go_live(s->runs[s->run]);
    else
        s->done(s->ctx, &s->report);
}

static void on_run_start(void *ctx, struct session *session, uint32_t run,
                         const struct plan *plan) {
    (void)ctx, (void)session, (void)run, (void)plan;
}

static void on_block(void *ctx, struct session *session, uint32_t run, const struct block *block) {
    (void)ctx, (void)session, (void)run, (void)block;
}

static void on_block_output(void *ctx, struct session *session, uint32_t run,
                            const struct block *block, const struct output *piece) {
    (void)ctx, (void)session, (void)run, (void)block, (void)piece;
}

static void on_run_end(void *ctx, struct session *session, const struct run_summary *summary) {
    (void)session, (void)summary;
    struct shadow *s = ctx;
    uv_timer_start(&s->step, on_step, 0, 0);
}

static void on_inspected(void *ctx, struct session *session, const struct worker_value *value) {
    (void)ctx, (void)session, (void)value;
}

static void on_stale(void *ctx, struct session *session) {
    (void)ctx, (void)session;
}

static void on_failed(void *ctx, struct session *session, struct str message) {
    (void)session;
    struct shadow *s = ctx;
    if (s->report.failure.len == 0) buf_append(&s->report.failure, message);
}

static const struct session_observer observer = {
    .run_start = on_run_start,
    .block_start = on_block,
    .block_output = on_block_output,
    .block_result = on_block,
    .run_end = on_run_end,
    .inspected = on_inspected,
    .stale = on_stale,
    .failed = on_failed,
};

/* --- Life. --- */

struct shadow *shadow_start(uv_loop_t *loop, struct session *shown,
                            const struct session_options *options, shadow_done_fn *done,
                            void *ctx) {
    struct shadow *s = xcalloc(1, sizeof *s);
    struct session_options held = *options;
    struct str text = text_str(document_text(session_document(shown)));
    held.hold = true;
    s->shown = shown;
    s->done = done;
    s->ctx = ctx;
    uv_timer_init(loop, &s->step);
    s->step.data = s;
    for (int i = 0; i < RUNS; i++)
        s->runs[i] = session_create(loop, &observer, s, str_from(session_path(shown)), text, &held);
    session_go_live(s->runs[0]);
    if (!runner_busy(session_runner(s->runs[0]))) uv_timer_start(&s->step, on_step, 0, 0);
    return s;
}

static void on_closed(uv_handle_t *handle) {
    free(handle->data);
}

void shadow_destroy(struct shadow *s) {
    if (!s) return;
    for (int i = 0; i < RUNS; i++) session_close(s->runs[i]);
    vec_finish(&s->report.different);
    buf_finish(&s->report.failure);
    uv_close((uv_handle_t *)&s->step, on_closed);
}
