/* SPDX-License-Identifier: Apache-2.0 */
/* inspect.c - describing a value in few words; see inspect.h. */
#include "exec/worker/inspect.h"

#define TEXT_LIMIT 2000 /* bytes of each field */

static void put_type(PyObject *value, struct buf *out) {
    PyObject *type = (PyObject *)Py_TYPE(value); /* borrowed */
    PyObject *module = py_peek(type, "__module__");
    PyObject *name = py_peek(type, "__qualname__");
    struct buf text = {0};
    if (module && PyUnicode_Check(module) &&
        PyUnicode_CompareWithASCIIString(module, "builtins") != 0 &&
        PyUnicode_CompareWithASCIIString(module, "__main__") != 0) {
        py_append(&text, module, TEXT_LIMIT);
        buf_append(&text, STR("."));
    }
    py_append(&text, name, TEXT_LIMIT);
    wire_str(out, buf_str(&text));
    buf_finish(&text);
    Py_XDECREF(name);
    Py_XDECREF(module);
}

/* "(1000, 5)" for arrays and frames, "12 items" for what has a length. */
static void put_shape(PyObject *value, struct buf *out) {
    struct buf text = {0};
    PyObject *shape = py_peek((PyObject *)Py_TYPE(value), "shape");
    PyObject *own = shape ? py_peek(value, "shape") : NULL;
    if (own && PyTuple_Check(own)) {
        PyObject *repr = PyObject_Repr(own);
        py_append(&text, repr, TEXT_LIMIT);
        Py_XDECREF(repr);
    } else if (!PyType_Check(value)) {
        Py_ssize_t len = PyObject_Size(value);
        if (len >= 0) buf_printf(&text, "%zd item%s", len, len == 1 ? "" : "s");
    }
    PyErr_Clear();
    wire_str(out, buf_str(&text));
    buf_finish(&text);
    Py_XDECREF(own);
    Py_XDECREF(shape);
}

static void limit(PyObject *shortener, const char *what, long most) {
    PyObject *number = PyLong_FromLong(most);
    if (number) PyObject_SetAttrString(shortener, what, number);
    Py_XDECREF(number);
}

/* reprlib cuts containers while it walks them, so that a list of a million items costs 30. */
static PyObject *short_repr(PyObject *value) {
    PyObject *type = py_from("reprlib", "Repr");
    PyObject *shortener = type ? PyObject_CallNoArgs(type) : NULL;
    PyObject *text = NULL;
    if (shortener) {
        static const char *const counts[] = {"maxlist",  "maxtuple", "maxset", "maxfrozenset",
                                             "maxdeque", "maxarray", "maxdict"};
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) limit(shortener, counts[i], 30);
        limit(shortener, "maxlevel", 4);
        limit(shortener, "maxstring", 500);
        limit(shortener, "maxlong", 100);
        limit(shortener, "maxother", TEXT_LIMIT);
        text = py_call_method(shortener, "repr", value);
    }
    Py_XDECREF(shortener);
    Py_XDECREF(type);
    return text;
}

void inspect_value(PyObject *value, struct buf *out) {
    put_type(value, out);
    put_shape(value, out);
    PyObject *text = short_repr(value);
    PyObject *error = text ? NULL : py_take_error();
    struct buf utf8 = {0};
    if (error) {
        buf_append(&utf8, STR("repr() raised "));
        py_append_error(&utf8, error, TEXT_LIMIT);
    }
    py_append(&utf8, text, TEXT_LIMIT);
    wire_str(out, buf_str(&utf8));
    buf_finish(&utf8);
    Py_XDECREF(error);
    Py_XDECREF(text);
}
