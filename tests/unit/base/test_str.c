/* SPDX-License-Identifier: Apache-2.0 */
/* test_str.c - comparison, trimming and copying of string views. */
#include "tests/support/unit.h"

/* `order` is the sign of comparing a with b; the other way round it is the opposite. */
static void check_cmp(struct str a, struct str b, int order) {
    int forth = str_cmp(a, b), back = str_cmp(b, a);
    assert_int_equal((forth > 0) - (forth < 0), order);
    assert_int_equal((back > 0) - (back < 0), -order);
    assert_int_equal(str_eq(a, b), order == 0);
}

static void order_is_that_of_bytes(void **state) {
    (void)state;
    struct str nothing = {0};
    check_cmp(nothing, STR(""), 0);
    check_cmp(nothing, STR("a"), -1);
    check_cmp(STR("abc"), STR("abc"), 0);
    check_cmp(STR("ab"), STR("abc"), -1);
    check_cmp(STR("b"), STR("abc"), 1);
    check_cmp(STR("a\0b"), STR("a\0c"), -1);
    check_cmp(STR("a"), STR("a\0"), -1);
    check_cmp(STR("z"), STR("\xC3\xA9"), -1);
}

static void check_ends(struct str s, struct str part, bool starts, bool ends) {
    assert_int_equal(str_starts(s, part), starts);
    assert_int_equal(str_ends(s, part), ends);
}

static void prefixes_and_suffixes(void **state) {
    (void)state;
    check_ends(STR("abcab"), STR("ab"), true, true);
    check_ends(STR("abc"), STR("ab"), true, false);
    check_ends(STR("abc"), STR("bc"), false, true);
    check_ends(STR("abc"), STR("abc"), true, true);
    check_ends(STR("bc"), STR("abc"), false, false);
    check_ends(STR("abc"), (struct str){0}, true, true);
    check_ends((struct str){0}, STR("a"), false, false);
}

static void trimming_takes_blanks_and_line_ends(void **state) {
    (void)state;
    static const struct {
        struct str from, to;
    } cases[] = {
        {STR_INIT(""), STR_INIT("")},
        {STR_INIT(" \t\f\r\n"), STR_INIT("")},
        {STR_INIT(" a b\r\n"), STR_INIT("a b")},
        {STR_INIT("a\v"), STR_INIT("a\v")},
        {STR_INIT("\0 "), STR_INIT("\0")},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_str("trim", str_trim(cases[i].from), cases[i].to);
}

static void nothing_can_be_sliced(void **state) {
    (void)state;
    struct str none = {0}, slice = str_slice(none, 0, 0);
    assert_int_equal(slice.len, 0);
    expect_str("slice", str_slice(STR("abcd"), 1, 3), STR("bc"));
    assert_int_equal(str_from(NULL).len, 0);
}

static void copies_end_in_nul_and_keep_inner_ones(void **state) {
    (void)state;
    char *copy = str_dup(STR("a\0b"));
    assert_memory_equal(copy, "a\0b", 4);
    free(copy);
    copy = str_dup((struct str){0});
    assert_string_equal(copy, "");
    free(copy);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_that_of_bytes),
        cmocka_unit_test(prefixes_and_suffixes),
        cmocka_unit_test(trimming_takes_blanks_and_line_ends),
        cmocka_unit_test(nothing_can_be_sliced),
        cmocka_unit_test(copies_end_in_nul_and_keep_inner_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
