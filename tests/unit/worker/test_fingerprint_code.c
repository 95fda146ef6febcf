/* SPDX-License-Identifier: Apache-2.0 */
/* test_fingerprint_code.c - fingerprints of functions, classes and their instances. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/fingerprint_checks.h"

/* --- Code --- */

static void test_functions(void **state) {
    (void)state;
    same("x = lambda: 1", "x = lambda: 1");
    differ("x = lambda: 1", "x = lambda: 2");
    differ("x = lambda: 1", "x = lambda: 1.0");
    same("def x(a):\n    return a + 1\n", "# why\n\n\ndef x(a):\n    # here\n\n    return a + 1\n");
    differ("def x(a): return a", "def x(b): return b");
    differ("def x(a=1): return a", "def x(a=2): return a");
    differ("def x(*, a=1): return a", "def x(*, a=2): return a");
    differ("def x(): 'doc'", "def x(): 'cod'");
    differ("def x(a: int): pass", "def x(a: str): pass");
    differ("def x():\n    return lambda: 1", "def x():\n    return lambda: 2");
    differ("def x(): return a.b", "def x(): return a.c");
    differ("def x(): pass", "def x(): pass\nx.tag = 1");
    differ("def x(): yield 1", "def x(): return 1");
    differ("def x():\n try: f()\n except A: pass", "def x():\n try: f()\n except B: pass");
    same("def f(n):\n def g(): return n\n return g\nx = f(1)",
         "def f(n):\n\n def g(): return n\n return g\nx = f(1)");
    differ("def f(n):\n def g(): return n\n return g\nx = f(1)",
           "def f(n):\n def g(): return n\n return g\nx = f(2)");
    changed("def x(a=[]): a.append(1)", "x()");
    changed("def f():\n n = 0\n def g():\n  nonlocal n\n  n += 1\n return g\nx = f()", "x()");
    unchanged("def x(a=[]): return len(a)", "x()");
    unchanged("def x(n): return n + 1\n", "for i in range(1000): x(i)"); /* specialised code */
    changed("def f(): pass\nx = [f]", "f.seen = True");
    changed("def f(): pass\ndef g(): return 1\nx = [f]", "f.__code__ = g.__code__");
}

static void test_names(void **state) {
    (void)state;
    same("def h(): return 1\ndef x(): return h()", "def h(): return 1\ndef x(): return h()");
    differ("def h(): return 1\ndef x(): return h()", "def h(): return 2\ndef x(): return h()");
    differ("k = 1\ndef h(): return k\ndef x(): return h()",
           "k = 2\ndef h(): return k\ndef x(): return h()");
    same("k = 1\ndef x(a): return a.k", "k = 2\ndef x(a): return a.k");
    differ("k = 1\ndef x(): return lambda: k", "k = 2\ndef x(): return lambda: k");
    differ("k = 1\nclass x:\n def f(self): return k", "k = 2\nclass x:\n def f(self): return k");
    uses("def x(a): return len(a) + k", "k len", false);
    uses("def x(): h.a.b(c=1)", "h", false);
    uses("def x():\n global n\n n = 1", "n", false);
    uses("def x():\n global n\n del n", "n", false);
    uses("def x():\n class C: y = k\n return C", "__name__ k", false);
    uses("x = [lambda: p, {1: lambda: q}]", "p q", false);
    uses("class C:\n @property\n def f(self): return k\nx = C()", "k", false);
    uses("import functools\ndef f(): return k\nx = functools.partial(f)", "k", false);
    uses("import functools\n@functools.lru_cache\ndef x(): return k", "k", false);
    uses("def x(): return [k for _ in m]", "k m", false);
    uses("def x(a): return eval(a)", "eval", true);
    uses("eval = len\ndef x(a): return eval(a)", "eval", false);
    uses("x = [globals()]", "", true);
    uses("import __main__; x = __main__", "", true);
    uses("from os.path import join as x", "", false);
    uses("def f():\n yield k\nx = f()", "k", false); /* unknown, but its names are known */
    uses("x = compile('a', '', 'eval')", "", false);
    uses("x = {}; exec('k = 1\\ndef f(): return k', x)", "", false);
    changed("d = {}; exec('k = 1\\ndef f(): return k', d); x = d['f']", "d['k'] = 2");
}

static void test_callables(void **state) {
    (void)state;
    differ("class C:\n def f(self): pass\nx = C().f",
           "class C:\n def f(self): return 1\nx = C().f");
    differ("x = [1].append", "x = [2].append");
    changed("a = []; x = a.append", "x(1)");
    differ("x = staticmethod(lambda: 1)", "x = staticmethod(lambda: 2)");
    differ("x = classmethod(lambda c: 1)", "x = classmethod(lambda c: 2)");
    differ("x = property(lambda s: 1)", "x = property(None, lambda s: 1)");
    same("from json import dumps as x", "import json; x = json.dumps");
    differ("from json import dumps as x", "from json import loads as x");
    differ("import math; x = math.sin", "import math; x = math.cos");
    changed("import functools\n@functools.lru_cache\ndef x(a): return a", "x(1)");
    differ("import functools\n@functools.lru_cache\ndef x(a): return a\nx(1)",
           "import functools\n@functools.lru_cache\ndef x(a): return a\nx(2)");
    differ("import functools\ndef f(): pass\n@functools.wraps(f)\ndef x(): return 1",
           "import functools\ndef f(): pass\n@functools.wraps(f)\ndef x(): return 2");
}

static void test_classes(void **state) {
    (void)state;
    same("class x: a = 1", "\nclass x: a = 1");
    differ("class x: a = 1", "class x: a = 2");
    differ("class x: a = 1", "class x: a = 1; b = 2");
    differ("class x:\n def f(self): return 1", "class x:\n def f(self): return 2");
    differ("class x(int): pass", "class x(str): pass");
    differ("class B: a = 1\nclass x(B): pass", "class B: a = 2\nclass x(B): pass");
    differ("class x: pass", "import abc\nclass x(metaclass=abc.ABCMeta): pass");
    differ("class x: __slots__ = ('a',)", "class x: __slots__ = ('b',)");
    same("from dataclasses import *\n@dataclass\nclass x: a: int = 1",
         "from dataclasses import *\n\n@dataclass\nclass x: a: int = 1");
    differ("from dataclasses import *\n@dataclass\nclass x: a: int = 1",
           "from dataclasses import *\n@dataclass\nclass x: a: int = 2");
    same("import enum\nclass x(enum.Enum): A = 1", "import enum\nclass x(enum.Enum): A = 1");
    differ("import enum\nclass x(enum.Enum): A = 1", "import enum\nclass x(enum.Enum): A = 2");
    changed("class x: n = 0", "x.n += 1");
    changed("class C: n = 0\nx = C()", "C.n += 1"); /* an instance shows it */
    changed("class C: seen = []\nx = C()", "C.seen.append(1)");
    changed("class B: pass\nclass x(B): pass", "B.f = lambda self: 1");
    unchanged("class x:\n def f(self): return 1", "x().f(), x.__mro__, x.__subclasses__()");
    unchanged("class x: pass", "class y(x): pass");
    unchanged("import abc\nclass x(abc.ABC): pass", "isinstance(1, x), issubclass(int, x)");
    unchanged("import fractions; x = fractions.Fraction", "x(1, 2)");
}

static void test_instances(void **state) {
    (void)state;
    same("class C: pass\nx = C(); x.a = 1", "class C: pass\nx = C(); x.a = 1");
    differ("class C: pass\nx = C(); x.a = 1", "class C: pass\nx = C(); x.a = 2");
    differ("class C: pass\nx = C()", "class D: pass\nx = D()");
    differ("class C: __slots__ = 'a', 'b'\nx = C(); x.a = 1",
           "class C: __slots__ = 'a', 'b'\nx = C(); x.b = 1");
    differ("class C(list): pass\nx = C([1])", "class C(list): pass\nx = C([2])");
    differ("class C(list): pass\nx = C([1])", "class C(list): pass\nx = C([1]); x.a = 1");
    differ("class C(dict): pass\nx = C(a=1)", "class C(dict): pass\nx = C(a=2)");
    differ("class C(int): pass\nx = C(1)", "class C(int): pass\nx = C(2)");
    differ("class C(str): pass\nx = C('a')", "class C(str): pass\nx = C('b')");
    differ("class C(Exception): pass\nx = C(1)", "class C(Exception): pass\nx = C(2)");
    differ("import datetime\nclass C(datetime.date): pass\nx = C(2020, 1, 1)",
           "import datetime\nclass C(datetime.date): pass\nx = C(2020, 1, 2)");
    differ("from collections import *\nclass C(deque): pass\nx = C([1])",
           "from collections import *\nclass C(deque): pass\nx = C([2])");
    changed("class C: pass\nx = C()", "x.a = 1");
    changed("class C:\n def __init__(self): self.items = []\nx = [C()]", "x[0].items.append(1)");
    changed("class C:\n __slots__ = ('a',)\nx = C()", "x.a = 1");
    changed("class C(dict):\n def __init__(self): self.__dict__ = self\nx = C()", "x.a = 1");
    changed("class C: pass\nclass D: pass\nx = C()", "x.__class__ = D");
    changed("import threading; class_ = threading.Event\nclass C: pass\nx = C()", "x.b = {}");
    unchanged("class C: pass\nx = C(); x.a = 1", "repr(x), x.a, hash(x), x == 1");
    changed("import functools\nclass C:\n @functools.cached_property\n def a(self): return 1\n"
            "x = C()",
            "x.a");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_functions), cmocka_unit_test(test_names),
        cmocka_unit_test(test_callables), cmocka_unit_test(test_classes),
        cmocka_unit_test(test_instances)};
    return cmocka_run_group_tests(tests, start, stop);
}
