/* SPDX-License-Identifier: Apache-2.0 */
/* command_run.c - `relight run FILE`: one full run, shown as text or as JSON. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "protocol/lsp_encode.h"
#include "server/cli.h"
#include "server/convert.h"
#include "server/session.h"
#include "server/source_file.h"
#include "server/static_page.h"
#include "server/summary.h"

struct batch {
    struct session *session;
    bool json, colour, over, failed;
    block_id only; /* 0: all */
    struct run_summary end;
};

static const char *paint(const struct batch *b, const char *code) {
    return b->colour ? code : "";
}

static void print_str(struct str s) {
    fwrite(s.ptr, 1, s.len, stdout);
}

static void print_output(struct batch *b, const struct output *o) {
    struct buf text = {0};
    if (o->kind == OUTPUT_ERROR) {
        convert_traceback(b->session, o, &text);
        printf("%s%s%s\n", paint(b, "\033[31m"), buf_cstr(&text), paint(b, "\033[0m"));
    } else if (output_is_stream(o)) {
        place_stream_text(session_document(b->session), o, &text);
        print_str(buf_str(&text));
        if (text.ptr[text.len - 1] != '\n') putchar('\n');
    } else {
        print_str(output_mime(o, STR("text/plain")));
        putchar('\n');
    }
    buf_finish(&text);
}

static void print_result(struct batch *b, const struct block *block) {
    static const char *const colours[] = {[STATUS_OK] = "\033[32m",
                                          [STATUS_ERROR] = "\033[31m",
                                          [STATUS_BLOCKED] = "\033[33m",
                                          [STATUS_SYNTAX_ERROR] = "\033[31m"};
    const struct runner *r = session_runner(b->session);
    const struct trace *t = runner_trace(r, block->id);
    enum block_status status = runner_status(r, block);
    const char *colour = status < sizeof colours / sizeof *colours ? colours[status] : NULL;
    struct buf name = {0}, took = {0};
    summary_name(session_document(b->session), block, &name);
    if (t && t->duration_us) {
        buf_append_byte(&took, ' ');
        summary_duration(t->duration_us, &took);
    }
    if (t && status == STATUS_BLOCKED) buf_printf(&took, " by b%u", t->blocked_by);
    printf("%s── b%u · line %u · %s%s%s%s%s · %s%s\n", paint(b, "\033[2m"), block->id,
           block->line + 1, paint(b, "\033[0m"), paint(b, colour ? colour : ""),
           block_status_text(status), buf_cstr(&took), paint(b, "\033[0;2m"), buf_cstr(&name),
           paint(b, "\033[0m"));
    if (t && status == STATUS_SYNTAX_ERROR) print_output(b, &t->fault_error);
    for (size_t i = 0; t && status != STATUS_SYNTAX_ERROR && i < t->outputs.len; i++)
        print_output(b, &t->outputs.items[i]);
    buf_finish(&name);
    buf_finish(&took);
}

/* --- The observer. --- */

static void on_run_start(void *ctx, struct session *s, uint32_t run, const struct plan *plan) {
    (void)ctx, (void)s, (void)run, (void)plan;
}

static void on_block_start(void *ctx, struct session *s, uint32_t run, const struct block *block) {
    (void)ctx, (void)s, (void)run, (void)block;
}

static void on_block_output(void *ctx, struct session *s, uint32_t run, const struct block *block,
                            const struct output *piece) {
    (void)ctx, (void)s, (void)run, (void)block, (void)piece;
}

static void on_block_result(void *ctx, struct session *s, uint32_t run, const struct block *block) {
    (void)s, (void)run;
    struct batch *b = ctx;
    bool wanted = block->kind == BLOCK_CODE && (b->only == 0 || b->only == block->id);
    if (wanted && !b->json) print_result(b, block);
    fflush(stdout);
}

static void on_run_end(void *ctx, struct session *s, const struct run_summary *summary) {
    (void)s;
    struct batch *b = ctx;
    b->over = true;
    b->end = *summary;
    b->failed = summary->error || summary->cancelled;
}

static void on_inspected(void *ctx, struct session *s, const struct worker_value *value) {
    (void)ctx, (void)s, (void)value;
}

static void on_failed(void *ctx, struct session *s, struct str message) {
    (void)s;
    struct batch *b = ctx;
    fprintf(stderr, "relight: %.*s\n", STR_FMT(message));
    b->over = b->failed = true;
}

static const struct session_observer observer = {
    .run_start = on_run_start,
    .block_start = on_block_start,
    .block_output = on_block_output,
    .block_result = on_block_result,
    .run_end = on_run_end,
    .inspected = on_inspected,
    .failed = on_failed,
};

/* --- JSON. --- */

static json_t *block_json(struct batch *b, const struct block *block) {
    char id[16];
    const struct document *doc = session_document(b->session);
    const struct runner *r = session_runner(b->session);
    const struct trace *t = runner_trace(r, block->id);
    struct lsp_range range = convert_range(document_text(doc), block->span, POSITION_UTF16);
    live_block_id(id, block->id);
    return json_pack("{s:s, s:s, s:o, s:s, s:o, s:f}", "id", id, "kind",
                     block->kind == BLOCK_PROSE ? "prose" : "code", "range",
                     lsp_range_encode(range), "status", block_status_text(runner_status(r, block)),
                     "outputs", convert_outputs(b->session, block), "durationMs",
                     t ? (double)t->duration_us / 1000.0 : 0.0);
}

static void print_json(struct batch *b) {
    const struct document *doc = session_document(b->session);
    json_t *blocks = json_array();
    for (size_t i = 0; i < document_block_count(doc); i++) {
        const struct block *block = document_block(doc, i);
        if (b->only == 0 || b->only == block->id)
            json_array_append_new(blocks, block_json(b, block));
    }
    json_t *report = json_pack("{s:s, s:b, s:o}", "file", session_path(b->session), "ok",
                               !b->failed, "blocks", blocks);
    json_dumpf(report, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    putchar('\n');
    json_decref(report);
}

/* --- HTML. --- */

static void write_page(struct batch *b, const char *path, struct err *err) {
    struct buf page = {0};
    static_page_make(b->session, &b->end, &page);
    FILE *file = fopen(path, "wb");
    bool written = file && fwrite(page.ptr, 1, page.len, file) == page.len;
    if (file && fclose(file) != 0) written = false;
    if (!written) err_set(err, ST_IO, "cannot write '%s': %s", path, strerror(errno));
    buf_finish(&page);
}

static void run_to_end(struct batch *b, uv_loop_t *loop) {
    session_go_live(b->session);
    while (!b->over && runner_busy(session_runner(b->session)) && uv_run(loop, UV_RUN_ONCE)) {
    }
    const struct block *only = document_block_by_id(session_document(b->session), b->only);
    if (only) {
        enum block_status status = runner_status(session_runner(b->session), only);
        b->failed = status != STATUS_OK && status != STATUS_SKIPPED;
    }
    if (b->json) print_json(b);
}

static enum status find_block(struct batch *b, const char *id, struct err *err) {
    if (!id) return ST_OK;
    b->only = live_block_number(str_from(id));
    if (document_block_by_id(session_document(b->session), b->only)) return ST_OK;
    return err_set(err, ST_NOT_FOUND, "there is no block '%s'; see relight blocks", id);
}

int command_run(const struct cli_options *options) {
    uv_loop_t loop;
    struct buf text = {0};
    struct err err = {0};
    char *path = NULL;
    struct batch b = {.json = options->json,
                      .colour = isatty(1) && !getenv("NO_COLOR") && !options->json};
    uv_loop_init(&loop);
    if (source_file_read(options->file, &text, &path, &err) == ST_OK) {
        struct cli_settings set;
        cli_settings_init(&set);
        struct session_options session = settings_for_session(&set.settings, str_from(set.root));
        b.session = session_create(&loop, &observer, &b, str_from(path), buf_str(&text), &session);
        cli_settings_finish(&set);
        if (find_block(&b, options->block, &err) == ST_OK) {
            run_to_end(&b, &loop);
            if (options->html) write_page(&b, options->html, &err);
        }
        session_close(b.session);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    buf_finish(&text);
    free(path);
    if (err.code == ST_OK) return b.failed ? CLI_BAD_ANSWER : CLI_OK;
    fprintf(stderr, "relight: %s\n", err.msg);
    return CLI_MISUSE;
}
