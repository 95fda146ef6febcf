/* SPDX-License-Identifier: Apache-2.0 */
/* dump_blocks.c - print how files are split, for blocks_vs_cpython.py.
 *
 * Reads file names from stdin, one a line; prints "file NAME STYLE", then for each block
 * "START END KIND" in bytes, KIND being prose, docstring, code or unfinished. */
#include <stdio.h>

#include "analysis/document.h"

static bool read_file(const char *path, struct buf *out) {
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    out->len = 0;
    for (size_t n = 1; n > 0;) {
        buf_reserve(out, 1 << 16);
        n = fread(out->ptr + out->len, 1, 1 << 16, file);
        out->len += n;
    }
    fclose(file);
    return out->len <= TEXT_MAX;
}

static const char *kind_name(const struct block *b) {
    if (b->unfinished) return "unfinished";
    if (b->docstring) return "docstring";
    return b->kind == BLOCK_CODE ? "code" : "prose";
}

static void dump(const char *path, struct str text) {
    struct document *doc = document_create(text);
    printf("file %s %s\n", path, document_style(doc) == STYLE_PERCENT ? "percent" : "paragraph");
    for (size_t i = 0; i < document_block_count(doc); i++) {
        const struct block *b = document_block(doc, i);
        printf("%u %u %s\n", b->span.start, b->span.end, kind_name(b));
    }
    document_destroy(doc);
}

int main(void) {
    char path[4096];
    struct buf text = {0};
    while (fgets(path, sizeof path, stdin)) {
        path[strcspn(path, "\n")] = '\0';
        if (read_file(path, &text)) dump(path, buf_str(&text));
    }
    buf_finish(&text);
    return 0;
}
