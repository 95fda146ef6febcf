/* SPDX-License-Identifier: Apache-2.0 */
/* test_position.c - columns and bytes, in three encodings and both directions. */
#include "protocol/position.h"

#include "tests/support/unit.h"

static const enum position_encoding encodings[] = {POSITION_UTF8, POSITION_UTF16, POSITION_UTF32};

/* The columns at which the characters of a line begin, and where it ends: "0 1 3". */
static void check_columns(struct str line, enum position_encoding encoding, const char *bytes,
                          const char *columns) {
    char *next_byte, *next_column;
    for (const char *b = bytes, *c = columns; *b; b = next_byte, c = next_column) {
        uint32_t byte = (uint32_t)strtoul(b, &next_byte, 10);
        uint32_t column = (uint32_t)strtoul(c, &next_column, 10);
        uint32_t after = (uint32_t)strtoul(next_column, NULL, 10);
        assert_int_equal(position_units(str_slice(line, 0, byte), encoding), column);
        assert_int_equal(position_byte(line, column, encoding), byte);
        for (uint32_t inside = column + 1; inside < after; inside++)
            assert_int_equal(position_byte(line, inside, encoding), byte);
    }
    uint32_t end = position_units(line, encoding);
    assert_int_equal(position_byte(line, end + 1, encoding), line.len);
    assert_int_equal(position_byte(line, UINT32_MAX, encoding), line.len);
}

/* In UTF-8 the columns are the bytes. */
static void check_line(struct str line, const char *bytes, const char *utf16, const char *utf32) {
    check_columns(line, POSITION_UTF8, bytes, bytes);
    check_columns(line, POSITION_UTF16, bytes, utf16);
    check_columns(line, POSITION_UTF32, bytes, utf32);
}

static void well_formed_lines(void **state) {
    (void)state;
    check_line((struct str){0}, "0", "0", "0");
    check_line(STR("abc"), "0 1 2 3", "0 1 2 3", "0 1 2 3");
    check_line(STR("a\xC3\xA9\xE2\x82\xACz"), "0 1 3 6 7", "0 1 2 3 4", "0 1 2 3 4");
    check_line(STR("\xF0\x9F\x98\x80z"), "0 4 5", "0 2 3", "0 1 2"); /* beyond the BMP */
    check_line(STR("e\xCC\x81z"), "0 1 3 4", "0 1 2 3", "0 1 2 3");  /* combining accent */
    check_line(STR("\0z"), "0 1 2", "0 1 2", "0 1 2");
}

static void stray_bytes_count_as_characters(void **state) {
    (void)state;
    check_line(STR("\x80z"), "0 1 2", "0 1 2", "0 1 2");
    check_line(STR("\xE2\x82z"), "0 1 2 3", "0 1 2 3", "0 1 2 3");
    check_line(STR("\xF0\x9F\x98"), "0 1 2 3", "0 1 2 3", "0 1 2 3");
    check_line(STR("\xE0\x80\x80"), "0 1 2 3", "0 1 2 3", "0 1 2 3");           /* overlong */
    check_line(STR("\xED\xA0\x80"), "0 1 2 3", "0 1 2 3", "0 1 2 3");           /* a surrogate */
    check_line(STR("\xF4\x90\x80\x80"), "0 1 2 3 4", "0 1 2 3 4", "0 1 2 3 4"); /* too large */
}

/* An editor sees a line with stray bytes replaced: its columns must be ours. */
static void check_as_replaced(struct str line) {
    struct buf shown = {0};
    buf_append_utf8(&shown, line);
    assert_int_equal(position_units(line, POSITION_UTF16),
                     position_units(buf_str(&shown), POSITION_UTF16));
    assert_int_equal(position_units(line, POSITION_UTF32),
                     position_units(buf_str(&shown), POSITION_UTF32));
    buf_finish(&shown);
}

static void check_round_trip(struct str line, enum position_encoding encoding) {
    for (uint32_t column = 0; column <= position_units(line, encoding); column++) {
        uint32_t byte = position_byte(line, column, encoding);
        uint32_t back = position_units(str_slice(line, 0, byte), encoding);
        assert_true(back <= column && position_byte(line, back, encoding) == byte);
    }
}

static void random_bytes_go_back_and_forth(void **state) {
    (void)state;
    static const char alphabet[] = "az\x80\x9F\xA0\xBF\xC0\xC2\xC3\xE0\xE2\xED\xF0\xF4\xFF";
    uint64_t seed = 1;
    for (int round = 0; round < 5000; round++) {
        char bytes[12];
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = alphabet[random_below(&seed, sizeof alphabet - 1)];
        struct str line = {bytes, random_below(&seed, sizeof bytes + 1)};
        check_as_replaced(line);
        for (size_t i = 0; i < COUNT(encodings); i++) check_round_trip(line, encodings[i]);
    }
}

/* Offer the names of a list to a client that always has utf-16. */
static void check_offer(const char *first, const char *second, const char *chosen) {
    enum position_encoding encoding = POSITION_UTF16;
    position_encoding_offer(first, &encoding);
    position_encoding_offer(second, &encoding);
    assert_string_equal(position_encoding_name(encoding), chosen);
}

static void bytes_are_preferred(void **state) {
    (void)state;
    check_offer("utf-16", "utf-8", "utf-8");
    check_offer("utf-8", "utf-16", "utf-8");
    check_offer("utf-32", "utf-8", "utf-8");
    check_offer("utf-8", "utf-32", "utf-8");
    check_offer("utf-32", "utf-16", "utf-32");
    check_offer("utf-7", "", "utf-16");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_lines),
        cmocka_unit_test(stray_bytes_count_as_characters),
        cmocka_unit_test(random_bytes_go_back_and_forth),
        cmocka_unit_test(bytes_are_preferred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
