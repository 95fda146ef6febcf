/* SPDX-License-Identifier: Apache-2.0 */
/* test_err.c - the first error wins, long ones are cut, every status has a text. */
#include "base/err.h"

#include "tests/support/unit.h"

static void first_error_wins(void **state) {
    (void)state;
    struct err err = {0};
    assert_int_equal(err_set(&err, ST_NOT_FOUND, "no %s", "block"), ST_NOT_FOUND);
    assert_int_equal(err_set(&err, ST_IO, "later"), ST_NOT_FOUND);
    assert_int_equal(err.code, ST_NOT_FOUND);
    assert_string_equal(err.msg, "no block");
}

static void long_messages_are_cut(void **state) {
    (void)state;
    struct err err = {0};
    err_set(&err, ST_IO, "%0*d", 5000, 7);
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
}

static void every_status_has_a_text(void **state) {
    (void)state;
    for (int st = 0; st < ST_COUNT; st++) assert_true(strlen(status_text((enum status)st)) > 0);
    assert_string_equal(status_text(ST_COUNT), "unknown status");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_error_wins),
        cmocka_unit_test(long_messages_are_cut),
        cmocka_unit_test(every_status_has_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
