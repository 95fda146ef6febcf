/* SPDX-License-Identifier: Apache-2.0 */
/* test_runner.c - what an edit runs, and that afterwards all is as after a fresh run.
 *
 * Documents are small, in paragraph style: the blocks of the first text are b1, b2, ...  The
 * language is that of fake_python.h. */
#include "tests/support/runner_rig.h"

/* Run `before`, change it to `after`, run again: `ran` are the blocks of the second run. */
static void expect_edit(const char *before, const char *after, const char *ran) {
    struct rig rig;
    rig_init(&rig, before);
    rig_run(&rig);
    rig_settle(&rig);
    rig_forget_log(&rig);
    rig_edit(&rig, after);
    rig_run(&rig);
    rig_settle(&rig);
    expect_ran(&rig, ran);
    expect_as_fresh(&rig);
    rig_finish(&rig);
}

static void first_run(void **state) {
    (void)state;
    struct rig rig;
    rig_init(&rig, "x = 1\n\n# words\n\nprint(x)\nx\n");
    rig_run(&rig);
    expect_log(&rig, "run1(b1 b3)");
    rig_settle(&rig);
    expect_log(&rig, ">b1 b1=ok >b3 b3:1 b3:1 b3=ok end1");
    expect_shown(&rig, "ok | ok | ok 1 1");
    rig_run(&rig);
    rig_settle(&rig);
    expect_log(&rig, "");
    rig_finish(&rig);
}

static void edits_run_readers(void **state) {
    (void)state;
    const char *doc = "x = 1\n\ny = x\n\nz = 2\n\ny + z\n";
    expect_edit(doc, "x = 3\n\ny = x\n\nz = 2\n\ny + z\n", "b1 b2 b4");
    expect_edit(doc, "x = 1\n\ny = x + 1\n\nz = 2\n\ny + z\n", "b2 b4");
    expect_edit(doc, "x = 1\n\ny = x\n\nz = 3\n\ny + z\n", "b3 b4");
    expect_edit(doc, "x = 1\n\ny = x\n\nz = 2\n\nz\n", "b4");
    expect_edit(doc, doc, "");
}

static void comments_and_spacing_run_nothing(void **state) {
    (void)state;
    const char *doc = "x = 1\n\ny = x\n\ny\n";
    expect_edit(doc, "x = 1 # one\n\ny = x\n\ny\n", "");
    expect_edit(doc, "x  =  1\n\n\n\ny = x\n\ny\n", "");
    expect_edit(doc, "# words\n\nx = 1\n\ny = x\n\ny\n", "");
}

static void providers_come_and_go(void **state) {
    (void)state;
    expect_edit("x = 1\n\nx = 2\n\nx\n", "x = 1\n\nx\n", "b3");
    expect_edit("x = 1\n\nx\n", "x = 1\n\nx = 2\n\nx\n", "b3 b2");
    expect_edit("x = 1\n\nx\n", "x\n", "b2");
    expect_edit("x\n", "x = 1\n\nx\n", "b2 b1");
    expect_edit("x = 1\n\nx = 2\n\nx\n", "x = 2\n\nx = 1\n\nx\n", "b3");
    expect_edit("x = 1\n\nx\n\ny = 5\n", "x\n\nx = 1\n\ny = 5\n", "b2");
    expect_edit("x = 1\n\nx\n\nx = 2\n\nx\n", "x = 1\n\nx\n\nx = 3\n\nx\n", "b3 b4");
    expect_edit("x = 1\n\nx\n\nx = 2\n\nx\n", "x = 5\n\nx\n\nx = 2\n\nx\n", "b1 b2");
}

static void deleted_names_are_gone(void **state) {
    (void)state;
    expect_edit("x = 1\n\ndel x\n\nx\n", "x = 1\n\ny = 2\n\nx\n", "b2 b3");
    expect_edit("x = 1\n\ny = 2\n\nx\n", "x = 1\n\ndel x\n\nx\n", "b2 b3");
    expect_edit("x = 1\n\ndel x\n\nx = 2\n\nx\n", "x = 1\n\ndel x\n\nx = 3\n\nx\n", "b3 b4");
    expect_edit("x = 1\n\nx + 1\n\ndel x\n", "x = 1\n\nx + 2\n\ndel x\n", "b2");
}

static void functions_read_where_they_are_called(void **state) {
    (void)state;
    const char *doc = "def f():\n    return a\n\na = 1\n\nf()\n\na = 2\n\nf()\n";
    expect_edit(doc, "def f():\n    return a\n\na = 3\n\nf()\n\na = 2\n\nf()\n", "b2 b3");
    expect_edit(doc, "def f():\n    return a\n\na = 1\n\nf()\n\na = 3\n\nf()\n", "b4 b5");
    expect_edit(doc, "def f():\n    return a + 1\n\na = 1\n\nf()\n\na = 2\n\nf()\n", "b1 b3 b5");
}

static void conditional_bindings(void **state) {
    (void)state;
    const char *doc = "c = 1\n\nx = 5\n\nif c:\n    x = 6\n\nx\n";
    expect_edit(doc, "c = 0\n\nx = 5\n\nif c:\n    x = 6\n\nx\n", "b1 b3 b4");
    expect_edit(doc, "c = 1\n\nx = 5\n\nif c:\n    x = 7\n\nx\n", "b3 b4");
    doc = "c = 0\n\nx = 5\n\nif c:\n    x = 6\n\nx\n";
    expect_edit(doc, "c = 0\n\nx = 7\n\nif c:\n    x = 6\n\nx\n", "b2 b3 b4");
    expect_edit(doc, "c = 0\n\nx = 5\n\nif c:\n    x = 7\n\nx\n", "b3");
}

static void failing_blocks_block_others(void **state) {
    (void)state;
    struct rig rig;
    rig_init(&rig, "boom\nx = 1\n\nx\n\n3\n\nx + 1\n");
    rig_run(&rig);
    rig_settle(&rig);
    expect_log(&rig, "run1(b1 b2 b3 b4) >b1 b1=error b2=blocked >b3 b3:3 b3=ok b4=blocked end1?");
    expect_shown(&rig, "error NameError | blocked | ok 3 | blocked");
    rig_edit(&rig, "x = 1\n\nx\n\n3\n\nx + 1\n");
    rig_run(&rig);
    rig_settle(&rig);
    expect_ran(&rig, "b1 b2 b4");
    expect_shown(&rig, "ok | ok 1 | ok 3 | ok 2");
    rig_finish(&rig);
}

static void what_was_bound_before_the_failure_counts(void **state) {
    (void)state;
    expect_edit("x = 1\nboom\ny = 2\n\nx\n\ny\n", "x = 2\nboom\ny = 2\n\nx\n\ny\n", "b1 b2");
    expect_edit("y = 0\n\nboom\ny = 1000\n\ny\n", "y = 0\n\ny = 1000\n\ny\n", "b2 b3");
}

static void failures_reach_past_branches(void **state) {
    (void)state;
    expect_edit("z = 0\n\nd = 1\n\nd = boom\n\nif z:\n    d = 2\n\nd\n",
                "z = 0\n\nd = 5\n\nd = boom\n\nif z:\n    d = 2\n\nd\n", "b2 b4");
    expect_edit("d = 1\n\nd = boom\n\nd = 2\n\nd\n", "d = 5\n\nd = boom\n\nd = 2\n\nd\n", "b1");
}

static void failures_reach_past_deletions(void **state) {
    (void)state;
    struct rig rig;
    rig_init(&rig, "d = 1\n\nd = boom\n\ndel d\n\nd\n");
    rig_run(&rig);
    rig_settle(&rig);
    expect_shown(&rig, "ok | error NameError | blocked | blocked");
    rig_edit(&rig, "d = 1\n\nd = 2\n\ndel d\n\nd\n");
    rig_run(&rig);
    rig_settle(&rig);
    expect_shown(&rig, "ok | ok | ok | error NameError");
    rig_edit(&rig, "d = 1\n\nd = boom\n\ndel d\n\nd = 3\n\nd\n");
    rig_run(&rig);
    rig_settle(&rig);
    expect_shown(&rig, "ok | error NameError | blocked | ok | ok 3");
    rig_finish(&rig);
}

static void forward_references_fail_as_in_python(void **state) {
    (void)state;
    expect_edit("x\n\nx = 1\n", "x\n\nx = 2\n", "b2");
    expect_edit("x\n\nx = 1\n", "x + 1\n\nx = 1\n", "b1");
}

/* An error is typed, and undone. */
static void expect_detour(const char *doc, const char *broken, const char *ran, const char *shown) {
    struct rig rig;
    rig_init(&rig, doc);
    rig_run(&rig);
    rig_settle(&rig);
    rig_forget_log(&rig);
    rig_edit(&rig, broken);
    rig_run(&rig);
    rig_settle(&rig);
    expect_ran(&rig, ran);
    expect_shown(&rig, shown);
    rig_edit(&rig, doc);
    rig_run(&rig);
    rig_settle(&rig);
    expect_ran(&rig, "");
    expect_as_fresh(&rig);
    rig_finish(&rig);
}

static void syntax_errors_run_no_dependents(void **state) {
    (void)state;
    const char *doc = "x = 1\n\ny = x\n\ny\n\n7\n";
    expect_detour(doc, "x = (\n\ny = x\n\ny\n\n7\n", "b1", "syntaxError | stale | ok 1 | ok 7");
    expect_detour(doc, "x = 1\n\ny = x +\n\ny\n\n7\n", "b2", "ok | syntaxError | stale 1 | ok 7");
    /* what only the compiler refuses */
    expect_detour(doc, "x = 1\nreturn\n\ny = x\n\ny\n\n7\n", "b1",
                  "syntaxError | stale | ok 1 | ok 7");
}

static void broken_from_the_start(void **state) {
    (void)state;
    struct rig rig;
    rig_init(&rig, "x = 1\nreturn\n\nx\n\n3\n");
    rig_run(&rig);
    rig_settle(&rig);
    expect_shown(&rig, "syntaxError | blocked | ok 3");
    rig_forget_log(&rig);
    rig_run(&rig);
    expect_log(&rig, "");
    rig_edit(&rig, "x = 1\n\nx\n\n3\n");
    rig_run(&rig);
    rig_settle(&rig);
    expect_ran(&rig, "b1 b2");
    expect_as_fresh(&rig);
    rig_finish(&rig);
}

/* A value that comes out the same leaves its readers clean. */
static void equal_values_run_no_readers(void **state) {
    (void)state;
    expect_edit("x = 1\n\ny = x\n\ny\n", "x = 0 + 1\n\ny = x\n\ny\n", "b1");
    expect_edit("x = 1\n\ny = x + 2\n\ny\n", "x = 2\n\ny = 3\n\ny\n", "b1 b2");
    expect_edit("x = 1\n\nx = 2\n\nx\n", "x = 2\n\nx\n", "");
    expect_edit("xs = [1]\n\nxs\n", "xs = [0 + 1]\n\nxs\n", "b1");
    expect_edit("x = 1\n\nif x:\n    y = 5\n\ny\n", "x = 2\n\nif x:\n    y = 5\n\ny\n", "b1 b2");
    expect_edit("x = 1\nboom\n\nx\n", "x = 1\n\nx\n", "b1");
}

/* Lists are shared by reference, and change for all who hold them. */
static void aliases_change_together(void **state) {
    (void)state;
    const char *doc = "xs = []\n\nys = xs\n\nys.append(1)\n\nxs\n";
    expect_edit(doc, "xs = []\n\nys = xs\n\nys.append(2)\n\nxs\n", "b1 b2 b3 b4");
    expect_edit("xs = []\n\nys = [xs]\n\nxs.append(1)\n\nys\n",
                "xs = []\n\nys = [xs]\n\nxs.append(2)\n\nys\n", "b1 b2 b3 b4");
}

static void changed_objects_are_made_again(void **state) {
    (void)state;
    const char *doc = "xs = []\n\nxs.append(1)\n\nxs\n";
    expect_edit(doc, "xs = []\n\nxs.append(2)\n\nxs\n", "b1 b2 b3");
    expect_edit(doc, "xs = []\n\nxs.append(1)\n\nxs + [3]\n", "b3");
    expect_edit(doc, "xs = [9]\n\nxs.append(1)\n\nxs\n", "b1 b2 b3");
    expect_edit(doc, "xs = []\n\nxs\n", "b1 b3");
    expect_edit("xs = []\n\nxs\n", doc, "b3 b2");
    expect_edit("xs = []\n\nxs\n\nxs.append(1)\n\nxs\n",
                "xs = []\n\nxs + [5]\n\nxs.append(1)\n\nxs\n", "b1 b2");
    expect_edit("a = 1\n\nxs = [a]\n\nxs.append(1)\n\nxs.append(2)\n\nxs\n",
                "a = 1\n\nxs = [a]\n\nxs.append(1)\n\nxs.append(3)\n\nxs\n", "b2 b3 b4 b5");
}

/* Each block runs once, also those that are restored for a block whose turn tells that it must run.
 */
static void nothing_runs_twice(void **state) {
    (void)state;
    expect_edit("xs = []\n\nys = xs\n\nys.append(1)\n\nxs\n",
                "xs = []\n\nys = []\n\nys.append(1)\n\nxs\n", "b2 b1 b3 b4");
    expect_edit("xs = []\nys = []\n\nxs.append(1)\n\nys\n\nxs\n\nys.append(2)\n",
                "xs = []\nys = []\n\nxs.append(3)\n\nys + xs\n\nxs\n\nys.append(2)\n",
                "b1 b2 b3 b4");
}

/* A value that cannot change is there once it has been made, whatever became of what it was made
 * from; and who changed one name's object has not spoilt the other names of the block. */
static void only_what_is_needed_is_restored(void **state) {
    (void)state;
    expect_edit("a = 1\nxs = []\n\nb = a + 1\n\nxs.append(b)\n\nxs\n\nb\n",
                "a = 1\nxs = []\n\nb = a + 1\n\nxs.append(b)\n\nxs\n\nb + 3\n", "b5");
    expect_edit("a = 1\nxs = []\n\na + 1\n\nxs.append(a)\n",
                "a = 1\nxs = []\n\na + 2\n\nxs.append(a)\n", "b2");
    expect_edit("a = 1\n\nxs = [a]\n\nb = a + 2\n\nxs.append(b)\n",
                "a = 1\n\nxs = [a]\n\nb = a + 2\n\nxs.append(b + 1)\n", "b2 b4");
}

static void what_does_not_execute(void **state) {
    (void)state;
    struct rig rig;
    rig_init(&rig, "\"\"\"words\"\"\"\n\n# more\n\n# | skip\nx = 1\n\nx\n");
    rig_run(&rig);
    rig_settle(&rig);
    expect_shown(&rig, "ok | ok | skipped | error NameError");
    rig_forget_log(&rig);
    rig_edit(&rig, "\"\"\"words\"\"\"\n\n# more\n\nx = 1\n\nx\n");
    rig_run(&rig);
    rig_settle(&rig);
    expect_ran(&rig, "b3 b4");
    expect_as_fresh(&rig);
    rig_finish(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_run),
        cmocka_unit_test(edits_run_readers),
        cmocka_unit_test(comments_and_spacing_run_nothing),
        cmocka_unit_test(providers_come_and_go),
        cmocka_unit_test(deleted_names_are_gone),
        cmocka_unit_test(functions_read_where_they_are_called),
        cmocka_unit_test(conditional_bindings),
        cmocka_unit_test(failing_blocks_block_others),
        cmocka_unit_test(what_was_bound_before_the_failure_counts),
        cmocka_unit_test(failures_reach_past_branches),
        cmocka_unit_test(failures_reach_past_deletions),
        cmocka_unit_test(forward_references_fail_as_in_python),
        cmocka_unit_test(syntax_errors_run_no_dependents),
        cmocka_unit_test(broken_from_the_start),
        cmocka_unit_test(equal_values_run_no_readers),
        cmocka_unit_test(aliases_change_together),
        cmocka_unit_test(changed_objects_are_made_again),
        cmocka_unit_test(nothing_runs_twice),
        cmocka_unit_test(only_what_is_needed_is_restored),
        cmocka_unit_test(what_does_not_execute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
