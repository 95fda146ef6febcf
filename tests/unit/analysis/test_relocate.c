/* SPDX-License-Identifier: Apache-2.0 */
/* test_relocate.c - a place is found again whatever stands around it. */
#include "analysis/relocate.h"

#include "tests/support/unit.h"

/* Both texts with a `@` in front of the place; it is no part of them.  -1: not found. */
static int relocate(const char *marked, const char *now_marked, int *expected) {
    struct buf old = {0}, now = {0};
    struct outline a, b;
    struct outline_place place;
    size_t likeness = 0;
    uint32_t line = 0, column = 0, expected_line = 0;
    const char *at = strchr(marked, '@'), *there = strchr(now_marked, '@');
    for (const char *c = marked; c < at; c++) column = *c == '\n' ? line++, 0 : column + 1;
    for (const char *c = now_marked; there && c < there; c++) expected_line += *c == '\n';
    buf_printf(&old, "%.*s%s", (int)(at - marked), marked, at + 1);
    buf_printf(&now, "%.*s%s", (int)(there ? there - now_marked : 0), now_marked,
               there ? there + 1 : now_marked);
    *expected = there ? (int)expected_line : -1;
    outline_init(&a, buf_str(&old));
    outline_init(&b, buf_str(&now));
    uint32_t found = 0;
    if (outline_find(&a, buf_str(&old), line, column, &place))
        found = outline_relocate(&a, place, &b, &likeness);
    outline_finish(&a);
    outline_finish(&b);
    buf_finish(&old);
    buf_finish(&now);
    return likeness ? (int)found : -1;
}

static void check(const char *marked, const char *now_marked) {
    int expected, line = relocate(marked, now_marked, &expected);
    if (line != expected)
        fail_msg("line %d, not %d, in\n%s\nfor\n%s", line, expected, now_marked, marked);
}

static void comments_and_spacing_move_it(void **state) {
    (void)state;
    check("@x = 1\n", "# c\n\n@x=1\n");
    check("# c\n\n@x=1\n", "@x = 1\n");
    check("f()\n@f()\nf()\n", "f()\n# c\n\n@f()\nf()\n");
    check("  @f(a,  # c\n b)", "@f(a, b)");
    check("f(a, @b)", "f(a,\n\n@b)");
    check("x = 1\r\n@y = 2\r\n", "x = 1\r\n\r\n# c\r\n@y = 2\r\n");
}

static void a_line_without_code_is_the_next_or_the_last(void **state) {
    (void)state;
    check("x = 1\n@\n# c\ny = 2\n", "x = 1\n# c\n@y = 2\n");
    check("x = (\n@", "# c\nx = (\n@");
}

static void a_line_of_a_long_string_stays_in_it(void **state) {
    (void)state;
    check("s = f'''\n\n@{x}'''\n", "# c\ns = f'''\n\n@{x}'''\n");
}

static void what_stands_around_it_tells_where_it_went(void **state) {
    (void)state;
    check("def f():\n    @return x\n", "def g():\n    return x\n\ndef f():\n    @return x\n");
    check("a = 1\ndef f():\n    @return x\nb = 1\n", "b = [2,\n3]\ndef f():\n    @return x\nc\n");
    check("f()\n@f()\n", "f()\n@f()\nf()\n");
    check("@x = 1\n", "y = 2\n");
    check("@x = 1\n", "# c\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comments_and_spacing_move_it),
        cmocka_unit_test(a_line_without_code_is_the_next_or_the_last),
        cmocka_unit_test(a_line_of_a_long_string_stays_in_it),
        cmocka_unit_test(what_stands_around_it_tells_where_it_went),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
