/* SPDX-License-Identifier: Apache-2.0 */
/* test_interpreter.c - the order in which interpreters are tried.
 *
 * Each test has a scratch folder, written @ in what it expects; programs are empty files. */
#include "server/interpreter.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/unit.h"

static char scratch[64];

static char *in_scratch(const char *name) {
    struct buf path = {0};
    buf_printf(&path, "%s%s", scratch, name);
    return buf_take(&path);
}

/* "/a/b/python": the folders on the way, and a program. */
static void make_program(const char *name) {
    char *path = in_scratch(name);
    for (char *c = path + strlen(scratch) + 1; (c = strchr(c, '/')); *c++ = '/') {
        *c = '\0';
        mkdir(path, 0755);
    }
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(chmod(path, 0755), 0);
    free(path);
}

static int set_up(void **state) {
    (void)state;
    snprintf(scratch, sizeof scratch, "/tmp/relight-interpreter-XXXXXX");
    if (!mkdtemp(scratch)) return -1;
    const char *const names[] = {"RELIGHT_WORKER", "VIRTUAL_ENV", "CONDA_PREFIX"};
    for (size_t i = 0; i < COUNT(names); i++) unsetenv(names[i]);
    setenv("PATH", "", 1);
    make_program("/w/deep/er/a.py");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    char command[128];
    setenv("PATH", "/usr/bin:/bin", 1);
    snprintf(command, sizeof command, "rm -rf %s", scratch);
    return system(command); // NOLINT(cert-env33-c): of a folder that we have made
}

static void set(const char *variable, const char *name) {
    char *path = in_scratch(name);
    setenv(variable, path, 1);
    free(path);
}

static void show(struct buf *out, const struct interpreter *interpreter) {
    struct str path = interpreter->path ? str_from(interpreter->path) : STR("-");
    if (str_starts(path, str_from(scratch))) {
        buf_append_byte(out, '@');
        path = str_slice(path, strlen(scratch), path.len);
    }
    buf_printf(out, "%.*s ", STR_FMT(path));
}

/* The document is in /w/deep/er. */
static void check(const char *python, const char *root, bool elsewhere, const char *expected) {
    struct buf shown = {0};
    interpreter_vec found;
    char *folder = in_scratch("/w/deep/er"), *top = *root ? in_scratch(root) : xstrdup("");
    struct interpreter_wish wish = {.python = str_from(python),
                                    .folder = str_from(folder),
                                    .root = str_from(top),
                                    .elsewhere = elsewhere};
    interpreters_find(&found, &wish);
    for (size_t i = 0; i < found.len; i++) show(&shown, &found.items[i]);
    interpreters_finish(&found);
    free(folder);
    free(top);
    expect_buf(python, &shown, expected);
}

static void environments_project_path_and_our_own(void **state) {
    (void)state;
    check("", "/w", false, "- ");
    make_program("/bin/python3");
    set("PATH", "/bin");
    check("", "/w", false, "@/bin/python3 - ");
    make_program("/w/.venv/bin/python");
    check("", "/w", false, "@/w/.venv/bin/python @/bin/python3 - ");
    make_program("/v/bin/python");
    make_program("/c/bin/python");
    set("CONDA_PREFIX", "/c");
    set("VIRTUAL_ENV", "/v");
    check("", "/w", false, "@/v/bin/python @/c/bin/python @/w/.venv/bin/python @/bin/python3 - ");
    set("VIRTUAL_ENV", "/gone");
    check("", "/w", false, "@/c/bin/python @/w/.venv/bin/python @/bin/python3 - ");
}

static void the_nearest_venv_and_none_above_the_root(void **state) {
    (void)state;
    make_program("/.venv/bin/python");
    check("", "/w", false, "- ");
    check("", "", false, "- ");
    make_program("/w/.venv/bin/python");
    check("", "/w", false, "@/w/.venv/bin/python - ");
    check("", "/w/deep", false, "- ");
    check("", "/w/de", false, "- ");
    make_program("/w/deep/er/.venv/bin/python");
    check("", "/w", false, "@/w/deep/er/.venv/bin/python - ");
    check("", "", false, "@/w/deep/er/.venv/bin/python - ");
    check("", "/elsewhere", false, "@/w/deep/er/.venv/bin/python - ");
}

static void a_named_one_is_the_only_one(void **state) {
    (void)state;
    make_program("/bin/python3");
    make_program("/w/env/bin/python");
    set("PATH", "/bin");
    check("python3", "/w", false, "@/bin/python3 ");
    check("env", "/w", false, "@/w/env/bin/python ");
    check("./env/bin/python", "/w", false, "@/w/./env/bin/python ");
    check("missing", "/w", false, "@/w/missing ");
    check("/no/such/python", "/w", false, "/no/such/python ");
}

static void elsewhere_this_machine_says_nothing(void **state) {
    (void)state;
    make_program("/w/.venv/bin/python");
    set("VIRTUAL_ENV", "/w/.venv");
    check("", "/w", true, "- ");
    check("python3", "/w", true, "python3 ");
    check("/there/python", "/w", true, "/there/python ");
}

static void a_named_worker_has_its_own(void **state) {
    (void)state;
    make_program("/w/.venv/bin/python");
    set("RELIGHT_WORKER", "/worker");
    check("", "/w", false, "- ");
    check("/py", "/w", false, "/py ");
}

static void what_is_no_program_is_no_candidate(void **state) {
    (void)state;
    make_program("/w/.venv/bin/python/inside");
    check("", "/w", false, "- ");
    make_program("/bin/python3");
    char *path = in_scratch("/bin/python3");
    chmod(path, 0644);
    free(path);
    set("PATH", "/bin");
    check("", "/w", false, "- ");
    setenv("PATH", ".::relative", 1);
    check("", "/w", false, "- ");
}

#define SCRATCH_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(environments_project_path_and_our_own),
        SCRATCH_TEST(the_nearest_venv_and_none_above_the_root),
        SCRATCH_TEST(a_named_one_is_the_only_one),
        SCRATCH_TEST(elsewhere_this_machine_says_nothing),
        SCRATCH_TEST(a_named_worker_has_its_own),
        SCRATCH_TEST(what_is_no_program_is_no_candidate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
