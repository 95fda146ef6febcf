/* SPDX-License-Identifier: Apache-2.0 */
/* test_worker.c - what a block shows, binds and reports.
 *
 * Each case is a short story in a fresh interpreter: the blocks' sources with what is expected of
 * each (the format is explained in support/worker_client.h).  Block n of a story is block n, and
 * begins on line 10 (n - 1), 0-based. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/worker_client.h"

#define FILE_NAME    "/tmp/relight-no-such-dir/doc.py"
#define OUTPUT_BYTES 100000
#define OUTPUT_LINES 100

struct step {
    const char *source, *expect;
};

struct story {
    const char *name;
    struct step steps[6]; /* up to the first without a source */
};

static const struct story results[] = {
    {"the last expression is the result",
     {{"1 + 1", "result text/plain \"2\"\nok"},
      {"x = 3\nx", "result text/plain \"3\"\nok +x"},
      {"None", "ok"},
      {"(x,\n x)", "result text/plain \"(3, 3)\"\nok"},
      {"for i in range(2):\n    i", "ok +i"}}},
    {"a semicolon silences it",
     {{"1;", "ok"},
      {"(1) ; # comment", "ok"},
      {"(1,\n 2) \\\n;", "ok"},
      {"1 # ;", "result text/plain \"1\"\nok"},
      {"';'", "result text/plain \"';'\"\nok"},
      {"'é'; 'ü' ;", "ok"}}},
    {"a text at the head is not the docstring",
     {{"'text'\ny = __doc__\ny", "ok +y"}, {"'only'", "result text/plain \"'only'\"\nok"}}},
    {"forms in the order of their methods, plain text last",
     {{"class A:\n"
       "    def _repr_latex_(self): return '$x$'\n"
       "    def _repr_html_(self): return '<b>', {'metadata': 1}\n"
       "    def _repr_png_(self): return b'\\x89PNG\\r\\n\\x1a\\n'\n"
       "    def _repr_json_(self): return {'a': [1, None]}\n"
       "    def _repr_markdown_(self): return None\n"
       "    def __repr__(self): return 'A!'\n"
       "A()",
       "result text/html \"<b>\" image/png PNG text/latex \"$x$\" application/json "
       "\"{\\\"a\\\": [1, null]}\" text/plain \"A!\"\nok +A"}}},
    {"_repr_mimebundle_ comes first, _mime_ counts",
     {{"class B:\n"
       "    def _repr_mimebundle_(self, include=None, exclude=None):\n"
       "        return {'text/html': '<i>', 'text/plain': 'plain'}\n"
       "    def _repr_html_(self): return 'not this'\n"
       "B()",
       "result text/html \"<i>\" text/plain \"plain\"\nok +B"},
      {"class C:\n"
       "    def _mime_(self): return ('text/x-test', 'data')\n"
       "    def __repr__(self): return 'C'\n"
       "C()",
       "result text/x-test \"data\" text/plain \"C\"\nok +C"}}},
    {"a method that fails harms its own form",
     {{"class D:\n"
       "    def _repr_html_(self): return 1 / 0\n"
       "    def _repr_svg_(self): return object()\n"
       "    def __repr__(self): return 'D'\n"
       "D()",
       "result text/plain \"D\\n[_repr_html_ raised ZeroDivisionError: division by zero]"
       "\\n[image/svg+xml raised TypeError: Object of type object is not JSON serializable]\"\n"
       "ok +D"},
      {"class E:\n    def __repr__(self): raise SystemExit(4)\nE()",
       "result text/plain \"<E object>\\n[repr() raised SystemExit: 4]\"\nok +E"},
      {"class F:\n    def __repr__(self): return 5\nF()",
       "result text/plain \"<F object>\\n[repr() raised TypeError: __repr__ returned non-string "
       "(type int)]\"\nok +F"},
      {"'\\ud800 x'", "result text/plain \"'\\ud800 x'\"\nok"}}},
    {"an object that has every attribute has no forms",
     {{"class M:\n"
       "    def __getattr__(self, name): return lambda *a, **k: 'mock'\n"
       "    def __repr__(self): return 'M'\n"
       "M()",
       "result text/plain \"M\"\nok +M"},
      {"class T:\n    def _repr_html_(self): return 'instance'\nT",
       "result text/plain \"<class '__main__.T'>\"\nok +T"}}},
    {"display() shows at once, in order with what is printed",
     {{"print('a')\ndisplay(1, 2)\nprint('b')\ndisplay({'text/html': '<b>'}, raw=True)\n3",
       "out \"a\\n\"\ndisplay text/plain \"1\"\ndisplay text/plain \"2\"\nout \"b\\n\"\n"
       "display text/html \"<b>\"\nresult text/plain \"3\"\nok"}}},
};

static const struct story streams[] = {
    {"stdout and stderr keep their order",
     {{"import sys\n"
       "for i in range(3):\n"
       "    print(i)\n"
       "    print('e', i, file=sys.stderr)\n"
       "    sys.stdout.buffer.write(b'raw\\n')",
       "out \"0\\n\"\nerr \"e 0\\n\"\nout \"raw\\n1\\n\"\nerr \"e 1\\n\"\nout \"raw\\n2\\n\"\n"
       "err \"e 2\\n\"\nout \"raw\\n\"\nok +sys +i"}}},
    {"descriptors count, not objects: subprocesses, os.write, C",
     {{"import subprocess, os, ctypes\n"
       "subprocess.run(['sh', '-c', 'echo from sh; echo error >&2']);\n"
       "None",
       "out \"from sh\\n\"\nerr \"error\\n\"\nok +subprocess +os +ctypes"},
      {"print('a', end='')\nos.write(1, b'b')\nprint('c');", "out \"abc\\n\"\nok"},
      {"libc = ctypes.CDLL(None)\nlibc.puts(b'puts')\nlibc.fflush(None);",
       "out \"puts\\n\"\nok +libc"}}},
    {"a process that the block starts comes after what the block showed",
     {{"import os, sys\nfor i in range(3):\n    print('e', i, file=sys.stderr)\n"
       "    os.system('echo out')\ndisplay(i)\nos.system('echo end >&2')\nprint(i);",
       "err \"e 0\\n\"\nout \"out\\n\"\nerr \"e 1\\n\"\nout \"out\\n\"\nerr \"e 2\\n\"\n"
       "out \"out\\n\"\ndisplay text/plain \"2\"\nerr \"end\\n\"\nout \"2\\n\"\nok +os +sys +i"}}},
    {"bytes that are not UTF-8 pass; text that is not is escaped",
     {{"import os\nos.write(1, b'\\xff\\xfe caf\\xc3\\xa9\\n');\nprint('\\ud800')",
       "out \"\\xff\\xfe café\\n\\ud800\\n\"\nok +os"}}},
    {"output before an error counts",
     {{"print('before')\n1 / 0",
       "out \"before\\n\"\nerror ZeroDivisionError \"division by zero\" @b1:1"}}},
    {"streams and descriptors come back for the next block",
     {{"import sys, os, io\nsys.stdout.close()\nsys.stderr = io.StringIO()\nos.close(0)\n"
       "os.close(1)\nos.close(2)",
       "ok +sys +os +io"},
      {"print('out')\nprint('err', file=sys.stderr)\nsys.stdin.read()",
       "out \"out\\n\"\nerr \"err\\n\"\nresult text/plain \"''\"\nok"},
      {"os.dup2(os.open('/dev/null', os.O_WRONLY), 1)\nsys.stdout.detach()\nprint = None",
       "ok +print"},
      {"sys.stdout.write('back\\n');", "out \"back\\n\"\nok"}}},
    {"replaced streams are the block's own business",
     {{"import sys, io\nkept = sys.stdout\nsys.stdout = s = io.StringIO()\nprint('hidden')\n"
       "sys.stdout = kept\nprint(s.getvalue().strip().upper())",
       "out \"HIDDEN\\n\"\nok +sys +io +kept +s"}}},
    {"there is no keyboard",
     {{"input('name? ')",
       "out \"name? \"\nerror EOFError \"input() has nobody to ask: a live document runs without "
       "a keyboard\" @b1:0"},
      {"import sys\nsys.stdin.readline()", "result text/plain \"''\"\nok +sys"}}},
};

static const struct story errors[] = {
    {"frames are the user's, relative to their block",
     {{"def f(x):\n\n    return 1 / x", "ok +f"},
      {"y = 1\nf(0)", "error +y ZeroDivisionError \"division by zero\" @b2:1 f@b1:2"},
      {"import json\njson.loads('{')", "error +json JSONDecodeError \"Expecting property name "
                                       "enclosed in double quotes: line 1 column "
                                       "2 (char 1)\" @b3:1"},
      {"class K:\n  def m(self):\n    return sum(f(v) for v in (1, 0))\nK().m()",
       "error +K ZeroDivisionError \"division by zero\" @b4:3 K.m@b4:2 "
       "K.m.<locals>.<genexpr>@b4:2 "
       "f@b1:2"}}},
    {"a syntax error runs nothing",
     {{"print('no')\nx = (\n", "syntax SyntaxError \"'(' was never closed\" @b1:1"},
      {"print('no')\n  y = 1", "syntax IndentationError \"unexpected indent\" @b2:1"},
      {"print('no')\nreturn 1", "syntax SyntaxError \"'return' outside function\" @b3:1"},
      {"print('no')\n'\\N{nope}'",
       "syntax SyntaxError \"(unicode error) 'unicodeescape' codec can't decode bytes in position "
       "0-7: unknown Unicode character name\" @b4:1"}}},
    {"chains, notes and groups are told",
     {{"try:\n    {}['k']\nexcept KeyError as e:\n    raise ValueError('bad') from e",
       "error ValueError \"bad\\ncaused by KeyError: 'k'\" @b1:3"},
      {"try:\n    {}['k']\nexcept KeyError:\n    1 / 0",
       "error ZeroDivisionError \"division by zero\\nwhile handling KeyError: 'k'\" @b2:3"},
      {"try:\n    {}['k']\nexcept KeyError:\n    raise ValueError('only') from None",
       "error ValueError \"only\" @b3:3"},
      {"e = ValueError('v')\ne.add_note('a note')\nraise e",
       "error +e ValueError \"v\\na note\" @b4:2"},
      {"raise ExceptionGroup('g', [ValueError('a'), TypeError('b')])",
       "error ExceptionGroup \"g (2 sub-exceptions)\\nValueError: a\\nTypeError: b\" @b5:0"}}},
    {"what was done before an error stays",
     {{"a = 1\nb = c\nd = 2", "error +a NameError \"name 'c' is not defined\" @b1:1"},
      {"a", "result text/plain \"1\"\nok"}}},
    {"sys.exit ends the block, not the worker",
     {{"import sys\nx = 1\nsys.exit()",
       "error +sys +x SystemExit \"a script would end here with exit code 0\" @b1:2"},
      {"quit()", "error SystemExit \"a script would end here with exit code 0\" @b2:0"},
      {"sys.exit(3)", "error SystemExit \"a script would end here with exit code 3\" @b3:0"},
      {"sys.exit('no file')",
       "error SystemExit \"a script would end here with exit code 1: no file\" @b4:0"},
      {"x", "result text/plain \"1\"\nok"}}},
    {"exceptions that fight back",
     {{"class Bad(Exception):\n    def __str__(self): raise RuntimeError\nraise Bad()",
       "error +Bad Bad \"(its message cannot be shown: __str__ failed)\" @b1:2"},
      {"import sys\nsys.excepthook = None\nsys.setrecursionlimit(100)\ndef r(): r()\n1 / 0",
       "error +sys +r +<modules> ZeroDivisionError \"division by zero\" @b2:4"},
      {"raise KeyboardInterrupt", "interrupted KeyboardInterrupt \"\" @b3:0"},
      {"x = [0] * (1 << 61)", "error MemoryError \"\" @b4:0"}}},
};

static const struct story namespaces[] = {
    {"the module is the document's own",
     {{"__name__, __file__, __package__, __doc__, __spec__",
       "result text/plain \"('__main__', '" FILE_NAME "', None, None, None)\"\nok"},
      {"import sys, os\nsys.argv, sys.path[0], os.getcwd()",
       "result text/plain \"(['" FILE_NAME "'], '/tmp/relight-no-such-dir', '/tmp')\"\n"
       "ok +sys +os"},
      {"import __main__\n__main__.sys is sys, sorted(k for k in globals() if k[:2] != '__')",
       "result text/plain \"(True, ['os', 'sys'])\"\nok +__main__"}}},
    {"names bound and removed",
     {{"a = 1\nb = 2\ndef f(): pass\nimport os.path as p", "ok +a +b +f +p"},
      {"del a\nb = 3\nx: int = 4", "ok +b +x -a"},
      {"globals()['g'] = 1\nglobals()[5] = 1", "ok +g"}}},
    {"warnings show the source",
     {{"import warnings\nwarnings.warn('careful')",
       "warning \"UserWarning: careful\\n\" @b1:1\nok +warnings"},
      {"def f():\n    warnings.warn('again')\nf()\nf()",
       "warning \"UserWarning: again\\n\" @b2:1\nok +f"},
      {"f()", "warning \"UserWarning: again\\n\" @b2:1\nok"},
      {"assert (1, 'always')",
       "warning \"SyntaxWarning: assertion is always true, perhaps remove parentheses?\\n\" @b4:0\n"
       "ok"}}},
    {"warnings that the code takes care of are its own",
     {{"import io, sys, warnings", "ok +io +sys +warnings"},
      {"sys.stderr = s = io.StringIO()\nwarnings.warn('quiet')\ns.getvalue()[-34:]",
       "result text/plain \"\\\"g: quiet\\n  warnings.warn('quiet')\\n\\\"\"\nok +s"},
      {"with warnings.catch_warnings(record=True) as found:\n    warnings.warn('seen')\n"
       "str(found[0].message)",
       "result text/plain \"'seen'\"\nok +found"},
      {"warnings.formatwarning = lambda *args: 'mine'\nwarnings.warn('theirs')",
       "err \"mine\"\nok +<modules>"}}},
    {"the source is there, saved or not",
     {{"def f():\n    return 'here'", "ok +f"},
      {"import inspect\nprint(inspect.getsource(f), end='')",
       "out \"def f():\\n    return 'here'\\n\"\nok +inspect"},
      {"import traceback\ntry:\n    1 / 0\nexcept Exception:\n    traceback.print_exc()",
       "err \"Traceback (most recent call last):\\n  File \\\"" FILE_NAME
       "\\\", line 23, in <module>\\n    1 / 0\\n    ~~^~~\\nZeroDivisionError: division by "
       "zero\\n\"\nok +traceback"}}},
    {"functions can be pickled by value: their file name becomes a plain str",
     {{"import pickle\ndef f(): pass\nn = f.__code__.co_filename\n"
       "m = pickle.loads(pickle.dumps(n))\nm == n, type(m)",
       "result text/plain \"(True, <class 'str'>)\"\nok +pickle +f +n +m"}}},
    {"future features hold for the blocks after",
     {{"def f(x: nope): pass", "error NameError \"name 'nope' is not defined\" @b1:0"},
      {"from __future__ import annotations", "ok +annotations"},
      {"def f(x: nope): pass\nf.__annotations__", "result text/plain \"{'x': 'nope'}\"\nok +f"}}},
};

static const struct story machinery[] = {
    {"top-level await, on one loop",
     {{"import asyncio\nawait asyncio.sleep(0)\nloop = asyncio.get_running_loop()",
       "ok +asyncio +loop"},
      {"await asyncio.sleep(0, 'value')", "result text/plain \"'value'\"\nok"},
      {"async def f():\n    return asyncio.get_running_loop() is loop\nx = [await f() for _ in "
       "'ab']\nx",
       "result text/plain \"[True, True]\"\nok +f +x"},
      {"asyncio.run(f())", "result text/plain \"False\"\nok"},
      {"async def g():\n    1 / 0\nawait g()",
       "error +g ZeroDivisionError \"division by zero\" @b5:2 g@b5:1"}}},
    {"a forked copy that comes back to us ends in silence",
     {{"import os\npid = os.fork()\nif pid:\n    status = os.wait()[1]\n    print('parent', "
       "status)\nelse:\n    print('child')\n    display(1)",
       NULL},
      {"pid = os.fork()\nif pid == 0:\n    raise SystemExit(7)\n"
       "os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])",
       "result text/plain \"7\"\nok +pid"},
      {"pid = os.fork()\nif pid == 0:\n    1 / 0\n"
       "os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])",
       "result text/plain \"1\"\nok +pid"},
      {"import multiprocessing as mp\nq = mp.get_context('fork').Queue()\n"
       "p = mp.get_context('fork').Process(target=q.put, args=(5,))\np.start()\nq.get(), p.join()",
       "result text/plain \"(5, None)\"\nok +mp +q +p"}}},
    {"threads, atexit and signal handlers",
     {{"import threading, atexit, signal\natexit.register(print, 'bye')\n"
       "signal.signal(signal.SIGTERM, lambda *a: print('term'))\n"
       "def work(): print('in a thread')\nt = threading.Thread(target=work)\nt.start()\nt.join()",
       "out \"in a thread\\n\"\nok +threading +atexit +signal +work +t"},
      {"signal.raise_signal(signal.SIGTERM)", "out \"term\\n\"\nok"}}},
    {"NumPy and matplotlib",
     {{"import numpy as np\nimport matplotlib.pyplot as plt\nnp.arange(3)",
       "result text/plain \"array([0, 1, 2])\"\nok +np +plt"},
      {"fig, ax = plt.subplots()\nax.plot([1, 2])\nplt.figure()\nplt.show()\nprint('x')",
       "out \"x\\n\"\n"
       "display image/png PNG text/plain \"<Figure size 640x480 with 1 Axes>\"\n"
       "display image/png PNG text/plain \"<Figure size 640x480 with 0 Axes>\"\nok +fig +ax"},
      {"plt.get_fignums()", "result text/plain \"[]\"\nok"},
      {"fig, ax = plt.subplots()\nfig",
       "result image/png PNG text/plain \"<Figure size 640x480 with 1 Axes>\"\nok +fig +ax"},
      {"plt.figure()\n1 / 0",
       "display image/png PNG text/plain \"<Figure size 640x480 with 0 Axes>\"\n"
       "error ZeroDivisionError \"division by zero\" @b5:1"},
      {"plt.figure().text(0, 0, '$\\\\bad$');",
       "display text/plain \"<Figure size 640x480 with 0 Axes>\\n[drawing the figure raised "
       "ValueError: \\n\\bad\\n^\\nUnknown symbol: \\bad, found '\\'  (at char 0), (line:1, "
       "col:1)]\"\nok"}}},
};

/* A package in the place of IPython, laid out like it. */
#define MAKE_IPYTHON                                                                               \
    "import os, sys, tempfile\n"                                                                   \
    "sys.path.insert(0, tempfile.mkdtemp())\n"                                                     \
    "os.makedirs(sys.path[0] + '/IPython/core')\n"                                                 \
    "def put(name, text):\n"                                                                       \
    "    with open(sys.path[0] + '/IPython/' + name, 'w') as f: f.write(text)\n"                   \
    "put('__init__.py', '')\n"                                                                     \
    "put('core/__init__.py', '')\n"                                                                \
    "put('display.py', 'from IPython.core.display_functions import *')\n"                          \
    "put('core/display_functions.py', '''\n"                                                       \
    "class DisplayHandle:\n"                                                                       \
    "    def __init__(self, id=None): self.id = id\n"                                              \
    "    def update(self, *objs): display(*objs, update=True)\n"                                   \
    "def display(*objs): print('IPython printed', *objs)\n"                                        \
    "def publish_display_data(data): print('published')\n"                                         \
    "def clear_output(): print('escape')\n"                                                        \
    "''');"

static const struct story ipython[] = {
    {"IPython's display is ours, once it is imported",
     {{MAKE_IPYTHON, "ok +os +sys +tempfile +put +<sys.path>"},
      {"from IPython.display import display as d, publish_display_data as p, clear_output as c",
       "ok +d +p +c"},
      {"d(1)\np({'text/html': '<b>'})\np(data={'text/plain': 'p'})\nc()",
       "display text/plain \"1\"\ndisplay text/html \"<b>\"\ndisplay text/plain \"p\"\nok"},
      {"h = d(1, display_id='x')\nh.id, h.update(2)",
       "display text/plain \"1\"\ndisplay text/plain \"2\"\nresult text/plain \"('x', "
       "None)\"\nok +h"},
      {"import inspect\n"
       "'class DisplayHandle' in inspect.getsource(sys.modules['IPython.core.display_functions'])",
       "result text/plain \"True\"\nok +inspect"}}},
};

static void tell(const struct story *story) {
    struct client *c = client_start(NULL);
    client_setup(c, FILE_NAME, OUTPUT_BYTES, OUTPUT_LINES);
    for (size_t i = 0; i < 6 && story->steps[i].source; i++) {
        const struct step *step = &story->steps[i];
        struct run_options options = {.block = (uint32_t)i + 1, .line = (uint32_t)i * 10};
        const char *got = client_run(c, step->source, options);
        if (!step->expect) continue;
        if (strcmp(got, step->expect) != 0)
            fail_msg("%s\n--- source\n%s\n--- expected\n%s\n--- got\n%s", story->name, step->source,
                     step->expect, got);
    }
    client_destroy(c);
}

#define TELL_ALL(stories)                                                                          \
    static void test_##stories(void **state) {                                                     \
        (void)state;                                                                               \
        for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) tell(&stories[i]);           \
    }
TELL_ALL(results)
TELL_ALL(streams)
TELL_ALL(errors)
TELL_ALL(namespaces)
TELL_ALL(machinery)
TELL_ALL(ipython)

/* --- What a story cannot say --- */

static struct client *start(void) {
    struct client *c = client_start(NULL);
    client_setup(c, FILE_NAME, OUTPUT_BYTES, OUTPUT_LINES);
    return c;
}

static void check_as(struct client *c, const char *source, struct run_options options,
                     const char *expect) {
    assert_string_equal(client_run(c, source, options), expect);
}

static void check(struct client *c, const char *source, const char *expect) {
    check_as(c, source, (struct run_options){0}, expect);
}

static void line_numbers(void **state) {
    (void)state;
    struct client *c = start();
    check_as(c, "\ndef f():\n    1 / 0", (struct run_options){.block = 4, .line = 100}, "ok +f");
    check_as(c,
             "import sys\ntry: f()\nexcept Exception as e: t = e.__traceback__.tb_next\n"
             "t.tb_lineno, sys._getframe().f_lineno",
             (struct run_options){.block = 5, .line = 10},
             "result text/plain \"(103, 14)\"\nok +sys +t");
    check_as(c, "f()", (struct run_options){.block = 6, .line = 200},
             "error ZeroDivisionError \"division by zero\" @b6:0 f@b4:2");
    check_as(c, "x = (", (struct run_options){.block = 7, .line = 300},
             "syntax SyntaxError \"'(' was never closed\" @b7:0");
    client_destroy(c);
}

static void docstring_run(void **state) {
    (void)state;
    struct client *c = start();
    check_as(c, "\"\"\"What it is.\"\"\"", (struct run_options){.flags = WIRE_RUN_SILENT},
             "ok +__doc__");
    check_as(c, "__doc__", (struct run_options){.block = 2},
             "result text/plain \"'What it is.'\"\nok");
    client_destroy(c);
}

static void rewinding_names(void **state) {
    (void)state;
    struct client *c = start();
    static const struct name_fix to_1[] = {{"x", 1}, {"y", 0}, {NULL, 0}};
    static const struct name_fix to_9[] = {{"x", 9}, {NULL, 0}};
    static const struct sure_name sure[] = {{"x", 0, 5}, {"unbound", 0, 5}, {NULL, 0, 0}};
    check_as(c, "x = 'one'", (struct run_options){.block = 1}, "ok +x");
    check_as(c, "x = 'two'\ny = 1", (struct run_options){.block = 2}, "ok +x +y");
    check_as(c, "x", (struct run_options){.block = 3, .fixes = to_1},
             "result text/plain \"'one'\"\nok");
    check_as(c, "y", (struct run_options){.block = 4},
             "error NameError \"name 'y' is not defined\" @b4:0");
    /* Bound again to the very same object: only the static analysis knows. */
    check_as(c, "x = x", (struct run_options){.block = 5, .sure = sure}, "ok +x");
    check_as(c, "x", (struct run_options){.block = 6, .fixes = to_9},
             "error NameError \"name 'x' is not defined\" @b6:0");
    client_forget(c, 1);
    check_as(c, "x", (struct run_options){.block = 6, .fixes = to_1},
             "error NameError \"name 'x' is not defined\" @b6:0");
    client_destroy(c);
}

/* Whether a run that failed has bound a name to the object that it held: by where it failed. */
static void failing_behind_a_binding(void **state) {
    (void)state;
    struct client *c = start();
    static const struct sure_name first[] = {{"x", 0, 5}, {NULL, 0, 0}};
    static const struct sure_name second[] = {{"x", 6, 11}, {NULL, 0, 0}};
    static const struct sure_name third[] = {{"x", 4, 9}, {NULL, 0, 0}};
    check(c, "x = 1", "ok +x");
    check_as(c, "x = x; 1 / 0", (struct run_options){.block = 2, .sure = first},
             "error +x ZeroDivisionError \"division by zero\" @b2:0");
    check_as(c, "x = x\nif x:\n    1 / 0", (struct run_options){.block = 2, .sure = first},
             "error +x ZeroDivisionError \"division by zero\" @b2:2");
    check_as(c, "1 / 0\nx = x", (struct run_options){.block = 2, .sure = second},
             "error ZeroDivisionError \"division by zero\" @b2:0");
    check_as(c, "\xc3\xa9; x = x", (struct run_options){.block = 2, .sure = third},
             "error NameError \"name '\xc3\xa9' is not defined\" @b2:0");
    check_as(c, "x = x\nawait x", (struct run_options){.block = 2, .sure = first},
             "error +x TypeError \"object int can't be used in 'await' expression\" @b2:1");
    client_destroy(c);
}

static void forgotten_features(void **state) {
    (void)state;
    struct client *c = start();
    check_as(c, "from __future__ import annotations", (struct run_options){.block = 1},
             "ok +annotations");
    client_forget(c, 1);
    check_as(c, "def f(x: nope): pass", (struct run_options){.block = 2},
             "error NameError \"name 'nope' is not defined\" @b2:0");
    client_destroy(c);
}

/* Python's wording goes on differently from version to version. */
static void deep_recursion(void **state) {
    (void)state;
    static const char in_repr[] = "result text/plain \"<G object>\\n[repr() raised "
                                  "RecursionError: maximum recursion depth exceeded";
    static const char in_code[] = "error +f RecursionError \"maximum recursion depth exceeded";
    struct client *c = start();
    const char *got = client_run(c, "class G:\n    def __repr__(self): return repr(self)\nG()",
                                 (struct run_options){0});
    assert_memory_equal(got, in_repr, sizeof in_repr - 1);
    got = client_run(c, "def f(): f()\nf()", (struct run_options){0});
    assert_memory_equal(got, in_code, sizeof in_code - 1);
    check(c, "1", "result text/plain \"1\"\nok");
    client_destroy(c);
}

static void inspecting(void **state) {
    (void)state;
    static const struct {
        const char *name, *expect;
    } cases[] = {
        {"n", "value \"int\" \"\" \"5\""},
        {"xs", "value \"list\" \"1000000 items\" \"[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, "
               "14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, ...]\""},
        {"a", "value \"numpy.ndarray\" \"(2, 3)\" \"array([[0., 0., 0.],\\n       [0., 0., "
              "0.]])\""},
        {"bad", "value \"Bad\" \"\" \"<Bad instance at 0x"},
        {"missing", "no value \"\" \"\" \"\""},
    };
    struct client *c = start();
    check(c,
          "import numpy\nn = 5\nxs = list(range(1000000))\na = numpy.zeros((2, 3))\n"
          "class Bad:\n    def __repr__(self): 1 / 0\n    def __len__(self): return 'x'\n"
          "bad = Bad()",
          "ok +numpy +n +xs +a +Bad +bad");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        client_inspect(c, i % 2, cases[i].name); /* of now, or of block 1 */
        const char *got = client_read_until(c, WM_INSPECTED);
        assert_memory_equal(got, cases[i].expect, strlen(cases[i].expect));
    }
    client_destroy(c);
}

static void output_limits(void **state) {
    (void)state;
    struct client *c = start();
    client_run(c, "for i in range(150): print(i)", (struct run_options){0});
    assert_non_null(strstr(buf_cstr(&c->transcript), "98\\n99\\n\"\nok +i truncated"));
    client_run(c, "print('é' * 100000)", (struct run_options){0});
    assert_int_equal(c->stream_bytes, OUTPUT_BYTES);
    assert_non_null(strstr(buf_cstr(&c->transcript), "é\"\nok truncated"));
    client_run(c, "'é' * 200000000", (struct run_options){0}); /* a repr of 400 MB */
    assert_non_null(strstr(buf_cstr(&c->transcript), "bytes left out: above the limit]\"\nok tr"));
    assert_true(c->transcript.len < (size_t)2 * OUTPUT_BYTES);
    check(c, "print(1)", "out \"1\\n\"\nok");
    client_destroy(c);
}

/* Multi-byte characters in a stream that is read in pieces arrive whole. */
static void whole_characters(void **state) {
    (void)state;
    struct client *c = client_start(NULL);
    client_setup(c, FILE_NAME, 64 << 20, 1000);
    client_send_run(c,
                    "import os\ns = ('é€𝄞' * 100001).encode()\n"
                    "while s: s = s[os.write(1, s[:65537]):]",
                    (struct run_options){0});
    struct wire_reader fields;
    size_t total = 0;
    uint8_t type;
    while ((type = client_next(c, &fields)) == WM_STREAM) {
        fields.rest = str_slice(fields.rest, 9, fields.rest.len);
        struct str bytes = wire_get_str(&fields);
        assert_int_equal(utf8_valid_prefix(bytes), bytes.len);
        total += bytes.len;
    }
    assert_int_equal(type, WM_DONE);
    assert_int_equal(total, 9 * 100001ul);
    client_destroy(c);
}

/* A thread that goes on after its block: its output belongs to no run. */
static void late_output(void **state) {
    (void)state;
    struct client *c = start();
    check(c,
          "import threading, time\ndef late():\n    time.sleep(0.2)\n    print('late')\n"
          "threading.Thread(target=late).start()",
          "ok +threading +time +late");
    assert_string_equal(client_read_until(c, WM_STREAM), "later out \"late\\n\"");
    client_destroy(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results),       cmocka_unit_test(test_streams),
        cmocka_unit_test(test_errors),        cmocka_unit_test(test_namespaces),
        cmocka_unit_test(test_machinery),     cmocka_unit_test(test_ipython),
        cmocka_unit_test(line_numbers),       cmocka_unit_test(docstring_run),
        cmocka_unit_test(rewinding_names),    cmocka_unit_test(failing_behind_a_binding),
        cmocka_unit_test(forgotten_features), cmocka_unit_test(deep_recursion),
        cmocka_unit_test(inspecting),         cmocka_unit_test(output_limits),
        cmocka_unit_test(whole_characters),   cmocka_unit_test(late_output),
    };
    return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
