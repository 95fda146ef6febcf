/* SPDX-License-Identifier: Apache-2.0 */
/* effects.c - fingerprints around a block's run; see effects.h. */
#include "exec/worker/effects.h"

#include <stdlib.h>

#include "base/mem.h"

/* What one value may cost to look at; beyond it, it counts as changed. */
static const struct fingerprint_budget budget = {.bytes = 64u << 20, .microseconds = 50000};

bool effects_init(struct effects *e, struct namespace *ns, struct ambient *ambient) {
    *e = (struct effects){.ns = ns, .ambient = ambient};
    e->fingerprinter = fingerprinter_create(ns->globals);
    e->reads = PyList_New(0);
    return e->fingerprinter && e->reads;
}

/* --- Kept values. --- */

static void kept_destroy(struct kept_value *k) {
    Py_XDECREF(k->name);
    Py_XDECREF(k->value);
    vec_finish(&k->ids);
    free(k);
}

void effects_forget(struct effects *e, uint32_t block) {
    size_t left = 0;
    for (size_t i = 0; i < e->kept.len; i++) {
        if (e->kept.items[i]->block == block)
            kept_destroy(e->kept.items[i]);
        else
            e->kept.items[left++] = e->kept.items[i];
    }
    e->kept.len = left;
}

static int by_address(const void *a, const void *b) {
    uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;
    return (x > y) - (x < y);
}

static uint64_t signature_bit(uintptr_t id) {
    return (uint64_t)1 << ((id >> 4) * 0x9E3779B97F4A7C15u >> 58);
}

/* Take over what the walk found in the value. */
static void kept_set_ids(struct kept_value *k, struct fingerprint_ids ids) {
    vec_clear(&k->ids);
    k->signature = 0;
    for (size_t i = 0; i < ids.len; i++) {
        vec_push(&k->ids, ids.items[i]);
        k->signature |= signature_bit(ids.items[i]);
    }
    if (k->ids.len) qsort(k->ids.items, k->ids.len, sizeof *k->ids.items, by_address);
}

static bool kept_reaches(const struct kept_value *k, uintptr_t id) {
    if (!(k->signature & signature_bit(id))) return false;
    return bsearch(&id, k->ids.items, k->ids.len, sizeof id, by_address) != NULL;
}

static bool fingerprint_same(const struct fingerprint *a, const struct fingerprint *b) {
    return a->exact && b->exact && hash128_eq(a->content, b->content);
}

/* Walk a kept value by itself. */
static struct fingerprint kept_walk(struct effects *e, const struct kept_value *k,
                                    struct hash128 *trail, struct kept_value *ids_into) {
    struct fingerprint_walk *w = fingerprint_begin(e->fingerprinter);
    struct fingerprint f = fingerprint_value(w, k->name, k->value, budget);
    *trail = fingerprint_trail(w);
    if (ids_into) kept_set_ids(ids_into, fingerprint_ids(w));
    fingerprint_end(w);
    return f;
}

/* --- Before the run. --- */

/* Borrowed; NULL without an exception. */
static PyObject *value_of(PyObject *dict, PyObject *name) {
    PyObject *value = PyDict_GetItemWithError(dict, name);
    if (!value) PyErr_Clear();
    return value;
}

static void add_read(struct effects *e, PyObject *name) {
    if (PySequence_Contains(e->reads, name) == 0) PyList_Append(e->reads, name);
    PyErr_Clear();
}

/* Every name that is bound: for code that may read any. */
static void add_all_names(struct effects *e) {
    PyObject *name, *value; /* borrowed */
    Py_ssize_t at = 0;
    while (PyDict_Next(e->ns->globals, &at, &name, &value))
        if (PyUnicode_CheckExact(name) && !namespace_is_machinery(name)) add_read(e, name);
}

static void add_function_names(struct effects *e, struct fingerprint_walk *w) {
    PyObject *names = fingerprint_names(w); /* borrowed */
    PyObject *list = names ? PySequence_List(names) : NULL;
    for (Py_ssize_t i = 0; list && i < PyList_Size(list); i++) add_read(e, PyList_GetItem(list, i));
    PyErr_Clear();
    Py_XDECREF(list);
}

static void suspect_owners(struct effects *e, struct fingerprint_ids ids) {
    for (size_t i = 0; i < e->kept.len; i++) {
        struct kept_value *k = e->kept.items[i];
        for (size_t n = 0; n < ids.len && !k->suspect; n++)
            k->suspect = kept_reaches(k, ids.items[n]);
    }
}

/* Values that could not be seen through may reach anything that reaches something. */
static void suspect_everything(struct effects *e) {
    for (size_t i = 0; i < e->kept.len; i++)
        e->kept.items[i]->suspect |= e->kept.items[i]->ids.len > 0;
}

/* Follow the names read, and those that their functions use, to the kept values they can reach. */
static void find_suspects(struct effects *e) {
    struct fingerprint_walk *w = fingerprint_begin(e->fingerprinter);
    for (Py_ssize_t i = 0; i < PyList_Size(e->reads); i++) {
        PyObject *name = PyList_GetItem(e->reads, i); /* borrowed */
        PyObject *value = value_of(e->ns->globals, name);
        if (!value) continue;
        struct fingerprint f = fingerprint_value(w, name, value, budget);
        suspect_owners(e, fingerprint_ids(w));
        add_function_names(e, w);
        if (f.wild) add_all_names(e);
        if (!f.complete) suspect_everything(e);
    }
    e->ambient->reach |= fingerprint_reach(w);
    fingerprint_end(w);
}

void effects_enter(struct effects *e, const struct str *reads, size_t count) {
    PyList_SetSlice(e->reads, 0, PyList_Size(e->reads), NULL);
    for (size_t i = 0; i < count; i++) {
        PyObject *name = py_str(reads[i]);
        if (name) add_read(e, name);
        PyErr_Clear();
        Py_XDECREF(name);
    }
    for (size_t i = 0; i < e->kept.len; i++) e->kept.items[i]->suspect = false;
    find_suspects(e);
    for (size_t i = 0; i < e->kept.len; i++) {
        struct kept_value *k = e->kept.items[i];
        if (k->suspect) k->before = kept_walk(e, k, &k->trail_before, NULL);
    }
}

/* --- After the run. --- */

/* What DONE says, in the making. */
struct report {
    struct effects *e;
    struct namespace_changes *changes;
    struct fingerprint_walk *walk; /* over the names read and then those written: what they share
                                      is part of their fingerprints */
    uint32_t block, writes, changed;
    struct buf writes_out, changed_out;
};

static void report_write(struct report *r, PyObject *name, enum wire_write_kind kind,
                         const struct fingerprint *f, int flags) {
    bool known = f && f->exact;
    py_wire(&r->writes_out, name, SIZE_MAX);
    wire_u8(&r->writes_out, (uint8_t)kind);
    wire_u8(&r->writes_out, (uint8_t)((known ? WIRE_KNOWN : 0) | flags));
    wire_u64(&r->writes_out, known ? f->linked.low : 0);
    wire_u64(&r->writes_out, known ? f->linked.high : 0);
    r->writes++;
}

static void report_change(struct report *r, const struct kept_value *k) {
    wire_u32(&r->changed_out, k->block);
    py_wire(&r->changed_out, k->name, SIZE_MAX);
    r->changed++;
}

/* Whether the running block, which could reach the value, has changed it. */
static bool kept_changed(struct effects *e, struct kept_value *k) {
    struct hash128 trail;
    struct fingerprint after = kept_walk(e, k, &trail, k);
    return !fingerprint_same(&k->before, &after) || !hash128_eq(k->trail_before, trail);
}

/* The name showed this very value to the block, which has not bound it anew. */
static bool kept_visible(const struct report *r, const struct kept_value *k) {
    return value_of(r->changes->before, k->name) == k->value &&
           value_of(r->e->ns->globals, k->name) == k->value &&
           !value_of(r->changes->bound, k->name);
}

static void report_mutations(struct report *r) {
    for (size_t i = 0; i < r->e->kept.len; i++) {
        struct kept_value *k = r->e->kept.items[i];
        if (!k->suspect || k->block == r->block || !kept_changed(r->e, k)) continue;
        report_change(r, k);
        if (!kept_visible(r, k)) continue;
        struct fingerprint f = fingerprint_value(r->walk, k->name, k->value, budget);
        report_write(r, k->name, WIRE_MUTATED, &f, WIRE_KEPT);
    }
}

static void walk_reads(struct report *r) {
    for (Py_ssize_t i = 0; i < PyList_Size(r->e->reads); i++) {
        PyObject *name = PyList_GetItem(r->e->reads, i); /* borrowed */
        PyObject *value = value_of(r->e->ns->globals, name);
        if (value) fingerprint_value(r->walk, name, value, budget);
    }
}

static struct kept_value *find_kept(const struct effects *e, uint32_t block, PyObject *name) {
    for (size_t i = 0; i < e->kept.len; i++) {
        struct kept_value *k = e->kept.items[i];
        if (k->block == block && PyUnicode_Compare(k->name, name) == 0) return k;
    }
    return NULL;
}

static struct kept_value *kept_create(struct report *r, PyObject *name, PyObject *value) {
    struct kept_value *k = xcalloc(1, sizeof *k);
    *k = (struct kept_value){.block = r->block, .name = name, .value = value};
    Py_INCREF(name);
    Py_INCREF(value);
    k->made = fingerprint_value(r->walk, name, value, budget);
    kept_set_ids(k, fingerprint_ids(r->walk));
    kept_walk(r->e, k, &k->trail, NULL);
    return k;
}

typedef VEC(struct kept_value *) kept_vec;

/* Whether `old` is what the block makes of the name now, and still as the block made it. */
static bool kept_equal(struct effects *e, const struct kept_value *old,
                       const struct kept_value *new) {
    struct hash128 trail;
    if (!old || !old->made.exact || !new->made.exact) return false;
    if (!hash128_eq(old->made.linked, new->made.linked)) return false;
    struct fingerprint now = kept_walk(e, old, &trail, NULL);
    return now.exact && hash128_eq(now.content, old->made.content) && hash128_eq(trail, old->trail);
}

/* The names read, as they would be with the old values back. */
static void walk_reads_before(struct report *r, struct fingerprint_walk *w) {
    for (Py_ssize_t i = 0; i < PyList_Size(r->e->reads); i++) {
        PyObject *name = PyList_GetItem(r->e->reads, i); /* borrowed */
        PyObject *value = value_of(r->e->ns->globals, name);
        const struct kept_value *old = find_kept(r->e, r->block, name);
        if (old && value_of(r->changes->bound, name)) value = old->value;
        if (value) fingerprint_value(w, name, value, budget);
    }
}

/* Whether the old values share with what was read just what the new ones do: it may have been made
 * anew since, equal, and they hold on to the objects of then. */
static bool all_linked_alike(struct report *r, const kept_vec *made) {
    struct fingerprint_walk *w = fingerprint_begin(r->e->fingerprinter);
    bool alike = true;
    walk_reads_before(r, w);
    for (size_t i = 0; i < made->len && alike; i++) {
        const struct kept_value *new = made->items[i];
        const struct kept_value *old = find_kept(r->e, new->block, new->name);
        struct fingerprint now = fingerprint_value(w, old->name, old->value, budget);
        alike = now.exact && hash128_eq(now.linked, new->made.linked);
    }
    fingerprint_end(w);
    return alike;
}

/* All or nothing: the block's values may share objects with one another. */
static bool all_equal(struct report *r, const kept_vec *made) {
    for (size_t i = 0; i < made->len; i++) {
        const struct kept_value *new = made->items[i];
        if (!kept_equal(r->e, find_kept(r->e, new->block, new->name), new)) return false;
    }
    return made->len && all_linked_alike(r, made);
}

/* The same values again: the old objects stay bound, the new ones go. */
static void put_back(struct report *r, kept_vec *made) {
    for (size_t i = 0; i < made->len; i++) {
        struct kept_value *new = made->items[i];
        const struct kept_value *old = find_kept(r->e, new->block, new->name);
        PyDict_SetItem(r->e->ns->globals, new->name, old->value);
        PyDict_SetItem(r->changes->bound, new->name, old->value);
        PyErr_Clear();
        kept_destroy(new);
    }
}

static void keep_new(struct report *r, kept_vec *made) {
    effects_forget(r->e, r->block);
    for (size_t i = 0; i < made->len; i++) vec_push(&r->e->kept, made->items[i]);
}

static void report_bound(struct report *r) {
    kept_vec made = {0};
    PyObject *name, *value; /* borrowed */
    Py_ssize_t at = 0;
    while (PyDict_Next(r->changes->bound, &at, &name, &value))
        vec_push(&made, kept_create(r, name, value));
    bool same = all_equal(r, &made);
    for (size_t i = 0; i < made.len; i++) {
        const struct kept_value *k = made.items[i];
        bool plain = k->made.complete && k->ids.len == 0;
        int flags = (same ? WIRE_KEPT : 0) | (plain ? WIRE_PLAIN : 0);
        report_write(r, k->name, WIRE_BOUND, &k->made, flags);
    }
    if (same)
        put_back(r, &made);
    else
        keep_new(r, &made);
    vec_finish(&made);
}

static void report_removed(struct report *r) {
    for (Py_ssize_t i = 0; i < PyList_Size(r->changes->removed); i++)
        report_write(r, PyList_GetItem(r->changes->removed, i), WIRE_REMOVED, NULL, WIRE_KEPT);
}

/* The state of the process, as if it were a name's value. */
static void report_ambient(void *ctx, PyObject *name, PyObject *state) {
    struct report *r = ctx;
    add_read(r->e, name);
    if (!state) return;
    struct fingerprint_walk *w = fingerprint_begin(r->e->fingerprinter);
    struct fingerprint f = fingerprint_value(w, name, state, budget);
    fingerprint_end(w);
    report_write(r, name, WIRE_BOUND, &f, WIRE_KEPT | WIRE_PLAIN);
    PyDict_SetItem(r->changes->bound, name, state);
    PyErr_Clear();
}

static void report_reads(struct report *r, struct buf *out) {
    wire_u32(out, (uint32_t)PyList_Size(r->e->reads));
    for (Py_ssize_t i = 0; i < PyList_Size(r->e->reads); i++)
        py_wire(out, PyList_GetItem(r->e->reads, i), SIZE_MAX);
}

void effects_leave(struct effects *e, uint32_t block, struct namespace_changes *changes,
                   struct buf *out) {
    struct report r = {.e = e, .block = block, .changes = changes};
    r.walk = fingerprint_begin(e->fingerprinter);
    walk_reads(&r);
    report_mutations(&r);
    report_bound(&r);
    report_removed(&r);
    e->ambient->reach |= fingerprint_reach(r.walk);
    fingerprint_end(r.walk);
    ambient_leave(e->ambient, report_ambient, &r);
    wire_u32(out, r.writes);
    buf_append(out, buf_str(&r.writes_out));
    wire_u32(out, r.changed);
    buf_append(out, buf_str(&r.changed_out));
    report_reads(&r, out);
    buf_finish(&r.writes_out);
    buf_finish(&r.changed_out);
    PyErr_Clear();
}
