/* SPDX-License-Identifier: Apache-2.0 */
/* test_values.c - what blocks are found to bind, change and keep.
 *
 * A test is a list of runs, `block | reads | source | changes`, one after the other in one
 * namespace.  The changes are as values_leave() tells them: `x=` bound, `x-` removed, `x!` changed
 * in place; then `?` when its fingerprint is unknown, `~` when the block gave the name the same one
 * the last time, `'` when the name kept its old object.  Before a block runs again, what it bound
 * and does not read is unbound, as a server would have it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "exec/worker/values.h"
#include "tests/support/embedded_python.h"

enum { BLOCKS = 16, NAMES = 16 };

static const struct values_limits ample = {{1u << 30, 60000000}, 60000000};

typedef VEC(struct str) str_vec;

struct last {
    char name[32];
    struct hash128 fingerprint;
    bool known;
};

struct paper {
    struct values *values;
    PyObject *bindings;               /* dict: block -> dict: what it bound the last time */
    struct last lasts[BLOCKS][NAMES]; /* what it gave to names the last time */
};

static void paper_start(struct paper *p, struct values_limits limits) {
    *p = (struct paper){0};
    python_clear();
    p->bindings = PyDict_New();
    p->values = values_create(python_globals(), p->bindings, limits);
    assert_non_null(p->values);
}

static void paper_finish(struct paper *p) {
    values_destroy(p->values);
    Py_DECREF(p->bindings);
    python_clear();
}

/* The names in a list with blanks between; views of it. */
static void split(struct str list, str_vec *out) {
    while ((list = str_trim(list)).len) {
        size_t n = 0;
        while (n < list.len && list.ptr[n] != ' ') n++;
        vec_push(out, str_slice(list, 0, n));
        list = str_slice(list, n, list.len);
    }
}

/* --- One run --- */

static struct last *last_of(struct paper *p, size_t block, const char *name) {
    struct last *last = p->lasts[block];
    while (last->name[0] && strcmp(last->name, name) != 0) last++;
    snprintf(last->name, sizeof last->name, "%s", name);
    return last;
}

static void describe(struct paper *p, size_t block, const value_change_vec *changes,
                     struct buf *out) {
    for (size_t i = 0; i < changes->len; i++) {
        const struct value_change *c = &changes->items[i];
        const char *name = PyUnicode_AsUTF8AndSize(c->name, NULL);
        struct last *last = last_of(p, block, name);
        buf_printf(out, "%s%s%c", i ? " " : "", name, "=!-"[c->kind]);
        if (c->kind == VALUE_REMOVED) continue;
        if (!c->known) buf_append_byte(out, '?');
        if (c->known && last->known && hash128_eq(last->fingerprint, c->fingerprint))
            buf_append_byte(out, '~');
        if (c->kept_old) buf_append_byte(out, '\'');
        last->fingerprint = c->fingerprint;
        last->known = c->known;
    }
}

/* What the source binds or removes: the names whose objects differ, and plain `name =`. */
static void find_writes(PyObject *before, const char *source, str_vec *out) {
    PyObject *name, *value, *globals = python_globals();
    Py_ssize_t at = 0, len = 0;
    char text[64];
    while (PyDict_Next(globals, &at, &name, &value)) {
        const char *ptr = PyUnicode_AsUTF8AndSize(name, &len);
        snprintf(text, sizeof text, "%s = ", ptr);
        if (strncmp(ptr, "__", 2) != 0 &&
            (PyDict_GetItem(before, name) != value || strncmp(source, text, strlen(text)) == 0))
            vec_push(out, ((struct str){ptr, (size_t)len}));
    }
    for (at = 0; PyDict_Next(before, &at, &name, &value);)
        if (!PyDict_GetItem(globals, name)) {
            const char *ptr = PyUnicode_AsUTF8AndSize(name, &len);
            vec_push(out, ((struct str){ptr, (size_t)len}));
        }
}

/* What the block bound the last time: borrowed, NULL when it did not run yet. */
static PyObject *bindings_of(const struct paper *p, size_t block) {
    PyObject *key = PyLong_FromSize_t(block);
    PyObject *bindings = PyDict_GetItem(p->bindings, key);
    Py_DECREF(key);
    return bindings;
}

/* Unbind what the block bound before, unless it reads it. */
static void rewind_block(struct paper *p, size_t block, const str_vec *reads) {
    PyObject *name, *value;
    Py_ssize_t at = 0;
    PyObject *bindings = bindings_of(p, block);
    while (bindings && PyDict_Next(bindings, &at, &name, &value)) {
        bool read = false;
        for (size_t i = 0; i < reads->len; i++)
            read |= str_eq(str_from(PyUnicode_AsUTF8AndSize(name, NULL)), reads->items[i]);
        if (!read && PyDict_GetItem(python_globals(), name)) PyDict_DelItem(python_globals(), name);
    }
}

static void keep_bindings(struct paper *p, size_t block, const str_vec *writes) {
    PyObject *bindings = PyDict_New();
    for (size_t i = 0; i < writes->len; i++) {
        PyObject *name = py_str(writes->items[i]);
        PyObject *value = PyDict_GetItem(python_globals(), name);
        if (value) PyDict_SetItem(bindings, name, value);
        Py_DECREF(name);
    }
    PyObject *key = PyLong_FromSize_t(block);
    PyDict_SetItem(p->bindings, key, bindings);
    Py_DECREF(key);
    Py_DECREF(bindings);
}

/* Run a block whose reads are names with blanks between; "*": everything. */
static void run(struct paper *p, size_t block, const char *reads, const char *source,
                struct buf *said) {
    str_vec names = {0}, writes = {0};
    value_change_vec changes = {0};
    bool everything = strcmp(reads, "*") == 0;
    if (!everything) split(str_from(reads), &names);
    rewind_block(p, block, &names);
    PyObject *before = PyDict_Copy(python_globals());
    values_enter(p->values, names.items, names.len, everything);
    python_run(source);
    find_writes(before, source, &writes);
    values_leave(p->values, writes.items, writes.len, bindings_of(p, block), &changes);
    assert_null(PyErr_Occurred());
    describe(p, block, &changes, said);
    keep_bindings(p, block, &writes);
    value_changes_finish(&changes);
    Py_DECREF(before);
    vec_finish(&writes);
    vec_finish(&names);
}

struct step {
    size_t block;
    const char *reads, *source, *changes;
};

static void check_steps(const struct step *steps, size_t count) {
    struct paper p;
    paper_start(&p, ample);
    for (size_t i = 0; i < count; i++) {
        struct buf said = {0};
        run(&p, steps[i].block, steps[i].reads, steps[i].source, &said);
        if (strcmp(buf_cstr(&said), steps[i].changes) != 0)
            fail_msg("step %zu: %s\n    said: %s\nexpected: %s", i + 1, steps[i].source,
                     buf_cstr(&said), steps[i].changes);
        buf_finish(&said);
    }
    paper_finish(&p);
}

#define CHECK(...)                                                                                 \
    check_steps((const struct step[]){__VA_ARGS__},                                                \
                sizeof(const struct step[]){__VA_ARGS__} / sizeof(struct step))

/* --- Binding --- */

static void test_binding(void **state) {
    (void)state;
    CHECK({1, "", "x = 1", "x="}, {1, "", "x = 1", "x=~'"}, {1, "", "x = 2", "x="},
          {1, "", "pass", ""}, {1, "", "y = x = []", "x= y="});
    CHECK({1, "", "x = 1; y = 2", "x= y="}, {2, "x", "del x", "x-"}, {3, "y", "y = y", "y="});
    CHECK({1, "", "x = []", "x="}, {2, "x", "x = x + [1]", "x="}, {3, "x", "x += [2]", "x!"});
    CHECK({1, "", "x = 1", "x="}, {2, "", "x = 1", "x="}, {2, "", "x = 1", "x=~'"});
}

static void test_early_cutoff(void **state) {
    (void)state;
    CHECK({1, "", "def f(): return 1", "f="}, {1, "", "# moved\n\ndef f(): return 1", "f=~'"},
          {1, "", "def f(): return 2", "f="});
    CHECK({1, "", "class C:\n def f(self): pass\nc = C()", "C= c="},
          {1, "", "class C:\n def f(self): pass\nc = C()", "C=~' c=~'"},
          {1, "", "class C:\n def f(self): return 1\nc = C()", "C= c="});
    CHECK({1, "", "x = {1: [2]}", "x="}, {1, "", "x = dict([(1, [2])])", "x=~'"});
    CHECK({1, "", "import random; r = random.Random(1)", "r= random="},
          {1, "", "import random; r = random.Random(1)", "r=~' random=~'"},
          {2, "r", "a = r.random()", "a= r!"}, {2, "r", "a = r.random()", "a= r!"});
}

/* --- Mutation --- */

static void test_mutation(void **state) {
    (void)state;
    CHECK({1, "", "xs = []", "xs="}, {2, "xs", "xs.append(1)", "xs!"}, {3, "xs", "len(xs)", ""},
          {4, "xs", "ys = xs[:]", "ys="}, {5, "xs ys", "xs.append(2)", "xs!"});
    CHECK({1, "", "xs = [1]", "xs="}, {2, "xs", "xs.append(1); xs.pop()", ""});
    CHECK({1, "", "d = {'a': [1]}", "d="}, {2, "d", "e = d['a']", "e="},
          {3, "e", "e.append(2)", "d! e!"}, {4, "d", "d['a'] = 1", "d!"},
          {5, "e", "e.append(3)", "e!"});
    CHECK({1, "", "a = []; b = [a]; c = [b]; z = []", "a= b= c= z="},
          {2, "a", "a.append(1)", "a! b! c!"}, {3, "z", "z.append(1)", "z!"},
          {4, "c", "c[0] = None", "c!"}, {5, "a", "a.append(1)", "a! b!"});
    CHECK({1, "", "def f(a=[]): a.append(1)", "f="}, {2, "f", "f()", "f!"});
    CHECK({1, "", "class C: n = 0\nc = C()", "C= c="}, {2, "C", "C.n += 1", "C! c!"},
          {3, "c", "c.n += 1", "c!"}, {4, "c", "c.n", ""});
    CHECK({1, "",
           "def counter():\n n = 0\n def g():\n  nonlocal n\n  n += 1\n  return n\n return g\n"
           "g = counter()",
           "counter= g="},
          {2, "g", "x = g()", "x= g!"});
}

static void test_functions_reach_names(void **state) {
    (void)state;
    CHECK({1, "", "log = []", "log="}, {2, "", "def f(): log.append(1)", "f="},
          {3, "", "def g(): f()", "g="}, {4, "g", "g()", "log!"}, {5, "log", "len(log)", ""});
    CHECK({1, "", "n = 0\ndef f():\n global n\n n += 1", "f= n="}, {2, "f", "f()", "n="});
    CHECK({1, "", "log = []\nclass C:\n def f(self): log.append(1)\nc = C()", "C= c= log="},
          {2, "c", "c.f()", "log!"});
    CHECK({1, "", "log = []; k = 1\ndef f(): exec('log.append(1)')", "f= k= log="},
          {2, "f", "f()", "log!"});
    CHECK({1, "", "log = []; k = 1", "k= log="}, {2, "*", "globals()['log'].append(1)", "log!"});
}

static void test_aliases(void **state) {
    (void)state;
    CHECK({1, "", "a = [[1], [1]]", "a="}, {2, "a", "b = a[0]", "b="}, {2, "a", "b = a[0]", "b=~'"},
          {2, "a", "b = a[1]", "b="}, {2, "a", "b = list(a[1])", "b="});
    CHECK({1, "", "a = [[1], [1]]", "a="}, {2, "a", "a[0] = a[1]", "a!"});
    CHECK({1, "", "a = [1]; b = [1]; c = [a]; d = [b]", "a= b= c= d="},
          {2, "a d", "d[0] = a", "d!"}, /* by an equal object: changed */
          {3, "a", "a.append(1)", "a! c! d!"});
    CHECK({1, "", "xs = [[1], [2]]", "xs="}, {2, "xs", "d = xs[0]", "d="},
          {3, "xs d", "d = xs[1]", "d="}); /* xs is not changed by what d is bound to */
}

/* --- The old object --- */

static void check_is(const char *expression) {
    PyObject *value = python_eval(expression);
    if (value != Py_True) fail_msg("not so: %s", expression);
    Py_DECREF(value);
}

static void test_keeps_old(void **state) {
    (void)state;
    struct paper p;
    struct buf said = {0};
    paper_start(&p, ample);
    run(&p, 1, "", "a = [1]", &said);
    run(&p, 2, "a", "b = [a]", &said);
    run(&p, 1, "", "a = [0 + 1]", &said);
    check_is("b[0] is a");
    run(&p, 1, "", "a = [2]", &said);
    check_is("b[0] is not a");
    buf_finish(&said);
    paper_finish(&p);
    /* Not when it was changed since. */
    CHECK({1, "", "a = [1]", "a="}, {2, "a", "a.append(2)", "a!"}, {1, "", "a = [1]", "a=~"},
          {2, "a", "a.append(2)", "a!~"});
    /* All that share, or none. */
    CHECK({1, "", "a = []; b = [a]", "a= b="}, {1, "", "a = []; b = [a]", "a=~' b=~'"},
          {1, "", "a = []; b = [a, 1]", "a=~ b="}, {1, "", "a = []; b = [a, 1]", "a=~' b=~'"},
          {1, "", "a = []; b = [[], 1]", "a=~' b="});
    /* Not when a value that stays has the new object already. */
    CHECK({1, "", "seen = []", "seen="}, {2, "seen", "a = [1]; seen.append(a)", "a= seen!"},
          {2, "seen", "a = [1]; seen.append(a)", "a= seen!"});
    CHECK({1, "", "seen = []\ndef note(o): seen.append(o); return o", "note= seen="},
          {2, "note", "f = note(lambda: 1)", "f= seen!"}, {3, "seen", "seen.clear()", "seen!"},
          {2, "note", "f = note(lambda: 1)", "f=~ seen!~"});
}

/* --- Unknown values --- */

static void test_unknown(void **state) {
    (void)state;
    CHECK({1, "", "g = (i for i in [1, 2]); y = 1", "g=? y="}, {2, "g", "next(g)", "g!?"},
          {3, "y", "y", ""}, {4, "g", "g", "g!?"});
    CHECK({1, "", "a = [1]", "a="}, {2, "a", "g = (a.append(i) for i in [1, 2])", "g=?"},
          {3, "g", "next(g)", "a! g!?"}, {4, "a", "len(a)", ""});
    CHECK({1, "", "it = iter([1, 2]); x = []", "it= x="}, {2, "it", "y = list(it)", "y= it!"});
}

static void test_budget(void **state) {
    (void)state;
    struct paper p;
    struct buf said = {0};
    paper_start(&p, (struct values_limits){{1000, 1000000}, 1000000});
    run(&p, 1, "", "big = [[] for _ in range(1000)]; a = [1]; n = 1", &said);
    run(&p, 2, "big", "x = len(big)", &said); /* what it reaches is not known: a is looked at */
    run(&p, 3, "a", "x = len(a)", &said);
    run(&p, 4, "big", "big[-1].append(a)", &said);
    assert_string_equal(buf_cstr(&said), "a= big=? n=x= big!?x=big!?");
    buf_finish(&said);
    paper_finish(&p);
}

/* --- Names read --- */

static void check_reads(const char *source, const char *reads, const char *expected) {
    struct paper p;
    struct buf said = {0}, all = {0};
    str_vec names = {0};
    paper_start(&p, ample);
    run(&p, 1, "", source, &said);
    split(str_from(reads), &names);
    values_enter(p.values, names.items, names.len, false);
    PyObject *list = values_reads(p.values);
    for (Py_ssize_t i = 0; i < PyList_Size(list); i++)
        buf_printf(&all, "%s%s", i ? " " : "",
                   PyUnicode_AsUTF8AndSize(PyList_GetItem(list, i), NULL));
    assert_string_equal(buf_cstr(&all), expected);
    vec_finish(&names);
    buf_finish(&all);
    buf_finish(&said);
    paper_finish(&p);
}

static void test_reads(void **state) {
    (void)state;
    check_reads("x = 1", "x", "x");
    check_reads("x = 1", "y x", "x y");
    check_reads("def f(): return g(k)\ndef g(a): return len(a)\nk = 1; z = 2", "f", "f g k len");
    check_reads("def f(): return f()", "f", "f");
    check_reads("def f(): return eval('z')\nz = 2", "f", "__name__ eval f z");
    check_reads("k = 1\nhandlers = {'a': [lambda: k]}", "handlers", "handlers k");
}

/* --- Rewinding names, finalizers, many runs --- */

static void test_rewind(void **state) {
    (void)state;
    struct paper p;
    struct buf said = {0};
    paper_start(&p, ample);
    run(&p, 1, "", "x = [1]", &said);
    run(&p, 2, "x", "y = [x]", &said);
    python_run("del y"); /* rewound to between the two; x changes meanwhile */
    run(&p, 3, "x", "x.append(2)", &said);
    PyDict_Update(python_globals(), bindings_of(&p, 2));
    run(&p, 4, "y", "len(y)", &said); /* block 4 did not change it */
    run(&p, 5, "y", "y[0].append(3)", &said);
    assert_string_equal(buf_cstr(&said), "x=y=x!x! y!");
    buf_finish(&said);
    paper_finish(&p);
}

/* Classes, and whatever refers to itself, go as well. */
static void check_objects_after(struct paper *p, int warm, int runs) {
    struct buf said = {0};
    Py_ssize_t first = 0;
    for (int i = 0; i < runs; i++) {
        run(p, 3, "", "def f(a=[]): return a\nclass D: f = f\nd = [D(), D()]; d.append(d)", &said);
        run(p, 4, "d f", "f().append(1); d[0].x = f; e = d[1]", &said);
        run(p, 5, "", "g = (i for i in [1])", &said);
        if (i != warm && i != runs - 1) continue;
        PyGC_Collect();
        PyObject *count = python_eval("len(__import__('gc').get_objects())");
        if (i == warm) first = PyLong_AsSsize_t(count);
        if (i != warm) assert_in_range(PyLong_AsSsize_t(count), 1, first + 20);
        Py_DECREF(count);
    }
    buf_finish(&said);
}

static void test_lets_go(void **state) {
    (void)state;
    struct paper p;
    struct buf said = {0};
    paper_start(&p, ample);
    run(&p, 1, "", "import weakref\nclass C: pass\nc = C(); w = weakref.ref(c)", &said);
    PyObject *w = python_eval("w");
    run(&p, 1, "", "c = 1", &said);
    run(&p, 2, "", "pass", &said);
    PyGC_Collect();
    PyObject *target = PyObject_CallNoArgs(w);
    assert_ptr_equal(target, Py_None);
    Py_DECREF(target);
    Py_DECREF(w);
    check_objects_after(&p, 5, 200);
    buf_finish(&said);
    paper_finish(&p);
}

static void test_arrays(void **state) {
    (void)state;
    if (!python_has("pandas")) skip();
    CHECK({1, "", "import numpy as np; a = np.zeros(4); v = a[1:]", "a= np= v="},
          {2, "v", "v[0] = 1", "a! v!"}, {3, "a", "a[0] = 1", "a!"}, {4, "a", "s = a.sum()", "s="},
          {5, "a", "c = a.copy()", "c="}, {6, "c", "c[0] = 5", "c!"});
    CHECK({1, "", "import pandas as pd; df = pd.DataFrame({'a': [1, 2]})", "df= pd="},
          {2, "df", "df['b'] = df.a + 1", "df!"}, {3, "df", "m = df.mean()", "m="},
          {4, "df", "s = df['a']", "s="}, {5, "s", "s.values[0] = 9", "df! s!"},
          {6, "df", "df.drop(columns='b', inplace=True)", "df!"}, {3, "df", "m = df.mean()", "m="},
          {3, "df", "m = df.mean()", "m=~'"});
}

static int start(void **state) {
    (void)state;
    python_start();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_binding),  cmocka_unit_test(test_early_cutoff),
        cmocka_unit_test(test_mutation), cmocka_unit_test(test_functions_reach_names),
        cmocka_unit_test(test_aliases),  cmocka_unit_test(test_keeps_old),
        cmocka_unit_test(test_unknown),  cmocka_unit_test(test_budget),
        cmocka_unit_test(test_reads),    cmocka_unit_test(test_rewind),
        cmocka_unit_test(test_lets_go),  cmocka_unit_test(test_arrays)};
    return cmocka_run_group_tests(tests, start, NULL);
}
