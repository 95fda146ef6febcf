/* SPDX-License-Identifier: Apache-2.0 */
/* inputs.c - the questions to the worker between two blocks, and their answers.
 *
 * A question is a RUN with a ticket that the runner does not know, so the runner passes over the
 * answers; the tap reads them. */
#include "tests/oracle/inputs.h"

#include <stdio.h>

#define QUESTION_BIT 0x80000000u /* in tickets and block ids: those of the runner are small */

void inputs_ask(struct lane *lane, const struct block *block) {
    struct buf source = {0}, request = {0};
    name_vec names = {0};
    struct symbols none = {0};
    fix_vec no_fixes = {0};
    read_vec no_reads = {0};
    graph_requires(document_graph(lane->doc), block, &names);
    buf_append(&source, STR("__relight_inputs__(globals(), ["));
    for (size_t i = 0; i < names.len; i++) buf_printf(&source, "'%.*s',", STR_FMT(names.items[i]));
    buf_printf(&source, "], %s)", block->symbols.wild ? "True" : "False");
    struct worker_run run = {.ticket = QUESTION_BIT | block->id,
                             .block = QUESTION_BIT | block->id,
                             .interpreter = lane->interpreter,
                             .source = buf_str(&source),
                             .symbols = &none,
                             .fixes = &no_fixes,
                             .reads = &no_reads};
    worker_link_run(&request, &run);
    worker_pipe_send(&lane->pipe, buf_str(&request));
    vec_finish(&names);
    buf_finish(&request);
    buf_finish(&source);
}

bool inputs_get(const struct lane *lane, block_id block, struct hash128 *digest) {
    for (size_t i = 0; i < lane->inputs.len; i++) {
        if (lane->inputs.items[i].block != block) continue;
        *digest = lane->inputs.items[i].digest;
        return true;
    }
    return false;
}

static void on_display(void *ctx, uint32_t ticket, struct output *record) {
    struct lane *lane = ctx;
    if (!(ticket & QUESTION_BIT)) return;
    struct hash128 digest = hash128(output_mime(record, STR("text/plain")));
    vec_push(&lane->inputs, (struct block_inputs){ticket & ~QUESTION_BIT, digest});
}

static void on_done(void *ctx, struct worker_done *done) {
    (void)ctx;
    if (!(done->ticket & QUESTION_BIT) || done->status == WIRE_OK) return;
    fprintf(stderr, "oracle: no digest: %.*s: %.*s\n", STR_FMT(buf_str(&done->error.ename)),
            STR_FMT(buf_str(&done->error.evalue)));
}

static void ignore_hello(void *ctx, struct str python, struct str executable) {
    (void)ctx, (void)python, (void)executable;
}

static void on_started(void *ctx, uint32_t pid, uint32_t checkpoint) {
    struct lane *lane = ctx;
    (void)checkpoint;
    lane->interpreter = pid;
}

static void ignore_stream(void *ctx, uint32_t ticket, bool is_stderr, struct str bytes) {
    (void)ctx, (void)ticket, (void)is_stderr, (void)bytes;
}

static void ignore_inspected(void *ctx, const struct worker_value *value) {
    (void)ctx, (void)value;
}

static void ignore_death(void *ctx, const struct worker_death *death) {
    (void)ctx, (void)death;
}

static void ignore_checkpoint(void *ctx, const struct worker_checkpoint *checkpoint) {
    (void)ctx, (void)checkpoint;
}

static void ignore_id(void *ctx, uint32_t id) {
    (void)ctx, (void)id;
}

static void ignore_size(void *ctx, uint32_t id, uint64_t bytes) {
    (void)ctx, (void)id, (void)bytes;
}

static void ignore_text(void *ctx, struct str text) {
    (void)ctx, (void)text;
}

const struct worker_events inputs_events = {
    .hello = ignore_hello,
    .started = on_started,
    .stream = ignore_stream,
    .display = on_display,
    .warning = on_display,
    .done = on_done,
    .died = ignore_death,
    .inspected = ignore_inspected,
    .failed = ignore_text,
    .checkpointed = ignore_checkpoint,
    .checkpoint_lost = ignore_id,
    .checkpoint_size = ignore_size,
};
