/* SPDX-License-Identifier: Apache-2.0 */
/* test_document.c - identity, code hashes, elements and lookups of a document.
 *
 * Where the blocks are is the matter of test_blocks.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/document.h"

/* --- identity --- */

static void check_ids(const struct document *doc, const char *expected) {
    struct buf found = {0};
    for (size_t i = 0; i < document_block_count(doc); i++)
        buf_printf(&found, "%s%u", i ? " " : "", document_block(doc, i)->id);
    if (strcmp(buf_cstr(&found), expected) != 0) {
        print_error("%.*s\n expected %s\n    found %s\n", STR_FMT(text_str(document_text(doc))),
                    expected, found.ptr);
        fail();
    }
    buf_finish(&found);
}

static void set_text(struct document *doc, const char *text) {
    document_replace(doc, (struct span){0, UINT32_MAX}, str_from(text));
    document_refresh(doc);
}

/* The ids of `after`, when blocks 1, 2, ... were those of `before`. */
static void check_identity(const char *before, const char *after, const char *expected) {
    struct document *doc = document_create(str_from(before));
    set_text(doc, after);
    check_ids(doc, expected);
    document_destroy(doc);
}

static void test_identity(void **state) {
    (void)state;
    const char *abc = "a\n\nb\n\nc\n";
    check_identity(abc, abc, "1 2 3");
    check_identity(abc, "a\n\nb + 1\n\nc\n", "1 2 3");
    check_identity(abc, "a\n\nx\n\nb\n\nc\n", "1 4 2 3");
    check_identity(abc, "a\n\nc\n", "1 3");
    check_identity(abc, "c\n\na\n\nb\n", "3 1 2");
    check_identity(abc, "b\n\na\n\nc\n", "2 1 3");
    check_identity(abc, "a\n\nx\n\ny\n\nc\n", "1 2 4 3");
    check_identity(abc, "a\n\nb\n\nb\n\nc\n", "1 2 4 3");
    check_identity("a\n\na\n", "a\n\na\n\na\n", "1 2 3");
    check_identity(abc, "", "");
    check_identity(abc, "# one\na\n\n\n\nb  \n\n# prose\n\nc  # two\n", "1 2 4 3");
    check_identity("# p\n\na\n", "# q\n\na\n\n# p\n", "3 2 1");
    check_identity("# p\n\na\n", "# q\n\nb\n", "1 2");
    check_identity("# p\n\na\n\n# q\n", "b\n\n# r\n\nc\n", "2 1 3");
}

/* A series of texts of one document. */
static void check_history(const char *const *texts, const char *const *expected) {
    struct document *doc = document_create(str_from(texts[0]));
    check_ids(doc, expected[0]);
    for (size_t i = 1; texts[i]; i++) {
        set_text(doc, texts[i]);
        check_ids(doc, expected[i]);
    }
    document_destroy(doc);
}

static void test_identity_over_time(void **state) {
    (void)state;
    check_history((const char *[]){"a\n\nb\n\nc\n", "a\n\nc\n", "a\n\nd\n\nc\n", NULL},
                  (const char *[]){"1 2 3", "1 3", "1 4 3"});
    /* cut in one refresh, pasted in another */
    check_history((const char *[]){"a\n\nb\n\nc\n", "a\n\nc\n", "a\n\nc\n\nb\n", NULL},
                  (const char *[]){"1 2 3", "1 3", "1 3 2"});
    /* joined, and split again */
    check_history((const char *[]){"a\n\nb\n\nc\n", "a\nb\n\nc\n", "a\n\nb\n\nc\n", NULL},
                  (const char *[]){"1 2 3", "1 3", "1 2 3"});
    /* typed above a block without a blank line first */
    check_history((const char *[]){"a\n\nb\n", "a\n\nx\nb\n", "a\n\nx\n\nb\n", NULL},
                  (const char *[]){"1 2", "1 2", "1 3 2"});
    /* the style switches with the first marker, and back */
    check_history((const char *[]){"a\n\nb\n\nc\n", "a\n\nb\n# %%\n\nc\n", "a\n\nb\n\nc\n", NULL},
                  (const char *[]){"1 2 3", "1 3", "1 2 3"});
}

/* --- code hashes --- */

static struct hash128 code_of(const char *text) {
    struct document *doc = document_create(str_from(text));
    assert_int_equal(document_block_count(doc), 1);
    struct hash128 code = document_block(doc, 0)->code;
    document_destroy(doc);
    return code;
}

static void check_code(const char *a, const char *b, bool same) {
    if (hash128_eq(code_of(a), code_of(b)) != same)
        fail_msg("%s should be %s\n%s", a, same ? "equal to" : "other than", b);
}

static void test_code_hash(void **state) {
    (void)state;
    check_code("a b", "a  b # note", true);
    check_code("x=1", "# note\nx = 1\n", true);
    check_code("x = [1,\n# note\n\n2]", "x = [1, 2]", true);
    check_code("x = 1 + \\\n 2", "x = 1 + 2", true);
    check_code("if x:\n  a\n\n  b", "if x:\n\ta\n\tb\n", true);
    check_code("if x: a\nb", "if x: a\n# note\nb", true);
    check_code("x\r\ny", "x\ny", true);
    check_code("ab", "a b", false);
    check_code("a b", "a\nb", false);
    check_code("'a b'", "'a  b'", false);
    check_code("x == y", "x = = y", false);
    check_code("if x:\n  a\n  b", "if x:\n  a\nb", false);
    check_code("if x:\n  if y:\n    a\n  b", "if x:\n  if y:\n    a\n    b", false);
    check_code("if x:\n\ta\n        b", "if x:\n\ta\n\tb", false);
    check_code("'a' 'b'", "'a''b'", true);
    check_code("x = 1.", "x = 1 .", false);
    check_code("x;", "x", false);
    check_code("# a", "# b", false);
}

/* --- elements --- */

static void describe_element(const struct element *e, struct buf *out) {
    buf_printf(out, "%s%c%s<%.*s>", out->len ? " " : "", e->type == ELEMENT_PROSE ? 'p' : 'c',
               e->shown ? "" : "-", STR_FMT(e->value));
}

static void check_elements(const char *text, const char *expected) {
    struct document *doc = document_create(str_from(text));
    struct buf found = {0};
    element_vec elements = {0};
    for (size_t i = 0; i < document_block_count(doc); i++)
        document_block_elements(doc, document_block(doc, i), &elements);
    for (size_t i = 0; i < elements.len; i++) describe_element(&elements.items[i], &found);
    if (strcmp(buf_cstr(&found), expected) != 0) {
        print_error("%s\n expected %s\n    found %s\n", text, expected, found.ptr);
        fail();
    }
    element_vec_finish(&elements);
    buf_finish(&found);
    document_destroy(doc);
}

static void test_elements(void **state) {
    (void)state;
    check_elements("# A *b*\n#\n#  two\n#three  \n", "p<A *b*\n\n two\nthree  >");
    check_elements("# | a | b |\n# | hide-code\n# end", "p<| a | b |\nend>");
    check_elements("# | skip\n", "");
    check_elements("# note\nx = 1\n# end\n", "c<# note\nx = 1\n# end>");
    check_elements("# | hide-prose\nx = 1\n# | skip\ny\n# | show-prose\n", "c<x = 1\n# | skip\ny>");
    check_elements("# %% T\n# one\n# two\nx\n\ny\n\n", "p<one\ntwo> c<x\n\ny>");
    check_elements("# %%\n# one\n\n# two\nx\n", "p<one> c<# two\nx>");
    check_elements("# %% [md]\n# # H\n\n# text\n", "p<# H\n\ntext>");
    check_elements("# %% [md]\n'''\n  a\n    b\n'''\n", "p<a\n  b>");
}

static void test_docstring_value(void **state) {
    (void)state;
    check_elements("'''One.\n\n    Two\n      three\n    '''\n", "p<One.\n\nTwo\n  three>");
    check_elements("'a\\n\\x41\\u00e9\\101\\q' 'b'\n", "p<a\nA\xC3\xA9"
                                                       "A\\qb>");
    check_elements("r'a\\n'\n", "p<a\\n>");
    check_elements("# note\n'a\\\nb'\n", "p<note> p<ab>");
    check_elements("'''a\r\n\r\nb'''", "p<a\n\nb>");
    check_elements("'''open\n\nx = 1\n", "p<open> c<x = 1>");
}

static void test_hidden(void **state) {
    (void)state;
    check_elements("# p\n# | hide-all-code\n\nx\n\n# | show-code\ny\n", "p<p> c-<x> c<y>");
    check_elements("x\n# | hide-all-code\n\ny\n", "c<x> c<y>");
    check_elements("# text\n# | hide-prose\n\nx\n", "p-<text> c<x>");
    check_elements("# %% hide-code\n# text\nx\n", "p<text> c-<x>");
    check_elements("def f():\n    # | hide-statements\n    pass\n",
                   "c-<def f():\n    # | hide-statements\n    pass>");
}

/* --- lookups and revisions --- */

static void test_lookups(void **state) {
    (void)state;
    struct document *doc = document_create(STR("\na\nb\n\n\n# p\n\nx = [\n1]\n# end\n"));
    const struct block *b = document_block(doc, 2);
    assert_int_equal(b->line, 7);
    assert_int_equal(b->line_count, 3);
    assert_int_equal(b->code_line, 8);
    assert_true(str_eq(document_block_text(doc, b), STR("x = [\n1]\n# end\n")));
    assert_null(document_block_at_line(doc, 0));
    assert_ptr_equal(document_block_at_line(doc, 2), document_block(doc, 0));
    assert_null(document_block_at_line(doc, 3));
    assert_ptr_equal(document_block_at_line(doc, 9), b);
    assert_null(document_block_at_line(doc, 10));
    assert_ptr_equal(document_block_by_id(doc, b->id), b);
    assert_null(document_block_by_id(doc, 0));
    assert_null(document_block_by_id(doc, 99));
    document_destroy(doc);
}

static void replace(struct document *doc, uint32_t start, uint32_t end, struct str with) {
    document_replace(doc, (struct span){start, end}, with);
    document_refresh(doc);
}

static void test_revisions(void **state) {
    (void)state;
    struct document *doc = document_create(STR("a\n\nb\n\nc\n"));
    const struct block *a = document_block(doc, 0), *b = document_block(doc, 1);
    uint64_t first = document_revision(doc);
    document_refresh(doc);
    assert_int_equal(document_revision(doc), first);
    replace(doc, 4, 4, STR("  # note"));
    assert_int_equal(document_revision(doc), first + 1);
    assert_int_equal(b->changed_at, first);
    assert_int_equal(b->edited_at, first + 1);
    assert_int_equal(document_block(doc, 2)->moved_at, first);
    replace(doc, 0, 0, STR("# | skip\n"));
    assert_int_equal(a->changed_at, first + 2);
    assert_true(a->pragmas.skip);
    assert_int_equal(b->edited_at, first + 1);
    assert_int_equal(b->moved_at, first + 2);
    replace(doc, 0, 0, STR("# | hide-all-code\n\n"));
    assert_int_equal(b->changed_at, first + 3);
    assert_int_equal(document_hidden(doc, b), 1 << SHOW_CODE);
    document_destroy(doc);
}

static void test_future_annotations(void **state) {
    (void)state;
    struct document *doc = document_create(STR("import a\n\ndef f(x: T): pass\n"));
    const struct block *f = document_block(doc, 1);
    assert_non_null(symbols_requirement(&f->symbols, STR("T")));
    bool deferred = symbols_requirement(&f->symbols, STR("T"))->deferred;
    assert_false(deferred);
    replace(doc, 0, 8, STR("from __future__ import annotations"));
    const struct requirement *t = symbols_requirement(&f->symbols, STR("T"));
    assert_true(!t || t->deferred);
    document_destroy(doc);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_identity_over_time),
        cmocka_unit_test(test_code_hash),
        cmocka_unit_test(test_elements),
        cmocka_unit_test(test_docstring_value),
        cmocka_unit_test(test_hidden),
        cmocka_unit_test(test_lookups),
        cmocka_unit_test(test_revisions),
        cmocka_unit_test(test_future_annotations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
