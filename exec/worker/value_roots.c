/* SPDX-License-Identifier: Apache-2.0 */
/* value_roots.c - the table of roots; see value_roots.h. */
#include "exec/worker/value_roots.h"

#include "base/mem.h"

static struct str key_of(PyObject *const *value) {
    return (struct str){(const char *)value, sizeof *value};
}

static void root_destroy(struct root *root) {
    vec_finish(&root->now.ids);
    vec_finish(&root->before.ids);
    Py_XDECREF(root->label);
    Py_XDECREF(root->names);
    Py_XDECREF(root->value);
    free(root);
}

void roots_finish(struct roots *r) {
    size_t cursor = 0;
    struct root *root;
    while ((root = roots_next(r, &cursor))) root_destroy(root);
    map_finish(&r->map);
}

struct root *roots_get(const struct roots *r, const PyObject *value) {
    PyObject *key = (PyObject *)value;
    return map_get(&r->map, key_of(&key));
}

struct root *roots_add(struct roots *r, PyObject *value) {
    void **slot = map_slot(&r->map, key_of(&value));
    if (*slot) return *slot;
    struct root *root = xcalloc(1, sizeof *root);
    root->value = Py_NewRef(value);
    return *slot = root;
}

struct root *roots_next(const struct roots *r, size_t *cursor) {
    const struct map_entry *entry = map_next(&r->map, cursor);
    return entry ? entry->value : NULL;
}

void roots_mark(struct roots *r, PyObject *dict) {
    PyObject *name, *value; /* borrowed */
    Py_ssize_t at = 0;
    while (PyDict_Next(dict, &at, &name, &value)) {
        struct root *root = roots_get(r, value);
        if (root) root->marked = true;
    }
}

void roots_sweep(struct roots *r) {
    VEC(struct root *) dead = {0};
    size_t cursor = 0;
    struct root *root;
    while ((root = roots_next(r, &cursor))) {
        if (!root->marked) vec_push(&dead, root);
        root->marked = false;
    }
    for (size_t i = 0; i < dead.len; i++) map_remove(&r->map, key_of(&dead.items[i]->value));
    for (size_t i = 0; i < dead.len; i++) root_destroy(dead.items[i]);
    vec_finish(&dead);
}

void root_walk(struct root *root, struct fingerprint_walk *w, PyObject *label,
               struct fingerprint_budget budget) {
    root->now.print = fingerprint_value(w, label, root->value, budget);
    root->now.trail = fingerprint_trail(w);
    id_vec_assign(&root->now.ids, fingerprint_ids(w));
    Py_XDECREF(root->names);
    root->names = fingerprint_names(w);
    Py_XINCREF(root->names);
}

void root_keep_state(struct root *root) {
    struct root_state spare = root->before;
    root->before = root->now;
    root->now = spare;
}

bool root_differs(const struct root *root) {
    const struct root_state *a = &root->before, *b = &root->now;
    return !a->print.exact || !b->print.exact || !hash128_eq(a->print.content, b->print.content) ||
           !hash128_eq(a->trail, b->trail);
}

bool root_is_mutable(const struct root *root) {
    return root->now.ids.len > 0 || !root->now.print.exact;
}
