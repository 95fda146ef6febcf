/* SPDX-License-Identifier: Apache-2.0 */
/* origin.c - file names that know their block; see origin.h. */
#include "exec/worker/origin.h"

/* Pickled functions (multiprocessing, joblib) must carry a plain str. */
static PyObject *reduce(PyObject *self, PyObject *unused) {
    (void)unused;
    PyObject *plain = PyUnicode_Substring(self, 0, PyUnicode_GetLength(self));
    PyObject *result = plain ? Py_BuildValue("(O(O))", &PyUnicode_Type, plain) : NULL;
    Py_XDECREF(plain);
    return result;
}

static PyMethodDef reduce_def = {"__reduce__", reduce, METH_NOARGS, NULL};

PyObject *origin_type(void) {
    PyObject *type = PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){s:s}", "BlockFile",
                                           &PyUnicode_Type, "__module__", "relight");
    PyObject *method = type ? PyDescr_NewMethod((PyTypeObject *)type, &reduce_def) : NULL;
    if (!method || PyObject_SetAttrString(type, "__reduce__", method) < 0) Py_CLEAR(type);
    Py_XDECREF(method);
    return type;
}

static bool set_number(PyObject *object, const char *name, uint32_t number) {
    PyObject *value = PyLong_FromUnsignedLong(number);
    bool done = value && PyObject_SetAttrString(object, name, value) == 0;
    Py_XDECREF(value);
    return done;
}

PyObject *origin_create(PyObject *type, PyObject *file, uint32_t block, uint32_t line,
                        PyObject *source) {
    PyObject *name = PyObject_CallFunctionObjArgs(type, file, NULL);
    if (name && set_number(name, "block", block) && set_number(name, "line", line) &&
        PyObject_SetAttrString(name, "source", source) == 0)
        return name;
    Py_XDECREF(name);
    return NULL;
}

bool origin_of(PyObject *type, PyObject *file, struct origin *out) {
    if ((PyObject *)Py_TYPE(file) != type) return false;
    out->block = py_peek_u32(file, "block");
    out->line = py_peek_u32(file, "line");
    out->source = py_peek(file, "source");
    Py_XDECREF(out->source); /* the attribute holds it */
    return true;
}

/* --- Lines of source text --- */

/* The end of the line that starts at `at`, after its line end. */
static size_t line_end(struct str text, size_t at) {
    while (at < text.len && text.ptr[at] != '\n' && text.ptr[at] != '\r') at++;
    if (at + 1 < text.len && text.ptr[at] == '\r' && text.ptr[at + 1] == '\n') at++;
    return at < text.len ? at + 1 : at;
}

size_t source_line_start(struct str text, size_t index) {
    size_t at = 0;
    while (index-- > 0 && at < text.len) at = line_end(text, at);
    return at;
}

struct str source_line(struct str text, size_t index) {
    size_t start = source_line_start(text, index);
    size_t end = line_end(text, start);
    while (end > start && (text.ptr[end - 1] == '\n' || text.ptr[end - 1] == '\r')) end--;
    return str_slice(text, start, end);
}
