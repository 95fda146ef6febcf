/* SPDX-License-Identifier: Apache-2.0 */
/* test_vec.c - pushing and splicing; vectors of letters, shown as strings. */
#include "base/vec.h"

#include "tests/support/unit.h"

typedef VEC(char) letters;

static letters letters_of(const char *text) {
    letters v = {0};
    for (; *text; text++) vec_push(&v, *text);
    return v;
}

static void check_splice(const char *before, size_t at, size_t old_count, const char *with,
                         const char *after) {
    letters v = letters_of(before);
    vec_splice(&v, at, old_count, strlen(with));
    for (size_t i = 0; with[i]; i++) v.items[at + i] = with[i];
    assert_true(v.len <= v.cap);
    expect_str(before, (struct str){v.items, v.len}, str_from(after));
    vec_finish(&v);
}

static void splicing_replaces_in_place(void **state) {
    (void)state;
    check_splice("", 0, 0, "", "");
    check_splice("", 0, 0, "abc", "abc");
    check_splice("abc", 0, 0, "xy", "xyabc");
    check_splice("abc", 3, 0, "xy", "abcxy");
    check_splice("abc", 1, 1, "", "ac");
    check_splice("abc", 1, 1, "xyz", "axyzc");
    check_splice("abc", 0, 3, "", "");
    check_splice("abc", 2, 1, "x", "abx");
    check_splice("abcdefgh", 4, 0, "12345678901234567890", "abcd12345678901234567890efgh");
}

static void pushing_keeps_what_was_there(void **state) {
    (void)state;
    VEC(struct str) v = {0};
    for (size_t i = 0; i < 100; i++) vec_push(&v, ((struct str){NULL, i}));
    for (size_t i = 0; i < 100; i++) assert_int_equal(v.items[i].len, i);
    vec_clear(&v);
    assert_int_equal(v.len, 0);
    assert_true(v.cap >= 100);
    vec_finish(&v);
    assert_null(v.items);
    assert_int_equal(v.cap, 0);
}

static void reserving_makes_room_once(void **state) {
    (void)state;
    letters v = {0};
    vec_reserve(&v, 1000);
    char *items = v.items;
    for (int i = 0; i < 1000; i++) vec_push(&v, 'x');
    assert_ptr_equal(v.items, items);
    vec_finish(&v);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splicing_replaces_in_place),
        cmocka_unit_test(pushing_keeps_what_was_there),
        cmocka_unit_test(reserving_makes_room_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
