/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint_buffers.c - memory: bytearray, array.array, memoryview, numpy.ndarray.
 *
 * The content is the elements in index order, whatever the strides.  Whether they lie in C or
 * Fortran order counts too: sums depend on it in their last digits.
 * Views share memory, not objects: the object that owns the memory stands for it (walk__share). */
#include "exec/worker/fingerprint_internal.h"

enum { MAX_DIMENSIONS = 64 };

typedef int buffer_fn(PyObject *object, Py_buffer *view, int flags); /* of Py_bf_getbuffer */

/* The buffer that `type` itself gives out, whatever __buffer__() a subclass defines. */
static bool get_buffer(PyTypeObject *type, PyObject *object, Py_buffer *view) {
    buffer_fn *get = (buffer_fn *)PyType_GetSlot(type, Py_bf_getbuffer);
    if (get && get(object, view, PyBUF_FULL_RO) == 0) return true;
    PyErr_Clear();
    return false;
}

/* --- Elements --- */

/* Items that lie apart, hashed as if they lay together. */
static void hash_apart(struct fingerprint_walk *w, const char *at, Py_ssize_t stride,
                       Py_ssize_t count, size_t size) {
    char together[2048];
    while (count && !w->stopped) {
        size_t used = 0;
        if (size == 8) /* the size that most numbers have, copied in one instruction */
            for (; count && used < sizeof together; count--, used += 8, at += stride)
                memcpy(together + used, at, 8);
        else
            for (; count && used + size <= sizeof together; count--, used += size, at += stride)
                memcpy(together + used, at, size);
        walk__memory(w, together, used);
    }
}

static void hash_row(struct fingerprint_walk *w, const char *at, const Py_buffer *view) {
    Py_ssize_t count = view->shape[view->ndim - 1], stride = view->strides[view->ndim - 1];
    size_t size = (size_t)view->itemsize;
    if (stride == view->itemsize)
        walk__memory(w, at, (size_t)count * size);
    else if (size <= 1024)
        hash_apart(w, at, stride, count, size);
    else
        for (; count && !w->stopped; count--, at += stride) walk__memory(w, at, size);
}

/* Row after row, the last index fastest. */
static void hash_strided(struct fingerprint_walk *w, const Py_buffer *view) {
    Py_ssize_t index[MAX_DIMENSIONS] = {0};
    int rows = view->ndim - 1; /* dimensions that count rows */
    for (int d = rows; d >= 0 && !w->stopped;) {
        const char *at = view->buf;
        for (int i = 0; i < rows; i++) at += index[i] * view->strides[i];
        hash_row(w, at, view);
        for (d = rows - 1; d >= 0 && ++index[d] == view->shape[d]; d--) index[d] = 0;
    }
}

static void hash_elements(struct fingerprint_walk *w, const Py_buffer *view) {
    bool c_order = PyBuffer_IsContiguous(view, 'C');
    bool fortran_order = PyBuffer_IsContiguous(view, 'F');
    walk__u8(w, (uint8_t)(c_order | fortran_order << 1));
    if (view->len == 0) return;
    if (c_order || fortran_order)
        walk__memory(w, view->buf, (size_t)view->len);
    else if (view->ndim <= MAX_DIMENSIONS && view->strides && !view->suboffsets)
        hash_strided(w, view);
    else
        walk__unknown(w);
}

static void hash_view(struct fingerprint_walk *w, const Py_buffer *view) {
    walk__u8(w, TAG_BUFFER);
    walk__u8(w, view->readonly != 0);
    walk__bytes(w, str_from(view->format ? view->format : "B"));
    walk__u64(w, (uint64_t)view->ndim);
    for (int d = 0; d < view->ndim; d++) walk__u64(w, (uint64_t)view->shape[d]);
    hash_elements(w, view);
}

void walk__buffer(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    Py_buffer view;
    walk__u8(w, TAG_NAMED);
    walk__hash(w, info->name);
    if (!get_buffer(info->type, object, &view)) {
        walk__unknown(w);
        return;
    }
    hash_view(w, &view);
    PyBuffer_Release(&view);
}

/* --- Who owns the memory --- */

/* The object below a view; NULL when `object` is none. */
static PyObject *base_of(struct fingerprint_walk *w, PyObject *object, PyTypeObject **type) {
    const struct type_info *info = types__find(w->f, Py_TYPE(object));
    if (info->native) info = info->native;
    *type = info->type;
    const char *name = info->walk == walk__ndarray      ? "base"
                       : info->walk == walk__memoryview ? "obj"
                                                        : NULL;
    PyObject *base = name ? types__attribute(w->f, info->type, name, object) : NULL;
    if (base == Py_None) Py_CLEAR(base);
    return base;
}

static const char *start_of(PyObject *object, PyTypeObject *type) {
    Py_buffer view;
    if (!get_buffer(type, object, &view)) return NULL;
    const char *start = view.buf;
    PyBuffer_Release(&view);
    return start;
}

static void share_memory(struct fingerprint_walk *w, PyObject *object, const char *start) {
    PyObject *owner = Py_NewRef(object), *base;
    PyTypeObject *type;
    while ((base = base_of(w, owner, &type))) {
        Py_DECREF(owner);
        owner = base;
    }
    if (owner != object) {
        const char *origin = start_of(owner, type);
        int64_t offset = origin ? (int64_t)((intptr_t)start - (intptr_t)origin) : 0;
        walk__share(w, owner, offset, w->temp);
    }
    Py_DECREF(owner);
}

void walk__memoryview(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    Py_buffer view;
    if (!get_buffer(info->type, object, &view)) { /* released */
        walk__u8(w, TAG_UNKNOWN);
        walk__unknown(w);
        return;
    }
    walk__u8(w, TAG_ARRAY);
    hash_view(w, &view);
    share_memory(w, object, view.buf);
    PyBuffer_Release(&view);
}

/* --- numpy.ndarray --- */

/* Objects in an array are walked, as the lists that tolist() makes of it. */
static void walk_objects(struct fingerprint_walk *w, PyObject *array, PyTypeObject *type) {
    PyObject *method = types__attribute(w->f, type, "tolist", array);
    PyObject *list = method ? PyObject_CallNoArgs(method) : NULL;
    walk__parts_take(w, list ? Py_BuildValue("(N)", list) : NULL);
    Py_XDECREF(method);
}

static void walk_elements(struct fingerprint_walk *w, PyObject *array, PyTypeObject *type,
                          const Py_buffer *view) {
    if (!view->format || !strchr(view->format, 'O')) {
        hash_view(w, view);
    } else if (strcmp(view->format, "O") == 0 && walk__allow(w, (size_t)view->len)) {
        for (int d = 0; d < view->ndim; d++) walk__u64(w, (uint64_t)view->shape[d]);
        walk_objects(w, array, type);
    } else {
        walk__unknown(w);
    }
}

/* datetime64 has no buffer format; the same memory as plain bytes has. */
static PyObject *as_bytes(struct fingerprint_walk *w, PyObject *array, PyTypeObject *type) {
    PyObject *size = types__attribute(w->f, type, "itemsize", array);
    PyObject *view = types__attribute(w->f, type, "view", array);
    PyObject *format = size ? PyUnicode_FromFormat("V%S", size) : NULL;
    PyObject *bytes = view && format ? PyObject_CallFunctionObjArgs(view, format, NULL) : NULL;
    Py_XDECREF(format);
    Py_XDECREF(view);
    Py_XDECREF(size);
    return bytes;
}

void walk__ndarray(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    PyObject *dtype = types__attribute(w->f, info->type, "dtype", object), *bytes = NULL;
    Py_buffer view;
    walk__u8(w, TAG_ARRAY);
    walk__parts_take(w, dtype ? Py_BuildValue("(N)", dtype) : NULL);
    bool done = get_buffer(info->type, object, &view);
    if (!done) {
        bytes = as_bytes(w, object, info->type);
        done = bytes && get_buffer(info->type, bytes, &view);
    }
    if (done) {
        walk_elements(w, object, info->type, &view);
        share_memory(w, object, view.buf);
        PyBuffer_Release(&view);
    } else {
        walk__unknown(w);
    }
    Py_XDECREF(bytes);
}
