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
#include "server/worker_process.h"

/* What the worker says of itself. */
struct probe {
    uv_loop_t loop;
    struct worker_process *worker;
    struct worker_link link;
    uv_timer_t patience;
    bool answered;
};

enum { PATIENCE_MS = 10000 };

static void probe_over(struct probe *p) {
    if (uv_is_closing((uv_handle_t *)&p->patience)) return;
    worker_process_close(p->worker);
    uv_close((uv_handle_t *)&p->patience, NULL);
}

static void on_hello(void *ctx, struct str python, struct str executable) {
    struct probe *p = ctx;
    p->answered = true;
    printf("python        %.*s (%.*s)\n", STR_FMT(python), STR_FMT(executable));
    probe_over(p);
}

static void on_failed(void *ctx, struct str message) {
    struct probe *p = ctx;
    p->answered = true;
    printf("python        cannot start: %.*s\n", STR_FMT(message));
    probe_over(p);
}

static const struct worker_events link_events = {.hello = on_hello, .failed = on_failed};

static void on_bytes(void *ctx, struct str bytes) {
    struct probe *p = ctx;
    struct err err = {0};
    if (!p->answered && worker_link_feed(&p->link, bytes, &err) != ST_OK)
        printf("worker        %s\n", err.msg);
}

static void on_exited(void *ctx, struct str cause) {
    struct probe *p = ctx;
    p->worker = NULL;
    if (!p->answered) printf("worker        %.*s\n", STR_FMT(cause));
    probe_over(p);
}

static void on_patience_over(uv_timer_t *timer) {
    printf("worker        no answer in %d s\n", PATIENCE_MS / 1000);
    probe_over(timer->data);
}

static bool probe_worker(void) {
    static const struct worker_process_events events = {.bytes = on_bytes, .exited = on_exited};
    struct probe p = {.link = {.events = &link_events}};
    struct err err = {0};
    p.link.ctx = &p;
    uv_loop_init(&p.loop);
    uv_timer_init(&p.loop, &p.patience);
    p.patience.data = &p;
    p.worker = worker_process_spawn(&p.loop, &events, &p, &err);
    if (p.worker) {
        uv_timer_start(&p.patience, on_patience_over, PATIENCE_MS, 0);
    } else {
        printf("worker        %s\n", err.msg);
        probe_over(&p);
    }
    uv_run(&p.loop, UV_RUN_DEFAULT);
    uv_loop_close(&p.loop);
    worker_link_finish(&p.link);
    return p.answered;
}

int command_doctor(const struct cli_options *options) {
    (void)options;
    char *worker = worker_program_dup();
    bool there = access(worker, X_OK) == 0;
    printf("relight       %s\n", RELIGHT_VERSION);
    printf("libuv         %s\n", uv_version_string());
    printf("libwebsockets %s\n", lws_get_library_version());
    printf("jansson       %s\n", jansson_version_str());
    printf("worker        %s%s\n", worker, there ? "" : " is missing: run ./dev build");
    free(worker);
    return there && probe_worker() ? CLI_OK : CLI_BAD_ANSWER;
}
