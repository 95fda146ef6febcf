/* SPDX-License-Identifier: Apache-2.0 */
/* effects.c - fingerprints around a block's run; see effects.h. */
#include "exec/worker/effects.h"

/* What the looks before a run may cost together, and those after it; and a value that comes last
 * when that is used up.  What takes longer counts as changed. */
enum { LOOKS_US = 1000000, LAST_LOOK_US = 2000 };

static struct fingerprint_budget budget(const struct effects *e) {
    uint64_t now = fingerprint_clock();
    uint64_t left = now < e->deadline ? e->deadline - now : 0;
    return (struct fingerprint_budget){.bytes = UINT64_MAX,
                                       .microseconds = left < LAST_LOOK_US ? LAST_LOOK_US : left};
}

bool effects_init(struct effects *e, struct namespace *ns, struct ambient *ambient) {
    *e = (struct effects){.ns = ns, .ambient = ambient};
    e->fingerprinter = fingerprinter_create(ns->globals);
    e->reads = PyList_New(0);
    e->count_threads = py_from("_thread", "_count");
    return e->fingerprinter && e->reads && e->count_threads;
}

/* --- Kept values. --- */

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

void effects_outdate(struct effects *e) {
    for (size_t i = 0; i < e->kept.len; i++) e->kept.items[i]->fresh = false;
}

static struct kept_value *find_kept(const struct effects *e, uint32_t block, PyObject *name) {
    for (size_t i = 0; i < e->kept.len; i++) {
        struct kept_value *k = e->kept.items[i];
        if (k->block == block && PyUnicode_Compare(k->name, name) == 0) return k;
    }
    return NULL;
}

static struct kept_value *find_value(const struct effects *e, const PyObject *value) {
    for (size_t i = 0; i < e->kept.len; i++)
        if (e->kept.items[i]->value == value) return e->kept.items[i];
    return NULL;
}

static void look(struct effects *e, struct kept_value *k) {
    kept_look(k, e->fingerprinter, budget(e));
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

static void add_function_names(struct effects *e, const struct kept_value *k) {
    PyObject *list = k->names ? PySequence_List(k->names) : NULL;
    for (Py_ssize_t i = 0; list && i < PyList_Size(list); i++) add_read(e, PyList_GetItem(list, i));
    PyErr_Clear();
    Py_XDECREF(list);
}

/* Values that could not be seen through may reach anything that reaches something. */
static void suspect_owners(struct effects *e, const struct kept_value *read) {
    for (size_t i = 0; i < e->kept.len; i++) {
        struct kept_value *k = e->kept.items[i];
        k->suspect |= read->last.print.complete ? kept_meet(k, read) : k->ids.len > 0;
    }
}

/* Follow a name read, and those that its functions use, to the kept values they can reach. */
static void follow(struct effects *e, PyObject *name) {
    PyObject *value = value_of(e->ns->globals, name);
    if (!value) return;
    struct kept_value *kept = find_value(e, value);
    struct kept_value *k = kept ? kept : kept_create(0, name, value);
    look(e, k);
    suspect_owners(e, k);
    add_function_names(e, k);
    if (k->last.print.wild) add_all_names(e);
    e->ambient->reach |= k->reach;
    if (!kept) kept_destroy(k);
}

static bool threads_run(const struct effects *e) {
    PyObject *count = PyObject_CallNoArgs(e->count_threads);
    bool run = !count || PyLong_AsLong(count) != 0;
    PyErr_Clear();
    Py_XDECREF(count);
    return run;
}

void effects_add_read(struct effects *e, struct str text) {
    PyObject *name = py_str(text);
    if (name) add_read(e, name);
    PyErr_Clear();
    Py_XDECREF(name);
}

static void set_reads(struct effects *e, const struct str *reads, size_t count) {
    PyList_SetSlice(e->reads, 0, PyList_Size(e->reads), NULL);
    for (size_t i = 0; i < count; i++) effects_add_read(e, reads[i]);
}

void effects_enter(struct effects *e, const struct str *reads, size_t count) {
    e->deadline = fingerprint_clock() + LOOKS_US;
    set_reads(e, reads, count);
    if (threads_run(e)) effects_outdate(e);
    for (size_t i = 0; i < e->kept.len; i++)
        e->kept.items[i]->suspect = e->kept.items[i]->changed = false;
    for (Py_ssize_t i = 0; i < PyList_Size(e->reads); i++) follow(e, PyList_GetItem(e->reads, i));
    for (size_t i = 0; i < e->kept.len; i++) {
        struct kept_value *k = e->kept.items[i];
        if (!k->suspect) continue;
        look(e, k);
        k->before = k->last;
        k->fresh = false;
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

/* What has the running block changed of that which it could reach? */
static void look_again(struct report *r) {
    for (size_t i = 0; i < r->e->kept.len; i++) {
        struct kept_value *k = r->e->kept.items[i];
        if (!k->suspect || k->block == r->block) continue;
        look(r->e, k);
        k->changed = !look_same(&k->before, &k->last);
        if (k->changed) report_change(r, k);
        r->e->ambient->reach |= k->reach;
    }
}

/* It was changed, and the name showed this very value to the block, which has not bound it anew. */
static bool visibly_changed(const struct report *r, const struct kept_value *k) {
    return k->changed && value_of(r->changes->before, k->name) == k->value &&
           value_of(r->e->ns->globals, k->name) == k->value &&
           !value_of(r->changes->bound, k->name);
}

static void walk_reads(const struct report *r, struct fingerprint_walk *w) {
    for (Py_ssize_t i = 0; i < PyList_Size(r->e->reads); i++) {
        PyObject *name = PyList_GetItem(r->e->reads, i); /* borrowed */
        PyObject *value = value_of(r->e->ns->globals, name);
        struct kept_value *k = value ? find_value(r->e, value) : NULL;
        if (!value || value_of(r->changes->bound, name) || (k && visibly_changed(r, k))) continue;
        if (k && k->fresh)
            fingerprint_recall(w, name, &k->ids);
        else
            fingerprint_value(w, name, value, budget(r->e));
    }
}

/* Begin with the names read, but for those written, and go on with those changed in place. */
static struct fingerprint_walk *begin_walk(const struct report *r) {
    struct fingerprint_walk *w = fingerprint_begin(r->e->fingerprinter);
    walk_reads(r, w);
    for (size_t i = 0; i < r->e->kept.len; i++) {
        struct kept_value *k = r->e->kept.items[i];
        if (visibly_changed(r, k)) k->shown = kept_link(k, w, budget(r->e));
    }
    return w;
}

static void report_mutations(struct report *r) {
    for (size_t i = 0; i < r->e->kept.len; i++) {
        const struct kept_value *k = r->e->kept.items[i];
        if (visibly_changed(r, k)) report_write(r, k->name, WIRE_MUTATED, &k->shown, WIRE_KEPT);
    }
}

static struct kept_value *make(struct report *r, PyObject *name, PyObject *value) {
    struct kept_value *k = kept_create(r->block, name, value);
    kept_walk(k, r->walk, budget(r->e));
    k->made = k->last;
    r->e->ambient->reach |= k->reach;
    return k;
}

typedef VEC(struct kept_value *) kept_vec;

/* Whether `old` is what the block makes of the name now, and still as the block made it. */
static bool kept_equal(struct effects *e, struct kept_value *old, const struct kept_value *new) {
    if (!old || !old->made.print.exact || !new->made.print.exact) return false;
    if (!hash128_eq(old->made.print.linked, new->made.print.linked)) return false;
    look(e, old);
    return look_same(&old->last, &old->made);
}

/* Whether the old values share with what was read just what the new ones do: it may have been made
 * anew since, equal, and they hold on to the objects of then. */
static bool all_linked_alike(struct report *r, const kept_vec *made) {
    struct fingerprint_walk *w = begin_walk(r);
    bool alike = true;
    for (size_t i = 0; i < made->len && alike; i++) {
        const struct kept_value *new = made->items[i];
        struct kept_value *old = find_kept(r->e, new->block, new->name);
        struct fingerprint now = kept_link(old, w, budget(r->e));
        alike = now.exact && hash128_eq(now.linked, new->made.print.linked);
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
        vec_push(&made, make(r, name, value));
    bool same = all_equal(r, &made);
    for (size_t i = 0; i < made.len; i++) {
        const struct kept_value *k = made.items[i];
        bool plain = k->made.print.complete && k->ids.len == 0;
        int flags = (same ? WIRE_KEPT : 0) | (plain ? WIRE_PLAIN : 0);
        report_write(r, k->name, WIRE_BOUND, &k->made.print, flags);
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
    struct fingerprint f = fingerprint_value(w, name, state, budget(r->e));
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
    e->deadline = fingerprint_clock() + LOOKS_US;
    look_again(&r);
    r.walk = begin_walk(&r);
    report_mutations(&r);
    report_bound(&r);
    report_removed(&r);
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
