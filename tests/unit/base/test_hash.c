/* SPDX-License-Identifier: Apache-2.0 */
/* test_hash.c - fingerprints are kept on disk and sent to clients: they must never change. */
#include "base/hash.h"

#include "tests/support/unit.h"

static void check_hex(struct str bytes, const char *expected) {
    char hex[33];
    hash128_hex(hash128(bytes), hex);
    assert_string_equal(hex, expected);
}

static void known_values(void **state) {
    (void)state;
    check_hex(STR(""), "99aa06d3014798d86001c324468d497f");
    check_hex((struct str){0}, "99aa06d3014798d86001c324468d497f");
    check_hex(STR("abc"), "06b05ab6733a618578af5f94892f3950");
    assert_true(hash64(STR("")) == 0x2d06800538d394c2u);
    assert_true(hash64(STR("abc")) == 0x78af5f94892f3950u);
}

static void both_halves_count(void **state) {
    (void)state;
    struct hash128 h = {1, 2};
    assert_true(hash128_eq(h, (struct hash128){1, 2}));
    assert_false(hash128_eq(h, (struct hash128){1, 3}));
    assert_false(hash128_eq(h, (struct hash128){3, 2}));
    assert_false(hash128_eq(hash128(STR("a")), hash128(STR("a\0"))));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values),
        cmocka_unit_test(both_halves_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
