/* SPDX-License-Identifier: Apache-2.0 */
/* ambient.c - what the kinds have in common; see ambient.h. */
#include "exec/worker/ambient.h"

#include "exec/worker/ambient_kinds.h"

static PyObject *copy_now(const struct ambient *a, size_t kind) {
    PyObject *state = ambient_kinds[kind].copy(a);
    PyErr_Clear();
    return state;
}

static void set_now_take(struct ambient_slot *slot, PyObject *state) {
    Py_XDECREF(slot->now);
    slot->now = state;
}

bool ambient_init(struct ambient *a, const struct patches *patches) {
    *a = (struct ambient){.patches = patches, .probe = ambient_probe_create(a)};
    for (size_t i = 0; i < AMBIENT_KINDS; i++) {
        struct ambient_slot *slot = &a->slots[i];
        slot->name = PyUnicode_InternFromString(ambient_kinds[i].name);
        if (!slot->name) return false;
        slot->base = copy_now(a, i);
        Py_XINCREF(slot->base);
        slot->now = slot->base;
    }
    return a->probe != NULL;
}

bool ambient_is(struct str name) {
    return str_starts(name, STR("<"));
}

void ambient_restore(struct ambient *a, struct str name, PyObject *state_or_null) {
    for (size_t i = 0; i < AMBIENT_KINDS; i++) {
        struct ambient_slot *slot = &a->slots[i];
        PyObject *state = state_or_null ? state_or_null : slot->base;
        if (!state || !str_eq(str_from(ambient_kinds[i].name), name)) continue;
        if (!ambient_kinds[i].restore(a, state)) PyErr_Clear();
        set_now_take(slot, copy_now(a, i));
    }
}

static Py_ssize_t count_modules(void) {
    return PyDict_Size(PyImport_GetModuleDict());
}

void ambient_enter(struct ambient *a, unsigned reach) {
    a->reach = reach;
    a->modules = count_modules();
    a->warned = false;
    ambient_probe_show(a);
}

static bool same(PyObject *a, PyObject *b) {
    int equal = a && b ? PyObject_RichCompareBool(a, b, Py_EQ) : a == b;
    PyErr_Clear();
    return equal == 1;
}

/* The module has come with this run. */
static void set_base(struct ambient *a, size_t kind, PyObject *state) {
    struct ambient_slot *slot = &a->slots[kind];
    slot->base = ambient_kinds[kind].loaded(a, state);
    PyErr_Clear();
    Py_XINCREF(slot->base);
    set_now_take(slot, slot->base);
}

/* Whether the run has changed it; then the new state is in `now`. */
static bool changed(struct ambient *a, size_t kind) {
    struct ambient_slot *slot = &a->slots[kind];
    if (!(a->reach & ambient_kinds[kind].changes)) return false;
    PyObject *state = copy_now(a, kind);
    if (!state) return false;
    if (!slot->base && ambient_kinds[kind].loaded) set_base(a, kind, state);
    if (kind != AMBIENT_MODULES && same(slot->now, state)) {
        Py_DECREF(state);
        return false;
    }
    set_now_take(slot, state);
    return true;
}

/* Importing numpy adds filters, once: no change by the block, if it does not seem to make any. */
static void take_import_filters(struct ambient *a, struct ambient_slot *slot, size_t kind) {
    bool imports = count_modules() > a->modules && !(a->reach & REACH_FILTERS);
    PyObject *state = imports && same(slot->now, slot->base) ? copy_now(a, kind) : NULL;
    if (!state) return;
    Py_DECREF(slot->base);
    slot->base = state;
    set_now_take(slot, Py_NewRef(state));
    ambient_probe_show(a);
}

void ambient_leave(struct ambient *a, ambient_visit *visit, void *ctx) {
    take_import_filters(a, &a->slots[AMBIENT_WARNINGS], AMBIENT_WARNINGS);
    if (a->warned || !ambient_probe_stands(a)) a->reach |= REACH_FILTERS;
    if (a->patches->what.len) a->reach |= REACH_MODULES;
    for (size_t i = 0; i < AMBIENT_KINDS; i++) {
        struct ambient_slot *slot = &a->slots[i];
        bool written = changed(a, i);
        if (written || a->reach & ambient_kinds[i].reads)
            visit(ctx, slot->name, written ? slot->now : NULL);
    }
}

void ambient_undo(struct ambient *a) {
    for (size_t i = 0; i < AMBIENT_KINDS; i++) {
        struct ambient_slot *slot = &a->slots[i];
        PyObject *state = slot->now ? copy_now(a, i) : NULL;
        if (state && !same(slot->now, state) && !ambient_kinds[i].restore(a, slot->now))
            PyErr_Clear();
        Py_XDECREF(state);
    }
}

void ambient_note_figures(struct ambient *a) {
    a->reach |= REACH_PLOTS;
}
