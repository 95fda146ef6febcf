/* SPDX-License-Identifier: Apache-2.0 */
/* test_pragma.c - pragma lines: what they ask for, and what is said about wrong ones.
 *
 * An expectation lists masks by letter (c code, s statements, v visuals, p prose) as
 * "hide:cp show:v all:s always skip", then each diagnostic's text behind "; ". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/pragma.h"
#include "base/buf.h"

static void describe_mask(struct buf *out, const char *name, uint8_t mask) {
    if (!mask) return;
    buf_printf(out, "%s%s:", out->len ? " " : "", name);
    for (unsigned c = 0; c < PRAGMA_CATEGORIES; c++)
        if (mask & 1u << c) buf_append_byte(out, "csvp"[c]);
}

static void describe(struct buf *out, const struct pragmas *p) {
    describe_mask(out, "hide", p->hide);
    describe_mask(out, "show", p->show);
    describe_mask(out, "all", p->hide_all);
    if (p->always_eval) buf_printf(out, "%salways", out->len ? " " : "");
    if (p->skip) buf_printf(out, "%sskip", out->len ? " " : "");
    for (size_t i = 0; i < p->diagnostics.len; i++)
        buf_printf(out, "; %s", p->diagnostics.items[i].message);
}

static void check_description(struct pragmas *p, const char *text, const char *expected) {
    struct buf found = {0};
    describe(&found, p);
    if (strcmp(buf_cstr(&found), expected) != 0) {
        print_error("%s\n expected %s\n    found %s\n", text, expected, found.ptr);
        fail();
    }
    buf_finish(&found);
    pragmas_finish(p);
}

/* `text` is one or more comment lines; "none" is expected when none of them is a pragma. */
static void check_comments(const char *text, const char *expected) {
    struct pragmas p = {0};
    bool any = false;
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
        any |= pragma_parse_comment(&p, (struct str){line, strcspn(line, "\n")}, 0);
    check_description(&p, text, any || strcmp(expected, "none") != 0 ? expected : "");
}

static void check_marker(const char *rest, const char *expected) {
    struct pragmas p = {0};
    pragma_parse_marker(&p, str_from(rest), 0);
    check_description(&p, rest, expected);
}

static void test_words(void **state) {
    (void)state;
    check_comments("# | hide-code", "hide:c");
    check_comments("#| hide-code, hide-statement hide-visual\thide-prose", "hide:csvp");
    check_comments("# | show-visuals", "show:v");
    check_comments("# | hide-all-code hide-all-prose", "all:cp");
    check_comments("# | always-eval", "always");
    check_comments("# | skip", "skip");
}

static void test_not_pragmas(void **state) {
    (void)state;
    check_comments("# hide-code", "none");
    check_comments("# | a | b |", "none");
    check_comments("# | hide-code | b |", "none");
    check_comments("# |---|---|", "none");
    check_comments("# | some words", "none");
    check_comments("# |", "none");
    check_comments("#", "none");
}

static void test_precedence(void **state) {
    (void)state;
    check_comments("# | hide-code\n# | show-code", "show:c");
    check_comments("# | show-code\n# | hide-code", "show:c");
    check_comments("# | hide-code show-code",
                   "show:c; 'show-code' contradicts an earlier word of this line and wins");
    check_comments("# | show-code hide-code",
                   "hide:c; 'hide-code' contradicts an earlier word of this line and wins");
    check_comments("# | skip always-eval",
                   "always; 'always-eval' contradicts an earlier word of this line and wins");
    check_comments("# | skip\n# | always-eval", "skip");
    check_comments("# | hide-all-code show-code", "show:c all:c");
}

static void test_near_misses(void **state) {
    (void)state;
    check_comments("# | hide-cod", "; unknown pragma 'hide-cod'; did you mean 'hide-code'?");
    check_comments("# | hidecode", "; unknown pragma 'hidecode'; did you mean 'hide-code'?");
    check_comments("# | hidecod3", "none");
    check_comments("# | skp", "; unknown pragma 'skp'; did you mean 'skip'?");
    check_comments("# | hide-code hide-proze",
                   "hide:c; unknown pragma 'hide-proze'; did you mean 'hide-prose'?");
    check_comments("# | hide-code whatever", "hide:c; unknown pragma");
}

static void test_marker_words(void **state) {
    (void)state;
    check_marker(" Title hide-code [tag] key=\"skip\"", "hide:c");
    check_marker(" skip", "skip");
    check_marker(" hide-code skip", "hide:c skip");
    check_marker(" how to skip", "");
    check_marker(" skip the rest", "");
    check_marker(" Title hide-cod", "; unknown pragma 'hide-cod'; did you mean 'hide-code'?");
    check_marker(" A well-known title", "");
}

static void test_places(void **state) {
    (void)state;
    struct pragmas p = {0};
    assert_true(pragma_parse_comment(&p, STR("# | hide-code hide-cod"), 100));
    assert_int_equal(p.diagnostics.len, 1);
    assert_int_equal(p.diagnostics.items[0].at.start, 114);
    assert_int_equal(p.diagnostics.items[0].at.end, 122);
    assert_int_equal(p.words.len, 1);
    assert_true(str_eq(p.words.items[0], STR("hide-code")));
    pragmas_finish(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),        cmocka_unit_test(test_not_pragmas),
        cmocka_unit_test(test_precedence),   cmocka_unit_test(test_near_misses),
        cmocka_unit_test(test_marker_words), cmocka_unit_test(test_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
