/* SPDX-License-Identifier: Apache-2.0 */
/* namespace.c - names, values and the blocks they come from; see namespace.h. */
#include "exec/worker/namespace.h"

/* --- The module --- */

/* The value is taken; false when there is none or it cannot be set. */
static bool set_take(PyObject *dict, const char *name, PyObject *value) {
    bool done = value && PyDict_SetItemString(dict, name, value) == 0;
    Py_XDECREF(value);
    return done;
}

static PyObject *none(void) {
    Py_INCREF(Py_None);
    return Py_None;
}

static PyObject *package_or_none(const char *package) {
    return *package ? py_str(str_from(package)) : none();
}

/* As `python file.py` has it, apart from the loader: there is no file to load again. */
static bool fill_globals(PyObject *globals, const struct setup *setup) {
    PyObject *builtins = PyImport_ImportModule("builtins");
    PyDict_Clear(globals); /* our host may be running in it: imports need its builtins again */
    return set_take(globals, "__builtins__", builtins) &&
           set_take(globals, "__name__", PyUnicode_FromString("__main__")) &&
           set_take(globals, "__doc__", none()) &&
           set_take(globals, "__package__", package_or_none(setup->package)) &&
           set_take(globals, "__loader__", none()) && set_take(globals, "__spec__", none()) &&
           set_take(globals, "__annotations__", PyDict_New()) &&
           set_take(globals, "__file__", py_path(str_from(setup->file))) &&
           set_take(globals, "__cached__", none());
}

bool namespace_init(struct namespace *ns, const struct setup *setup) {
    *ns = (struct namespace){0};
    PyObject *module = PyImport_AddModule("__main__"); /* borrowed */
    if (!module) return false;
    ns->globals = PyModule_GetDict(module);
    Py_INCREF(ns->globals);
    ns->bindings = PyDict_New();
    ns->features = PyDict_New();
    return ns->bindings && ns->features && fill_globals(ns->globals, setup);
}

/* --- Bindings of blocks --- */

/* Borrowed; NULL without an exception. */
static PyObject *get(PyObject *dict, PyObject *key_or_null) {
    PyObject *value = key_or_null ? PyDict_GetItemWithError(dict, key_or_null) : NULL;
    if (!value) PyErr_Clear();
    return value;
}

static PyObject *get_of_block(PyObject *dict, uint32_t block) {
    PyObject *key = PyLong_FromUnsignedLong(block);
    PyObject *value = get(dict, key);
    Py_XDECREF(key);
    return value;
}

/* NULL as value removes. */
static void set_of_block(PyObject *dict, uint32_t block, PyObject *value) {
    PyObject *key = PyLong_FromUnsignedLong(block);
    if (key && value)
        PyDict_SetItem(dict, key, value);
    else if (key && get(dict, key))
        PyDict_DelItem(dict, key);
    PyErr_Clear();
    Py_XDECREF(key);
}

PyObject *namespace_get(const struct namespace *ns, struct str name, uint32_t block) {
    PyObject *dict = block ? get_of_block(ns->bindings, block) : ns->globals; /* borrowed */
    PyObject *key = py_str(name);
    PyObject *value = dict ? get(dict, key) : NULL;
    PyErr_Clear();
    Py_XDECREF(key);
    return value;
}

bool namespace_fix(struct namespace *ns, struct str name, uint32_t block) {
    PyObject *value = block ? namespace_get(ns, name, block) : NULL; /* borrowed */
    PyObject *key = py_str(name);
    if (!key) return false;
    int failed = 0;
    if (value)
        failed = PyDict_SetItem(ns->globals, key, value);
    else if (get(ns->globals, key))
        failed = PyDict_DelItem(ns->globals, key);
    Py_DECREF(key);
    return failed == 0;
}

void namespace_forget(struct namespace *ns, uint32_t block) {
    set_of_block(ns->bindings, block, NULL);
    set_of_block(ns->features, block, NULL);
}

/* --- What a block changed --- */

bool namespace_is_machinery(PyObject *name) {
    static const char *const names[] = {"__builtins__", "__annotations__", "__warningregistry__"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (PyUnicode_CompareWithASCIIString(name, names[i]) == 0) return true;
    return false;
}

bool namespace_enter(struct namespace *ns) {
    Py_XDECREF(ns->before);
    ns->before = PyDict_Copy(ns->globals);
    return ns->before != NULL;
}

static void find_bound(struct namespace_changes *c, PyObject *globals) {
    PyObject *name, *value; /* borrowed */
    Py_ssize_t at = 0;
    while (PyDict_Next(globals, &at, &name, &value))
        if (PyUnicode_CheckExact(name) && get(c->before, name) != value &&
            !namespace_is_machinery(name))
            PyDict_SetItem(c->bound, name, value);
}

static void find_removed(struct namespace_changes *c, PyObject *globals) {
    PyObject *name, *value; /* borrowed */
    Py_ssize_t at = 0;
    while (PyDict_Next(c->before, &at, &name, &value))
        if (PyUnicode_CheckExact(name) && !get(globals, name) && !namespace_is_machinery(name))
            PyList_Append(c->removed, name);
}

bool namespace_leave(struct namespace *ns, struct namespace_changes *changes) {
    *changes = (struct namespace_changes){ns->before, PyDict_New(), PyList_New(0)};
    ns->before = NULL;
    if (!changes->before || !changes->bound || !changes->removed) return false;
    find_bound(changes, ns->globals);
    find_removed(changes, ns->globals);
    return true;
}

bool namespace_holds_same(const struct namespace *ns, const struct namespace_changes *changes,
                          struct str name) {
    PyObject *key = py_str(name);
    PyObject *value = get(ns->globals, key); /* borrowed */
    bool same = value && get(changes->before, key) == value;
    PyErr_Clear();
    Py_XDECREF(key);
    return same;
}

void namespace_bound_again(const struct namespace *ns, struct namespace_changes *changes,
                           struct str name) {
    PyObject *key = py_str(name);
    PyObject *value = get(ns->globals, key); /* borrowed */
    if (value) PyDict_SetItem(changes->bound, key, value);
    PyErr_Clear();
    Py_XDECREF(key);
}

static void put_back(PyObject *globals, PyObject *before, PyObject *name) {
    PyObject *value = get(before, name); /* borrowed */
    if (value)
        PyDict_SetItem(globals, name, value);
    else
        PyDict_DelItem(globals, name);
    PyErr_Clear();
}

void namespace_undo(struct namespace *ns, struct namespace_changes *changes) {
    PyObject *name, *value; /* borrowed */
    Py_ssize_t at = 0;
    while (PyDict_Next(changes->bound, &at, &name, &value))
        put_back(ns->globals, changes->before, name);
    for (Py_ssize_t i = 0; i < PyList_Size(changes->removed); i++)
        put_back(ns->globals, changes->before, PyList_GetItem(changes->removed, i));
    PyDict_Clear(changes->bound);
    PyList_SetSlice(changes->removed, 0, PyList_Size(changes->removed), NULL);
}

void namespace_changes_finish(struct namespace_changes *changes) {
    Py_CLEAR(changes->before);
    Py_CLEAR(changes->bound);
    Py_CLEAR(changes->removed);
}

void namespace_keep(struct namespace *ns, uint32_t block, const struct namespace_changes *changes) {
    if (changes->bound) set_of_block(ns->bindings, block, changes->bound);
}

/* --- Future features --- */

long namespace_features(const struct namespace *ns, uint32_t except_block) {
    PyObject *key, *value; /* borrowed */
    Py_ssize_t at = 0;
    long all = 0;
    while (PyDict_Next(ns->features, &at, &key, &value))
        if (PyLong_AsUnsignedLong(key) != except_block) all |= PyLong_AsLong(value);
    return all;
}

void namespace_set_features(struct namespace *ns, uint32_t block, long flags) {
    PyObject *value = flags ? PyLong_FromLong(flags) : NULL;
    set_of_block(ns->features, block, value);
    Py_XDECREF(value);
}
