/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint_checks.h - which values have equal fingerprints, and which do not.
 *
 * A case is a program, or two, run in an empty __main__, that leaves a value in `x` (an expression
 * is its own value).  Functions depend on the names they use: these are part of what is compared,
 * as whoever uses fingerprints has to (NOTE[names]). */
#ifndef TESTS_FINGERPRINT_CHECKS_H
#define TESTS_FINGERPRINT_CHECKS_H

#include "base/vec.h"
#include "exec/worker/fingerprint.h"
#include "tests/support/embedded_python.h"

static const struct fingerprint_budget ample = {1u << 30, (uint64_t)60 * 1000000};
static struct fingerprinter *prints;

/* --- Fingerprints with the names they depend on --- */

struct print {
    struct hash128 content, trail;
    bool exact, complete, wild;
    char names[256]; /* sorted, with blanks between */
};

static inline void join_names(PyObject *names, char *out, size_t size) {
    PyObject *list = PySequence_List(names);
    PyList_Sort(list);
    out[0] = '\0';
    for (Py_ssize_t i = 0; i < PyList_Size(list); i++) {
        size_t used = strlen(out);
        snprintf(out + used, size - used, "%s%s", used ? " " : "",
                 PyUnicode_AsUTF8AndSize(PyList_GetItem(list, i), NULL));
    }
    Py_DECREF(list);
}

/* Into `names`: those that the last value uses and are bound. */
static inline void add_names(struct fingerprint_walk *w, PyObject *names) {
    PyObject *list = PySequence_List(fingerprint_names(w));
    PyList_Sort(list);
    for (Py_ssize_t i = 0; i < PyList_Size(list); i++) {
        PyObject *name = PyList_GetItem(list, i);
        if (PyDict_GetItem(python_globals(), name) && !PySequence_Contains(names, name))
            PyList_Append(names, name);
    }
    Py_DECREF(list);
}

static inline struct print print_of(PyObject *value, struct fingerprint_budget budget) {
    struct fingerprint_walk *w = fingerprint_begin(prints);
    PyObject *names = PyList_New(0), *label = PyUnicode_FromString("x");
    struct fingerprint fp = fingerprint_value(w, label, value, budget);
    struct print p = {fp.content, fingerprint_trail(w), fp.exact, fp.complete, fp.wild, ""};
    join_names(fingerprint_names(w), p.names, sizeof p.names);
    add_names(w, names);
    for (Py_ssize_t i = 0; i < PyList_Size(names); i++) {
        PyObject *name = PyList_GetItem(names, i);
        struct hash128 both[2] = {p.content};
        both[1] =
            fingerprint_value(w, name, PyDict_GetItem(python_globals(), name), budget).content;
        p.content = hash128((struct str){(const char *)both, sizeof both});
        add_names(w, names);
    }
    Py_DECREF(label);
    Py_DECREF(names);
    fingerprint_end(w);
    assert_null(PyErr_Occurred());
    return p;
}

/* The value that a program leaves: a new reference. */
static inline PyObject *value_of(const char *source) {
    python_clear();
    PyObject *code = Py_CompileString(source, "<test>", Py_eval_input);
    PyErr_Clear();
    bool expression = code != NULL;
    Py_XDECREF(code);
    if (expression) return python_eval(source);
    python_run(source);
    return python_eval("x");
}

static inline struct print print_of_source(const char *source) {
    PyObject *value = value_of(source);
    struct print p = print_of(value, ample);
    Py_DECREF(value);
    return p;
}

/* --- The checks --- */

static inline void check_equal(const char *a, const char *b, bool equal) {
    struct print first = print_of_source(a), second = print_of_source(b);
    if (!first.exact) fail_msg("not exact: %s", a);
    if (!second.exact) fail_msg("not exact: %s", b);
    if (hash128_eq(first.content, second.content) != equal)
        fail_msg("%s:\n%s\n--\n%s", equal ? "differ" : "are the same", a, b);
}

/* Each program gives the same fingerprint twice, and no two of them share one.  `prelude` goes
 * before each. */
static inline void check_distinct(const char *prelude, const char *const *values, size_t count) {
    VEC(struct hash128) prints_of = {0};
    char program[512];
    for (size_t i = 0; i < count; i++) {
        snprintf(program, sizeof program, "%s%s", prelude, values[i]);
        check_equal(program, program, true);
        vec_push(&prints_of, print_of_source(program).content);
        for (size_t k = 0; k < i; k++)
            if (hash128_eq(prints_of.items[k], prints_of.items[i]))
                fail_msg("are the same:\n%s\n--\n%s", values[k], values[i]);
    }
    vec_finish(&prints_of);
}

static inline void same(const char *a, const char *b) {
    check_equal(a, b, true);
}

static inline void differ(const char *a, const char *b) {
    check_equal(a, b, false);
}

/* Whether `action` changes what `setup` left in x. */
static inline void check_action(const char *setup, const char *action, bool changes) {
    PyObject *value = value_of(setup);
    struct print before = print_of(value, ample);
    python_run(action);
    struct print after = print_of(value, ample);
    Py_DECREF(value);
    if (!before.exact || !after.exact) fail_msg("not exact: %s", setup);
    bool equal = hash128_eq(before.content, after.content) && hash128_eq(before.trail, after.trail);
    if (equal == changes)
        fail_msg("%s:\n%s\n-- %s", changes ? "not noticed" : "noticed in vain", setup, action);
}

static inline void changed(const char *setup, const char *action) {
    check_action(setup, action, true);
}

static inline void unchanged(const char *setup, const char *action) {
    check_action(setup, action, false);
}

static inline void unknown(const char *source) {
    struct print p = print_of_source(source);
    if (p.exact) fail_msg("taken for exact: %s", source);
}

static inline void uses(const char *source, const char *names, bool wild) {
    struct print p = print_of_source(source);
    if (strcmp(p.names, names) != 0) fail_msg("%s\n-- uses: %s", source, p.names);
    assert_int_equal(p.wild, wild);
}

static inline int start(void **state) {
    (void)state;
    python_start();
    prints = fingerprinter_create(python_globals());
    return prints ? 0 : -1;
}

static inline int stop(void **state) {
    (void)state;
    fingerprinter_destroy(prints);
    return 0;
}

#endif
