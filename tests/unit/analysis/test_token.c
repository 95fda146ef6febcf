/* SPDX-License-Identifier: Apache-2.0 */
/* test_token.c - the lexer: each text and its tokens, separated by "|". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/token.h"
#include "base/buf.h"

static void check_tokens(struct str text, const char *expected) {
    struct lexer lx = {.src = text, .end = (uint32_t)text.len};
    struct buf found = {0};
    for (struct token t; (t = token_next(&lx)).kind != TOKEN_END;) {
        if (found.len) buf_append_byte(&found, '|');
        if (t.kind == TOKEN_NEWLINE)
            buf_append(&found, STR("NL"));
        else
            buf_append(&found, token_text(&lx, t));
        if (t.open_quote) buf_append_byte(&found, '!');
    }
    if (strcmp(buf_cstr(&found), expected) != 0) {
        print_error("%.*s\n expected %s\n    found %s\n", STR_FMT(text), expected, found.ptr);
        fail();
    }
    buf_finish(&found);
}

#define CHECK(text, expected) check_tokens(STR(text), expected)

static void test_names_and_numbers(void **state) {
    (void)state;
    CHECK("a _b1 caf\xC3\xA9", "a|_b1|caf\xC3\xA9");
    CHECK("1 1.5 .5 1. 1e5 1e-5 1E+5j 0xFf 0o17 0b11 1_000 0x_f",
          "1|1.5|.5|1.|1e5|1e-5|1E+5j|0xFf|0o17|0b11|1_000|0x_f");
    CHECK("1if x else 2", "1|if|x|else|2");
    CHECK("0xfor y", "0xf|or|y");
    CHECK("1e 1.e5 1..real 1_", "1|e|1.e5|1.|.|real|1|_");
}

static void test_operators(void **state) {
    (void)state;
    CHECK("a**=b//c>>=d->e:=f!=g...h<>i@=j", "a|**=|b|//|c|>>=|d|->|e|:=|f|!=|g|...|h|<>|i|@=|j");
    CHECK("x[1:2,::3]~y;", "x|[|1|:|2|,|:|:|3|]|~|y|;");
    CHECK("a ? $ \\ b", "a|?|$|\\|b");
}

static void test_lines(void **state) {
    (void)state;
    CHECK("a\nb\r\nc\rd", "a|NL|b|NL|c|NL|d");
    CHECK("a \\\n b \\\r\n c", "a|b|c");
    CHECK("a # b \\\nc", "a|# b \\|NL|c");
    CHECK("\fa\t\fb", "a|b");
}

static void test_strings(void **state) {
    (void)state;
    CHECK("'a' \"b\" '' ''", "'a'|\"b\"|''|''");
    CHECK("r'\\' x' bR\"\\\\\" U'u' xr'y'", "r'\\' x'|bR\"\\\\\"|U'u'|xr|'y'");
    CHECK("'''a\n'b''' \"\"\"\"\"\"", "'''a\n'b'''|\"\"\"\"\"\"");
    CHECK("'a\\\nb' c", "'a\\\nb'|c");
    CHECK("'a\nb", "'a!|NL|b");
    CHECK("'''a\nb", "'''a\nb!");
    CHECK("ur'a' bf'a' rbr'a'", "ur|'a'|bf|'a'|rbr|'a'");
}

static void test_fstrings(void **state) {
    (void)state;
    CHECK("f'{a}{{{b!r:>{w}}' x", "f'{a}{{{b!r:>{w}}'|x");
    CHECK("f'{d['k']}' x", "f'{d['k']}'|x");
    CHECK("f'{f'{f'{1}'}'}' x", "f'{f'{f'{1}'}'}'|x");
    CHECK("rf'\\{a}' f'\\N{DASH}' f'\\{a}'", "rf'\\{a}'|f'\\N{DASH}'|f'\\{a}'");
    CHECK("f'{x:%H:%M}' f'{(y:=1)}' f'{z=!s}'", "f'{x:%H:%M}'|f'{(y:=1)}'|f'{z=!s}'");
    CHECK("f'{a[b(1)]:{c['d']}}' x", "f'{a[b(1)]:{c['d']}}'|x");
    CHECK("f'''{\na # note }\n}''' x", "f'''{\na # note }\n}'''|x");
    CHECK("t'{a}' Fr'{b}'", "t'{a}'|Fr'{b}'");
}

/* What makes no sense as an f-string of 3.12 ends at its first matching quote. */
static void test_broken_fstrings(void **state) {
    (void)state;
    CHECK("f'{a'\nb", "f'{a'|NL|b");
    CHECK("f'{'\nb", "f'{'|NL|b");
    CHECK("f'{a b}' c", "f'{a b}'|c");
    CHECK("f'{a\nb", "f'{a!|NL|b");
    CHECK("f'a}' b", "f'a}'|b");
    CHECK("f'{(]}' b", "f'{(]}'|b");
    CHECK("f'''{\n'''\ndef g(): '''x'''", "f'''{\n'''|NL|def|g|(|)|:|'''x'''");
}

static void test_hostile_input(void **state) {
    (void)state;
    struct buf deep = {0};
    for (int i = 0; i < 20000; i++) buf_append(&deep, STR("f'{"));
    struct lexer lx = {.src = buf_str(&deep), .end = (uint32_t)deep.len};
    while (token_next(&lx).kind != TOKEN_END) continue;
    assert_int_equal(lx.pos, deep.len);
    buf_finish(&deep);
}

static void check_collides(const char *text, bool expected) {
    struct lexer lx = {.src = str_from(text), .end = (uint32_t)strlen(text)};
    struct token first = token_next(&lx), second = token_next(&lx);
    if (tokens_collide(&lx, first, second) != expected) fail_msg("%s", text);
}

static void test_collisions(void **state) {
    (void)state;
    static const char *colliding[] = {"a b", "a 1", "1 'a'",  "'a' b",
                                      ") a", "a {", "None b", "a lambda"};
    static const char *fine[] = {"a (",     "a [",   "'a' 'b'", "a if", "a not",
                                 "a async", "not a", "( a",     "a ,",  "return a"};
    for (size_t i = 0; i < sizeof colliding / sizeof *colliding; i++)
        check_collides(colliding[i], true);
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) check_collides(fine[i], false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_and_numbers),
        cmocka_unit_test(test_operators),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_fstrings),
        cmocka_unit_test(test_broken_fstrings),
        cmocka_unit_test(test_hostile_input),
        cmocka_unit_test(test_collisions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
