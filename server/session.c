/* SPDX-License-Identifier: Apache-2.0 */
/* session.c - an open document on the loop: edits in, runs started in time, worker kept alive.
 *
 * A worker that ends is replaced at once, but not for ever: MAX_LOSSES in LOSS_WINDOW_MS, and the
 * run ends with a message.  Timers are embedded; memory is freed when both have closed. */
#include "server/session.h"

#include <stdio.h>

#include "base/mem.h"
#include "exec/checkpoints.h"
#include "exec/file_digest.h"
#include "server/log.h"
#include "server/worker_process.h"

enum {
    MEMORY_SHARE =
        4, /* of the machine's memory that a document's checkpoints may take: one of so many */
    GRACE_MS = 1000,         /* from an interrupt to the replacement of the interpreter */
    CHEAP_US = 50000,        /* an edited block that took longer waits for a pause in typing ... */
    LONGEST_PAUSE_MS = 1000, /* ... as long as it took, up to this */
    MAX_LOSSES = 3,
    LOSS_WINDOW_MS = 10000,
};

struct session {
    uv_loop_t *loop;
    const struct session_observer *observer; /* NULL once closed */
    void *ctx;
    char *path, *cwd;
    enum session_trigger run_on;
    bool hold;                           /* effects, always */
    uint32_t output_bytes, output_lines; /* for each block */
    struct document *doc;
    struct runner *runner;
    struct worker_process *worker;
    struct launcher launcher;
    struct buf failure;
    bool live;
    const char *trigger;
    uv_timer_t grace, pause, files;
    struct watcher *watcher; /* or NULL */
    struct map watched;      /* data files; keys only */
    struct map changed;      /* those to look at when no block runs; keys only */
    bool unsaved;            /* edited since it was opened or saved */
    int open_handles;
    int losses;
    uint64_t first_loss_ms;
};

static uint32_t last_run; /* one counter for the process: runs of all documents are ordered */

static void start_worker(struct session *s);

/* --- What the runner says, passed on. --- */

static void on_send(void *ctx, struct str bytes) {
    struct session *s = ctx;
    if (s->worker) worker_process_send(s->worker, bytes);
}

static void on_run_start(void *ctx, uint32_t run, const struct plan *plan) {
    struct session *s = ctx;
    s->observer->run_start(s->ctx, s, run, plan);
}

static void on_block_start(void *ctx, uint32_t run, const struct block *block) {
    struct session *s = ctx;
    s->observer->block_start(s->ctx, s, run, block);
}

static void on_block_output(void *ctx, uint32_t run, const struct block *block,
                            const struct output *piece) {
    struct session *s = ctx;
    s->observer->block_output(s->ctx, s, run, block, piece);
}

static void on_block_result(void *ctx, uint32_t run, const struct block *block) {
    struct session *s = ctx;
    s->observer->block_result(s->ctx, s, run, block);
}

static void watch_files(struct session *s) {
    size_t cursor = 0;
    for (const struct name *n; s->watcher && (n = runner_next_file(s->runner, &cursor));) {
        void **slot = map_slot(&s->watched, name_file(n));
        if (*slot) continue;
        *slot = s;
        watcher_add_file(s->watcher, name_file(n));
    }
}

static void on_files(uv_timer_t *timer);

static void on_run_end(void *ctx, const struct run_summary *summary) {
    struct session *s = ctx;
    watch_files(s);
    s->observer->run_end(s->ctx, s, summary);
    if (s->changed.len) uv_timer_start(&s->files, on_files, 0, 0);
}

static void on_inspected(void *ctx, const struct worker_value *value) {
    struct session *s = ctx;
    s->observer->inspected(s->ctx, s, value);
}

static void on_grace_over(uv_timer_t *timer) {
    struct session *s = timer->data;
    runner_grace_over(s->runner);
}

static void on_want_grace(void *ctx, bool on) {
    struct session *s = ctx;
    if (on)
        uv_timer_start(&s->grace, on_grace_over, GRACE_MS, 0);
    else
        uv_timer_stop(&s->grace);
}

static void on_hello(void *ctx, struct str python, struct str executable) {
    struct session *s = ctx;
    struct buf chosen = {0};
    launcher_describe(&s->launcher, &chosen);
    log_line(LOG_INFO, "%s: Python %.*s at %.*s, from %s", s->path, STR_FMT(python),
             STR_FMT(executable), buf_cstr(&chosen));
    s->launcher.proven = true;
    s->failure.len = 0;
    buf_finish(&chosen);
}

static void on_refused(void *ctx, struct str why) {
    struct session *s = ctx;
    log_line(LOG_WARNING, "%s: %.*s", s->path, STR_FMT(why));
    s->launcher.reason.len = 0;
    buf_append(&s->launcher.reason, why);
}

static void on_log(void *ctx, struct str message) {
    struct session *s = ctx;
    log_line(LOG_INFO, "%s: %.*s", s->path, STR_FMT(message));
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
    .refused = on_refused,
    .log = on_log,
};

/* --- The worker. --- */

static void give_up(struct session *s, struct str why) {
    log_line(LOG_ERROR, "%s: %.*s", s->path, STR_FMT(why));
    s->failure.len = 0;
    buf_append_utf8(&s->failure, why);
    s->launcher.proven = false;
    runner_give_up(s->runner);
    s->observer->failed(s->ctx, s, why);
}

/* Whether so many workers were lost in so short a time that another would be, too. */
static bool losing(struct session *s) {
    uint64_t now = uv_now(s->loop);
    if (s->losses == 0 || now - s->first_loss_ms > LOSS_WINDOW_MS) {
        s->losses = 0;
        s->first_loss_ms = now;
    }
    return ++s->losses > MAX_LOSSES;
}

/* It has not even said hello.  An interpreter that the user named is the only candidate. */
static void try_next(struct session *s, struct str cause) {
    struct buf why = {0};
    if (launcher_refused(&s->launcher, cause, &why)) {
        log_line(LOG_WARNING, "%s: %s", s->path, buf_cstr(&why));
        start_worker(s);
    } else {
        give_up(s, buf_str(&why));
    }
    buf_finish(&why);
}

static void on_worker_exited(void *ctx, struct str cause) {
    struct session *s = ctx;
    s->worker = NULL;
    runner_worker_lost(s->runner, cause);
    if (!s->launcher.proven) {
        try_next(s, cause);
        return;
    }
    log_line(LOG_WARNING, "%s: %.*s", s->path, STR_FMT(cause));
    if (losing(s))
        give_up(s, STR("the worker keeps ending; 'relight doctor' tells what is missing"));
    else
        start_worker(s);
}

static void on_worker_bytes(void *ctx, struct str bytes) {
    struct session *s = ctx;
    struct err err = {0};
    if (runner_feed(s->runner, bytes, &err) == ST_OK) return;
    worker_process_close(s->worker);
    on_worker_exited(s, str_from(err.msg));
}

static const struct worker_process_events worker_events = {
    .bytes = on_worker_bytes,
    .exited = on_worker_exited,
};

static void start_worker(struct session *s) {
    struct err err = {0};
    s->worker = launcher_spawn(&s->launcher, s->loop, &worker_events, s, &err);
    if (s->worker)
        runner_worker_attached(s->runner);
    else
        give_up(s, str_from(err.msg));
}

/* --- Life. --- */

static char *folder_dup(struct str path) {
    size_t len = path.len;
    while (len > 1 && path.ptr[len - 1] != '/') len--;
    while (len > 1 && path.ptr[len - 1] == '/') len--;
    return str_dup(str_slice(path, 0, len));
}

static void start_timer(struct session *s, uv_timer_t *timer) {
    uv_timer_init(s->loop, timer);
    timer->data = s;
    uv_unref((uv_handle_t *)timer);
    s->open_handles++;
}

static struct worker_setup setup_of(const struct session *s) {
    return (struct worker_setup){.file = str_from(s->path),
                                 .cwd = str_from(s->cwd),
                                 .package = STR(""),
                                 .output_bytes = s->output_bytes,
                                 .output_lines = s->output_lines};
}

/* False when nothing has changed that results could depend on. */
static bool take_options(struct session *s, const struct session_options *options) {
    char *folder = folder_dup(str_from(s->path));
    char *cwd = options->cwd.len ? str_dup(options->cwd) : xstrdup(folder);
    bool same_launch = s->cwd && launcher_matches(&s->launcher, &options->launch);
    bool same = same_launch && strcmp(s->cwd, cwd) == 0 &&
                s->output_bytes == options->output_bytes &&
                s->output_lines == options->output_lines;
    if (!same_launch) {
        launcher_finish(&s->launcher);
        launcher_init(&s->launcher, str_from(folder), &options->launch);
    }
    free(folder);
    free(s->cwd);
    s->cwd = cwd;
    s->run_on = options->trigger;
    s->hold = options->hold;
    s->output_bytes = options->output_bytes;
    s->output_lines = options->output_lines;
    return !same;
}

struct session *session_create(uv_loop_t *loop, const struct session_observer *observer, void *ctx,
                               struct str path, struct str text,
                               const struct session_options *options) {
    struct session *s = xcalloc(1, sizeof *s);
    s->loop = loop;
    s->observer = observer;
    s->ctx = ctx;
    s->path = str_dup(path);
    take_options(s, options);
    s->trigger = "command";
    s->doc = document_create(text);
    struct worker_setup setup = setup_of(s);
    s->runner = runner_create(&runner_events, s, s->doc, &setup);
    runner_set_checkpoints(s->runner, CHECKPOINT_WORTH_US, uv_get_total_memory() / MEMORY_SHARE);
    start_timer(s, &s->grace);
    start_timer(s, &s->pause);
    start_timer(s, &s->files);
    return s;
}

static void on_timer_closed(uv_handle_t *handle) {
    struct session *s = handle->data;
    if (--s->open_handles == 0) free(s);
}

static void unwatch_files(struct session *s) {
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&s->watched, &cursor));)
        watcher_remove_file(s->watcher, (struct str){e->key, e->key_len});
    map_finish(&s->watched);
    map_finish(&s->changed);
}

void session_close(struct session *s) {
    if (!s) return;
    unwatch_files(s);
    worker_process_close(s->worker);
    launcher_finish(&s->launcher);
    buf_finish(&s->failure);
    runner_destroy(s->runner);
    document_destroy(s->doc);
    free(s->path);
    free(s->cwd);
    uv_close((uv_handle_t *)&s->grace, on_timer_closed);
    uv_close((uv_handle_t *)&s->pause, on_timer_closed);
    uv_close((uv_handle_t *)&s->files, on_timer_closed);
}

struct document *session_document(struct session *s) {
    return s->doc;
}

struct runner *session_runner(struct session *s) {
    return s->runner;
}

const char *session_path(const struct session *s) {
    return s->path;
}

bool session_live(const struct session *s) {
    return s->live;
}

struct str session_failure(const struct session *s) {
    return buf_str(&s->failure);
}

const char *session_run_trigger(const struct session *s) {
    return s->trigger;
}

/* --- When to run. --- */

static void ensure_worker(struct session *s) {
    if (s->worker) return;
    s->losses = 0;
    launcher_search(&s->launcher);
    start_worker(s);
}

/* While the user is typing, effects are held. */
static void run_dirty(struct session *s, const char *trigger, bool hold) {
    s->trigger = trigger;
    uv_timer_stop(&s->pause);
    runner_run(s->runner, ++last_run, hold || s->hold);
    if (runner_busy(s->runner)) ensure_worker(s);
}

static void on_pause(uv_timer_t *timer) {
    run_dirty(timer->data, "type", true);
}

/* An edited block that was quick runs at once; one that took long waits for a pause, so that
 * typing through it does not start it for every key. */
static void run_after_pause(struct session *s) {
    uint64_t cost_us = runner_expected_cost(s->runner);
    uint64_t pause_ms = cost_us / 1000 < LONGEST_PAUSE_MS ? cost_us / 1000 : LONGEST_PAUSE_MS;
    if (cost_us < CHEAP_US)
        run_dirty(s, "type", true);
    else
        uv_timer_start(&s->pause, on_pause, pause_ms, 0);
}

void session_changed(struct session *s) {
    document_refresh(s->doc);
    runner_update(s->runner);
    s->unsaved = true;
    bool hopeless = s->failure.len > 0; /* until the settings change, or somebody asks */
    if (s->live && s->run_on == TRIGGER_TYPE && !hopeless) run_after_pause(s);
}

void session_saved(struct session *s) {
    s->unsaved = false;
    if (s->live && s->run_on != TRIGGER_MANUAL) run_dirty(s, "save", false);
}

void session_file_changed(struct session *s) {
    document_refresh(s->doc);
    runner_update(s->runner);
    session_saved(s);
}

void session_go_live(struct session *s) {
    if (s->live) return;
    s->live = true;
    run_dirty(s, "live", false);
}

void session_run(struct session *s, block_id block) {
    if (!s->live) return;
    s->trigger = "command";
    uv_timer_stop(&s->pause);
    runner_run_asked(s->runner, ++last_run, block);
    if (runner_busy(s->runner)) ensure_worker(s);
}

void session_run_all(struct session *s) {
    if (!s->live) return;
    s->trigger = "command";
    uv_timer_stop(&s->pause);
    runner_run_all(s->runner, ++last_run);
    if (runner_busy(s->runner)) ensure_worker(s);
}

void session_interrupt(struct session *s) {
    uv_timer_stop(&s->pause);
    runner_interrupt(s->runner);
}

/* Another interpreter, or another place to run in: what has run, runs again there. */
static void start_over(struct session *s) {
    s->failure.len = 0;
    if (s->worker) {
        worker_process_close(s->worker);
        s->worker = NULL;
        runner_worker_lost(s->runner, STR("another interpreter takes its place"));
    }
    session_run_all(s);
}

void session_configure(struct session *s, const struct session_options *options) {
    if (!take_options(s, options)) return;
    struct worker_setup setup = setup_of(s);
    runner_set_setup(s->runner, &setup);
    start_over(s);
}

/* --- Data files. --- */

void session_watch(struct session *s, struct watcher *watcher) {
    s->watcher = watcher;
}

/* While a block runs, it may be the one that writes the file: look when it has ended. */
static void on_files(uv_timer_t *timer) {
    struct session *s = timer->data;
    bool any = false;
    size_t cursor = 0;
    if (runner_busy(s->runner)) return; /* the end of the run calls again */
    for (const struct map_entry *e; (e = map_next(&s->changed, &cursor));)
        any |= runner_file_changed(s->runner, (struct str){e->key, e->key_len},
                                   file_digest(e->key));
    map_finish(&s->changed);
    if (any && s->run_on == TRIGGER_TYPE)
        run_dirty(s, "file", s->unsaved);
    else if (any)
        s->observer->stale(s->ctx, s);
}

void session_files_changed(struct session *s, const struct watch_event *events, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (runner_knows_file(s->runner, events[i].path))
            *map_slot(&s->changed, events[i].path) = s;
    if (s->changed.len) uv_timer_start(&s->files, on_files, 0, 0);
}
