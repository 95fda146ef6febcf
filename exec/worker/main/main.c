/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - relight-worker [PYTHON]: the worker inside an embedded libpython, or, when PYTHON is
 * another interpreter than the one that goes with it, inside that.
 *
 * Only this file uses Python's full API: what an embedding host must configure is not in the
 * limited one.  Everything else is the library, see worker.h. */
#include <Python.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exec/worker/main/launch.h"
#include "exec/worker/main/project.h"
#include "exec/worker/worker.h"

/* AddressSanitizer: a crash of the user's code is ours to report, and libpython keeps memory
 * until the end of the process. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigill=0:handle_sigfpe=0:"
           "detect_leaks=0:allocator_may_return_null=1:quarantine_size_mb=16";
}

/* Whether both names lead to one file: the interpreter is the embedded one's own, if only through
 * the links of a virtual environment. */
static bool same_file(const char *a, const char *b) {
    struct stat at_a, at_b;
    return stat(a, &at_a) == 0 && stat(b, &at_b) == 0 && at_a.st_dev == at_b.st_dev &&
           at_a.st_ino == at_b.st_ino;
}

/* sys.executable is that one; site-packages are those that go with it. */
static PyStatus start_python(const char *executable) {
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    config.parse_argv = 0;
    config.install_signal_handlers = 1;
    PyStatus status = PyStatus_Ok();
    if (access(executable, X_OK) == 0)
        status = PyConfig_SetBytesString(&config, &config.executable, executable);
    if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    return status;
}

int main(int argc, char **argv) {
    int in_fd, out_fd;
    if (argc == 3 && strcmp(argv[1], "--project") == 0) return project_print(argv[2]);
    const char *python = argc > 1 ? argv[1] : RELIGHT_PYTHON;
    worker_take_stdio(&in_fd, &out_fd);
    if (argc > 1 && !same_file(python, RELIGHT_PYTHON)) return launch_python(python, in_fd, out_fd);
    PyStatus status = start_python(python);
    if (PyStatus_Exception(status)) {
        char message[512];
        snprintf(message, sizeof message, "cannot start Python %s: %s", PY_VERSION,
                 status.err_msg ? status.err_msg : "unknown error");
        worker_fail(out_fd, message);
        return 1;
    }
    return worker_main(in_fd, out_fd);
}
