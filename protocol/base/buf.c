/* SPDX-License-Identifier: Apache-2.0 */
/* buf.c - growable byte buffer, and well-formedness of UTF-8. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

void buf_finish(struct buf *b) {
    free(b->ptr);
    *b = (struct buf){0};
}

void buf_reserve(struct buf *b, size_t more) {
    if (b->cap - b->len >= more) return;
    size_t cap = b->cap ? b->cap : 64;
    while (cap - b->len < more) cap *= 2;
    b->ptr = xrealloc(b->ptr, cap);
    b->cap = cap;
}

void buf_append(struct buf *b, struct str s) {
    if (s.len == 0) return;
    buf_reserve(b, s.len);
    memcpy(b->ptr + b->len, s.ptr, s.len);
    b->len += s.len;
}

void buf_append_byte(struct buf *b, char c) {
    buf_reserve(b, 1);
    b->ptr[b->len++] = c;
}

void buf_printf(struct buf *b, const char *fmt, ...) {
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n > 0) {
        buf_reserve(b, (size_t)n + 1);
        vsnprintf(b->ptr + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void buf_consume(struct buf *b, size_t n) {
    b->len -= n;
    if (b->len) memmove(b->ptr, b->ptr + n, b->len);
}

const char *buf_cstr(struct buf *b) {
    buf_reserve(b, 1);
    b->ptr[b->len] = '\0';
    return b->ptr;
}

char *buf_take(struct buf *b) {
    buf_cstr(b);
    char *bytes = b->ptr;
    *b = (struct buf){0};
    return bytes;
}

/* Table 3-7 of the Unicode standard. */
size_t utf8_character(struct str bytes) {
    const unsigned char *s = (const unsigned char *)bytes.ptr;
    if (bytes.len == 0) return 0;
    if (s[0] < 0x80) return 1;
    unsigned char low = 0x80, high = 0xBF;
    size_t len = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4 || bytes.len < len) return 0;
    if (s[0] == 0xE0) low = 0xA0;
    if (s[0] == 0xED) high = 0x9F;
    if (s[0] == 0xF0) low = 0x90;
    if (s[0] == 0xF4) high = 0x8F;
    if (s[1] < low || s[1] > high) return 0;
    for (size_t i = 2; i < len; i++)
        if ((s[i] & 0xC0) != 0x80) return 0;
    return len;
}

size_t utf8_valid_prefix(struct str s) {
    size_t good = 0;
    for (size_t n; (n = utf8_character(str_slice(s, good, s.len))) > 0;) good += n;
    return good;
}

void buf_append_utf8(struct buf *b, struct str s) {
    for (;;) {
        size_t good = utf8_valid_prefix(s);
        buf_append(b, str_slice(s, 0, good));
        if (good == s.len) return;
        buf_append(b, STR("\xEF\xBF\xBD"));
        s = str_slice(s, good + 1, s.len);
    }
}
