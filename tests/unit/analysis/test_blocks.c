/* SPDX-License-Identifier: Apache-2.0 */
/* test_blocks.c - where a file is split: one text, one line of expectations for each rule.
 *
 * An expectation lists the blocks as KIND:FIRST-LAST (lines from 0): p prose, c code, d docstring,
 * with "!" behind an unfinished one and "=title" behind a titled cell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "analysis/document.h"

static void describe(const struct block *b, struct buf *out) {
    char kind = b->docstring ? 'd' : b->kind == BLOCK_PROSE ? 'p' : 'c';
    buf_printf(out, "%s%c:%u-%u%s", out->len ? " " : "", kind, b->line, b->line + b->line_count - 1,
               b->unfinished ? "!" : "");
    if (b->title.len) buf_printf(out, "=%.*s", STR_FMT(b->title));
}

static void check_blocks(const char *text, const char *expected) {
    struct document *doc = document_create(str_from(text));
    struct buf found = {0};
    for (size_t i = 0; i < document_block_count(doc); i++) describe(document_block(doc, i), &found);
    if (strcmp(buf_cstr(&found), expected) != 0) {
        print_error("--- text\n%s\n--- expected %s\n---    found %s\n", text, expected, found.ptr);
        fail();
    }
    buf_finish(&found);
    document_destroy(doc);
}

static void test_paragraphs(void **state) {
    (void)state;
    check_blocks("", "");
    check_blocks("\n\n", "");
    check_blocks("x = 1", "c:0-0");
    check_blocks("x = 1\ny = 2\n\n\nz = 3\n", "c:0-1 c:4-4");
    check_blocks("\n\nx = 1\n   \n\t\ny = 2\n", "c:2-2 c:5-5");
    check_blocks("x = 1\n#\ny = 2\n", "c:0-2");
    check_blocks("x = 1\n# note\ny = 2\n", "c:0-2");
    check_blocks("# note\nx = 1\n# end\n\n# prose\n", "c:0-2 p:4-4");
    check_blocks("# one\n# two\n\n# three\n\nx = 1\n", "p:0-1 p:3-3 c:5-5");
}

static void test_statements_are_whole(void **state) {
    (void)state;
    check_blocks("def f():\n\n    x = 1\n\n\n    y = 2\n\nz = 3\n", "c:0-5 c:7-7");
    check_blocks("x = [\n\n1,\n\n]\n\ny = 2\n", "c:0-4 c:6-6");
    check_blocks("x = '''\n\ntext\n\n'''\n\ny = 2\n", "c:0-4 c:6-6");
    check_blocks("x = 1 + \\\n  2\n\ny = 2\n", "c:0-1 c:3-3");
    check_blocks("x = 1 + \\\n\ny = 2\n", "c:0-1 c:2-2");
    check_blocks("x = 'a\\\nb'\n\ny = 2\n", "c:0-1 c:3-3");
    check_blocks("if x:\n    a\n\nelif y:\n    b\n\n# note\n\nelse:\n    c\n\nd\n",
                 "c:0-9 c:11-11");
    check_blocks("try:\n    a\n\nexcept E:\n    b\n\nfinally:\n    c\n\nd\n", "c:0-7 c:9-9");
    check_blocks("if x:\n    a\n\nelsewhere = 1\n", "c:0-1 c:3-3");
    check_blocks("if x:\n    a\n\nelif1 = 1\n", "c:0-1 c:3-3");
    check_blocks("@d\n\n# note\n\n@e(\n1)\n\ndef f(): pass\n\nx\n", "c:0-7 c:9-9");
    check_blocks("def f():\n    a\n\n# note\n\n    b\n\n# prose\n\nx\n", "c:0-5 p:7-7 c:9-9");
    check_blocks("def f():\n    a\n\n    # end\n\nx\n", "c:0-3 c:5-5");
    check_blocks("def f():\n    a\n\n    # touches\nx\n", "c:0-1 c:3-4");
    check_blocks("x = 1\n\n    y = 2\n\nz\n", "c:0-2 c:4-4");
}

static void test_docstring(void **state) {
    (void)state;
    check_blocks("'doc'\nimport os\n", "d:0-0 c:1-1");
    check_blocks("# licence\n\n# touches\nr'''doc\n\nmore'''  # end\n# note\nx\n",
                 "p:0-0 d:2-5 c:6-7");
    check_blocks("'a' 'b'\n", "d:0-0");
    check_blocks("f'doc'\n", "c:0-0");
    check_blocks("b'doc'\n", "c:0-0");
    check_blocks("'doc'; x = 1\n", "c:0-0");
    check_blocks("'doc'.x\n", "c:0-0");
    check_blocks("x\n\n'no doc'\n", "c:0-0 c:2-2");
}

static void test_headers_are_skipped(void **state) {
    (void)state;
    check_blocks("#!/bin/python\n# coding: utf-8\nx\n", "c:2-2");
    check_blocks("#!/bin/python\n# prose\n\nx\n", "p:1-1 c:3-3");
    check_blocks("# /// script\n# a = 1\n#\n# ///\n'doc'\n", "d:4-4");
    check_blocks("# /// script\n# never closed\n\nx\n", "p:0-1 c:3-3");
    check_blocks("# ---\n# jupyter: x\n# ---\n\n# %%\nx\n", "c:4-5");
    check_blocks("\xEF\xBB\xBF#!/bin/python\n'doc'\n", "d:1-1");
}

static void test_lines_and_bytes(void **state) {
    (void)state;
    check_blocks("x = 1\r\n\r\ny = 2\r\n", "c:0-0 c:2-2");
    check_blocks("x = 1\r\ry = 2\r", "c:0-0 c:2-2");
    check_blocks("if x:\n\ta\n\n\tb\n\nc\n", "c:0-3 c:5-5");
    check_blocks("def f():\n    a\n\n    \fx\n\ny\n", "c:0-1 c:3-3 c:5-5");
    check_blocks("x = 'caf\xC3\xA9'\n\n\xC3\xA9 = '\xFF'\n", "c:0-0 c:2-2");
}

static void test_strings(void **state) {
    (void)state;
    check_blocks("x = f'{a['b']}' + '''\n\n'''\n\ny\n", "c:0-2 c:4-4");
    check_blocks("x = f'''{\n\na}\n\n'''\n\ny\n", "c:0-4 c:6-6");
    check_blocks("x = f'{f\"{'a'}\"}{b:>{c}}{{'\n\ny\n", "c:0-0 c:2-2");
    check_blocks("x = rb'\\'\"'\n\ny\n", "c:0-0 c:2-2");
    check_blocks("x = f'{a:\\'}'\n\ny\n", "c:0-0 c:2-2");
    check_blocks("x = f'\\N{DASH}{a!r:{b}}'\n\ny\n", "c:0-0 c:2-2");
    check_blocks("x = f'{\na\n}'\n\ny\n", "c:0-2 c:4-4");
}

static void test_percent(void **state) {
    (void)state;
    check_blocks("'doc'\nimport a\n\nimport b\n\n# %% One\nx\n\ny\n\n#%%\nz\n",
                 "d:0-0 c:1-3 c:5-8=One c:10-11");
    check_blocks("# note\n\n'doc'\n# %%\nx\n", "p:0-0 d:2-2 c:3-4");
    check_blocks("# In[1]:\nx\n\n# In[ ]:\n\ny\n", "c:0-1 c:3-5");
    check_blocks("# %% [markdown]\n# text\n\n# %% A b [md] k=\"v w\"\n'x'\n", "p:0-1 p:3-4=A b");
    check_blocks("# %%\n", "p:0-0");
    check_blocks("# %%time\nx\n\ny\n", "c:0-1 c:3-3");
    check_blocks("x = '''\n# %%\n'''\n\ny\n", "c:0-2 c:4-4");
    check_blocks("x = [\n# %%\n]\n\ny\n", "c:0-2 c:4-4");
    check_blocks("# %%\nx = [\n# %%\n]\ny\n", "c:0-4");
    check_blocks("# %%\ndef f():\n    a\n# %%\n    b\n", "c:0-2 c:3-4");
    check_blocks("# %%\nx = 1 + \\\n# %%\ny\n", "c:0-1! c:2-3");
    check_blocks("# %% hide-code\nx\n# %% how to skip\ny\n", "c:0-1 c:2-3=how to skip");
}

static void test_gallery(void **state) {
    (void)state;
    check_blocks("'doc'\nx\n\n####################\n# text\n\ny\n\nz\n", "d:0-0 c:1-1 c:3-8");
    check_blocks("x\n\n####################\n# text\n\ny\n", "c:0-0 p:2-3 c:5-5");
    check_blocks("'doc'\n####################\n# boxed\n####################\nx\n", "d:0-0 c:1-4");
    check_blocks("'doc'\n###################\n\nx\n", "d:0-0 p:1-1 c:3-3");
    check_blocks("'doc'\ndef f():\n    a\n####################\n    b\n", "d:0-0 c:1-4");
    check_blocks("'doc'\n@d\n####################\ndef f(): pass\n", "d:0-0 c:1-3");
}

/* The statement being typed is unfinished; the ones below are as they would be without it. */
static void test_open_brackets(void **state) {
    (void)state;
    check_blocks("x = foo(\n\ny = 1\n\nz = 2\n", "c:0-0! c:2-2 c:4-4");
    check_blocks("x = [\n\ny = 1\n\nz = 2\n", "c:0-0! c:2-2 c:4-4");
    check_blocks("x = [1,\n     2\n\n# prose\n\ny\n", "c:0-1! p:3-3 c:5-5");
    check_blocks("x = foo(\ny = 1\nz = 2\n\na\n", "c:0-2! c:4-4");
    check_blocks("x = foo(\n\ndef f():\n    pass\n", "c:0-0! c:2-3");
    check_blocks("x = foo(\n\n@d\ndef f():\n    pass\n", "c:0-0! c:2-4");
    check_blocks("x = foo(\n\nfrom a import b\n", "c:0-0! c:2-2");
    check_blocks("x = foo(\n\nfor a in b:\n    pass\n", "c:0-0! c:2-3");
    check_blocks("x = {\n\nasync def f(): pass\n", "c:0-0! c:2-2");
    check_blocks("x = foo(bar(\n\na\n\nb(\n\nc\n", "c:0-0! c:2-2 c:4-4! c:6-6");
    check_blocks("x = foo(bar]\n\ny\n", "c:0-0! c:2-2");
    check_blocks("x = foo(\n    [1,\n    2,\n)\n\ny\n", "c:0-3! c:5-5");
    check_blocks("def f():\n    x = (\n\n    return x\n\ny\n", "c:0-3! c:5-5");
    check_blocks("if f(:\n    a\n\nelse:\n    b\n\nc\n", "c:0-4! c:6-6");
    check_blocks("x = (", "c:0-0!");
    check_blocks("x = )\n\ny\n", "c:0-0 c:2-2");
    check_blocks("# %%\nx = (\n\ny\n# %%\nz\n\nw\n", "c:0-3! c:4-7");
}

/* What looks like evidence, and is valid. */
static void test_odd_but_valid_brackets(void **state) {
    (void)state;
    check_blocks("x = f(\n\na=1,\n\nb=2)\n\ny\n", "c:0-4 c:6-6");
    check_blocks("x = [lambda\n\na=1: a]\n\ny\n", "c:0-2 c:4-4");
    check_blocks("def f[\nT = int](): pass\n\ny\n", "c:0-1 c:3-3");
    check_blocks("x = (a\n\nif b\n\nelse c)\n\ny\n", "c:0-4 c:6-6");
    check_blocks("x = (a not\n\nin b)\n\ny\n", "c:0-2 c:4-4");
    check_blocks("x = [a async\n\nfor a in b]\n\ny\n", "c:0-2 c:4-4");
    check_blocks("x = (yield\n\nfrom b)\n\ny\n", "c:0-2 c:4-4");
    check_blocks("x = ('a'\n\n'b' f'c')\n\ny\n", "c:0-2 c:4-4");
    check_blocks("x = (a\n\n@ b)\n\ny\n", "c:0-2 c:4-4");
}

static void test_open_quotes(void **state) {
    (void)state;
    check_blocks("x = 'abc\ny = 1\n\nz\n", "c:0-1! c:3-3");
    check_blocks("x = f('a)\n\ny\n", "c:0-0! c:2-2");
    check_blocks("x = f\"{a\n\ny = \"b\"\n", "c:0-0! c:2-2");
    check_blocks("x = f\"{a\"\n\ny = \"}\"\n", "c:0-0 c:2-2");
    check_blocks("x = '''abc\n\ny = 1\n\nz\n", "c:0-0! c:2-2 c:4-4");
    check_blocks("x = '''abc", "c:0-0!");
    check_blocks("x = '''\n\ndef f():\n    '''Doc of f.'''\n\ny\n", "c:0-0! c:2-3 c:5-5");
    check_blocks("x = '''\n\ndef f():\n    '''\n    Doc of f.\n    '''\n\ny\n",
                 "c:0-0! c:2-5 c:7-7");
    check_blocks("def f():\n    \"\"\"\n    x\n\ndef g():\n    \"\"\"It's g.\"\"\"\n\ny\n",
                 "c:0-2! c:4-5 c:7-7");
    check_blocks("'''doc\n\nx\n", "d:0-0! c:2-2");
    check_blocks("# %%\nx = '''\n\ny\n# %%\nz\n", "c:0-3! c:4-5");
    check_blocks("x = f'''{\n\n'''\n\ndef g():\n    '''Doc.'''\n", "c:0-2 c:4-5");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paragraphs),      cmocka_unit_test(test_statements_are_whole),
        cmocka_unit_test(test_docstring),       cmocka_unit_test(test_headers_are_skipped),
        cmocka_unit_test(test_lines_and_bytes), cmocka_unit_test(test_strings),
        cmocka_unit_test(test_percent),         cmocka_unit_test(test_gallery),
        cmocka_unit_test(test_open_brackets),   cmocka_unit_test(test_odd_but_valid_brackets),
        cmocka_unit_test(test_open_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
