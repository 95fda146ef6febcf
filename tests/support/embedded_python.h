/* SPDX-License-Identifier: Apache-2.0 */
/* embedded_python.h - Python inside a test program, with __main__ as the document's namespace.
 *
 * PYTHON_PREFIX is where the Python lives that the worker is linked with. */
#ifndef TESTS_EMBEDDED_PYTHON_H
#define TESTS_EMBEDDED_PYTHON_H

#include <stdio.h>
#include <stdlib.h>

#include "exec/worker/py.h"

/* AddressSanitizer: libpython keeps memory until the end of the process. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "detect_leaks=0:allocator_may_return_null=1";
}

/* The globals of __main__, borrowed. */
static inline PyObject *python_globals(void) {
    return PyModule_GetDict(PyImport_AddModule("__main__"));
}

static inline void python_start(void) {
    setenv("PYTHONHOME", PYTHON_PREFIX, 1);
    setenv("PYTHONHASHSEED", "0", 1); /* the order of sets of str is then the same in every run */
    Py_InitializeEx(0);
}

/* Say what was raised, and end the program: a test's own code must not fail. */
static inline void python_fail(const char *source) {
    struct buf message = {0};
    PyObject *error = py_take_error();
    if (error) py_append_error(&message, error, SIZE_MAX);
    fprintf(stderr, "%s\n  in:\n%s\n", buf_cstr(&message), source);
    abort();
}

/* Run statements in __main__. */
static inline void python_run(const char *source) {
    PyObject *code = Py_CompileString(source, "<test>", Py_file_input);
    PyObject *globals = python_globals();
    PyObject *done = code ? PyEval_EvalCode(code, globals, globals) : NULL;
    if (!done) python_fail(source);
    Py_XDECREF(done);
    Py_XDECREF(code);
}

/* The value of an expression in __main__: a new reference. */
static inline PyObject *python_eval(const char *source) {
    PyObject *code = Py_CompileString(source, "<test>", Py_eval_input);
    PyObject *globals = python_globals();
    PyObject *value = code ? PyEval_EvalCode(code, globals, globals) : NULL;
    if (!value) python_fail(source);
    Py_XDECREF(code);
    return value;
}

/* An empty document: nothing but what every module has. */
static inline void python_clear(void) {
    PyObject *globals = python_globals(), *builtins = PyImport_ImportModule("builtins");
    PyObject *name = PyUnicode_FromString("__main__");
    PyDict_Clear(globals);
    PyDict_SetItemString(globals, "__name__", name);
    PyDict_SetItemString(globals, "__builtins__", builtins);
    Py_XDECREF(name);
    Py_XDECREF(builtins);
}

/* Not every machine has NumPy or pandas: those tests are then skipped, and say so. */
static inline bool python_has(const char *module) {
    PyObject *found = PyImport_ImportModule(module);
    bool has = found != NULL;
    PyErr_Clear();
    Py_XDECREF(found);
    return has;
}

#endif
