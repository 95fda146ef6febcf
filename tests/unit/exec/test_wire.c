/* SPDX-License-Identifier: Apache-2.0 */
/* test_wire.c - frames survive any chunking; what is not a frame is refused, never trusted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exec/wire.h"

static void put_sample(struct buf *out) {
    size_t mark = wire_begin(out, WM_STREAM);
    wire_u32(out, 0xFFFFFFFF);
    wire_u64(out, 0x0123456789ABCDEF);
    wire_u8(out, 0x80);
    wire_str(out, STR("a\0b"));
    wire_str(out, STR(""));
    wire_end(out, mark);
}

static void check_sample(uint8_t type, struct wire_reader *r) {
    assert_int_equal(type, WM_STREAM);
    assert_true(wire_get_u32(r) == 0xFFFFFFFF);
    assert_true(wire_get_u64(r) == 0x0123456789ABCDEF);
    assert_int_equal(wire_get_u8(r), 0x80);
    assert_true(str_eq(wire_get_str(r), STR("a\0b")));
    assert_true(str_eq(wire_get_str(r), STR("")));
    assert_false(r->bad);
    assert_int_equal(r->rest.len, 0);
}

/* The same three frames, arriving `chunk` bytes at a time. */
static void check_chunks(struct str bytes, size_t chunk) {
    struct buf in = {0};
    size_t offset = 0;
    int frames = 0;
    for (size_t at = 0; at < bytes.len; at += chunk) {
        size_t end = at + chunk < bytes.len ? at + chunk : bytes.len;
        buf_append(&in, str_slice(bytes, at, end));
        uint8_t type;
        struct wire_reader r;
        while (wire_next(&in, &offset, &type, &r) == WIRE_FRAME) {
            check_sample(type, &r);
            frames++;
        }
    }
    assert_int_equal(frames, 3);
    assert_int_equal(offset, bytes.len);
    buf_finish(&in);
}

static void any_chunking(void **state) {
    (void)state;
    struct buf bytes = {0};
    for (int i = 0; i < 3; i++) put_sample(&bytes);
    for (size_t chunk = 1; chunk <= bytes.len; chunk++) check_chunks(buf_str(&bytes), chunk);
    buf_finish(&bytes);
}

static enum wire_split split_of(struct str bytes) {
    struct buf in = {0};
    size_t offset = 0;
    uint8_t type;
    struct wire_reader r;
    buf_append(&in, bytes);
    enum wire_split split = wire_next(&in, &offset, &type, &r);
    buf_finish(&in);
    return split;
}

static void lengths(void **state) {
    (void)state;
    assert_int_equal(split_of(STR("")), WIRE_NEED_MORE);
    assert_int_equal(split_of(STR("\1\0\0")), WIRE_NEED_MORE);
    assert_int_equal(split_of(STR("\1\0\0\0")), WIRE_NEED_MORE);
    assert_int_equal(split_of(STR("\1\0\0\0\4")), WIRE_FRAME);
    assert_int_equal(split_of(STR("\0\0\0\0\4")), WIRE_CORRUPT);   /* no type */
    assert_int_equal(split_of(STR("\0\0\0\4\4")), WIRE_NEED_MORE); /* exactly the most */
    assert_int_equal(split_of(STR("\1\0\0\4\4")), WIRE_CORRUPT);   /* one more */
    assert_int_equal(split_of(STR("Content-Length: 2\r\n\r\n{}")), WIRE_CORRUPT);
}

/* Every prefix of a frame's fields reads as zeroes and empty strings, and says so. */
static void short_fields(void **state) {
    (void)state;
    struct buf bytes = {0};
    put_sample(&bytes);
    struct str fields = str_slice(buf_str(&bytes), 5, bytes.len);
    for (size_t len = 0; len < fields.len; len++) {
        struct wire_reader r = {.rest = str_slice(fields, 0, len)};
        wire_get_u32(&r);
        wire_get_u64(&r);
        wire_get_u8(&r);
        wire_get_str(&r);
        struct str last = wire_get_str(&r);
        assert_true(r.bad);
        assert_int_equal(last.len, 0);
        assert_int_equal(wire_get_u32(&r), 0); /* and stays so */
    }
    buf_finish(&bytes);
}

static void counts(void **state) {
    (void)state;
    struct buf bytes = {0};
    wire_u32(&bytes, 3);
    buf_append(&bytes, STR("123456789abc"));
    struct wire_reader fits = {.rest = buf_str(&bytes)};
    assert_int_equal(wire_get_count(&fits, 4), 3);
    assert_false(fits.bad);
    struct wire_reader too_many = {.rest = buf_str(&bytes)};
    assert_int_equal(wire_get_count(&too_many, 5), 0);
    assert_true(too_many.bad);
    struct wire_reader huge = {.rest = STR("\xFF\xFF\xFF\xFF")};
    assert_int_equal(wire_get_count(&huge, 1), 0);
    assert_true(huge.bad);
    buf_finish(&bytes);
}

/* A string's length must not reach beyond the frame, nor wrap around. */
static void string_lengths(void **state) {
    (void)state;
    static const struct str bad[] = {STR_INIT("\4\0\0\0abc"), STR_INIT("\xFF\xFF\xFF\xFFzz"),
                                     STR_INIT("\1\0\0\0"), STR_INIT("\1\0")};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct wire_reader r = {.rest = bad[i]};
        assert_int_equal(wire_get_str(&r).len, 0);
        assert_true(r.bad);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_chunking),   cmocka_unit_test(lengths),
        cmocka_unit_test(short_fields),   cmocka_unit_test(counts),
        cmocka_unit_test(string_lengths),
    };
    return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
