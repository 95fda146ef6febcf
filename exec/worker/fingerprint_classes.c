/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint_classes.c - classes and modules.
 *
 * What another module holds under its own name counts by that name (NOTE[opaque]); a class of the
 * document, or one that no module vouches for, is its bases and its dictionary. */
#include "exec/worker/fingerprint_internal.h"

/* Entries of a class's dictionary that say nothing about it, or only where it stands. */
static const char *const skipped[] = {"__dict__", "__weakref__", "__firstlineno__",
                                      "__annotations_cache__", NULL};

static PyObject *copy_of_dict(struct fingerprint_walk *w, PyTypeObject *type) {
    PyObject *proxy = types__of_class(w->f->type_dict, type);
    PyObject *copy = proxy ? PyDict_New() : NULL;
    if (copy && PyDict_Update(copy, proxy) < 0) Py_CLEAR(copy);
    for (size_t i = 0; copy && skipped[i]; i++)
        if (PyDict_GetItemString(copy, skipped[i])) PyDict_DelItemString(copy, skipped[i]);
    Py_XDECREF(proxy);
    return copy;
}

static void walk_definition(struct fingerprint_walk *w, PyTypeObject *type) {
    PyObject *dict = copy_of_dict(w, type);
    PyObject *qualname = types__of_class(w->f->type_qualname, type);
    PyObject *bases = types__of_class(w->f->type_bases, type);
    PyTypeObject *meta = Py_TYPE((PyObject *)type);
    if (dict && qualname && bases) {
        walk__plain_dict(w, dict);
        walk__parts_take(w, Py_BuildValue("(OOO)", qualname, bases, meta));
    } else {
        walk__unknown(w);
    }
    Py_XDECREF(bases);
    Py_XDECREF(qualname);
    Py_XDECREF(dict);
}

void walk__class(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    (void)info; /* of its metaclass */
    const struct type_info *own = types__find(w->f, (PyTypeObject *)object);
    w->reach |= own->reach;
    if (own->named) {
        walk__name(w, object, own);
        return;
    }
    bool temp = w->temp;
    w->temp = false;
    if (walk__enter(w, object, false)) {
        walk__u8(w, TAG_CLASS);
        walk_definition(w, (PyTypeObject *)object);
    }
    w->temp = temp;
}

/* One that only the document has, not sys.modules, is an object like others. */
static bool is_registered(PyObject *module, PyObject *name) {
    PyObject *found = PyDict_GetItem(PyImport_GetModuleDict(), name); /* borrowed */
    return found == module;
}

void walk__module(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    PyObject *dict = PyModule_GetDict(object); /* borrowed */
    PyObject *name = PyModule_GetNameObject(object);
    if (dict == w->f->globals) w->wild = true;
    walk__u8(w, TAG_MODULE);
    if (name) w->reach |= reach__module(name);
    if (name && PyUnicode_CheckExact(name) && (is_registered(object, name) || w->wild))
        walk__str(w, name, info);
    else if (walk__enter(w, object, false))
        walk__object(w, dict);
    PyErr_Clear();
    Py_XDECREF(name);
}
