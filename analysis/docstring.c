/* SPDX-License-Identifier: Apache-2.0 */
/* docstring.c - string escapes, and inspect.cleandoc(). */
#include "analysis/docstring.h"

#include "analysis/token.h"

/* --- escapes --- */

static void append_code_point(struct buf *out, uint32_t c) {
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = 0xFFFD;
    if (c < 0x80) {
        buf_append_byte(out, (char)c);
        return;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    buf_append_byte(out, (char)(lead[more] | c >> 6 * more));
    while (more-- > 0) buf_append_byte(out, (char)(0x80 | (c >> 6 * more & 0x3F)));
}

static int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* Up to `max` digits at `pos`; how many there were. */
static size_t read_digits(struct str s, size_t pos, size_t max, int base, uint32_t *value) {
    size_t count = 0;
    *value = 0;
    while (count < max && pos + count < s.len && digit_value(s.ptr[pos + count]) < base)
        *value = *value * (uint32_t)base + (uint32_t)digit_value(s.ptr[pos + count++]);
    return count;
}

/* `\x41` and its kind; false when the digits are not all there. */
static bool append_hex(struct buf *out, struct str s, size_t *pos, size_t digits) {
    uint32_t value;
    if (read_digits(s, *pos + 2, digits, 16, &value) != digits) return false;
    append_code_point(out, value);
    *pos += 2 + digits;
    return true;
}

static bool append_octal(struct buf *out, struct str s, size_t *pos) {
    uint32_t value;
    size_t digits = read_digits(s, *pos + 1, 3, 8, &value);
    if (digits == 0) return false;
    append_code_point(out, value);
    *pos += 1 + digits;
    return true;
}

/* The escape at *pos, a backslash; an unknown one stands for itself, as in Python. */
static void append_escape(struct buf *out, struct str s, size_t *pos) {
    static const char names[] = "\\'\"abfnrtv", values[] = "\\'\"\a\b\f\n\r\t\v";
    char c = *pos + 1 < s.len ? s.ptr[*pos + 1] : '\0';
    const char *named = c ? strchr(names, c) : NULL;
    if (named) {
        buf_append_byte(out, values[named - names]);
        *pos += 2;
        return;
    }
    uint32_t line_end = line_end_len(s, (uint32_t)*pos + 1);
    if (line_end) {
        *pos += 1 + line_end;
        return;
    }
    if (c == 'x' && append_hex(out, s, pos, 2)) return;
    if (c == 'u' && append_hex(out, s, pos, 4)) return;
    if (c == 'U' && append_hex(out, s, pos, 8)) return;
    if (append_octal(out, s, pos)) return;
    buf_append_byte(out, '\\');
    ++*pos;
}

/* Python reads every line end in a literal as "\n". */
static void append_literal(struct buf *out, struct str content, bool raw) {
    for (size_t i = 0; i < content.len;) {
        uint32_t line_end = line_end_len(content, (uint32_t)i);
        if (line_end) {
            buf_append_byte(out, '\n');
            i += line_end;
        } else if (content.ptr[i] == '\\' && !raw) {
            append_escape(out, content, &i);
        } else {
            buf_append_byte(out, content.ptr[i++]);
        }
    }
}

static void append_literals(struct buf *out, struct str source) {
    struct lexer lx = {.src = source, .end = (uint32_t)source.len};
    for (struct token t; (t = token_next(&lx)).kind != TOKEN_END;) {
        if (t.kind != TOKEN_STRING) continue;
        uint32_t quotes = t.open_quote ? 0 : t.triple ? 3 : 1;
        append_literal(out, str_slice(source, t.content, t.span.end - quotes), t.raw);
    }
}

/* --- inspect.cleandoc() --- */

static void expand_tabs(struct buf *out, struct str text) {
    size_t column = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\t') {
            do buf_append_byte(out, ' ');
            while (++column % 8);
            continue;
        }
        buf_append_byte(out, c);
        column = c == '\n' || c == '\r' ? 0 : column + 1;
    }
}

/* The line of `text` at *pos, without its "\n"; false behind the last. */
static bool next_line(struct str text, size_t *pos, struct str *line) {
    if (*pos > text.len) return false;
    const char *start = text.ptr + *pos;
    const char *end = memchr(start, '\n', text.len - *pos);
    *line = (struct str){start, end ? (size_t)(end - start) : text.len - *pos};
    *pos += line->len + 1;
    return true;
}

static size_t margin_of(struct str line) {
    size_t margin = 0;
    while (margin < line.len && line.ptr[margin] == ' ') margin++;
    return margin == line.len ? SIZE_MAX : margin;
}

static size_t common_margin(struct str text) {
    size_t margin = SIZE_MAX, pos = 0;
    struct str line;
    next_line(text, &pos, &line); /* the first line stands behind the quotes */
    while (next_line(text, &pos, &line))
        if (margin_of(line) < margin) margin = margin_of(line);
    return margin;
}

static void clean(struct str text, struct buf *out) {
    size_t margin = common_margin(text), pos = 0;
    size_t start = out->len, blank_lines = 0;
    struct str line;
    for (bool first = true; next_line(text, &pos, &line); first = false) {
        size_t cut = first ? margin_of(line) : margin;
        if (cut > line.len) cut = line.len;
        line = str_slice(line, cut, line.len);
        if (line.len == 0) {
            blank_lines++;
            continue;
        }
        if (out->len == start) blank_lines = 0;
        for (size_t n = blank_lines + (out->len > start); n > 0; n--) buf_append_byte(out, '\n');
        blank_lines = 0;
        buf_append(out, line);
    }
}

void docstring_read(struct str source, struct buf *out) {
    struct buf value = {0}, expanded = {0};
    append_literals(&value, source);
    expand_tabs(&expanded, buf_str(&value));
    clean(buf_str(&expanded), out);
    buf_finish(&value);
    buf_finish(&expanded);
}
