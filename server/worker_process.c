/* SPDX-License-Identifier: Apache-2.0 */
/* worker_process.c - the worker's pipes and its life.
 *
 * The handles close one after the other; memory is freed in the last close callback. */
#include "server/worker_process.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/vec.h"

/* Until the first word.  Behind a prefix a connection may have to be made, a container loaded. */
enum { PATIENCE_MS = 10000, FAR_PATIENCE_MS = 60000 };

struct worker_process {
    const struct worker_process_events *events; /* NULL once closed by the owner */
    void *ctx;
    uv_process_t process;
    uv_pipe_t in, out;
    uv_timer_t patience;
    int open_handles;
    bool spoke, late, exited;
    char cause[128];
    char chunk[65536];
};

struct write_request {
    uv_write_t request;
    char bytes[];
};

char *worker_program_dup(bool behind_prefix) {
    const char *named = getenv("RELIGHT_WORKER");
    if (named && *named) return xstrdup(named);
    if (behind_prefix) return xstrdup("relight-worker");
    char self[4096];
    size_t size = sizeof self;
    if (uv_exepath(self, &size) != 0) return xstrdup("relight-worker");
    const char *slash = strrchr(self, '/');
    struct buf path = {0};
    buf_append(&path, (struct str){self, slash ? (size_t)(slash + 1 - self) : 0});
    buf_append(&path, STR("relight-worker"));
    return buf_take(&path);
}

static void on_closed(uv_handle_t *handle) {
    struct worker_process *w = handle->data;
    if (--w->open_handles == 0) free(w);
}

static void close_handle(uv_handle_t *handle) {
    if (!uv_is_closing(handle)) uv_close(handle, on_closed);
}

static void close_handles(struct worker_process *w) {
    close_handle((uv_handle_t *)&w->in);
    close_handle((uv_handle_t *)&w->out);
    close_handle((uv_handle_t *)&w->process);
    close_handle((uv_handle_t *)&w->patience);
}

static void report_exit(struct worker_process *w) {
    const struct worker_process_events *events = w->events;
    w->events = NULL;
    if (events) events->exited(w->ctx, str_from(w->cause));
}

/* Output may still be in the pipe when the process is gone: the end of it is what counts, unless
 * something that it started holds on to the pipe and has nothing to say. */
static void end_if_over(struct worker_process *w) {
    bool more = uv_is_active((uv_handle_t *)&w->out) && w->events && !w->late;
    if (!w->exited || more) return;
    close_handles(w);
    report_exit(w);
}

static void on_process_exit(uv_process_t *process, int64_t status, int signal) {
    struct worker_process *w = process->data;
    w->exited = true;
    if (w->late)
        snprintf(w->cause, sizeof w->cause, "it did not start in time and was ended");
    else if (signal)
        snprintf(w->cause, sizeof w->cause, "the worker process was ended by signal %d", signal);
    else
        snprintf(w->cause, sizeof w->cause, "the worker process ended with exit code %d",
                 (int)status);
    end_if_over(w);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
    (void)suggested;
    struct worker_process *w = handle->data;
    *buf = uv_buf_init(w->chunk, sizeof w->chunk);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf) {
    struct worker_process *w = stream->data;
    if (n > 0) {
        w->spoke = true;
        uv_timer_stop(&w->patience);
    }
    if (n > 0 && w->events) w->events->bytes(w->ctx, (struct str){buf->base, (size_t)n});
    if (n >= 0) return;
    uv_read_stop(stream);
    end_if_over(w);
}

static void on_patience_over(uv_timer_t *timer) {
    struct worker_process *w = timer->data;
    w->late = true;
    if (w->exited)
        end_if_over(w);
    else
        uv_process_kill(&w->process, SIGKILL);
}

static int spawn_args(struct worker_process *w, uv_loop_t *loop, char **args, const char *folder) {
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&w->in},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&w->out},
        {.flags = UV_INHERIT_FD, .data.fd = 2},
    };
    uv_process_options_t options = {.exit_cb = on_process_exit,
                                    .file = args[0],
                                    .args = args,
                                    .cwd = folder && access(folder, X_OK) == 0 ? folder : NULL,
                                    .stdio_count = 3,
                                    .stdio = stdio};
    return uv_spawn(loop, &w->process, &options);
}

static enum status spawn(struct worker_process *w, uv_loop_t *loop,
                         const struct worker_launch *launch, struct err *err) {
    VEC(char *) args = {0};
    char *program = worker_program_dup(launch->prefix_count > 0);
    for (size_t i = 0; i < launch->prefix_count; i++) vec_push(&args, launch->prefix[i]);
    vec_push(&args, program);
    for (size_t i = 0; launch->args[i]; i++) vec_push(&args, (char *)launch->args[i]);
    vec_push(&args, NULL);
    int failed = spawn_args(w, loop, args.items, launch->folder);
    if (failed) err_set(err, ST_IO, "cannot start %s: %s", args.items[0], uv_strerror(failed));
    free(program);
    vec_finish(&args);
    return err->code;
}

struct worker_process *worker_process_spawn(uv_loop_t *loop, const struct worker_launch *launch,
                                            const struct worker_process_events *events, void *ctx,
                                            struct err *err) {
    struct worker_process *w = xcalloc(1, sizeof *w);
    uv_pipe_init(loop, &w->in, 0);
    uv_pipe_init(loop, &w->out, 0);
    uv_timer_init(loop, &w->patience);
    w->in.data = w->out.data = w->patience.data = w->process.data = w;
    w->open_handles = 4;
    if (spawn(w, loop, launch, err) != ST_OK) {
        worker_process_close(w);
        return NULL;
    }
    w->events = events;
    w->ctx = ctx;
    uv_read_start((uv_stream_t *)&w->out, on_alloc, on_read);
    uv_timer_start(&w->patience, on_patience_over,
                   launch->prefix_count ? FAR_PATIENCE_MS : PATIENCE_MS, 0);
    return w;
}

static void on_written(uv_write_t *request, int status) {
    (void)status; /* a broken pipe shows as the process's exit */
    free(request->data);
}

void worker_process_send(struct worker_process *w, struct str bytes) {
    if (bytes.len == 0 || uv_is_closing((uv_handle_t *)&w->in)) return;
    struct write_request *req = xmalloc(sizeof *req + bytes.len);
    memcpy(req->bytes, bytes.ptr, bytes.len);
    req->request.data = req;
    uv_buf_t buf = uv_buf_init(req->bytes, (unsigned)bytes.len);
    if (uv_write(&req->request, (uv_stream_t *)&w->in, &buf, 1, on_written) != 0) free(req);
}

void worker_process_close(struct worker_process *w) {
    if (!w) return;
    w->events = NULL;
    if (w->exited || !uv_is_active((uv_handle_t *)&w->process)) {
        close_handles(w);
        return;
    }
    close_handle((uv_handle_t *)&w->in); /* it ends by itself; on_process_exit closes the rest */
    if (!w->spoke) uv_process_kill(&w->process, SIGKILL); /* not one that has yet to start */
}
