/* SPDX-License-Identifier: Apache-2.0 */
/* module.c - the worker as an extension module of the user's own interpreter.
 *
 * The interpreter enters the worker through sys.excepthook: C calls it when all Python frames are
 * gone, so that nothing of ours lies below the user's code on the stack.  See launch.c. */
#include "exec/worker/py.h"

#include <fcntl.h>
#include <stdlib.h>

#include "exec/worker/worker.h"

/* What the way in has left behind. */
static void tidy_sys(void) {
    static const char *const traces[] = {"last_type", "last_value", "last_traceback", "last_exc"};
    for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) PySys_SetObject(traces[i], NULL);
    PySys_SetObject("excepthook", PySys_GetObject("__excepthook__"));
    PyErr_Clear();
}

/* `self` is (in_fd, out_fd).  Does not return. */
static PyObject *enter(PyObject *self, PyObject *args) {
    (void)args;
    int in_fd, out_fd;
    if (!PyArg_ParseTuple(self, "ii", &in_fd, &out_fd)) return NULL;
    fcntl(in_fd, F_SETFD, FD_CLOEXEC);
    fcntl(out_fd, F_SETFD, FD_CLOEXEC);
    tidy_sys();
    exit(worker_main(in_fd, out_fd));
}

static PyMethodDef enter_def = {"relight", enter, METH_VARARGS, NULL};

static PyObject *excepthook(PyObject *self, PyObject *args) {
    (void)self;
    return PyCFunction_NewEx(&enter_def, args, NULL);
}

static PyMethodDef methods[] = {
    {"excepthook", excepthook, METH_VARARGS,
     "excepthook(in_fd, out_fd)\n--\n\nWhat serves the wire when it is called."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    .m_base = PyModuleDef_HEAD_INIT, .m_name = "relight_worker", .m_methods = methods};

PyMODINIT_FUNC PyInit_relight_worker(void); /* by the name in launch.c */
PyMODINIT_FUNC PyInit_relight_worker(void) {
    return PyModule_Create(&module);
}
