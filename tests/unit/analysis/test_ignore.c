/* SPDX-License-Identifier: Apache-2.0 */
/* test_ignore.c - the walk obeys .gitignore exactly as git does: random rules and trees. */
#include "analysis/module_index.h"
#include "tests/support/tree.h"
#include "tests/support/unit.h"

static const char *const rules[] = {
    "a.py",    "/a.py",   "*.py", "!a.py",     "b",       "b/",     "/b",        "b/c",
    "b/*",     "!b/a.py", "**/c", "b/**",      "a/**/c",  "# note", "",          "\\#x.py",
    "[ab].py", "?.py",    "!c/",  "c.py ",     "/b/a.py", "a/",     "**/b/a.py", "[!a].py",
    "!/a",     "\\!x.py", "*/c",  "b/**/a.py", "*",       "!*/",    "a*c",       "**",
};

static const char *const folders[] = {"", "a/", "b/", "a/b/", "b/c/", "a/b/c/", "c/"};
static const char *const names[] = {"a.py", "b.py", "c.py", "#x.py", "!x.py"};

static void write_ignore(const struct tree *t, const char *folder, uint64_t *seed) {
    struct buf text = {0}, path = {0};
    for (uint32_t n = 1 + random_below(seed, 4); n > 0; n--)
        buf_printf(&text, "%s\n", rules[random_below(seed, COUNT(rules))]);
    buf_printf(&path, "%s.gitignore", folder);
    tree_write(t, buf_cstr(&path), buf_cstr(&text));
    buf_finish(&text);
    buf_finish(&path);
}

/* What git takes for untracked, but not ignored, sorted. */
static void ask_git(const struct tree *t, struct buf *out) {
    struct buf command = {0};
    char line[512];
    buf_printf(&command,
               "cd %s && git ls-files --others --exclude-standard -- '*.py' | LC_ALL=C sort",
               t->root);
    FILE *pipe = popen(buf_cstr(&command), "r"); // NOLINT(cert-env33-c): a test, and our own text
    assert_non_null(pipe);
    while (fgets(line, sizeof line, pipe)) buf_append(out, str_from(line));
    assert_int_equal(pclose(pipe), 0);
    buf_finish(&command);
}

static void shell(const struct tree *t, const char *what) {
    struct buf command = {0};
    buf_printf(&command, "cd %s && %s", t->root, what);
    assert_int_equal(system(buf_cstr(&command)), 0); // NOLINT(cert-env33-c): as above
    buf_finish(&command);
}

static void check_tree(uint64_t seed) {
    struct tree t;
    struct buf expected = {0}, got = {0};
    struct err err = {0};
    char what[32];
    tree_init(&t);
    for (size_t f = 0; f < COUNT(folders); f++)
        for (size_t n = 0; n < COUNT(names); n++) {
            struct buf path = {0};
            buf_printf(&path, "%s%s", folders[f], names[n]);
            tree_write(&t, buf_cstr(&path), "");
            buf_finish(&path);
        }
    shell(&t, "git init -q . && git config core.excludesFile /dev/null");
    snprintf(what, sizeof what, "seed %llu", (unsigned long long)seed);
    write_ignore(&t, "", &seed);
    if (random_below(&seed, 2)) write_ignore(&t, folders[1 + random_below(&seed, 5)], &seed);
    ask_git(&t, &expected);
    struct module_index *index = module_index_scan(t.root, NULL, 0, &err);
    for (size_t i = 0; i < index->files.len; i++)
        buf_printf(&got, "%s\n", index->files.items[i]->path);
    expect_str(what, buf_str(&got), buf_str(&expected));
    module_index_destroy(index);
    buf_finish(&got);
    buf_finish(&expected);
    tree_finish(&t);
}

static void as_git_does(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) check_tree(seed);
}

/* A workspace inside a repository obeys the files above it. */
static void files_above_count(void **state) {
    struct tree t;
    struct err err = {0};
    (void)state;
    tree_init(&t);
    tree_write(&t, ".gitignore", "inner/out/\n*_pb2.py\n");
    tree_write(&t, ".git/HEAD", "");
    tree_write(&t, "inner/out/a.py", "");
    tree_write(&t, "inner/b.py", "");
    tree_write(&t, "inner/c_pb2.py", "");
    char *inner = tree_path(&t, "inner");
    struct module_index *index = module_index_scan(inner, NULL, 0, &err);
    assert_int_equal(index->files.len, 1);
    assert_string_equal(index->files.items[0]->path, "b.py");
    module_index_destroy(index);
    free(inner);
    tree_finish(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_git_does),
        cmocka_unit_test(files_above_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
