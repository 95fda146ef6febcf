/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - relight-worker: the worker inside an embedded libpython.
 *
 * Only this file uses Python's full API: what an embedding host must configure is not in the
 * limited one.  Everything else is the library, see worker.h. */
#include <Python.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "exec/worker/worker.h"

#define PYTHON_DIR "python" Py_STRINGIFY(PY_MAJOR_VERSION) "." Py_STRINGIFY(PY_MINOR_VERSION)

/* AddressSanitizer: a crash of the user's code is ours to report, and libpython keeps memory
 * until the end of the process. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigill=0:handle_sigfpe=0:"
           "detect_leaks=0:allocator_may_return_null=1:quarantine_size_mb=16";
}

/* The interpreter that sys.executable names, and whose site-packages are used: the active
 * virtual environment's if it is for this version of Python, else the one we are linked with. */
static const char *find_executable(char *path, size_t size) {
    const char *venv = getenv("VIRTUAL_ENV");
    if (venv && *venv) {
        snprintf(path, size, "%s/lib/" PYTHON_DIR, venv);
        bool same_version = access(path, F_OK) == 0;
        snprintf(path, size, "%s/bin/python", venv);
        if (same_version && access(path, X_OK) == 0) return path;
    }
    return access(RELIGHT_PYTHON, X_OK) == 0 ? RELIGHT_PYTHON : NULL;
}

static PyStatus start_python(void) {
    char path[4096];
    const char *executable = find_executable(path, sizeof path);
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    config.parse_argv = 0;
    config.install_signal_handlers = 1;
    PyStatus status = PyStatus_Ok();
    if (executable) status = PyConfig_SetBytesString(&config, &config.executable, executable);
    if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    return status;
}

int main(void) {
    int in_fd, out_fd;
    worker_take_stdio(&in_fd, &out_fd);
    PyStatus status = start_python();
    if (PyStatus_Exception(status)) {
        char message[512];
        snprintf(message, sizeof message, "cannot start Python %s: %s", PY_VERSION,
                 status.err_msg ? status.err_msg : "unknown error");
        worker_fail(out_fd, message);
        return 1;
    }
    return worker_main(in_fd, out_fd);
}
