/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint_state.c - objects of extension types by what they say of themselves: to pickle
 * (__reduce_ex__), to the garbage collector (tp_traverse), or not at all.
 *
 * Only for types of the table, whose methods are known to change nothing. */
#include "exec/worker/fingerprint_internal.h"

/* --- By __reduce_ex__ --- */

/* A subclass may have overridden it: then the type's own. */
static PyObject *reduce(struct fingerprint_walk *w, PyObject *object,
                        const struct type_info *info) {
    if (Py_TYPE(object) == info->type) return PyObject_CallMethod(object, "__reduce_ex__", "i", 4);
    PyObject *method = types__attribute(w->f, info->type, "__reduce__", object);
    PyObject *result = method ? PyObject_CallNoArgs(method) : NULL;
    Py_XDECREF(method);
    return result;
}

/* Its reduction, and the objects in it that its row names as well: a reduction may hold copies. */
void walk__reduce(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    if (info->row->attributes) walk__attributes(w, object, info);
    PyObject *result = reduce(w, object, info);
    walk__u8(w, TAG_REDUCED);
    walk__hash(w, info->name);
    if (result && PyTuple_CheckExact(result)) {
        walk__parts_take(w, result);
        return;
    }
    if (result && PyUnicode_CheckExact(result))
        walk__object(w, result);
    else
        walk__unknown(w);
    Py_XDECREF(result);
}

/* --- By tp_traverse --- */

static int add_child(PyObject *child, void *list) {
    return PyList_Append(list, child);
}

/* What the garbage collector sees in it, but for its type. */
static PyObject *children_of(PyObject *object) {
    traverseproc traverse = (traverseproc)PyType_GetSlot(Py_TYPE(object), Py_tp_traverse);
    PyObject *all = PyList_New(0), *children = PyList_New(0);
    if (all && traverse) traverse(object, add_child, all);
    for (Py_ssize_t i = 0; children && all && i < PyList_Size(all); i++) {
        PyObject *child = PyList_GetItem(all, i);
        if (child != (PyObject *)Py_TYPE(object)) PyList_Append(children, child);
    }
    Py_XDECREF(all);
    return children;
}

void walk__visited(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    walk__u8(w, TAG_VISITED);
    walk__hash(w, info->name);
    walk__parts_take(w, children_of(object));
}

/* What an iterator's reduction copies (the rest of a dict), its children still are. */
void walk__iterator(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    walk__visited(w, object, info);
    walk__reduce(w, object, info);
}

void walk__opaque(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    (void)info;
    walk__u8(w, TAG_UNKNOWN);
    walk__unknown(w);
    walk__parts_take(w, children_of(object));
}

/* --- By a method of its own --- */

/* The result of the method that its row names. */
void walk__state(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    PyObject *method = types__attribute(w->f, info->type, info->row->attributes[0], object);
    PyObject *state = method ? PyObject_CallNoArgs(method) : NULL;
    walk__u8(w, TAG_STATE);
    walk__hash(w, info->name);
    walk__parts_take(w, state ? Py_BuildValue("(N)", state) : NULL);
    Py_XDECREF(method);
}

/* functools.lru_cache(): what it holds, and its counts. */
void walk__cached(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    walk__visited(w, object, info);
    walk__state(w, object, info);
}
