/* SPDX-License-Identifier: Apache-2.0 */
/* test_buf.c - growing, consuming, printing, and the replacement of ill-formed UTF-8. */
#include "tests/support/unit.h"

#define BAD "\xEF\xBF\xBD" /* U+FFFD */

static void appending_grows(void **state) {
    (void)state;
    struct buf b = {0};
    for (int i = 0; i < 1000; i++) buf_append_byte(&b, (char)('a' + i % 26));
    buf_append(&b, (struct str){0});
    buf_append(&b, STR("\0end"));
    assert_int_equal(b.len, 1004);
    assert_memory_equal(b.ptr, "abcd", 4);
    assert_memory_equal(b.ptr + 999, "l\0end", 5);
    buf_finish(&b);
    expect_str("finished", buf_str(&b), STR(""));
}

static void consuming_drops_the_front(void **state) {
    (void)state;
    struct buf b = {0};
    buf_consume(&b, 0);
    buf_append(&b, STR("abcdef"));
    buf_consume(&b, 2);
    expect_str("some", buf_str(&b), STR("cdef"));
    buf_consume(&b, 0);
    expect_str("none", buf_str(&b), STR("cdef"));
    buf_consume(&b, 4);
    buf_append(&b, STR("x"));
    expect_str("all", buf_str(&b), STR("x"));
    buf_finish(&b);
}

static void printing_appends_any_length(void **state) {
    (void)state;
    struct buf b = {0};
    buf_printf(&b, "%s", "");
    buf_printf(&b, "%d-", 7);
    buf_printf(&b, "%0*d", 5000, 1);
    assert_int_equal(b.len, 5002);
    assert_memory_equal(b.ptr, "7-0", 3);
    assert_int_equal(b.ptr[5001], '1');
    buf_finish(&b);
}

static void cstr_and_take_end_in_nul(void **state) {
    (void)state;
    struct buf b = {0};
    assert_string_equal(buf_cstr(&b), "");
    while (b.len < b.cap) buf_append_byte(&b, 'x'); /* no room for the NUL */
    assert_int_equal(strlen(buf_cstr(&b)), b.len);
    char *bytes = buf_take(&b);
    assert_int_equal(bytes[0], 'x');
    free(bytes);
    assert_null(b.ptr);
    bytes = buf_take(&b);
    assert_string_equal(bytes, "");
    free(bytes);
}

/* Every byte of a view that is not part of a well-formed character becomes U+FFFD. */
static void check_utf8(struct str bytes, const char *expected) {
    struct buf b = {0};
    size_t good = utf8_valid_prefix(bytes);
    assert_true(good <= bytes.len);
    assert_int_equal(good == bytes.len, str_eq(bytes, str_from(expected)));
    buf_append_utf8(&b, bytes);
    assert_int_equal(utf8_valid_prefix(buf_str(&b)), b.len);
    expect_buf("replaced", &b, expected);
}

static void well_formed_utf8_stays(void **state) {
    (void)state;
    check_utf8(STR(""), "");
    check_utf8((struct str){0}, "");
    check_utf8(STR("\x7F \xC2\x80 \xDF\xBF"), "\x7F \xC2\x80 \xDF\xBF");
    check_utf8(STR("\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"),
               "\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF");
    check_utf8(STR("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"), "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF");
}

static void ill_formed_utf8_is_replaced(void **state) {
    (void)state;
    check_utf8(STR("a\x80z"), "a" BAD "z");                      /* a stray continuation */
    check_utf8(STR("\xC0\x80"), BAD BAD);                        /* overlong, 2 bytes */
    check_utf8(STR("\xC1\xBF"), BAD BAD);                        /* ... */
    check_utf8(STR("\xE0\x9F\xBF"), BAD BAD BAD);                /* overlong, 3 bytes */
    check_utf8(STR("\xF0\x8F\xBF\xBF"), BAD BAD BAD BAD);        /* overlong, 4 bytes */
    check_utf8(STR("\xED\xA0\x80"), BAD BAD BAD);                /* a surrogate */
    check_utf8(STR("\xED\xBF\xBF"), BAD BAD BAD);                /* the last of them */
    check_utf8(STR("\xF4\x90\x80\x80"), BAD BAD BAD BAD);        /* beyond U+10FFFF */
    check_utf8(STR("\xF5\x80\x80\x80"), BAD BAD BAD BAD);        /* no such lead */
    check_utf8(STR("\xFE\xFF"), BAD BAD);                        /* never in UTF-8 */
    check_utf8(STR("\xC3"), BAD);                                /* cut off at the end */
    check_utf8(STR("\xE2\x82"), BAD BAD);                        /* ... */
    check_utf8(STR("\xF0\x9F\x98"), BAD BAD BAD);                /* ... */
    check_utf8(STR("\xC3(\xE2\x82(\xF0\x9F(\xE2(\xF0\x9F\x98("), /* cut off by another */
               BAD "(" BAD BAD "(" BAD BAD "(" BAD "(" BAD BAD BAD "(");
    check_utf8(STR("\xE2\x82\xE2\x82\xAC"), BAD BAD "\xE2\x82\xAC");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appending_grows),
        cmocka_unit_test(consuming_drops_the_front),
        cmocka_unit_test(printing_appends_any_length),
        cmocka_unit_test(cstr_and_take_end_in_nul),
        cmocka_unit_test(well_formed_utf8_stays),
        cmocka_unit_test(ill_formed_utf8_is_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
