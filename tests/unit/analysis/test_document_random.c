/* SPDX-License-Identifier: Apache-2.0 */
/* test_document_random.c - random edits: the document kept in step equals a fresh one.
 *
 *     test_document_random [SEEDS [FILE...]]
 *
 * Edits are what people type, and what they never would: stray quotes and brackets, markers, line
 * ends of every kind, blocks cut and pasted.  Without arguments it uses tests/data/documents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/support/document_difference.h"

enum { EDITS = 150, TEXT_LIMIT = 40000 };

static const char *default_files[] = {
    TEST_DATA "/documents/paragraphs.py",
    TEST_DATA "/documents/percent.py",
    TEST_DATA "/documents/gallery.py",
    TEST_DATA "/documents/mixed_line_ends.py",
};
static const char **files = default_files;
static int file_count = sizeof default_files / sizeof *default_files;
static unsigned seeds = 4;

static const struct str snippets[] = {
    STR_INIT("\n"),
    STR_INIT("\n\n"),
    STR_INIT("\r"),
    STR_INIT("\r\n"),
    STR_INIT(" "),
    STR_INIT("    "),
    STR_INIT("\t"),
    STR_INIT("\f"),
    STR_INIT("\"\"\""),
    STR_INIT("'''"),
    STR_INIT("\""),
    STR_INIT("'"),
    STR_INIT("("),
    STR_INIT(")"),
    STR_INIT("["),
    STR_INIT("]"),
    STR_INIT("{"),
    STR_INIT("}"),
    STR_INIT("f\"{"),
    STR_INIT("}\""),
    STR_INIT("\\\n"),
    STR_INIT("#"),
    STR_INIT("# %%\n"),
    STR_INIT("\n# %% [md]\n"),
    STR_INIT("x = 1\n"),
    STR_INIT("\nelse:\n"),
    STR_INIT("@f\n"),
    STR_INIT("\ndef f():\n"),
    STR_INIT("x"),
    STR_INIT("\n# note\n"),
    STR_INIT("\n    # in\n"),
    STR_INIT("lambda x"),
    STR_INIT("# | hide-all-code\n"),
    STR_INIT("# | skip\n"),
    STR_INIT("# /// script\n# x\n# ///\n"),
    STR_INIT("\n# ///\n"),
    STR_INIT("\n########################\n"),
    STR_INIT("from __future__ import annotations\n"),
    STR_INIT("\xEF\xBB\xBF"),
    STR_INIT("\xFF\x00\x80"),
    STR_INIT("#!/bin/sh\n# coding: utf-8\n"),
};

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static uint32_t below(uint64_t *state, size_t limit) {
    return limit ? (uint32_t)(next_random(state) % limit) : 0;
}

static struct span random_span(const struct document *doc, uint64_t *random, uint32_t longest) {
    uint32_t len = text_len(document_text(doc)), start = below(random, len + 1);
    uint32_t end = start + below(random, longest + 1);
    return (struct span){start, end < len ? end : len};
}

static void insert_snippet(struct document *doc, uint64_t *random) {
    struct str snippet = snippets[below(random, sizeof snippets / sizeof *snippets)];
    document_replace(doc, random_span(doc, random, below(random, 3) ? 0 : 4), snippet);
}

static void delete_some(struct document *doc, uint64_t *random) {
    document_replace(doc, random_span(doc, random, below(random, 4) ? 3 : 400), STR(""));
}

/* Cut some lines and paste them elsewhere, in one refresh. */
static void move_lines(struct document *doc, uint64_t *random) {
    const struct text *text = document_text(doc);
    uint32_t line = below(random, text_line_count(text));
    struct span cut = {text_line_span(text, line).start,
                       text_line_span(text, line + below(random, 12)).start};
    if (cut.end < cut.start) cut.end = cut.start;
    char *copy = str_dup(text_slice(text, cut));
    document_replace(doc, cut, STR(""));
    uint32_t at = text_line_span(text, below(random, text_line_count(text))).start;
    document_replace(doc, (struct span){at, at}, (struct str){copy, span_len(cut)});
    free(copy);
}

static void edit(struct document *doc, uint64_t *random) {
    switch (below(random, 8)) {
    case 0:
        move_lines(doc, random);
        break;
    case 1:
    case 2:
    case 3:
        delete_some(doc, random);
        break;
    default:
        insert_snippet(doc, random);
        break;
    }
}

static void check_equals_fresh(const struct document *doc, const char *file, unsigned seed,
                               unsigned step) {
    struct document *fresh = document_create(text_str(document_text(doc)));
    const char *what = document_difference(doc, fresh);
    document_destroy(fresh);
    if (!what) return;
    print_error("%s, seed %u, edit %u: %s\n", file, seed, step, what);
    fail();
}

static void check_edits(const char *file, struct str content, unsigned seed) {
    uint64_t random = 88172645463325252u + seed * UINT64_C(7919);
    struct document *doc = document_create(content);
    for (unsigned step = 0; step < EDITS; step++) {
        for (uint32_t edits = 1 + below(&random, 3) / 2; edits > 0; edits--) edit(doc, &random);
        document_refresh(doc);
        check_equals_fresh(doc, file, seed, step);
        if (text_len(document_text(doc)) > content.len + 4000)
            document_replace(doc, (struct span){0, UINT32_MAX}, content);
    }
    document_destroy(doc);
}

static void read_file(const char *path, struct buf *out) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    buf_reserve(out, TEXT_LIMIT);
    out->len = fread(out->ptr, 1, TEXT_LIMIT, file);
    fclose(file);
}

static void test_real_files(void **state) {
    (void)state;
    for (int i = 0; i < file_count; i++) {
        struct buf content = {0};
        read_file(files[i], &content);
        for (unsigned seed = 1; seed <= seeds; seed++)
            check_edits(files[i], buf_str(&content), seed);
        buf_finish(&content);
    }
}

static void test_random_bytes(void **state) {
    (void)state;
    static const char alphabet[] = "ab=(){}[]\"'\\#\n\r\t\f :@%f1,.\0\x80\xC3";
    uint64_t random = 1;
    for (unsigned round = 0; round < 300; round++) {
        char bytes[300];
        size_t len = below(&random, sizeof bytes);
        for (size_t i = 0; i < len; i++) bytes[i] = alphabet[below(&random, sizeof alphabet)];
        struct document *doc = document_create((struct str){bytes, len});
        for (unsigned step = 0; step < 10; step++) {
            edit(doc, &random);
            document_refresh(doc);
            check_equals_fresh(doc, "random bytes", round, step);
        }
        document_destroy(doc);
    }
}

int main(int argc, char **argv) {
    if (argc > 1) seeds = (unsigned)strtoul(argv[1], NULL, 10);
    if (argc > 2) {
        files = (const char **)argv + 2;
        file_count = argc - 2;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_files),
        cmocka_unit_test(test_random_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
