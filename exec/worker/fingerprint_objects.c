/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint_objects.c - objects that are the sum of their attributes.
 *
 * A class may define __getattribute__, properties and __dict__: nothing here asks it.  Slots are
 * read through their own descriptors, __dict__ through the interpreter. */
#include "exec/worker/fingerprint_internal.h"

bool walk__add_take(PyObject *parts, PyObject *object) {
    bool done = parts && object && PyList_Append(parts, object) == 0;
    Py_XDECREF(object);
    return done;
}

/* --- __dict__ --- */

static void walk_without(struct fingerprint_walk *w, PyObject *dict, const char *const *keys) {
    PyObject *copy = PyDict_Copy(dict);
    if (!copy) {
        walk__unknown(w);
        return;
    }
    for (; *keys; keys++)
        if (PyDict_GetItemString(copy, *keys)) PyDict_DelItemString(copy, *keys);
    walk__plain_dict(w, copy);
    Py_DECREF(copy);
}

void walk__own_dict(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    bool temp = w->temp;
    w->temp = false; /* what an object holds is real, whoever holds the object */
    PyObject *dict = PyObject_GenericGetDict(object, NULL);
    if (!dict) {
        PyErr_Clear();
        walk__u8(w, TAG_ABSENT);
    } else if (info->caches && PyDict_CheckExact(dict)) {
        walk_without(w, dict, info->caches);
    } else if (PyDict_CheckExact(dict) && Py_REFCNT(dict) == 2) {
        walk__plain_dict(w, dict); /* the object has it for itself */
    } else {
        walk__object(w, dict);
    }
    Py_XDECREF(dict);
    w->temp = temp;
}

/* --- Instances of classes --- */

/* One part for each slot that is set. */
static void walk_slots(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    PyObject *parts = PyList_New(0);
    for (Py_ssize_t i = 0; i < PyList_Size(info->slots); i++) {
        PyObject *value = types__get(PyList_GetItem(info->slots, i), object, info->type);
        walk__u8(w, value ? TAG_PARTS : TAG_ABSENT);
        if (value) walk__add_take(parts, value);
    }
    walk__parts_take(w, parts);
}

void walk__instance(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    walk__u8(w, TAG_INSTANCE);
    walk__type(w, info->type);
    if (info->native) info->native->walk(w, object, info->native);
    if (info->slots) walk_slots(w, object, info);
    walk__own_dict(w, object, info);
}

/* --- Extension types --- */

void walk__name(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    (void)object;
    walk__u8(w, TAG_NAMED);
    walk__hash(w, info->name);
}

/* The attributes that its row names, and its __dict__ if it is of this very type: an instance of
 * a class above shows its own. */
void walk__attributes(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    PyObject *parts = PyList_New(0);
    walk__u8(w, TAG_ATTRIBUTES);
    walk__hash(w, info->name);
    for (const char *const *name = info->row->attributes; name && *name; name++) {
        PyObject *value = types__attribute(w->f, info->type, *name, object);
        walk__u8(w, value ? TAG_PARTS : TAG_ABSENT);
        if (value) walk__add_take(parts, value);
    }
    walk__parts_take(w, parts);
    if (info->row->flags & TYPE_DICT && Py_TYPE(object) == info->type)
        walk__own_dict(w, object, info);
}

/* A weak reference counts as its target: whoever has it can get there. */
void walk__weakref(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    PyObject *target = PyWeakref_GetObject(object); /* borrowed; None when it is gone */
    PyObject *callback = types__attribute(w->f, info->type, "__callback__", object);
    walk__u8(w, TAG_REFERENCE);
    walk__parts_take(w, callback && target ? Py_BuildValue("(ON)", target, callback) : NULL);
}
