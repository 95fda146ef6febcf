/* SPDX-License-Identifier: Apache-2.0 */
/* test_summary.c - short texts: cut lines, durations, names of blocks. */
#include "server/summary.h"

#include "tests/support/unit.h"

static void check_line(struct str s, size_t max, const char *expected) {
    struct buf out = {0};
    summary_line(&out, s, max);
    expect_buf("line", &out, expected);
}

static void lines_are_cut(void **state) {
    (void)state;
    check_line(STR(""), 3, "");
    check_line((struct str){0}, 3, "");
    check_line(STR("abc"), 3, "abc");
    check_line(STR("abcd"), 3, "abc…");
    check_line(STR("  abc \n"), 3, "abc");
    check_line(STR("\n\nabc"), 3, "abc");
    check_line(STR("ab\ncd"), 9, "ab…");
    check_line(STR("ab\r\ncd"), 9, "ab…");
    check_line(STR("10%\r20%\r"), 9, "10%…");
    check_line(STR("ab  \ncd"), 9, "ab…");
    check_line(STR("ab\ncd"), 1, "a…");
    check_line(STR("abc"), 0, "…");
    check_line(STR("\xC3\xA9\xF0\x9F\x98\x80z"), 2, "\xC3\xA9\xF0\x9F\x98\x80…");
    check_line(STR("a\xFFz"), 9, "a\xEF\xBF\xBDz");
}

static void check_duration(uint64_t us, const char *expected) {
    struct buf out = {0};
    summary_duration(us, &out);
    expect_buf("duration", &out, expected);
}

static void durations_have_the_unit_that_fits(void **state) {
    (void)state;
    check_duration(0, "0.0 ms");
    check_duration(340, "0.3 ms");
    check_duration(999, "1.0 ms");
    check_duration(1000, "1 ms");
    check_duration(999999, "999 ms");
    check_duration(1000000, "1.0 s");
    check_duration(3449000, "3.4 s");
    check_duration(7200000000, "7200.0 s");
}

/* The name of the first block of a document. */
static void check_name(const char *source, const char *expected) {
    struct document *doc = document_create(str_from(source));
    struct buf out = {0};
    summary_name(doc, document_block(doc, 0), &out);
    document_destroy(doc);
    expect_buf(source, &out, expected);
}

static void blocks_have_names(void **state) {
    (void)state;
    check_name("x = 1\ny = 2\n", "x = 1");
    check_name("# ## Results\n# are below\n", "Results");
    check_name("#\n# Results\n", "Results");
    check_name("x = 1\n\n\ndef f():\n    pass\n", "x = 1");
    check_name("@cache\ndef f():\n    pass\n", "f");
    check_name("class C:\n    x = 1\n", "C");
    check_name("# %% Load\nx = 1\n", "Load");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_cut),
        cmocka_unit_test(durations_have_the_unit_that_fits),
        cmocka_unit_test(blocks_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
