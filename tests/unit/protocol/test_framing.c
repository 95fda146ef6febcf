/* SPDX-License-Identifier: Apache-2.0 */
/* test_framing.c - the same bytes, cut everywhere, give the same messages. */
#include "protocol/framing.h"

#include "tests/support/unit.h"

#define DAMAGED "!the header of a message is damaged"

/* Append what is to be had to `out`: "[body]" for each message, "!reason" at the end. */
static bool take_all(struct splitter *sp, struct buf *out) {
    struct str body;
    struct err err = {0};
    enum split split;
    while ((split = splitter_next(sp, &body, &err)) == SPLIT_MESSAGE)
        buf_printf(out, "[%.*s]", STR_FMT(body));
    if (split == SPLIT_CORRUPT) buf_printf(out, "!%s", err.msg);
    return split == SPLIT_NEED_MORE;
}

static void check_chunks(struct str stream, size_t chunk, const char *expected) {
    struct splitter sp = {0};
    struct buf out = {0};
    bool sound = true;
    for (size_t at = 0; sound && at < stream.len; at += chunk) {
        size_t end = at + chunk < stream.len ? at + chunk : stream.len;
        splitter_feed(&sp, str_slice(stream, at, end));
        sound = take_all(&sp, &out);
    }
    if (!sound) { /* for good */
        struct str body;
        struct err err = {0};
        splitter_feed(&sp, STR("Content-Length: 2\r\n\r\n{}"));
        assert_int_equal(splitter_next(&sp, &body, &err), SPLIT_CORRUPT);
    }
    splitter_finish(&sp);
    expect_buf("messages", &out, expected);
}

static void check(struct str stream, const char *expected) {
    for (size_t chunk = 1; chunk <= stream.len; chunk++) check_chunks(stream, chunk, expected);
}

static void messages_survive_any_cut(void **state) {
    (void)state;
    check(STR("Content-Length: 2\r\n\r\n{}"), "[{}]");
    check(STR("Content-Length: 2\r\n\r\n{}Content-Length: 4\r\n\r\n[{}]"), "[{}][[{}]]");
    check(STR("Content-Length: 6\r\n\r\n\r\n\r\n{}Content-Length: 1\r\n\r\n1"), "[\r\n\r\n{}][1]");
    check(STR("Content-Length: 0\r\n\r\nContent-Length: 1\r\n\r\n1"), "[][1]");
    check(STR("Content-Length: 2\r\n\r\n{"), "");
    check(STR("Content-Le"), "");
}

static void other_headers_are_passed_over(void **state) {
    (void)state;
    check(STR("content-LENGTH:2\r\n\r\n{}"), "[{}]");
    check(STR("Content-Length:\t 2 \r\n\r\n{}"), "[{}]");
    check(STR("Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n"
              "X:\r\n\r\n{}"),
          "[{}]");
}

static void damaged_headers_end_it(void **state) {
    (void)state;
    check(STR("Content-Type: x\r\n\r\n{}"), DAMAGED);
    check(STR("\r\n\r\n"), DAMAGED);
    check(STR("\r\nContent-Length: 2\r\n\r\n{}"), DAMAGED);
    check(STR("Content-Length\r\n\r\n{}"), DAMAGED);
    check(STR("Content-Length: \r\n\r\n{}"), DAMAGED);
    check(STR("Content-Length: +2\r\n\r\n{}"), DAMAGED);
    check(STR("Content-Length: -2\r\n\r\n{}"), DAMAGED);
    check(STR("Content-Length: 0x2\r\n\r\n{}"), DAMAGED);
    check(STR("Content-Length: 2 2\r\n\r\n{}"), DAMAGED);
    check(STR("Content-Length: 9999999999999\r\n\r\n{}"), DAMAGED);
    check(STR("Content-Length: 1\r\n\r\n1{}\r\n\r\n"), "[1]" DAMAGED);
}

static void lengths_are_bounded(void **state) {
    (void)state;
    check(STR("Content-Length: 167772161\r\n\r\n"),
          "!a message of 167772161 bytes exceeds 167772160");
    check(STR("Content-Length: 999999999999\r\n\r\n"),
          "!a message of 999999999999 bytes exceeds 167772160");
    check(STR("Content-Length: 167772160\r\n\r\n{}"), "");
}

/* A header of `size` bytes, its end included, before the body "{}". */
static void check_header_size(size_t size, const char *expected) {
    struct buf stream = {0};
    buf_append(&stream, STR("Content-Length: 2\r\nX: "));
    while (stream.len < size - 4) buf_append_byte(&stream, 'x');
    buf_append(&stream, STR("\r\n\r\n{}"));
    check_chunks(buf_str(&stream), 1, expected);
    check_chunks(buf_str(&stream), stream.len, expected);
    buf_finish(&stream);
}

static void headers_are_bounded(void **state) {
    (void)state;
    check_header_size(FRAMING_MAX_HEADER, "[{}]");
    check_header_size(FRAMING_MAX_HEADER + 1, DAMAGED);
}

static void our_header_is_read_again(void **state) {
    (void)state;
    struct buf stream = {0};
    framing_header(&stream, 3);
    expect_str("header", buf_str(&stream), STR("Content-Length: 3\r\n\r\n"));
    buf_append(&stream, STR("abc"));
    check(buf_str(&stream), "[abc]");
    buf_finish(&stream);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_survive_any_cut), cmocka_unit_test(other_headers_are_passed_over),
        cmocka_unit_test(damaged_headers_end_it),   cmocka_unit_test(lengths_are_bounded),
        cmocka_unit_test(headers_are_bounded),      cmocka_unit_test(our_header_is_read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
