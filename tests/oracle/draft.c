/* SPDX-License-Identifier: Apache-2.0 */
/* draft.c - paragraphs in, text out. */
#include "tests/oracle/draft.h"

void draft_finish(struct draft *d) {
    for (size_t i = 0; i < d->paragraphs.len; i++) free(d->paragraphs.items[i]);
    vec_finish(&d->paragraphs);
}

static void flush_paragraph(struct draft *d, struct buf *paragraph) {
    if (paragraph->len) vec_push(&d->paragraphs, buf_take(paragraph));
}

void draft_parse(struct draft *d, struct str text) {
    struct buf paragraph = {0};
    while (text.len) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end ? (size_t)(end - text.ptr) : text.len;
        struct str line = str_slice(text, 0, len);
        if (str_trim(line).len == 0) {
            flush_paragraph(d, &paragraph);
        } else {
            if (paragraph.len) buf_append_byte(&paragraph, '\n');
            buf_append(&paragraph, line);
        }
        text = str_slice(text, end ? len + 1 : len, text.len);
    }
    flush_paragraph(d, &paragraph);
    buf_finish(&paragraph);
}

void draft_text(const struct draft *d, struct buf *out) {
    for (size_t i = 0; i < d->paragraphs.len; i++)
        buf_printf(out, "%s%s\n", i ? "\n" : "", d->paragraphs.items[i]);
}

void draft_insert(struct draft *d, size_t at, char *paragraph) {
    vec_splice(&d->paragraphs, at, 0, 1);
    d->paragraphs.items[at] = paragraph;
}

void draft_remove(struct draft *d, size_t at) {
    free(d->paragraphs.items[at]);
    vec_splice(&d->paragraphs, at, 1, 0);
}

void draft_replace(struct draft *d, size_t at, char *paragraph) {
    free(d->paragraphs.items[at]);
    d->paragraphs.items[at] = paragraph;
}
