/* SPDX-License-Identifier: Apache-2.0 */
/* test_fingerprint_hostile.c - values that fight back: code in every method, lies about types,
 * depth, size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "tests/support/fingerprint_checks.h"

/* --- Hostile values --- */

static const char hostile[] =
    "ran = []\n"
    "class Meta(type):\n"
    "    def __getattribute__(cls, n): ran.append(n); return type.__getattribute__(cls, n)\n"
    "    def __eq__(cls, o): ran.append('meq'); raise ValueError\n"
    "    def __hash__(cls): ran.append('mhash'); return 1\n"
    "    def __instancecheck__(cls, o): ran.append('is'); return True\n"
    "class H(metaclass=Meta):\n"
    "    __slots__ = ('s', '__dict__')\n"
    "    def __getattribute__(self, n): ran.append(n); raise ValueError\n"
    "    def __getattr__(self, n): ran.append(n); raise ValueError\n"
    "    def __eq__(self, o): ran.append('eq'); raise ValueError\n"
    "    def __hash__(self): ran.append('hash'); return 1\n"
    "    def __repr__(self): ran.append('repr'); raise ValueError\n"
    "    def __reduce__(self): ran.append('reduce'); raise ValueError\n"
    "    def __reduce_ex__(self, p): ran.append('reduce_ex'); raise ValueError\n"
    "    def __getstate__(self): ran.append('getstate'); raise ValueError\n"
    "    def __len__(self): ran.append('len'); return 10**9\n"
    "    def __iter__(self): ran.append('iter'); raise ValueError\n"
    "    def __del__(self): ran.append('del')\n"
    "    def __bool__(self): ran.append('bool'); raise ValueError\n"
    "    __class__ = property(lambda self: (ran.append('class'), int)[1])\n"
    "    p = property(lambda self: ran.append('p'))\n"
    "def make(*bases):\n"
    "    own = {n: H.__dict__[n] for n in H.__dict__ if n not in ('s', '__dict__', '__slots__')}\n"
    "    return Meta('Made', bases, own)\n"
    "def fill(o):\n"
    "    object.__setattr__(o, 'a', [1])\n"
    "    return o\n"
    "def clean(): del ran[:]\n";

static void check_hostile(const char *make, const char *change) {
    python_clear();
    python_run(hostile);
    python_run(make);
    PyObject *value = python_eval("x");
    python_run("clean()");
    struct print before = print_of(value, ample);
    PyObject *ran = python_eval("ran");
    if (PyList_Size(ran)) {
        PyObject *text = PyObject_Str(ran);
        fail_msg("%s\n-- ran: %s", make, PyUnicode_AsUTF8AndSize(text, NULL));
    }
    assert_true(before.exact);
    python_run(change);
    python_run("clean()");
    struct print after = print_of(value, ample);
    assert_int_equal(PyList_Size(ran), 0);
    if (hash128_eq(before.content, after.content)) fail_msg("not noticed: %s", make);
    Py_DECREF(ran);
    Py_DECREF(value);
    python_run("x = None; clean()");
}

static void test_hostile(void **state) {
    (void)state;
    const char *change = "object.__getattribute__(x, 'a').append(2)";
    check_hostile("x = fill(H()); object.__setattr__(x, 's', [1])", change);
    check_hostile("x = fill(H()); object.__setattr__(x, 's', [1])",
                  "object.__getattribute__(x, 's').append(2)");
    check_hostile("x = fill(make(list)(()))", change);
    check_hostile("x = fill(make(list)(()))", "list.append(x, 1)");
    check_hostile("x = fill(make(dict)(()))", "dict.__setitem__(x, 1, 1)");
    check_hostile("x = fill(make(set)(()))", "set.add(x, 1)");
    check_hostile("x = fill(make(str)())", change);
    check_hostile("x = fill(make(int)())", change);
    check_hostile("x = fill(make(Exception)(1))", change);
    check_hostile("import collections; x = fill(make(collections.deque)())", change);
    check_hostile("import collections; x = fill(make(collections.OrderedDict)())",
                  "collections.OrderedDict.__setitem__(x, 1, 1)");
    check_hostile("import collections; x = fill(make(collections.defaultdict)())", change);
    check_hostile("import datetime; x = fill(make(datetime.datetime)(2020, 1, 1))", change);
    check_hostile("import functools; x = fill(make(functools.partial)(max))", change);
    check_hostile("import _random; x = fill(make(_random.Random)(1))", change);
    check_hostile("import io; x = fill(make(io.StringIO)())", change);
    check_hostile("import array; x = fill(make(array.array)('i'))", change);
    check_hostile("x = {1: fill(H())}", "object.__getattribute__(x[1], 'a').append(2)");
    check_hostile("x = {fill(H()): 1}", "x[0] = 2");
    check_hostile("x = {fill(H())}", "x.add(2)");
    if (!python_has("numpy")) return;
    check_hostile("import numpy; x = fill(numpy.ndarray.view(numpy.zeros(1), make(numpy.ndarray)))",
                  change);
}

static void test_lies(void **state) {
    (void)state;
    differ("class C: __module__ = 'fractions'; __qualname__ = 'Fraction'; a = 1\nx = C()",
           "class C: __module__ = 'fractions'; __qualname__ = 'Fraction'; a = 2\nx = C()");
    differ("class C: __module__ = 3; __qualname__ = 'a'\nx = C", "class C: __module__ = 4\nx = C");
    differ("def x(): return 1\nx.__module__ = 'json'; x.__qualname__ = 'dumps'",
           "def x(): return 2\nx.__module__ = 'json'; x.__qualname__ = 'dumps'");
    changed("class C:\n @property\n def __dict__(self): return {}\nx = C(); x.a = 1", "x.a = 2");
    changed("class C: pass\nx = C(); x.a = [x]", "x.a.append(1)");
    same("import sys, types; sys.modules['odd'] = 3\nclass C: __module__ = 'odd'\nx = C",
         "import sys, types; sys.modules['odd'] = 3\nclass C: __module__ = 'odd'\nx = C");
    differ("import types; x = types.ModuleType('m'); x.a = 1",
           "import types; x = types.ModuleType('m'); x.a = 2");
}

/* Nothing that a walk makes for itself may be left behind, and the garbage collector runs again. */
static void test_leaves_nothing(void **state) {
    (void)state;
    PyObject *value = value_of(
        "import gc, collections, functools\nclass C:\n __slots__ = 's', 'u'\n"
        "c = C(); c.s = []\ndef f(a=[]): return a\n"
        "x = [c, f, iter([1]), {1: (2, {3})}, collections.deque([[]]),\n"
        "     functools.partial(f), c.s.append, (i for i in [[]])]");
    const char *count = "len(gc.get_objects())";
    Py_ssize_t first = 0;
    for (int i = 0; i < 6; i++) {
        print_of(value, ample);
        PyGC_Collect();
        PyObject *objects = python_eval(count);
        if (i == 2) first = PyLong_AsSsize_t(objects);
        if (i > 2) assert_int_equal(PyLong_AsSsize_t(objects), first);
        Py_DECREF(objects);
    }
    assert_true(PyGC_IsEnabled());
    Py_DECREF(value);
}

/* --- Depth and budget --- */

static void test_depth(void **state) {
    (void)state;
    const char *deep = "x = 1\nfor _ in range(1000000): x = [x]";
    PyObject *value = value_of(deep);
    struct print p = print_of(value, ample);
    assert_true(p.exact);
    Py_DECREF(value);
    same("x = ()\nfor _ in range(100000): x = (x, 1)",
         "x = ()\nfor _ in range(100000): x = (x, 1)");
    differ("x = 1\nfor _ in range(100000): x = {'a': x}",
           "x = 2\nfor _ in range(100000): x = {'a': x}");
    differ("class C: pass\nx = C()\nfor _ in range(100000): y = C(); y.n = x; x = y",
           "class C: pass\nx = C(); x.a = 1\nfor _ in range(100000): y = C(); y.n = x; x = y");
    differ("x = lambda: 1\nfor _ in range(100000): x = (lambda f: lambda: f)(x)",
           "x = lambda: 2\nfor _ in range(100000): x = (lambda f: lambda: f)(x)");
    python_clear();
}

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void check_budget(const char *source, struct fingerprint_budget budget) {
    PyObject *value = value_of(source);
    double start = seconds();
    struct print p = print_of(value, budget);
    assert_true(seconds() - start < 2.0); /* far below what the whole would take */
    if (p.exact || p.complete) fail_msg("within the budget: %s", source);
    Py_DECREF(value);
}

static void test_budget(void **state) {
    (void)state;
    const struct fingerprint_budget little = {1000, 60000000}, brief = {UINT64_MAX, 20000};
    const char *explosion = "x = (1,)\nfor _ in range(60): x = (x, x)"; /* 2**60 tuples */
    check_budget("x = list(range(1000))", little);
    check_budget("x = bytes(2000)", little);
    check_budget("x = 'a' * 2000", little);
    check_budget("x = bytearray(2000)", little);
    check_budget(explosion, brief);
    check_budget(explosion, (struct fingerprint_budget){1 << 20, 60000000});
    PyObject *value = value_of("x = list(range(90))");
    assert_true(print_of(value, little).exact);
    Py_DECREF(value);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_hostile), cmocka_unit_test(test_lies),
                                       cmocka_unit_test(test_leaves_nothing),
                                       cmocka_unit_test(test_depth), cmocka_unit_test(test_budget)};
    return cmocka_run_group_tests(tests, start, stop);
}
