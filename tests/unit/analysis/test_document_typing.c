/* SPDX-License-Identifier: Apache-2.0 */
/* test_document_typing.c - a statement typed key by key never touches the blocks around it.
 *
 * Half-typed code is nearly always broken: after every key and every backspace all other blocks
 * must have the id and the code hash that they had before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "analysis/document.h"

static const char *files[] = {
    TEST_DATA "/documents/paragraphs.py",
    TEST_DATA "/documents/percent.py",
    TEST_DATA "/documents/gallery.py",
    TEST_DATA "/documents/mixed_line_ends.py",
};
enum { FILE_COUNT = sizeof files / sizeof *files };

static const char *statements[] = {
    "value = compute(a, [1, 2], {'k': (3)})[0]",
    "print(f\"{a!r:>{b}} {'x'} {c}\")",
    "def g(a, b):\n    \"\"\"Doc of g.\"\"\"\n    return {\n        a: b,\n    }",
    "class A(B):\n    '''Doc.'''\n\n    x = [1,\n         2]",
    "text = \"\"\"one\ntwo\"\"\" + 'x'",
    "text = '''one\n    two\n'''",
    "query = f\"\"\"select {a['b']} from {\n    c}\"\"\"",
    "for i in range(3):\n    print(i, end='')",
    "with open('f') as f, \\\n     open('g') as g:\n    pass",
    "from a import (b,\n    c)",
    "xs = [y for y in zs if y] or {}",
    "# just a note, don't mind",
    "it = \"it's\"",
    "lambda x, y=(1, 2): x",
};
enum { STATEMENT_COUNT = sizeof statements / sizeof *statements };

struct known {
    block_id id;
    struct hash128 code;
};
typedef VEC(struct known) known_vec;

static struct document *open_file(const char *path) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    struct buf text = {0};
    buf_reserve(&text, 1 << 16);
    text.len = fread(text.ptr, 1, 1 << 16, file);
    fclose(file);
    struct document *doc = document_create(buf_str(&text));
    buf_finish(&text);
    return doc;
}

/* Every block but `except`. */
static void remember(const struct document *doc, block_id except, known_vec *out) {
    vec_clear(out);
    for (size_t i = 0; i < document_block_count(doc); i++) {
        const struct block *b = document_block(doc, i);
        if (b->id != except) vec_push(out, ((struct known){b->id, b->code}));
    }
}

static void check_known(const struct document *doc, const known_vec *known, const char *typed,
                        size_t len) {
    for (size_t i = 0; i < known->len; i++) {
        const struct block *b = document_block_by_id(doc, known->items[i].id);
        if (b && hash128_eq(b->code, known->items[i].code)) continue;
        print_error("block b%u is %s by: %.*s\n--- in\n%.*s\n", known->items[i].id,
                    b ? "changed" : "lost", (int)len, typed, STR_FMT(text_str(document_text(doc))));
        fail();
    }
}

static void replace(struct document *doc, uint32_t start, uint32_t end, struct str with) {
    document_replace(doc, (struct span){start, end}, with);
    document_refresh(doc);
}

/* Type `statement` at `at`, key by key, and take it back. */
static void check_keys(struct document *doc, uint32_t at, const char *statement,
                       const known_vec *known) {
    size_t len = strlen(statement);
    for (size_t i = 0; i < len; i++) {
        replace(doc, at + (uint32_t)i, at + (uint32_t)i, (struct str){statement + i, 1});
        check_known(doc, known, statement, i + 1);
    }
    for (size_t i = len; i-- > 0;) {
        replace(doc, at + (uint32_t)i, at + (uint32_t)i + 1, STR(""));
        check_known(doc, known, statement, i);
    }
}

/* Code above it would make an ordinary string of the docstring. */
static bool is_above_docstring(const struct document *doc, size_t index) {
    while (++index < document_block_count(doc))
        if (document_block(doc, index)->docstring) return true;
    return false;
}

/* As a paragraph of its own below every block; in percent style, inside the block. */
static void check_new_paragraphs(const char *path, const char *statement) {
    struct document *doc = open_file(path);
    known_vec known = {0};
    bool percent = document_style(doc) == STYLE_PERCENT;
    for (size_t i = 0; i < document_block_count(doc); i++) {
        const struct block *b = document_block(doc, i);
        if (is_above_docstring(doc, i) || (percent && b->docstring)) continue;
        remember(doc, percent ? b->id : 0, &known);
        uint32_t end = b->span.end;
        replace(doc, end, end, STR("\n\n\n\n")); /* one may complete a "\r\n" */
        check_keys(doc, end + 2, statement, &known);
        replace(doc, end, end + 4, STR(""));
        check_known(doc, &known, "", 0);
    }
    vec_finish(&known);
    document_destroy(doc);
}

static void test_new_paragraphs(void **state) {
    (void)state;
    for (size_t f = 0; f < FILE_COUNT; f++)
        for (size_t s = 0; s < STATEMENT_COUNT; s++) check_new_paragraphs(files[f], statements[s]);
}

/* At the end of every line of code: only the block around it may change. */
static void check_inside(const char *path, const char *statement) {
    struct document *doc = open_file(path);
    known_vec known = {0};
    for (uint32_t line = 0; line < text_line_count(document_text(doc)); line++) {
        const struct block *b = document_block_at_line(doc, line);
        struct span span = text_line_span(document_text(doc), line);
        struct str text = str_trim(text_slice(document_text(doc), span));
        if (!b || b->kind != BLOCK_CODE || text.len == 0 || text.ptr[0] == '#') continue;
        remember(doc, b->id, &known);
        check_keys(doc, span.end, statement, &known);
    }
    vec_finish(&known);
    document_destroy(doc);
}

static void test_inside_blocks(void **state) {
    (void)state;
    static const char *pieces[] = {" + f(a, [b", " (",      " {'k': [",
                                   "; x = 'a",   " = \"\"", " # it's"};
    for (size_t f = 0; f < FILE_COUNT; f++)
        for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++)
            check_inside(files[f], pieces[p]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_paragraphs),
        cmocka_unit_test(test_inside_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
