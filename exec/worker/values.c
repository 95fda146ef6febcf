/* SPDX-License-Identifier: Apache-2.0 */
/* values.c - what a block can reach, before it runs; see values.h. */
#include "exec/worker/values.h"

#include <time.h>

#include "base/mem.h"
#include "exec/worker/values_internal.h"

enum { LAST_MOMENT = 2000 }; /* microseconds for one value when the time for all is over */

static uint64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

struct fingerprint_budget values__budget(const struct values *v) {
    struct fingerprint_budget budget = v->limits.value;
    uint64_t now = now_us();
    uint64_t left = now < v->deadline ? v->deadline - now : 0;
    if (left < LAST_MOMENT) left = LAST_MOMENT;
    if (budget.microseconds > left) budget.microseconds = left;
    return budget;
}

void values__start_clock(struct values *v) {
    v->deadline = now_us() + v->limits.microseconds;
}

/* --- Life --- */

struct values *values_create(PyObject *globals, PyObject *bindings, struct values_limits limits) {
    struct values *v = xcalloc(1, sizeof *v);
    v->limits = limits;
    v->globals = Py_NewRef(globals);
    v->bindings = Py_NewRef(bindings);
    v->prints = fingerprinter_create(globals);
    v->reads = PyList_New(0);
    if (v->prints && v->reads) return v;
    values_destroy(v);
    return NULL;
}

void values_destroy(struct values *v) {
    if (!v) return;
    vec_finish(&v->context);
    roots_finish(&v->roots);
    fingerprinter_destroy(v->prints);
    Py_XDECREF(v->reads);
    Py_XDECREF(v->bindings);
    Py_XDECREF(v->globals);
    free(v);
}

void value_changes_finish(value_change_vec *changes) {
    for (size_t i = 0; i < changes->len; i++) Py_DECREF(changes->items[i].name);
    vec_finish(changes);
}

/* --- Names --- */

/* What the interpreter keeps in every module, and no block means. */
static bool is_machinery(PyObject *name) {
    static const char *const names[] = {"__builtins__", "__loader__", "__spec__",
                                        "__warningregistry__"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (PyUnicode_CompareWithASCIIString(name, names[i]) == 0) return true;
    return false;
}

PyObject *values__value(const struct values *v, PyObject *name) {
    PyObject *value = PyDict_GetItemWithError(v->globals, name);
    if (!value) PyErr_Clear();
    return value;
}

bool values__next_name(const struct values *v, Py_ssize_t *at, PyObject **name, PyObject **value) {
    while (PyDict_Next(v->globals, at, name, value))
        if (PyUnicode_CheckExact(*name) && !is_machinery(*name)) return true;
    return false;
}

PyObject *values__set(const struct str *names, size_t count) {
    PyObject *set = PySet_New(NULL);
    for (size_t i = 0; set && i < count; i++) {
        PyObject *name = py_str(names[i]);
        if (name) PySet_Add(set, name);
        Py_XDECREF(name);
    }
    PyErr_Clear();
    return set;
}

PyObject *values__sorted(PyObject *set) {
    PyObject *list = set ? PySequence_List(set) : NULL;
    if (list && PyList_Sort(list) < 0) Py_CLEAR(list);
    PyErr_Clear();
    return list ? list : PyList_New(0);
}

/* --- Before the run --- */

static void forget_run(struct values *v) {
    for (size_t i = 0; i < v->context.len; i++) {
        Py_CLEAR(v->context.items[i]->label);
        v->context.items[i]->changed = false;
    }
    vec_clear(&v->context);
}

/* Forget the values that no name has at any place of the document. */
static void forget_values(struct values *v) {
    PyObject *block, *names; /* borrowed */
    Py_ssize_t at = 0;
    roots_mark(&v->roots, v->globals);
    while (PyDict_Next(v->bindings, &at, &block, &names))
        if (PyDict_Check(names)) roots_mark(&v->roots, names);
    roots_sweep(&v->roots);
}

/* Values that came to be bound since the last run: by what rewound the names. */
static void walk_new(struct values *v) {
    struct fingerprint_walk *w = fingerprint_begin(v->prints);
    PyObject *name, *value; /* borrowed */
    Py_ssize_t at = 0;
    while (values__next_name(v, &at, &name, &value))
        if (!roots_get(&v->roots, value))
            root_walk(roots_add(&v->roots, value), w, name, values__budget(v));
    fingerprint_end(w);
}

/* A set of names, and the same as a list in which they wait for their turn. */
struct closure {
    PyObject *names, *queue;
};

static void reach(struct closure *c, PyObject *name) {
    if (PySet_Contains(c->names, name) == 0 && PySet_Add(c->names, name) == 0)
        PyList_Append(c->queue, name);
}

static void reach_everything(const struct values *v, struct closure *c) {
    PyObject *name, *value; /* borrowed */
    Py_ssize_t at = 0;
    while (values__next_name(v, &at, &name, &value)) reach(c, name);
}

static void reach_from(const struct values *v, struct closure *c, PyObject *name) {
    PyObject *value = values__value(v, name);
    const struct root *root = value ? roots_get(&v->roots, value) : NULL;
    if (!root) return;
    PyObject *used = values__sorted(root->names);
    for (Py_ssize_t i = 0; i < PyList_Size(used); i++) reach(c, PyList_GetItem(used, i));
    if (root->now.print.wild || !root->now.print.complete) reach_everything(v, c);
    Py_XDECREF(used);
}

/* The names that are read, and those that functions among their values use, and so on. */
static PyObject *close_names(const struct values *v, PyObject *names_take, bool everything) {
    struct closure c = {.names = names_take, .queue = values__sorted(names_take)};
    if (everything) reach_everything(v, &c);
    for (Py_ssize_t i = 0; i < PyList_Size(c.queue); i++)
        reach_from(v, &c, PyList_GetItem(c.queue, i));
    PyObject *all = values__sorted(c.names);
    Py_XDECREF(c.queue);
    Py_XDECREF(c.names);
    return all;
}

void values__add_context(struct values *v, PyObject *name) {
    PyObject *value = values__value(v, name);
    struct root *root = value ? roots_get(&v->roots, value) : NULL;
    if (!root || root->label) return;
    root->label = Py_NewRef(name);
    vec_push(&v->context, root);
}

void values_enter(struct values *v, const struct str *reads, size_t count, bool everything) {
    forget_run(v);
    forget_values(v);
    values__start_clock(v);
    walk_new(v);
    Py_XDECREF(v->reads);
    v->reads = close_names(v, values__set(reads, count), everything);
    for (Py_ssize_t i = 0; i < PyList_Size(v->reads); i++)
        values__add_context(v, PyList_GetItem(v->reads, i));
    PyErr_Clear();
}

PyObject *values_reads(const struct values *v) {
    return v->reads;
}
