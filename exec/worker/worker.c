/* SPDX-License-Identifier: Apache-2.0 */
/* worker.c - the worker's life from the host's point of view; see worker.h. */
#include "exec/worker/py.h"

#include "exec/worker/worker.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "exec/wire.h"
#include "exec/worker/process.h"
#include "exec/worker/warden.h"

void worker_take_stdio(int *in_fd, int *out_fd) {
    *in_fd = process_stash(0);
    *out_fd = process_stash(1);
    int null = open("/dev/null", O_RDWR); /* not O_CLOEXEC: it becomes 0, and 2 if that is closed */
    if (fcntl(2, F_GETFD) < 0) dup2(null, 2);
    dup2(null, 0);
    dup2(2, 1);
    if (null > 2) close(null);
}

void worker_fail(int out_fd, const char *message) {
    struct buf frame = {0};
    size_t mark = wire_begin(&frame, WM_FAILED);
    wire_str(&frame, str_from(message));
    wire_end(&frame, mark);
    if (write(out_fd, frame.ptr, frame.len) < 0) perror("relight-worker");
    buf_finish(&frame);
}

/* Import once, here, what every interpreter needs: they are forked from this process. */
static bool warm_up(void) {
    static const char *const modules[] = {"ast",    "base64",    "faulthandler", "inspect",
                                          "io",     "linecache", "os",           "reprlib",
                                          "signal", "traceback", "warnings"};
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
        PyObject *module = PyImport_ImportModule(modules[i]);
        if (!module) return false;
        Py_DECREF(module);
    }
    return true;
}

/* "3.11.2", without the build's details. */
static struct str python_version(void) {
    const char *version = Py_GetVersion();
    return (struct str){version, strcspn(version, " ")};
}

int worker_main(int in_fd, int out_fd) {
    struct buf text = {0};
    int exit_code = 1;
    if (warm_up()) {
        py_append(&text, PySys_GetObject("executable"), SIZE_MAX);
        exit_code = warden_run(in_fd, out_fd, python_version(), buf_str(&text));
    } else {
        PyObject *error = py_take_error();
        buf_append(&text, STR("Python cannot import what the worker needs: "));
        py_append_error(&text, error, 4096);
        Py_XDECREF(error);
        worker_fail(out_fd, buf_cstr(&text));
    }
    buf_finish(&text);
    return exit_code;
}
