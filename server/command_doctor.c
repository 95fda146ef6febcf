/* SPDX-License-Identifier: Apache-2.0 */
/* command_doctor.c - `relight doctor`: what is there, what is missing, how to get it. */
#include <jansson.h>
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#include "base/buf.h"
#include "exec/worker_link.h"
#include "server/cli.h"
#include "server/launcher.h"
#include "server/preview_host.h"

/* The search for an interpreter, tried out: what a document in this folder would run in. */
struct probe {
    uv_loop_t loop;
    struct launcher launcher;
    struct worker_process *worker;
    struct worker_link link;
    bool over;
};

static void try_current(struct probe *p);

static void probe_over(struct probe *p) {
    p->over = true;
    worker_process_close(p->worker);
    p->worker = NULL;
}

static void on_hello(void *ctx, struct str python, struct str executable) {
    struct probe *p = ctx;
    struct buf chosen = {0};
    launcher_describe(&p->launcher, &chosen);
    printf("python        %.*s (%.*s)\n", STR_FMT(python), STR_FMT(executable));
    printf("  chosen      %s\n", buf_cstr(&chosen));
    buf_finish(&chosen);
    p->launcher.proven = true;
}

static void on_failed(void *ctx, struct str message) {
    struct probe *p = ctx;
    p->launcher.reason.len = 0;
    buf_append(&p->launcher.reason, message);
}

static const struct worker_events link_events = {.hello = on_hello, .failed = on_failed};

static void on_exited(void *ctx, struct str cause) {
    struct probe *p = ctx;
    struct buf why = {0};
    p->worker = NULL;
    bool more = launcher_refused(&p->launcher, cause, &why);
    printf("python        %s\n", buf_cstr(&why));
    buf_finish(&why);
    p->link.in.len = 0;
    if (more)
        try_current(p);
    else
        probe_over(p);
}

static void on_bytes(void *ctx, struct str bytes) {
    struct probe *p = ctx;
    struct err err = {0};
    if (p->over) return;
    enum status st = worker_link_feed(&p->link, bytes, &err);
    if (st == ST_OK && !p->launcher.proven) return;
    if (st != ST_OK) printf("worker        %s\n", err.msg);
    probe_over(p);
}

static void try_current(struct probe *p) {
    static const struct worker_process_events events = {.bytes = on_bytes, .exited = on_exited};
    struct err err = {0};
    p->worker = launcher_spawn(&p->launcher, &p->loop, &events, p, &err);
    if (!p->worker) printf("worker        %s\n", err.msg);
}

static bool probe_worker(void) {
    struct probe p = {.link = {.events = &link_events}};
    struct cli_settings set;
    cli_settings_init(&set);
    struct str here = str_from(set.root);
    struct session_options options = settings_for_session(&set.settings, here);
    p.link.ctx = &p;
    uv_loop_init(&p.loop);
    launcher_init(&p.launcher, here, &options.launch);
    cli_settings_finish(&set);
    try_current(&p);
    uv_run(&p.loop, UV_RUN_DEFAULT);
    uv_loop_close(&p.loop);
    bool answered = p.launcher.proven;
    launcher_finish(&p.launcher);
    worker_link_finish(&p.link);
    return answered;
}

static void print_limits(void) {
    struct settings s;
    settings_init(&s);
    printf("limits        a block shows %llu bytes (output.limit) and 10000 lines; a document "
           "has at most %u\n",
           (unsigned long long)s.output_limit, (unsigned)TEXT_MAX);
    settings_finish(&s);
}

/* The extension module serves every interpreter but the embedded one. */
static void print_module(const char *worker) {
    struct buf module = {0};
    buf_printf(&module, "%s.abi3.so", worker);
    if (access(buf_cstr(&module), R_OK) != 0)
        printf("missing       %s: other interpreters than the worker's own cannot be used; run "
               "./dev build\n",
               buf_cstr(&module));
    buf_finish(&module);
}

int command_doctor(const struct cli_options *options) {
    (void)options;
    char *worker = worker_program_dup(false);
    bool there = access(worker, X_OK) == 0;
    printf("relight       %s\n", RELIGHT_VERSION);
    printf("libuv         %s\n", uv_version_string());
    struct err preview = {0};
    preview_host_possible(&preview);
    printf("libwebsockets %s%s%s\n", lws_get_library_version(), preview.code ? ": " : "",
           preview.msg);
    printf("jansson       %s\n", jansson_version_str());
    print_limits();
    printf("worker        %s%s\n", worker, there ? "" : " is missing: run ./dev build");
    if (there) print_module(worker);
    free(worker);
    if (there && probe_worker()) return CLI_OK;
    if (there)
        printf("missing       a Python that can be used: install CPython 3.11 or newer (python3 on "
               "Debian), or name one in the setting relight.python\n");
    return CLI_BAD_ANSWER;
}
