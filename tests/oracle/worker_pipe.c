/* SPDX-License-Identifier: Apache-2.0 */
/* worker_pipe.c - start, feed and end a worker process. */
#include "tests/oracle/worker_pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* The worker's environment: what makes two runs of the same program alike. */
static void set_environment(const char *helpers) {
    setenv("PYTHONPATH", helpers, 1);
    setenv("PYTHONHASHSEED", "0", 1);
    setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
}

static _Noreturn void become_worker(const char *program, const char *helpers, int in, int out) {
    dup2(in, 0);
    dup2(out, 1);
    set_environment(helpers);
    execl(program, program, (char *)NULL);
    _exit(127);
}

enum status worker_pipe_start(struct worker_pipe *w, const char *program, const char *helpers,
                              struct err *err) {
    int to[2], from[2];
    *w = (struct worker_pipe){0};
    if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0)
        return err_set(err, ST_IO, "cannot make a pipe: %s", strerror(errno));
    w->pid = fork();
    if (w->pid < 0) return err_set(err, ST_IO, "cannot fork: %s", strerror(errno));
    if (w->pid == 0) become_worker(program, helpers, to[0], from[1]);
    close(to[0]);
    close(from[1]);
    w->to = to[1];
    w->from = from[0];
    fcntl(w->to, F_SETFL, O_NONBLOCK);
    fcntl(w->from, F_SETFL, O_NONBLOCK);
    return ST_OK;
}

void worker_pipe_stop(struct worker_pipe *w) {
    if (w->pid <= 0) return;
    close(w->to); /* it ends, and its interpreter with it */
    close(w->from);
    waitpid(w->pid, NULL, 0);
    buf_finish(&w->out);
    w->pid = 0;
}

static void flush(struct worker_pipe *w) {
    while (w->out.len) {
        ssize_t n = write(w->to, w->out.ptr, w->out.len);
        if (n <= 0) return; /* a broken pipe shows when reading */
        buf_consume(&w->out, (size_t)n);
    }
}

void worker_pipe_send(struct worker_pipe *w, struct str bytes) {
    buf_append(&w->out, bytes);
    flush(w);
}

void worker_pipe_poll(const struct worker_pipe *w, struct pollfd fds[2]) {
    fds[0] = (struct pollfd){.fd = w->from, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = w->out.len ? w->to : -1, .events = POLLOUT};
}

enum status worker_pipe_serve(struct worker_pipe *w, struct buf *in, struct err *err) {
    flush(w);
    for (;;) {
        buf_reserve(in, 65536);
        ssize_t n = read(w->from, in->ptr + in->len, 65536);
        if (n == 0) return err_set(err, ST_IO, "the worker process ended");
        if (n < 0) return ST_OK;
        in->len += (size_t)n;
        if (n < 65536) return ST_OK;
    }
}
