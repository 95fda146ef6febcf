/* SPDX-License-Identifier: Apache-2.0 */
/* py.c - helpers over the limited API; see py.h. */
#include "exec/worker/py.h"

PyObject *py_str(struct str text) {
    return PyUnicode_DecodeUTF8(text.ptr, (Py_ssize_t)text.len, "strict");
}

PyObject *py_path(struct str bytes) {
    return PyUnicode_DecodeFSDefaultAndSize(bytes.ptr, (Py_ssize_t)bytes.len);
}

PyObject *py_from(const char *module, const char *name) {
    PyObject *owner = PyImport_ImportModule(module);
    if (!owner) return NULL;
    PyObject *value = PyObject_GetAttrString(owner, name);
    Py_DECREF(owner);
    return value;
}

PyObject *py_call_method(PyObject *object, const char *method, PyObject *arg_or_null) {
    PyObject *bound = PyObject_GetAttrString(object, method);
    if (!bound) return NULL;
    PyObject *result = PyObject_CallFunctionObjArgs(bound, arg_or_null, NULL);
    Py_DECREF(bound);
    return result;
}

PyObject *py_function(PyMethodDef *def, void *self) {
    PyObject *capsule = PyCapsule_New(self, NULL, NULL);
    if (!capsule) return NULL;
    PyObject *function = PyCFunction_NewEx(def, capsule, NULL);
    Py_DECREF(capsule);
    return function;
}

void *py_self(PyObject *capsule) {
    return PyCapsule_GetPointer(capsule, NULL);
}

PyObject *py_peek(PyObject *object, const char *name) {
    PyObject *value = PyObject_GetAttrString(object, name);
    if (!value) PyErr_Clear();
    return value;
}

uint32_t py_peek_u32(PyObject *object, const char *name) {
    PyObject *value = py_peek(object, name);
    if (!value) return 0;
    unsigned long number = PyLong_Check(value) ? PyLong_AsUnsignedLong(value) : 0;
    PyErr_Clear();
    Py_DECREF(value);
    return (uint32_t)number;
}

/* Append the head of `s`; a character that the limit would cut in two is left out. */
static size_t append_head(struct buf *out, struct str s, size_t limit) {
    size_t len = s.len;
    if (len > limit) {
        len = limit;
        while (len > 0 && ((unsigned char)s.ptr[len] & 0xC0) == 0x80) len--;
    }
    buf_append(out, str_slice(s, 0, len));
    return s.len - len;
}

size_t py_append(struct buf *out, PyObject *text, size_t limit) {
    if (!text || !PyUnicode_Check(text)) return 0;
    Py_ssize_t len;
    const char *utf8 = PyUnicode_AsUTF8AndSize(text, &len);
    if (utf8) return append_head(out, (struct str){utf8, (size_t)len}, limit);

    PyErr_Clear();
    PyObject *bytes = PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace");
    if (!bytes) {
        PyErr_Clear();
        return 0;
    }
    char *raw = PyBytes_AsString(bytes);
    size_t left = append_head(out, (struct str){raw, (size_t)PyBytes_Size(bytes)}, limit);
    Py_DECREF(bytes);
    return left;
}

size_t py_wire(struct buf *out, PyObject *text, size_t limit) {
    struct buf utf8 = {0};
    size_t left = py_append(&utf8, text, limit);
    wire_str(out, buf_str(&utf8));
    buf_finish(&utf8);
    return left;
}

void py_append_error(struct buf *out, PyObject *error, size_t limit) {
    PyObject *name = py_peek((PyObject *)Py_TYPE(error), "__name__");
    PyObject *text = PyObject_Str(error);
    PyErr_Clear();
    size_t start = out->len;
    py_append(out, name, limit);
    if (text && PyUnicode_GetLength(text) > 0) {
        buf_append(out, STR(": "));
        size_t used = out->len - start;
        py_append(out, text, used < limit ? limit - used : 0);
    }
    Py_XDECREF(text);
    Py_XDECREF(name);
}

PyObject *py_take_error(void) {
    PyObject *type = NULL, *value = NULL, *traceback = NULL;
    PyErr_Fetch(&type, &value, &traceback);
    if (!type) return NULL;
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback && value) PyException_SetTraceback(value, traceback);
    Py_XDECREF(traceback);
    Py_DECREF(type);
    return value;
}

bool py_interrupted(void) {
    return PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_KeyboardInterrupt);
}
