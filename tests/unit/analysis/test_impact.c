/* SPDX-License-Identifier: Apache-2.0 */
/* test_impact.c - what a change reaches, and why: each case is a tree, an edit, and the answer. */
#include "analysis/impact.h"
#include "tests/support/tree.h"
#include "tests/support/unit.h"

struct file {
    const char *path, *text; /* text NULL: removed */
};

struct rig {
    struct tree tree, cache;
    struct state_store *store;
};

static void rig_init(struct rig *r, const struct file *files) {
    struct buf message = {0};
    struct err err = {0};
    tree_init(&r->tree);
    tree_init(&r->cache);
    for (; files->path; files++) tree_write(&r->tree, files->path, files->text);
    char *path = tree_path(&r->cache, "state.db");
    r->store = state_store_open(path, &message, &err);
    if (!r->store) fail_msg("%s", err.msg);
    free(path);
}

static void rig_finish(struct rig *r) {
    state_store_close(r->store);
    tree_finish(&r->tree);
    tree_finish(&r->cache);
}

static void refresh(struct rig *r, struct index_delta *delta) {
    struct buf message = {0};
    struct err err = {0};
    struct refresh_options options = {.workspace = r->tree.root};
    if (index_refresh(r->store, &options, delta, &message, &err) != ST_OK) fail_msg("%s", err.msg);
}

/* Each hit but the changed files themselves: "path kind ref[ #block]", in order of discovery. */
static void show_hits(const struct impact *impact, struct buf *out) {
    for (size_t i = 0; i < impact->hits.len; i++) {
        const struct impact_hit *hit = &impact->hits.items[i];
        if (hit->kind == IMPACT_CHANGED_FILE || hit->kind == IMPACT_DELETED_FILE) continue;
        buf_printf(out, "%s%s %s %s", out->len ? "\n" : "", hit->path,
                   impact_reason_text(hit->kind), hit->ref);
        if (hit->block) buf_printf(out, " #%u", hit->block);
    }
}

static void check(const char *what, const struct file *before, const struct file *edits,
                  enum impact_strategy strategy, const char *changed, const char *expected) {
    struct rig r;
    struct index_delta first = {0}, delta = {0};
    struct impact impact = {0};
    struct err err = {0};
    struct buf got = {0};
    rig_init(&r, before);
    refresh(&r, &first);
    for (; edits && edits->path; edits++) {
        if (edits->text)
            tree_write(&r.tree, edits->path, edits->text);
        else
            tree_remove(&r.tree, edits->path);
    }
    refresh(&r, &delta);
    struct impact_query query = {r.tree.root, strategy, &delta, &changed, changed != NULL};
    if (impact_compute(r.store, &query, &impact, &err) != ST_OK) fail_msg("%s", err.msg);
    if (impact_store(r.store, &delta, &impact, &err) != ST_OK) fail_msg("%s", err.msg);
    show_hits(&impact, &got);
    expect_buf(what, &got, expected);
    impact_finish(&impact);
    index_delta_finish(&first);
    index_delta_finish(&delta);
    rig_finish(&r);
}

#define FILES(...)                                                                                 \
    (const struct file[]) {                                                                        \
        __VA_ARGS__, {                                                                             \
            NULL, NULL                                                                             \
        }                                                                                          \
    }

/* One file m.py and one user of it. */
static void check_user(const char *m, const char *m_after, const char *user, const char *expected) {
    check(user, FILES({"m.py", m}, {"n.py", user}), FILES({"m.py", m_after}), IMPACT_HYBRID, NULL,
          expected);
}

static void the_walkthrough(void **state) {
    (void)state;
    const char *document = "from .module_b import x\n\nx + 1\n\ny = 42\n";
    const char *b = "x = 1\nother = 2\n";
    struct {
        const char *after, *expected;
    } cases[] = {
        {"x = 7\nother = 2\n",
         "doc.py caller_qname module_b.x #2\ndoc.py import_name module_b.x #1"},
        {"x = 1\nother = 3\n", ""},
        {"x = 1  # one\n\n# two\nother = 2\n", ""},
        {"x = 1\nother = 2\nnew = 3\n", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check(cases[i].after, FILES({"module_b.py", b}, {"doc.py", document}),
              FILES({"module_b.py", cases[i].after}), IMPACT_HYBRID, NULL, cases[i].expected);
}

static void ways_to_use_a_name(void **state) {
    (void)state;
    const char *m = "x = 1\ny = 2\n", *x = "x = 3\ny = 2\n", *y = "x = 1\ny = 3\n";
    check_user(m, x, "import m\nm.x\n", "n.py caller_qname m.x #1");
    check_user(m, y, "import m\nm.x\n", "");
    check_user(m, y, "import m as k\nf(getattr(k, 'x'))\n", "n.py import_module m.y #1");
    check_user(m, y, "from m import *\nx\n", "n.py import_star m.y #1");
    check_user(m, x, "from m import x as z\n", "n.py import_name m.x #1");
    check_user(m, x, "def f():\n    from m import x\n    return x\n",
               "n.py caller_qname m.x #1\nn.py import_name m.x #1");
    check_user(m, x, "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from m import x\n",
               "");
    check_user(m, x, "import importlib\nv = importlib.import_module(name)\n",
               "n.py dynamic_import * #1");
    check_user("print(1)\n", "print(2)\n", "import m\n", "n.py import_side_effect m.<effects> #1");
    check_user("import os\nx = 1\n", "import os, re\nx = 1\n", "from m import x\nx\n", "");
}

static void through_other_modules(void **state) {
    (void)state;
    const struct file *tree = FILES(
        {"pkg/__init__.py", "from .impl import f as g\n"},
        {"pkg/impl.py", "def f():\n    return h()\ndef h():\n    return 1\n"},
        {"user.py", "import pkg\n\ndef top():\n    return pkg.g()\n"},
        {"last.py", "from user import top\n\nz = top()\n"},
        {"stranger.py", "import pkg\n\npkg.other\n"});
    check("a helper of a re-exported function", tree,
          FILES({"pkg/impl.py", "def f():\n    return h()\ndef h():\n    return 2\n"}),
          IMPACT_HYBRID, NULL,
          "pkg/__init__.py import_name pkg.impl.f #1\n"
          "user.py reexport pkg.g #2\n"
          "last.py import_name user.top #1\n"
          "last.py caller_qname user.top #2");
    check("all importers", tree,
          FILES({"pkg/impl.py", "def f():\n    return h()\ndef h():\n    return 2\n"}),
          IMPACT_IMPORTS, NULL,
          "pkg/__init__.py import_closure pkg.impl #1\n"
          "user.py import_closure pkg #1\n"
          "stranger.py import_closure pkg #1\n"
          "last.py import_closure user #1");
    check(
        "a module under another module's name",
        FILES({"m.py", "x = 1\n"}, {"n.py", "import m as k\n"}, {"p.py", "import n\nv = n.k.x\n"}),
        FILES({"m.py", "x = 2\n"}), IMPACT_HYBRID, NULL, "p.py reexport n.k.x #1");
    check(
        "a star through a star",
        FILES({"m.py", "x = 1\n"}, {"n.py", "from m import *\n"}, {"p.py", "from n import *\nx\n"}),
        FILES({"m.py", "x = 2\n"}), IMPACT_HYBRID, NULL,
        "n.py import_star m.x #1\np.py reexport n.x #1\np.py import_star n.x #1");
    check("effects pass on",
          FILES({"m.py", "print(1)\n"}, {"n.py", "import m\n"}, {"p.py", "import n\n"}),
          FILES({"m.py", "print(2)\n"}), IMPACT_HYBRID, NULL,
          "n.py import_side_effect m.<effects> #1\np.py import_closure n #1");
    check("an import of effects",
          FILES({"m.py", "print(1)\n"}, {"n.py", ""}, {"p.py", "import n\n"}),
          FILES({"n.py", "import m\n"}), IMPACT_HYBRID, NULL,
          "p.py import_side_effect n.<effects> #1");
    check("a registry of another module",
          FILES({"m.py", "all = []\n"}, {"n.py", "import m\nm.all.append(1)\n"},
                {"p.py", "import m\n\nm.all\n"}),
          FILES({"n.py", "import m\nm.all.append(2)\n"}), IMPACT_HYBRID, NULL,
          "p.py caller_qname m.all #2\nn.py caller_qname m.all #1");
    check("a registry behind a decorator that is imported from elsewhere",
          FILES({"m.py", "all = []\ndef register(f):\n    all.append(f)\n    return f\n"},
                {"pkg/__init__.py", "from m import register\n"},
                {"n.py", "from pkg import register\n\n@register\ndef f():\n    return 1\n"},
                {"p.py", "import m\n\nm.all\n"}),
          FILES({"n.py", "from pkg import register\n\n@register\ndef f():\n    return 2\n"}),
          IMPACT_HYBRID, NULL,
          "p.py caller_qname m.all #2\n"
          "m.py caller_qname m.all #1\n" /* register() reads what it changes */
          "pkg/__init__.py import_name m.register #1\n"
          "n.py reexport pkg.register #2\n"
          "n.py import_name pkg.register #1");
}

static void files_that_come_and_go(void **state) {
    (void)state;
    check("a module vanishes", FILES({"m.py", "x = 1\n"}, {"n.py", "from m import x\n\nx\n"}),
          FILES({"m.py", NULL}), IMPACT_HYBRID, NULL,
          "n.py caller_qname m.x #2\nn.py caller_qname m.x #1\nn.py import_module m #1");
    check("a module that was missed appears",
          FILES({"n.py", "from pkg.m import x\n\nx\n"}, {"pkg/other.py", ""}),
          FILES({"pkg/m.py", "x = 1\n"}), IMPACT_HYBRID, NULL,
          "n.py import_name pkg.m #1\nn.py caller_qname pkg.m.x #2\nn.py import_name pkg.m.x #1");
    check("a name is removed", FILES({"m.py", "x = 1\ny = 2\n"}, {"n.py", "import m\nm.x\n"}),
          FILES({"m.py", "y = 2\n"}), IMPACT_HYBRID, NULL, "n.py caller_qname m.x #1");
    check("a module in front of another",
          FILES({"a/m.py", "x = 1\n"}, {"a/run.py", "import m\nm.x\n"}, {"m.py", "x = 2\n"}),
          FILES({"a/m.py", NULL}), IMPACT_HYBRID, NULL,
          "a/run.py caller_qname a.m.x #1\na/run.py import_module a.m #1");
}

static void what_the_caller_names(void **state) {
    (void)state;
    const struct file *tree = FILES({"m.py", "x = 1\n"}, {"n.py", "import m\nm.x\n"},
                                    {"r.py", "open('d.csv')\n"});
    check("a file without a delta", tree, NULL, IMPACT_HYBRID, "m.py", "n.py caller_qname m.x #1");
    check("data", tree, NULL, IMPACT_HYBRID, "data/d.csv", "r.py data_file data/d.csv");
    check("a file that is not there", tree, NULL, IMPACT_HYBRID, "gone.py", "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_walkthrough),       cmocka_unit_test(ways_to_use_a_name),
        cmocka_unit_test(through_other_modules), cmocka_unit_test(files_that_come_and_go),
        cmocka_unit_test(what_the_caller_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
