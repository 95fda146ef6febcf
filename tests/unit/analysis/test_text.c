/* SPDX-License-Identifier: Apache-2.0 */
/* test_text.c - line starts, kept through edits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/text.h"

static void check_same(const struct text *kept, const struct text *fresh) {
    assert_true(str_eq(text_str(kept), text_str(fresh)));
    assert_int_equal(text_line_count(kept), text_line_count(fresh));
    for (uint32_t i = 0; i < text_line_count(kept); i++)
        assert_int_equal(kept->line_starts.items[i], fresh->line_starts.items[i]);
}

static void check_replace(struct str content, struct span old, struct str with) {
    struct text kept, fresh;
    text_init(&kept, content);
    text_replace(&kept, old, with);
    text_init(&fresh, text_str(&kept));
    check_same(&kept, &fresh);
    text_finish(&kept);
    text_finish(&fresh);
}

/* Every edit of a text with all kinds of line ends, by a few replacements. */
static void test_every_edit(void **state) {
    (void)state;
    struct str content = STR("a\r\n\rb\n\r\nc\r\r\nd\n\n");
    static const struct str replacements[] = {
        STR_INIT(""),     STR_INIT("x"),    STR_INIT("\n"),     STR_INIT("\r"),
        STR_INIT("\r\n"), STR_INIT("\n\r"), STR_INIT("x\ny\r"),
    };
    for (uint32_t start = 0; start <= content.len; start++)
        for (uint32_t end = start; end <= content.len; end++)
            for (size_t i = 0; i < sizeof replacements / sizeof *replacements; i++)
                check_replace(content, (struct span){start, end}, replacements[i]);
    check_replace(STR(""), (struct span){0, 0}, STR("\r\n"));
    check_replace(STR("abc"), (struct span){2, 99}, STR("\n"));
    check_replace(STR("abc"), (struct span){9, 99}, STR("\n"));
}

static void check_line(const struct text *t, uint32_t line, const char *expected) {
    struct str found = text_slice(t, text_line_span(t, line));
    assert_true(str_eq(found, str_from(expected)));
}

static void test_lines(void **state) {
    (void)state;
    struct text t;
    text_init(&t, STR("one\ntwo\r\n\rfour"));
    assert_int_equal(text_line_count(&t), 4);
    check_line(&t, 0, "one");
    check_line(&t, 1, "two");
    check_line(&t, 2, "");
    check_line(&t, 3, "four");
    check_line(&t, 4, "");
    assert_int_equal(text_line_at(&t, 0), 0);
    assert_int_equal(text_line_at(&t, 3), 0);
    assert_int_equal(text_line_at(&t, 4), 1);
    assert_int_equal(text_line_at(&t, 8), 1);
    assert_int_equal(text_line_at(&t, 9), 2);
    assert_int_equal(text_line_at(&t, 999), 3);
    text_finish(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_edit),
        cmocka_unit_test(test_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
