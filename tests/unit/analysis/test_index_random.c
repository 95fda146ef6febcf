/* SPDX-License-Identifier: Apache-2.0 */
/* test_index_random.c - the state after random edits of a tree, against a fresh build; what
 * killed, damaged and concurrent writers leave. */
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <time.h>

#include "analysis/index_refresh.h"
#include "tests/support/tree.h"
#include "tests/support/unit.h"

static const char *const paths[] = {
    "a.py",
    "b.py",
    "pkg/__init__.py",
    "pkg/a.py",
    "pkg/b.py",
    "pkg/sub/c.py",
    "pkg/sub/__init__.py",
    "src/a.py",
    "src/lib/__init__.py",
    "src/lib/m.py",
    "scripts/run.py",
    "scripts/helper.py",
    "ns/deep/x.py",
    "pkg/a.pyi",
    "b.pyi",
    ".gitignore",
    "src/__init__.py",
};

static const char *const lines[] = {
    "import a",
    "import a as q",
    "import pkg.a",
    "import pkg.sub.c as c",
    "from pkg import a, b",
    "from . import a",
    "from .sub import c",
    "from .. import b",
    "from pkg.sub.c import f as g",
    "from a import *",
    "from lib.m import f",
    "import helper",
    "import ns.deep.x",
    "import b, lib",
    "x = 1",
    "x = f(2)",
    "y = x + a.x",
    "def f(n):\n    return g(n) + x",
    "def g(n):\n    return n",
    "class C(a.B):\n    def m(self):\n        return q.x",
    "print(x)",
    "x.append(f)",
    "f(a)",
    "if x:\n    import b as z\nelse:\n    z = None",
    "def h():\n    from pkg import b\n    return b.y",
    "__all__ = ['x', 'f']",
    "import importlib\nimportlib.import_module(x)",
    "",
    "importlib.import_module('pkg.b')",
    "# a comment",
    "global_ = [c.f for c in x]",
    "try:\n    import missing\nexcept ImportError:\n    missing = None",
};

static const char *const ignores[] = {"", "scripts/\n", "b.py\n!pkg/b.py\n", "*.py\n!a.py\n",
                                      "ns\n"};

static void random_text(uint64_t *seed, struct buf *out) {
    out->len = 0;
    for (uint32_t n = random_below(seed, 9); n > 0; n--)
        buf_printf(out, "%s\n%s", lines[random_below(seed, COUNT(lines))],
                   random_below(seed, 2) ? "\n" : "");
    buf_cstr(out);
}

static void random_edit(const struct tree *t, uint64_t *seed) {
    struct buf text = {0};
    const char *path = paths[random_below(seed, COUNT(paths))];
    const char *to = paths[random_below(seed, COUNT(paths))];
    uint32_t what = random_below(seed, 10);
    char *from_path = tree_path(t, path), *to_path = tree_path(t, to);
    if (strcmp(path, ".gitignore") == 0) {
        tree_write(t, path, ignores[random_below(seed, COUNT(ignores))]);
    } else if (what < 2) {
        tree_remove(t, path);
    } else if (what < 3 && strcmp(to, ".gitignore") != 0) {
        tree_write(t, to, ""); /* so that its folder is there */
        if (rename(from_path, to_path) != 0) tree_remove(t, to);
    } else {
        random_text(seed, &text);
        tree_write(t, path, buf_cstr(&text));
    }
    free(from_path);
    free(to_path);
    buf_finish(&text);
}

/* --- the tables as text --- */

static const char *const dumps[] = {
    "SELECT file_id, path, module_fqn, is_init, content_hash, mtime_ns, size FROM"
    " py_module_index_v1 ORDER BY 2",
    "SELECT * FROM py_imports_resolved_v1 ORDER BY importer_path, start_byte, end_byte,"
    " imported_module_fqn, imported_name, local_name, target, imported_file_id, level",
    "SELECT * FROM dim_exported_defs_v1 ORDER BY qname, file_id",
    "SELECT * FROM rel_callsite_qname_v1 ORDER BY 1, 2, 3, 4, 5, 6, 7",
};

static void dump_store(struct state_store *store, struct buf *out) {
    out->len = 0;
    for (size_t d = 0; d < COUNT(dumps); d++) {
        sqlite3_stmt *st = state_store_prepare(store, dumps[d]);
        buf_printf(out, "-- %zu\n", d);
        while (state_store_step(store, st)) {
            for (int c = 0; c < sqlite3_column_count(st); c++) {
                const char *text = (const char *)sqlite3_column_text(st, c);
                buf_printf(out, "%s|", text ? text : "NULL");
            }
            buf_append_byte(out, '\n');
        }
    }
}

static void refresh(struct state_store *store, const struct tree *t) {
    struct index_delta delta = {0};
    struct refresh_options options = {.workspace = t->root};
    struct buf message = {0};
    struct err err = {0};
    if (index_refresh(store, &options, &delta, &message, &err) != ST_OK) fail_msg("%s", err.msg);
    assert_int_equal(message.len, 0);
    index_delta_finish(&delta);
}

static struct state_store *open_store(const struct tree *t, const char *name) {
    struct buf message = {0};
    struct err err = {0};
    char *path = tree_path(t, name);
    struct state_store *store = state_store_open(path, &message, &err);
    if (!store) fail_msg("%s", err.msg);
    expect_buf("opening", &message, "");
    free(path);
    return store;
}

static void expect_fresh(struct state_store *store, const struct tree *t, unsigned seed,
                         unsigned step) {
    struct tree scratch;
    struct buf got = {0}, expected = {0};
    tree_init(&scratch);
    struct state_store *fresh = open_store(&scratch, "state.db");
    refresh(fresh, t);
    dump_store(store, &got);
    dump_store(fresh, &expected);
    if (!str_eq(buf_str(&got), buf_str(&expected))) {
        size_t i = 0;
        while (got.ptr[i] == expected.ptr[i]) i++;
        while (i && got.ptr[i - 1] != '\n') i--;
        fail_msg("seed %u, step %u: got\n%.200s\nfresh\n%.200s", seed, step, buf_cstr(&got) + i,
                 buf_cstr(&expected) + i);
    }
    buf_finish(&got);
    buf_finish(&expected);
    state_store_close(fresh);
    tree_finish(&scratch);
}

static void incremental_equals_fresh(void **state) {
    (void)state;
    for (unsigned seed = 1; seed <= 12; seed++) {
        struct tree t, cache;
        uint64_t random = seed;
        tree_init(&t);
        tree_init(&cache);
        struct state_store *store = open_store(&cache, "state.db");
        for (int i = 0; i < 12; i++) random_edit(&t, &random);
        for (unsigned step = 0; step < 25; step++) {
            for (uint32_t n = random_below(&random, 4); n > 0; n--) random_edit(&t, &random);
            refresh(store, &t);
            expect_fresh(store, &t, seed, step);
        }
        state_store_close(store);
        tree_finish(&t);
        tree_finish(&cache);
    }
}

/* --- processes --- */

static pid_t start_writer(const struct tree *t, const struct tree *cache) {
    pid_t pid = fork();
    if (pid != 0) return pid;
    struct state_store *store = open_store(cache, "state.db");
    for (;;) refresh(store, t);
}

static void a_killed_writer_leaves_a_state_that_opens(void **state) {
    (void)state;
    struct tree t, cache;
    uint64_t random = 7;
    tree_init(&t);
    tree_init(&cache);
    for (int i = 0; i < 30; i++) random_edit(&t, &random);
    for (int i = 0; i < 25; i++) {
        pid_t pid = start_writer(&t, &cache);
        struct timespec pause = {0, (long)random_below(&random, 20000000)};
        for (int k = 0; k < 3; k++) random_edit(&t, &random);
        nanosleep(&pause, NULL);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        struct state_store *store = open_store(&cache, "state.db");
        refresh(store, &t);
        expect_fresh(store, &t, 7, (unsigned)i);
        state_store_close(store);
    }
    tree_finish(&t);
    tree_finish(&cache);
}

static void two_writers_do_not_corrupt_it(void **state) {
    (void)state;
    struct tree t, cache;
    uint64_t random = 9;
    tree_init(&t);
    tree_init(&cache);
    for (int i = 0; i < 30; i++) random_edit(&t, &random);
    pid_t writers[] = {start_writer(&t, &cache), start_writer(&t, &cache)};
    struct state_store *store = open_store(&cache, "state.db");
    for (int i = 0; i < 20; i++) {
        random_edit(&t, &random);
        refresh(store, &t);
    }
    for (size_t i = 0; i < COUNT(writers); i++) {
        assert_int_equal(waitpid(writers[i], NULL, WNOHANG), 0); /* none has failed */
        kill(writers[i], SIGKILL);
        waitpid(writers[i], NULL, 0);
    }
    refresh(store, &t);
    expect_fresh(store, &t, 9, 0);
    state_store_close(store);
    tree_finish(&t);
    tree_finish(&cache);
}

/* --- damage --- */

static void execute(const struct tree *cache, const char *sql) {
    sqlite3 *db = NULL;
    char *path = tree_path(cache, "state.db");
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    free(path);
}

/* Opens or refreshes; the message must say `why`, and the old file must still be there. */
static void expect_renewed(const struct tree *t, const struct tree *cache, const char *why,
                           const char *kept) {
    struct buf message = {0};
    struct err err = {0};
    struct index_delta delta = {0};
    struct refresh_options options = {.workspace = t->root};
    char *path = tree_path(cache, "state.db"), *old = tree_path(cache, kept);
    struct state_store *store = state_store_open(path, &message, &err);
    assert_non_null(store);
    index_refresh(store, &options, &delta, &message, &err);
    if (err.code != ST_OK) fail_msg("%s", err.msg);
    if (!strstr(buf_cstr(&message), why)) fail_msg("no \"%s\" in \"%s\"", why, buf_cstr(&message));
    assert_int_equal(access(old, F_OK), 0);
    expect_fresh(store, t, 0, 0);
    state_store_close(store);
    index_delta_finish(&delta);
    buf_finish(&message);
    free(path);
    free(old);
}

static void what_cannot_be_used_is_set_aside(void **state) {
    (void)state;
    struct tree t, cache;
    tree_init(&t);
    tree_init(&cache);
    tree_write(&t, "a.py", "x = 1\n");
    tree_write(&cache, "state.db", "this is no database, whatever its name says, and it is long\n");
    expect_renewed(&t, &cache, "was damaged", "state.db.damaged-1");
    execute(&cache, "PRAGMA user_version = 999");
    expect_renewed(&t, &cache, "newer Relight", "state.db.newer-1");
    execute(&cache, "DROP TABLE dim_exported_defs_v1");
    tree_write(&t, "a.py", "x = 22\n");
    expect_renewed(&t, &cache, "was damaged", "state.db.damaged-2");
    tree_finish(&t);
    tree_finish(&cache);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(incremental_equals_fresh),
        cmocka_unit_test(a_killed_writer_leaves_a_state_that_opens),
        cmocka_unit_test(two_writers_do_not_corrupt_it),
        cmocka_unit_test(what_cannot_be_used_is_set_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
