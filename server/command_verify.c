/* SPDX-License-Identifier: Apache-2.0 */
/* command_verify.c - `relight verify FILE`: the results shown last, held against a full run. */
#include <stdio.h>
#include <stdlib.h>

#include "analysis/result_store.h"
#include "protocol/live.h"
#include "server/cli.h"
#include "server/kept_results.h"
#include "server/shadow.h"
#include "server/source_file.h"
#include "server/summary.h"

struct verification {
    struct session *session;
    const struct cli_options *options;
    bool over, failed;
    struct err *err;
};

/* --- The report. --- */

static void print_text(struct verification *v, const struct shadow_report *report) {
    const struct document *doc = session_document(v->session);
    for (size_t i = 0; i < report->different.len; i++) {
        const struct block *block = document_block_by_id(doc, report->different.items[i]);
        struct buf name = {0};
        summary_name(doc, block, &name);
        printf("b%u · line %u · a full run shows something else · %s\n", block->id, block->line + 1,
               buf_cstr(&name));
        buf_finish(&name);
    }
    printf("%zu results compared, %zu differ\n", report->compared, report->different.len);
}

static void print_json(struct verification *v, const struct shadow_report *report) {
    json_t *different = json_array();
    for (size_t i = 0; i < report->different.len; i++) {
        char id[16];
        live_block_id(id, report->different.items[i]);
        json_array_append_new(different, json_string(id));
    }
    json_t *all = json_pack("{s:s, s:b, s:I, s:o}", "file", session_path(v->session), "ok",
                            report->different.len == 0, "compared", (json_int_t)report->compared,
                            "different", different);
    json_dumpf(all, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(all);
}

static void on_done(void *ctx, const struct shadow_report *report) {
    struct verification *v = ctx;
    v->over = true;
    v->failed = report->different.len > 0;
    if (report->failure.len)
        err_set(v->err, ST_IO, "%.*s", STR_FMT(buf_str(&report->failure)));
    else if (v->options->json)
        print_json(v, report);
    else
        print_text(v, report);
}

/* --- What was shown. --- */

/* The session is only shown, and says nothing. */
static const struct session_observer no_observer = {0};

static enum status show_kept(struct verification *v, const struct cli_settings *set) {
    char *path = kept_results_path_dup(set->root, set->settings.state_dir);
    struct result_store *store =
        path ? result_store_open(path, set->settings.cache_disk_limit, v->err) : NULL;
    size_t shown = store ? kept_results_show_in(v->session, session_path(v->session), store) : 0;
    result_store_close(store);
    free(path);
    if (v->err->code == ST_OK && shown == 0)
        err_set(v->err, ST_NOT_FOUND,
                "no result of '%s' is kept for this folder: have it live in an editor first",
                v->options->file);
    return v->err->code;
}

static void compare(struct verification *v, uv_loop_t *loop,
                    const struct session_options *options) {
    struct shadow *shadow = shadow_start(loop, v->session, options, on_done, v);
    while (!v->over && uv_run(loop, UV_RUN_ONCE)) {
    }
    shadow_destroy(shadow);
}

int command_verify(const struct cli_options *options) {
    uv_loop_t loop;
    struct buf text = {0};
    struct err err = {0};
    char *path = NULL;
    struct verification v = {.options = options, .err = &err};
    uv_loop_init(&loop);
    if (source_file_read(options->file, &text, &path, &err) == ST_OK) {
        struct cli_settings set;
        cli_settings_init(&set);
        struct session_options session = settings_for_session(&set.settings, str_from(set.root));
        v.session = session_create(&loop, &no_observer, &v, str_from(path), buf_str(&text),
                                   &session);
        if (show_kept(&v, &set) == ST_OK) compare(&v, &loop, &session);
        session_close(v.session);
        cli_settings_finish(&set);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    buf_finish(&text);
    free(path);
    if (err.code == ST_OK) return v.failed ? CLI_BAD_ANSWER : CLI_OK;
    fprintf(stderr, "relight: %s\n", err.msg);
    return CLI_MISUSE;
}
