/* SPDX-License-Identifier: Apache-2.0 */
/* worker_process.c - the worker's pipes and its life.
 *
 * The three handles close one after the other; memory is freed in the last close callback. */
#include "server/worker_process.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

struct worker_process {
    const struct worker_process_events *events; /* NULL once closed by the owner */
    void *ctx;
    uv_process_t process;
    uv_pipe_t in, out;
    int open_handles;
    bool exited;
    char cause[128];
    char chunk[65536];
};

struct write_request {
    uv_write_t request;
    char bytes[];
};

char *worker_program_dup(void) {
    const char *named = getenv("RELIGHT_WORKER");
    if (named && *named) return xstrdup(named);
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

static void report_exit(struct worker_process *w) {
    const struct worker_process_events *events = w->events;
    w->events = NULL;
    if (events) events->exited(w->ctx, str_from(w->cause));
}

/* Output may still be in the pipe when the process is gone: the end of it is what counts. */
static void end_if_over(struct worker_process *w) {
    if (!w->exited || uv_is_active((uv_handle_t *)&w->out)) return;
    close_handle((uv_handle_t *)&w->in);
    close_handle((uv_handle_t *)&w->out);
    close_handle((uv_handle_t *)&w->process);
    report_exit(w);
}

static void on_process_exit(uv_process_t *process, int64_t status, int signal) {
    struct worker_process *w = process->data;
    w->exited = true;
    if (signal)
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
    if (n > 0 && w->events) w->events->bytes(w->ctx, (struct str){buf->base, (size_t)n});
    if (n >= 0) return;
    uv_read_stop(stream);
    end_if_over(w);
}

static int spawn(struct worker_process *w, uv_loop_t *loop, char *program) {
    char *args[] = {program, NULL};
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&w->in},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&w->out},
        {.flags = UV_INHERIT_FD, .data.fd = 2},
    };
    uv_process_options_t options = {.exit_cb = on_process_exit,
                                    .file = program,
                                    .args = args,
                                    .stdio_count = 3,
                                    .stdio = stdio};
    return uv_spawn(loop, &w->process, &options);
}

struct worker_process *worker_process_spawn(uv_loop_t *loop,
                                            const struct worker_process_events *events, void *ctx,
                                            struct err *err) {
    struct worker_process *w = xcalloc(1, sizeof *w);
    char *program = worker_program_dup();
    uv_pipe_init(loop, &w->in, 0);
    uv_pipe_init(loop, &w->out, 0);
    w->in.data = w->out.data = w->process.data = w;
    w->open_handles = 3;
    int failed = spawn(w, loop, program);
    if (failed) {
        err_set(err, ST_IO, "cannot start %s: %s", program, uv_strerror(failed));
        worker_process_close(w);
        w = NULL;
    } else {
        w->events = events;
        w->ctx = ctx;
        uv_read_start((uv_stream_t *)&w->out, on_alloc, on_read);
    }
    free(program);
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
    if (!w->exited && uv_is_active((uv_handle_t *)&w->process)) {
        close_handle(
            (uv_handle_t *)&w->in); /* it ends by itself; on_process_exit closes the rest */
        return;
    }
    close_handle((uv_handle_t *)&w->in);
    close_handle((uv_handle_t *)&w->out);
    close_handle((uv_handle_t *)&w->process);
}
