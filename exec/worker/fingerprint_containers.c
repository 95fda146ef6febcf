/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint_containers.c - lists, tuples, dicts, sets, deques.
 *
 * They read the layout that subclasses share, never a method that a subclass may override.
 * NOTE[set-order] A set counts in the order in which it iterates: {8, 0} and {0, 8} have the same
 * members and print differently.  Within one process the same insertions give the same order. */
#include "exec/worker/fingerprint_internal.h"

static void head(struct fingerprint_walk *w, enum tag tag, Py_ssize_t count) {
    walk__u8(w, (uint8_t)tag);
    walk__u64(w, (uint64_t)count);
}

void walk__list(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    (void)info;
    head(w, TAG_LIST, PyList_Size(object));
    walk__push(w, FRAME_LIST, object);
}

void walk__tuple(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    (void)info;
    head(w, TAG_TUPLE, PyTuple_Size(object));
    if (PyTuple_Size(object)) walk__push(w, FRAME_TUPLE, object);
}

/* The document's namespace itself, as by globals(): each of its names, by its own fingerprint. */
static bool is_namespace(struct fingerprint_walk *w, PyObject *object) {
    if (object != w->f->globals) return false;
    walk__u8(w, TAG_NAMESPACE);
    w->wild = true;
    return true;
}

void walk__dict(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    if (is_namespace(w, object)) return;
    if (info->row && info->row->attributes) walk__attributes(w, object, info);
    walk__plain_dict(w, object);
}

void walk__plain_dict(struct fingerprint_walk *w, PyObject *dict) {
    head(w, TAG_DICT, PyDict_Size(dict));
    walk__push(w, FRAME_DICT, dict);
}

static PyObject *iterator_of(PyObject *object, PyTypeObject *type) {
    getiterfunc iter = (getiterfunc)PyType_GetSlot(type, Py_tp_iter);
    return iter ? iter(object) : NULL;
}

/* Its order is not the one that the dict below it has. */
void walk__odict(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    PyObject *keys = iterator_of(object, info->type);
    PyObject *list = keys ? PySequence_List(keys) : NULL;
    walk__parts_take(w, list);
    walk__plain_dict(w, object);
    walk__attributes(w, object, info);
    Py_XDECREF(keys);
}

void walk__set(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    head(w, info->type == &PySet_Type ? TAG_SET : TAG_FROZENSET, PySet_Size(object));
    walk__push_iter_take(w, iterator_of(object, info->type));
}

void walk__deque(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    PyObject *most = types__attribute(w->f, info->type, "maxlen", object);
    walk__u8(w, TAG_LIST); /* its end is marked: only a subclass's __len__() could say its length */
    walk__push_iter_take(w, iterator_of(object, info->type));
    walk__parts_take(w, most ? Py_BuildValue("(N)", most) : NULL);
}
