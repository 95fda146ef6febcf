/* SPDX-License-Identifier: Apache-2.0 */
/* values_leave.c - what a block changed, after its run; see values.h.
 *
 * One walk goes over the context and then over the values that the block bound, so that the
 * fingerprints of these say what they share with the context.  Whether a value of the context
 * changed is judged by itself, not by what it shares with others: to bind a name to a part of a
 * list does not change the list. */
#include "exec/worker/values_internal.h"

/* Objects that values reach. */
struct objects {
    struct id_set ids;
    bool more; /* and others that are not known */
};

/* One values_leave(). */
struct leave {
    struct values *v;
    PyObject *writes; /* set of names, owned */
    bound_vec bound;
    struct objects touched; /* what values that changed reached, before or after */
};

/* --- The context --- */

static void add_objects(struct objects *o, const struct root_state *state) {
    id_set_add_all(&o->ids, &state->ids);
    o->more |= !state->print.complete;
}

/* Whether a value reaches one of them, or may. */
static bool reaches(const struct root *root, const struct objects *o) {
    if (o->more || (o->ids.len && !root->now.print.complete)) return root_is_mutable(root);
    return id_set_meets(&o->ids, &root->now.ids);
}

static bool is_empty(const struct objects *o) {
    return !o->ids.len && !o->more;
}

/* See whether a value changed during the run. */
static void check_root(struct leave *l, struct root *root, struct fingerprint_walk *w) {
    if (!root_is_mutable(root)) return;
    root_keep_state(root);
    root_walk(root, w, root->label, values__budget(l->v));
    root->changed = root_differs(root);
    if (!root->changed) return;
    add_objects(&l->touched, &root->before);
    add_objects(&l->touched, &root->now);
}

/* The names outside the context, sorted, whose values reach one of these objects. */
static PyObject *find_names(const struct leave *l, const struct objects *o) {
    PyObject *names = PySet_New(NULL), *name, *value; /* the last two borrowed */
    Py_ssize_t at = 0;
    while (names && values__next_name(l->v, &at, &name, &value)) {
        const struct root *root = roots_get(&l->v->roots, value);
        if (root && !root->label && PySet_Contains(l->writes, name) == 0 && reaches(root, o))
            PySet_Add(names, name);
    }
    PyObject *list = values__sorted(names);
    Py_XDECREF(names);
    return list;
}

/* Make these names part of the context and check them.  Returns whether there were any. */
static bool check_names_take(struct leave *l, PyObject *names, struct fingerprint_walk *w) {
    size_t start = l->v->context.len;
    for (Py_ssize_t i = 0; i < PyList_Size(names); i++)
        values__add_context(l->v, PyList_GetItem(names, i));
    for (size_t i = start; i < l->v->context.len; i++) check_root(l, l->v->context.items[i], w);
    Py_DECREF(names);
    return l->v->context.len > start;
}

/* Values that no name has at this place of the document: their prints must stay true. */
static void check_retired(struct leave *l) {
    struct fingerprint_walk *w = NULL;
    PyObject *label = PyUnicode_FromString("");
    size_t cursor = 0;
    struct root *root;
    while (label && (root = roots_next(&l->v->roots, &cursor))) {
        if (root->label || !reaches(root, &l->touched)) continue;
        if (!w) w = fingerprint_begin(l->v->prints);
        root_walk(root, w, label, values__budget(l->v));
    }
    fingerprint_end(w);
    Py_XDECREF(label);
}

static void check_context(struct leave *l, struct fingerprint_walk *w) {
    for (size_t i = 0; i < l->v->context.len; i++) check_root(l, l->v->context.items[i], w);
    if (!is_empty(&l->touched)) check_names_take(l, find_names(l, &l->touched), w);
}

/* --- Bound names --- */

/* Another name, which the block did not bind, of the same object: that is then no new one. */
static void add_alias(struct leave *l, const struct root *root) {
    PyObject *name, *value; /* borrowed */
    Py_ssize_t at = 0;
    while (!root->label && values__next_name(l->v, &at, &name, &value))
        if (value == root->value && PySet_Contains(l->writes, name) == 0)
            values__add_context(l->v, name);
}

static void find_bound(struct leave *l, PyObject *previous, value_change_vec *changes) {
    PyObject *names = values__sorted(l->writes);
    for (Py_ssize_t i = 0; i < PyList_Size(names); i++) {
        PyObject *name = PyList_GetItem(names, i), *value = values__value(l->v, name);
        PyObject *old = value && previous ? PyDict_GetItemWithError(previous, name) : NULL;
        PyErr_Clear();
        if (!value) {
            vec_push(changes,
                     ((struct value_change){.name = Py_NewRef(name), .kind = VALUE_REMOVED}));
            continue;
        }
        struct root *root = roots_get(&l->v->roots, value);
        if (root) add_alias(l, root);
        vec_push(&l->bound, ((struct bound){.name = Py_NewRef(name),
                                            .root = roots_add(&l->v->roots, value),
                                            .old = old ? roots_add(&l->v->roots, old) : NULL}));
    }
    Py_DECREF(names);
}

struct fingerprint values__walk_bound(struct values *v, struct fingerprint_walk *w,
                                      struct root *root, PyObject *name) {
    if (root->label) return fingerprint_value(w, name, root->value, values__budget(v));
    root_walk(root, w, name, values__budget(v));
    return root->now.print;
}

static void walk_bound(struct leave *l, struct fingerprint_walk *w) {
    for (size_t i = 0; i < l->bound.len; i++) {
        struct bound *b = &l->bound.items[i];
        b->print = values__walk_bound(l->v, w, b->root, b->name);
    }
}

/* Names whose values share with those that were bound, though the block could not reach them by
 * name: its own list in a registry of another module, say. */
static PyObject *find_strangers(const struct leave *l) {
    struct objects bound = {0};
    for (size_t i = 0; i < l->bound.len; i++)
        if (!l->bound.items[i].root->label)
            id_set_add_all(&bound.ids, &l->bound.items[i].root->now.ids);
    PyObject *names = find_names(l, &bound);
    id_set_finish(&bound.ids);
    return names;
}

/* --- The result --- */

static void report_bound(const struct leave *l, value_change_vec *changes) {
    for (size_t i = 0; i < l->bound.len; i++) {
        const struct bound *b = &l->bound.items[i];
        vec_push(changes, ((struct value_change){.name = Py_NewRef(b->name),
                                                 .kind = VALUE_BOUND,
                                                 .known = b->print.exact,
                                                 .fingerprint = b->print.linked,
                                                 .kept_old = b->keep}));
    }
}

static void report_mutated(const struct leave *l, value_change_vec *changes) {
    PyObject *names = PySet_New(NULL), *name, *value; /* the last two borrowed */
    Py_ssize_t at = 0;
    while (names && values__next_name(l->v, &at, &name, &value)) {
        const struct root *root = roots_get(&l->v->roots, value);
        if (root && root->changed && PySet_Contains(l->writes, name) == 0) PySet_Add(names, name);
    }
    PyObject *list = values__sorted(names);
    for (Py_ssize_t i = 0; i < PyList_Size(list); i++) {
        name = PyList_GetItem(list, i);
        const struct root *root = roots_get(&l->v->roots, values__value(l->v, name));
        vec_push(changes, ((struct value_change){.name = Py_NewRef(name),
                                                 .kind = VALUE_MUTATED,
                                                 .known = root->now.print.exact,
                                                 .fingerprint = root->now.print.linked}));
    }
    Py_DECREF(list);
    Py_XDECREF(names);
}

static void leave_finish(struct leave *l) {
    for (size_t i = 0; i < l->bound.len; i++) Py_DECREF(l->bound.items[i].name);
    vec_finish(&l->bound);
    id_set_finish(&l->touched.ids);
    Py_XDECREF(l->writes);
}

void values_leave(struct values *v, const struct str *writes, size_t count, PyObject *previous,
                  value_change_vec *changes) {
    struct leave l = {.v = v, .writes = values__set(writes, count)};
    struct fingerprint_walk *w = fingerprint_begin(v->prints);
    values__start_clock(v);
    find_bound(&l, previous, changes);
    check_context(&l, w);
    walk_bound(&l, w);
    if (check_names_take(&l, find_strangers(&l), w)) { /* so walk in the wider context */
        fingerprint_end(w);
        w = fingerprint_begin(v->prints);
        for (size_t i = 0; i < v->context.len; i++)
            root_walk(v->context.items[i], w, v->context.items[i]->label, values__budget(v));
        walk_bound(&l, w);
    }
    values__keep_old(v, w, &l.bound);
    fingerprint_end(w);
    if (!is_empty(&l.touched)) check_retired(&l);
    report_bound(&l, changes);
    report_mutated(&l, changes);
    leave_finish(&l);
    PyErr_Clear();
}
