/* SPDX-License-Identifier: Apache-2.0 */
/* py.h - Python's limited API (3.11), and the few helpers that every user of it needs.
 *
 * Every file of the worker includes Python through this header, so that the library can be loaded
 * into any CPython from 3.11 on; only main/main.c, the embedding host, sees the full API.
 * All functions need the GIL.  Functions that return PyObject * give a new reference, or NULL
 * with an exception set, unless they say otherwise. */
#ifndef EXEC_WORKER_PY_H
#define EXEC_WORKER_PY_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include "exec/wire.h"

PyObject *py_str(struct str text);                       /* strict UTF-8 */
PyObject *py_path(struct str bytes);                     /* as os.fsdecode() */
PyObject *py_from(const char *module, const char *name); /* `from module import name` */
PyObject *py_call_method(PyObject *object, const char *method, PyObject *arg_or_null);

/* A function whose first argument is `self`, borrowed: it must outlive the function. */
PyObject *py_function(PyMethodDef *def, void *self);
void *py_self(PyObject *capsule); /* the `self` that py_function() was given */

/* An attribute, or NULL; never leaves an exception. */
PyObject *py_peek(PyObject *object, const char *name);

/* The value of an unsigned attribute; 0 when there is none.  Never leaves an exception. */
uint32_t py_peek_u32(PyObject *object, const char *name);

/* Append a str as UTF-8 (lone surrogates as \udcXX), at most `limit` bytes of it, cut between
 * characters.  Anything but a str appends nothing.  Returns the bytes that did not fit. */
size_t py_append(struct buf *out, PyObject *text, size_t limit);

/* Append a wire string with the text of a str, cut as by py_append(). */
size_t py_wire(struct buf *out, PyObject *text, size_t limit);

/* Append "TypeError: message" for `error`; never leaves an exception. */
void py_append_error(struct buf *out, PyObject *error, size_t limit);

/* Take the current exception, normalised and with its traceback.  NULL when there is none. */
PyObject *py_take_error(void);

/* Whether the current exception asks the block to stop, so that it must not be swallowed. */
bool py_interrupted(void);

#endif
