/* SPDX-License-Identifier: Apache-2.0 */
/* lane.c - the server's part towards the runner, without a loop. */
#include "tests/oracle/lane.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "tests/oracle/inputs.h"
#include "tests/oracle/scratch.h"

enum { DEADLINE_MS = 20000, MOST_LANES = 2, CACHE_BYTES = 4 << 20 };

/* --- What the runner says. --- */

static void on_send(void *ctx, struct str bytes) {
    struct lane *lane = ctx;
    worker_pipe_send(&lane->pipe, bytes);
}

static void on_run_start(void *ctx, uint32_t run, const struct plan *plan) {
    (void)ctx, (void)run, (void)plan;
}

/* Comes before the request itself is sent: the state is that which the block will meet. */
static void on_block_start(void *ctx, uint32_t run, const struct block *block) {
    (void)run;
    struct lane *lane = ctx;
    if (lane->record_inputs) inputs_ask(lane, block);
}

static void on_block_output(void *ctx, uint32_t run, const struct block *block,
                            const struct output *piece) {
    (void)ctx, (void)run, (void)block, (void)piece;
}

static bool restored(const struct lane *lane, block_id block) {
    const reason_vec *reasons = runner_reasons(lane->runner, block);
    for (size_t i = 0; reasons && i < reasons->len; i++)
        if (reasons->items[i].kind != REASON_RESTORE) return false;
    return reasons != NULL;
}

static void on_block_result(void *ctx, uint32_t run, const struct block *block) {
    (void)run;
    struct lane *lane = ctx;
    enum block_status status = runner_status(lane->runner, block);
    if (status == STATUS_BLOCKED || status == STATUS_SYNTAX_ERROR) return;
    vec_push(&lane->executed, (struct executed){block->id, restored(lane, block->id)});
}

static void on_run_end(void *ctx, const struct run_summary *summary) {
    (void)ctx, (void)summary;
}

static void on_inspected(void *ctx, const struct worker_value *value) {
    (void)ctx, (void)value;
}

static void on_want_grace(void *ctx, bool on) {
    (void)ctx, (void)on; /* what does not stop meets the deadline */
}

static void on_hello(void *ctx, struct str python, struct str executable) {
    (void)ctx, (void)python, (void)executable;
}

static void on_log(void *ctx, struct str message) {
    (void)ctx, (void)message;
}

static const struct runner_events runner_events = {
    .send = on_send,
    .run_start = on_run_start,
    .block_start = on_block_start,
    .block_output = on_block_output,
    .block_result = on_block_result,
    .run_end = on_run_end,
    .inspected = on_inspected,
    .want_grace = on_want_grace,
    .hello = on_hello,
    .refused = on_log,
    .log = on_log,
};

/* --- Life. --- */

void lane_init(struct lane *lane, const char *program, const char *helpers) {
    *lane = (struct lane){.program = program, .helpers = helpers};
    lane->cache = block_cache_create(CACHE_BYTES);
}

static void close_document(struct lane *lane) {
    runner_destroy(lane->runner);
    document_destroy(lane->doc);
    worker_link_finish(&lane->tap);
    vec_clear(&lane->executed);
    vec_clear(&lane->inputs);
    lane->runner = NULL;
    lane->doc = NULL;
}

void lane_finish(struct lane *lane) {
    close_document(lane);
    block_cache_destroy(lane->cache);
    lane->cache = NULL;
    worker_pipe_stop(&lane->pipe);
    if (lane->scratch) scratch_destroy(lane->scratch);
    lane->scratch = NULL;
    vec_finish(&lane->executed);
    vec_finish(&lane->inputs);
    buf_finish(&lane->read);
}

static struct runner *make_runner(struct lane *lane) {
    struct buf file = {0};
    buf_printf(&file, "%s/document.py", lane->scratch);
    struct worker_setup setup = {.file = buf_str(&file),
                                 .cwd = str_from(lane->scratch),
                                 .package = STR(""),
                                 .output_bytes = 8 << 20,
                                 .output_lines = 10000};
    struct runner *runner = runner_create(&runner_events, lane, lane->doc, &setup);
    if (lane->checkpoints) runner_set_checkpoints(runner, 0, 0);
    runner_use_cache(runner, lane->cache);
    buf_finish(&file);
    return runner;
}

enum status lane_open(struct lane *lane, struct str text, struct err *err) {
    close_document(lane);
    if (!lane->scratch) lane->scratch = scratch_create(err);
    if (!lane->scratch) return err->code;
    if (!lane->pipe.pid) worker_pipe_start(&lane->pipe, lane->program, lane->helpers, err);
    if (err->code != ST_OK) return err->code;
    lane->doc = document_create(text);
    lane->runner = make_runner(lane);
    lane->tap = (struct worker_link){.events = &inputs_events, .ctx = lane};
    runner_worker_attached(lane->runner);
    runner_run(lane->runner, ++lane->last_run, false);
    return ST_OK;
}

static size_t common_prefix(struct str a, struct str b) {
    size_t n = 0;
    while (n < a.len && n < b.len && a.ptr[n] == b.ptr[n]) n++;
    return n;
}

static size_t common_suffix(struct str a, struct str b) {
    size_t n = 0;
    while (n < a.len && n < b.len && a.ptr[a.len - 1 - n] == b.ptr[b.len - 1 - n]) n++;
    return n;
}

void lane_edit(struct lane *lane, struct str text) {
    struct str old = text_str(document_text(lane->doc));
    size_t start = common_prefix(old, text);
    size_t tail = common_suffix(str_slice(old, start, old.len), str_slice(text, start, text.len));
    struct span replaced = {(uint32_t)start, (uint32_t)(old.len - tail)};
    vec_clear(&lane->executed);
    document_replace(lane->doc, replaced, str_slice(text, start, text.len - tail));
    document_refresh(lane->doc);
    runner_update(lane->runner);
    runner_run(lane->runner, ++lane->last_run, false);
}

/* --- Waiting. --- */

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum status serve(struct lane *lane, struct err *err) {
    lane->read.len = 0;
    if (worker_pipe_serve(&lane->pipe, &lane->read, err) != ST_OK) return err->code;
    if (lane->record_inputs) worker_link_feed(&lane->tap, buf_str(&lane->read), err);
    return runner_feed(lane->runner, buf_str(&lane->read), err);
}

static bool busy(const struct lane *lane) {
    return runner_busy(lane->runner);
}

enum status lanes_settle(struct lane *const lanes[], size_t count, struct err *err) {
    int64_t deadline = now_ms() + DEADLINE_MS;
    for (;;) {
        struct pollfd fds[2 * MOST_LANES];
        bool quiet = true;
        for (size_t i = 0; i < count; i++) {
            worker_pipe_poll(&lanes[i]->pipe, &fds[2 * i]);
            quiet &= !busy(lanes[i]);
        }
        if (quiet) return ST_OK;
        int64_t left = deadline - now_ms();
        if (left <= 0) return err_set(err, ST_INTERNAL, "not quiet after %d s", DEADLINE_MS / 1000);
        poll(fds, (nfds_t)(2 * count), (int)left);
        for (size_t i = 0; i < count; i++)
            if (fds[2 * i].revents && serve(lanes[i], err) != ST_OK) return err->code;
    }
}
