/* SPDX-License-Identifier: Apache-2.0 */
/* test_imports.c - which files an import reaches: one line for each rule. */
#include "analysis/exports.h"
#include "tests/support/tree.h"
#include "tests/support/unit.h"

/* The files of an import, in order, "-" for a name that is not in the workspace. */
static void check(const struct tree *t, const char *importer, const char *text,
                  const char *expected) {
    struct buf got = {0};
    struct err err = {0};
    struct module_rows rows = {0};
    static const char *const roots[] = {"tools/lib"};
    tree_write(t, importer, text);
    struct module_index *index = module_index_scan(t->root, roots, 1, &err);
    module_rows_build(&rows, index, module_index_file(index, str_from(importer)), str_from(text));
    for (size_t i = 0; i < rows.imports.len; i++) {
        const struct import_row *row = &rows.imports.items[i];
        if (row->known && !row->file) continue; /* a namespace package has no file */
        buf_printf(&got, "%s%s%s%s", got.len ? " " : "", row->file ? row->file->path : "-",
                   row->type_checking ? "?" : "", row->star ? "*" : "");
    }
    expect_buf(text, &got, expected);
    module_rows_finish(&rows);
    module_index_destroy(index);
    tree_write(t, importer, "");
}

/* long: it is the table */
static void resolution(void **state) {
    struct tree t;
    static const char *const files[] = {
        "top.py",
        "pkg/__init__.py",
        "pkg/a.py",
        "pkg/sub/__init__.py",
        "pkg/sub/c.py",
        "src/lib/__init__.py",
        "src/lib/m.py",
        "ns/deep/x.py",
        "scripts/run.py",
        "scripts/helper.py",
        "tools/lib/own.py",
        "pkg/native.pyi",
        "pkg/a.pyi",
        "both.py",
        "both/__init__.py",
        ".hidden/h.py",
        "out/gen.py",
        "env/lib/e.py",
        "site-packages/third.py",
    };
    (void)state;
    tree_init(&t);
    for (size_t i = 0; i < COUNT(files); i++) tree_write(&t, files[i], "");
    tree_write(&t, ".gitignore", "out/\n");
    tree_write(&t, "env/pyvenv.cfg", "");
    struct {
        const char *importer, *text, *expected;
    } cases[] = {
        /* absolute */
        {"m.py", "import top", "top.py"},
        {"m.py", "import pkg.a", "pkg/__init__.py pkg/a.py"},
        {"m.py", "import pkg.sub.c as z", "pkg/__init__.py pkg/sub/__init__.py pkg/sub/c.py"},
        {"m.py", "import pkg . a, top", "pkg/__init__.py pkg/a.py top.py"},
        {"m.py", "import os, os.path", "- - -"},
        {"m.py", "import both", "both/__init__.py"}, /* a package before a module */
        /* from */
        {"m.py", "from pkg import a", "pkg/__init__.py pkg/a.py"},
        {"m.py", "from pkg import name", "pkg/__init__.py"},
        {"m.py", "from pkg import a, name", "pkg/__init__.py pkg/a.py pkg/__init__.py"},
        {"m.py", "from pkg.sub import *", "pkg/__init__.py pkg/sub/__init__.py*"},
        {"m.py", "from missing import x", "-"},
        {"m.py", "import missing", "-"},
        /* relative */
        {"pkg/m.py", "from . import a", "pkg/__init__.py pkg/a.py"},
        {"pkg/m.py", "from .a import x", "pkg/__init__.py pkg/a.py"},
        {"pkg/sub/m.py", "from .. import a", "pkg/__init__.py pkg/a.py"},
        {"pkg/sub/m.py", "from ..a import x", "pkg/__init__.py pkg/a.py"},
        {"pkg/sub/__init__.py", "from . import c",
         "pkg/__init__.py pkg/sub/__init__.py pkg/sub/c.py"},
        {"pkg/m.py", "from ...... import a", "-"}, /* above the top */
        /* roots */
        {"m.py", "import lib.m", "src/lib/__init__.py src/lib/m.py"},
        {"m.py", "import src.lib.m", "src/lib/__init__.py src/lib/m.py"},
        {"src/lib/n.py", "from .m import x", "src/lib/__init__.py src/lib/m.py"},
        {"m.py", "import own", "tools/lib/own.py"},
        {"m.py", "import ns.deep.x", "ns/deep/x.py"}, /* namespace packages */
        {"m.py", "from ns.deep import x", "ns/deep/x.py"},
        {"scripts/run.py", "import helper", "scripts/helper.py"}, /* sys.path[0] */
        {"m.py", "import helper", "-"},
        {"pkg/m.py", "import a", "-"}, /* not inside a package */
        /* stubs */
        {"m.py", "from pkg.native import f", "pkg/__init__.py pkg/native.pyi"},
        {"m.py", "from pkg.a import f", "pkg/__init__.py pkg/a.py"},
        /* what is not the project's */
        {"m.py", "import h", "-"},
        {"m.py", "import out.gen", "- -"},
        {"m.py", "import third", "-"},
        {"m.py", "import env.lib.e", "- -"},
        /* calls */
        {"m.py", "import importlib\nimportlib.import_module('pkg.a')",
         "- pkg/__init__.py pkg/a.py"},
        {"m.py", "__import__('top')", "top.py"},
        {"pkg/m.py", "from importlib import import_module\nimport_module('.a', __package__)",
         "- pkg/__init__.py pkg/a.py"},
        /* where it stands */
        {"m.py", "def f():\n    import top", "top.py"},
        {"m.py", "try:\n    import top\nexcept ImportError:\n    import missing", "top.py -"},
        {"m.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import top",
         "- top.py?"},
        /* while it is typed */
        {"m.py", "import", ""},
        {"m.py", "from . import", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check(&t, cases[i].importer, cases[i].text, cases[i].expected);
    tree_finish(&t);
}

/* --- names --- */

static void module_names(void **state) {
    struct tree t;
    struct err err = {0};
    static const char *const cases[][2] = {
        {"a.py", "a"},
        {"pkg/__init__.py", "pkg"},
        {"pkg/b.py", "pkg.b"},
        {"src/lib/m.py", "lib.m"},
        {"x/src/deep.py", "deep"},
        {"__init__.py", "__init__"},
        {"my-script.py", "my-script"},
        {"y/src/__init__.py", "y.src"},
        {"y/src/z.py", "y.src.z"},
    };
    (void)state;
    tree_init(&t);
    for (size_t i = 0; i < COUNT(cases); i++) tree_write(&t, cases[i][0], "");
    struct module_index *index = module_index_scan(t.root, NULL, 0, &err);
    assert_int_equal(index->files.len, COUNT(cases));
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_str(cases[i][0], str_from(module_index_file(index, str_from(cases[i][0]))->name),
                   str_from(cases[i][1]));
    module_index_destroy(index);
    assert_null(module_index_scan("/nonexistent/folder", NULL, 0, &err));
    assert_int_equal(err.code, ST_IO);
    tree_finish(&t);
}

/* --- what rests on what: qname <- caller, as callsites say --- */

static void check_callsite(const char *text, const char *qname, const char *caller, bool expected) {
    struct tree t;
    struct err err = {0};
    struct module_rows rows = {0};
    bool found = false;
    tree_init(&t);
    tree_write(&t, "m.py", "x = 1\ny = 2\n");
    tree_write(&t, "pkg/__init__.py", "");
    tree_write(&t, "pkg/s.py", "");
    tree_write(&t, "n.py", text);
    struct module_index *index = module_index_scan(t.root, NULL, 0, &err);
    module_rows_build(&rows, index, module_index_file(index, STR("n.py")), str_from(text));
    for (size_t i = 0; i < rows.callsites.len; i++)
        found |= strcmp(rows.callsites.items[i].qname, qname) == 0 &&
                 strcmp(rows.callsites.items[i].caller, caller) == 0;
    if (found != expected)
        fail_msg("%s: %s %s %s", text, caller, found ? "rests on" : "does not rest on", qname);
    module_rows_finish(&rows);
    module_index_destroy(index);
    tree_finish(&t);
}

static void callsites(void **state) {
    (void)state;
    struct {
        const char *text, *qname, *caller;
        bool expected;
    } cases[] = {
        {"from m import x\nz = x", "m.x", "n.x", true},
        {"from m import x\nz = x", "m.x", "n.z", true},
        {"from m import x\nz = x", "m.y", "n.z", false},
        {"from m import x as q\ndef f():\n    return q", "m.x", "n.f", true},
        {"import m\ndef f():\n    return m.x", "m.x", "n.f", true},
        {"import m as k\nz = k.x.real", "m.x.real", "n.z", true},
        {"import m\nz = f'{m.x}'", "m.x", "n.z", true},
        {"import m\nz = f\"it's {m.x!r}\"", "m.x", "n.z", true},
        {"import m\ndef f(m):\n    return m.x", "m.x", "n.f", false},
        {"import pkg.s\nz = pkg.s.v", "pkg.s.v", "n.z", true},
        {"import pkg.s as t\nz = t.v", "pkg.s.v", "n.z", true},
        {"from pkg import s\nz = s.v", "pkg.s.v", "n.z", true},
        {"def f():\n    from m import x\n    return x", "m.x", "n.f", true},
        {"from m import *\nz = x", "m.x", "n.z", true},
        {"from m import *\nx = 3\nz = x", "m.x", "n.z", false},
        {"import m\nm.x", "m.x", "n.<main>", true},
        {"import m\nprint(m.x)", "m.x", "n.<effects>", true},
        {"import m\nif __name__ == '__main__':\n    print(m.x)", "m.x", "n.<main>", true},
        {"import m\na, b = m.x, 1", "n.<a...>", "n.b", true},
        {"import m\nm.x = 4", "n.m", "m.x", true},
        {"import m\nm.f(4)", "n.<effects>", "m.f.<calls>", true},
        {"from pkg import s\ns.log(4)", "n.<effects>", "pkg.s", false},
        {"def f():\n    return g()\ndef g():\n    return 1", "n.g", "n.f", true},
        {"d = {}\ndef f():\n    d[1] = 2\ndef g():\n    return d", "n.d", "n.g", true},
        {"import m\n@m.r\ndef f():\n    pass", "n.f", "m.r.<calls>", true},
        {"from m import app\n@app.route('/')\ndef f():\n    pass", "n.f", "m.app", true},
        {"from functools import cache\n@cache\ndef f():\n    pass", "n.f", "n.cache", false},
        {"d = []\ndef r(f):\n    k(f)\ndef k(f):\n    d.append(f)", "n.r.<calls>", "n.d", true},
        {"import importlib\ndef f(a):\n    return importlib.import_module(a)", "*", "n.f", true},
        {"from importlib import import_module as im\nz = im('m')", "*", "n.z", true},
        {"import importlib\nz = importlib.import_module('m')", "*", "n.z", false},
        {"def f(a):\n    return __import__(a)", "*", "n.f", true},
        {"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from m import x\n"
         "def f(a: 'x'):\n    return x",
         "m.x", "n.f", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check_callsite(cases[i].text, cases[i].qname, cases[i].caller, cases[i].expected);
}

/* --- definition hashes: which names a change of the text changes --- */

static void check_hashes(const char *before, const char *after, const char *expected) {
    struct tree t;
    struct err err = {0};
    struct module_rows rows[2];
    struct buf got = {0};
    memset(rows, 0, sizeof rows);
    tree_init(&t);
    tree_write(&t, "n.py", "");
    struct module_index *index = module_index_scan(t.root, NULL, 0, &err);
    const struct module_file *file = module_index_file(index, STR("n.py"));
    module_rows_build(&rows[0], index, file, str_from(before));
    module_rows_build(&rows[1], index, file, str_from(after));
    for (size_t i = 0; i < rows[1].exports.len; i++) {
        const struct export_row *new = &rows[1].exports.items[i];
        for (size_t k = 0; k < rows[0].exports.len; k++) {
            const struct export_row *old = &rows[0].exports.items[k];
            if (strcmp(old->qname, new->qname) == 0 && !hash128_eq(old->hash, new->hash))
                buf_printf(&got, "%s%s", got.len ? " " : "", new->qname + 2);
        }
    }
    expect_buf(after, &got, expected);
    module_rows_finish(&rows[0]);
    module_rows_finish(&rows[1]);
    module_index_destroy(index);
    tree_finish(&t);
}

static void definition_hashes(void **state) {
    (void)state;
    const char *chain = "def f():\n    return g()\ndef g():\n    return h\nh = 1\nother = 2\n";
    check_hashes(chain, "def f():\n    return g()\ndef g():\n    return h\nh = 1\nother = 3\n",
                 "other");
    check_hashes(chain, "def f():\n    return g()\ndef g():\n    return h\nh = 9\nother = 2\n",
                 "f g h");
    check_hashes(chain,
                 "# why\ndef f():\n\n    return g()  # so\ndef g(): # this\n    return h\n"
                 "h   =   1\n\n\nother = 2",
                 "");
    check_hashes("def f(): return g()\ndef g(): return f()\nx = 1", /* a cycle */
                 "def f(): return g()\ndef g(): return f() + 1\nx = 1", "f g");
    check_hashes("x = 1\ny = 2\n", "x = 1\ny = 3\n", "y"); /* in one block */
    check_hashes("x = []\nx.append(1)\ny = x\n", "x = []\nx.append(2)\ny = x\n", "x y");
    check_hashes("x = 1\ny = x\nx = 2\n", "x = 1\nx = 2\ny = x\n", "y");
    check_hashes("print(1)\nx = 1", "print(2)\nx = 1", "<effects>");
    check_hashes("if __name__ == '__main__':\n    print(1)\nx = 1",
                 "if __name__ == '__main__':\n    print(2)\nx = 1", "");
    check_hashes("if a:\n    def f():\n        print(1)\nprint(3)", /* f is not called */
                 "if a:\n    def f():\n        print(2)\nprint(3)", "f");
    check_hashes("if a:\n    def f():\n        pass\n    print(1)",
                 "if a:\n    def f():\n        pass\n    print(2)", "<effects> f");
    check_hashes("import functools\n@functools.cache\ndef g(): pass\nprint(2)",
                 "import functools\n@functools.cache\ndef g(): 1\nprint(2)", "g");
    check_hashes("def f():\n    global x\n    x = 1\nx = 0\n",
                 "def f():\n    global x\n    x = 2\nx = 0\n", "f x");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resolution),
        cmocka_unit_test(module_names),
        cmocka_unit_test(callsites),
        cmocka_unit_test(definition_hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
