/* SPDX-License-Identifier: Apache-2.0 */
/* element.c - a block's prose and code in source order, as they are shown. */
#include "analysis/docstring.h"
#include "analysis/document.h"
#include "analysis/marker.h"
#include "analysis/token.h"
#include "base/mem.h"

/* A walk over the lines of a stretch of text. */
struct line {
    struct span span; /* without the line end */
    struct str text;  /* without the blanks before it; two at its end are a break in Markdown */
    bool comment;     /* has its line to itself; any column */
    bool pragma;
};

static bool read_line(struct str src, uint32_t end, uint32_t *pos, struct line *line) {
    if (*pos >= end) return false;
    uint32_t line_end = *pos;
    while (line_end < end && !is_line_end(src.ptr[line_end])) line_end++;
    line->span = (struct span){*pos, line_end};
    line->text = str_slice(src, *pos, line_end);
    while (line->text.len && strchr(" \t\f", line->text.ptr[0]) && line->text.ptr[0])
        line->text = str_slice(line->text, 1, line->text.len);
    line->comment = line->text.len > 0 && line->text.ptr[0] == '#';
    struct pragmas unused = {0};
    line->pragma = line->comment && pragma_parse_comment(&unused, line->text, 0);
    pragmas_finish(&unused);
    *pos = line_end + line_end_len(src, line_end);
    return true;
}

struct builder {
    struct str src;
    element_vec *out;
    uint8_t hidden;
};

static void add_element(struct builder *b, enum element_type type, struct span span,
                        struct str value) {
    uint8_t hides = type == ELEMENT_PROSE ? 1 << SHOW_PROSE : 1 << SHOW_CODE | 1 << SHOW_STATEMENTS;
    vec_push(b->out, ((struct element){
                         .type = type,
                         .span = span,
                         .value = {str_dup(value), value.len},
                         .shown = !(b->hidden & hides),
                     }));
}

/* Markdown from comment lines: the '#' and one space stripped, pragmas left out. */
static void add_prose(struct builder *b, struct span span) {
    struct buf value = {0};
    struct line line;
    struct span used = {span.end, span.start};
    for (uint32_t pos = span.start; read_line(b->src, span.end, &pos, &line);) {
        if (line.pragma) continue;
        struct str text = line.text;
        if (line.comment)
            text = str_slice(text, text.len > 1 && text.ptr[1] == ' ' ? 2 : 1, text.len);
        if (value.len == 0 && text.len == 0) continue;
        if (value.len) buf_append_byte(&value, '\n');
        buf_append(&value, text);
        if (line.span.start < used.start) used.start = line.span.start;
        if (text.len) used.end = line.span.end;
    }
    while (value.len && value.ptr[value.len - 1] == '\n') value.len--;
    if (value.len) add_element(b, ELEMENT_PROSE, used, buf_str(&value));
    buf_finish(&value);
}

/* The exact source, without blank lines and pragma lines at both ends. */
static void add_code(struct builder *b, struct span span) {
    struct span used = {span.end, span.start};
    struct line line;
    for (uint32_t pos = span.start; read_line(b->src, span.end, &pos, &line);) {
        if (line.pragma || line.text.len == 0) continue;
        if (line.span.start < used.start) used.start = line.span.start;
        used.end = line.span.end;
    }
    if (used.start < used.end)
        add_element(b, ELEMENT_CODE, used, str_slice(b->src, used.start, used.end));
}

/* The end of the comment lines at column 0 from `start` on. */
static uint32_t comments_end(const struct builder *b, struct span span) {
    uint32_t pos = span.start, end = span.start;
    struct line line;
    while (read_line(b->src, span.end, &pos, &line)) {
        if (!line.comment || b->src.ptr[line.span.start] != '#') break;
        end = pos;
    }
    return end;
}

static void add_string(struct builder *b, struct span span) {
    struct buf value = {0};
    docstring_read(str_slice(b->src, span.start, span.end), &value);
    while (span.end > span.start && is_line_end(b->src.ptr[span.end - 1])) span.end--;
    if (value.len) add_element(b, ELEMENT_PROSE, span, buf_str(&value));
    buf_finish(&value);
}

/* A Markdown cell is written as comments, or as one string. */
static bool is_string(const struct builder *b, struct span span) {
    struct lexer lx = {.src = b->src, .pos = span.start, .end = span.end};
    struct token t;
    do {
        t = token_next(&lx);
    } while (t.kind == TOKEN_NEWLINE || t.kind == TOKEN_COMMENT);
    return t.kind == TOKEN_STRING;
}

void document_block_elements(const struct document *doc, const struct block *block,
                             element_vec *out) {
    struct builder b = {text_str(document_text(doc)), out, document_hidden(doc, block)};
    struct span rest = block->span;
    if (block->cell) {
        struct line marker;
        read_line(b.src, rest.end, &rest.start, &marker);
    }
    bool string = block->docstring || (block->kind == BLOCK_PROSE && is_string(&b, rest));
    if (block->kind == BLOCK_PROSE && !string) {
        add_prose(&b, rest);
        return;
    }
    if (block->cell || string) {
        struct span comments = {rest.start, comments_end(&b, rest)};
        add_prose(&b, comments);
        rest.start = comments.end;
    }
    if (string)
        add_string(&b, rest);
    else
        add_code(&b, rest);
}

void element_vec_finish(element_vec *elements) {
    for (size_t i = 0; i < elements->len; i++) free((char *)elements->items[i].value.ptr);
    vec_finish(elements);
}
