/* SPDX-License-Identifier: Apache-2.0 */
/* test_line_splice.c - replacing the lines it names makes the one text of the other. */
#include "analysis/line_splice.h"

#include "analysis/text.h"
#include "tests/support/unit.h"

static uint32_t line_count(struct str s) {
    struct text t;
    text_init(&t, s);
    uint32_t count = text_line_count(&t) -
                     (text_line_span(&t, text_line_count(&t) - 1).start == text_len(&t));
    text_finish(&t);
    return count;
}

/* The bytes of the first `count` lines. */
static size_t lines_len(struct str s, uint32_t count) {
    struct text t;
    text_init(&t, s);
    size_t len = count < text_line_count(&t) ? t.line_starts.items[count] : s.len;
    text_finish(&t);
    return len;
}

static void check(struct str old, struct str now) {
    struct line_splice splice = line_splice(old, now);
    struct buf made = {0};
    assert_true(splice.first + splice.removed <= line_count(old));
    buf_append(&made, str_slice(old, 0, lines_len(old, splice.first)));
    buf_append(&made, splice.lines);
    buf_append(&made, str_slice(old, lines_len(old, splice.first + splice.removed), old.len));
    expect_str("spliced", buf_str(&made), now);
    buf_finish(&made);
}

static void only_what_differs_is_replaced(void **state) {
    (void)state;
    struct line_splice s = line_splice(STR("a\nb\nc\n"), STR("a\nx\ny\nc\n"));
    assert_int_equal(s.first, 1);
    assert_int_equal(s.removed, 1);
    expect_str("lines", s.lines, STR("x\ny\n"));
    s = line_splice(STR("a\nb\n"), STR("a\nb\n"));
    assert_int_equal(s.removed, 0);
    assert_int_equal(s.lines.len, 0);
    s = line_splice(STR(""), STR("a"));
    assert_int_equal(s.removed, 0);
    expect_str("lines", s.lines, STR("a"));
    s = line_splice(STR("a"), STR("a\nb"));
    assert_int_equal(s.removed, 1);
}

static struct str random_text(struct buf *text, uint64_t *seed) {
    text->len = 0;
    for (uint32_t n = random_below(seed, 9); n > 0; n--)
        buf_append_byte(text, "ab\n\n\r"[random_below(seed, 5)]);
    return buf_str(text);
}

static void any_text_becomes_any_other(void **state) {
    (void)state;
    uint64_t seed = 7;
    struct buf a = {0}, b = {0};
    for (int i = 0; i < 20000; i++) {
        struct str old = random_text(&a, &seed);
        check(old, random_text(&b, &seed));
    }
    buf_finish(&a);
    buf_finish(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_differs_is_replaced),
        cmocka_unit_test(any_text_becomes_any_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
