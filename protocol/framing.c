/* SPDX-License-Identifier: Apache-2.0 */
/* framing.c - splitting a byte stream into JSON-RPC bodies. */
#include "protocol/framing.h"

#include <strings.h>

void splitter_finish(struct splitter *sp) {
    buf_finish(&sp->in);
    sp->at = 0;
}

void splitter_feed(struct splitter *sp, struct str bytes) {
    buf_consume(&sp->in, sp->at);
    sp->at = 0;
    buf_append(&sp->in, bytes);
}

/* The end of the header block in `s`, past its empty line; 0 when it is not there yet. */
static size_t header_end(struct str s) {
    size_t window = s.len < FRAMING_MAX_HEADER ? s.len : FRAMING_MAX_HEADER;
    const char *end = window ? memmem(s.ptr, window, "\r\n\r\n", 4) : NULL;
    return end ? (size_t)(end - s.ptr) + 4 : 0;
}

/* Decimal digits only; false when there are none, others, or too many. */
static bool parse_size(struct str digits, size_t *out) {
    *out = 0;
    if (digits.len == 0 || digits.len > 12) return false;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9') return false;
        *out = *out * 10 + (size_t)(digits.ptr[i] - '0');
    }
    return true;
}

/* One "Name: value" line.  Sets *size for Content-Length; false when the line is damaged. */
static bool parse_field(struct str line, size_t *size, bool *have_size) {
    const char *colon = line.len ? memchr(line.ptr, ':', line.len) : NULL;
    if (!colon) return false;
    size_t name_len = (size_t)(colon - line.ptr);
    struct str value = str_trim(str_slice(line, name_len + 1, line.len));
    if (name_len != 14 || strncasecmp(line.ptr, "Content-Length", 14) != 0) return true;
    *have_size = true;
    return parse_size(value, size);
}

static bool parse_header(struct str header, size_t *size) {
    bool have_size = false;
    while (header.len > 2) {
        const char *end = memmem(header.ptr, header.len, "\r\n", 2);
        size_t len = (size_t)(end - header.ptr);
        if (!parse_field(str_slice(header, 0, len), size, &have_size)) return false;
        header = str_slice(header, len + 2, header.len);
    }
    return have_size;
}

enum split splitter_next(struct splitter *sp, struct str *body, struct err *err) {
    struct str rest = str_slice(buf_str(&sp->in), sp->at, sp->in.len);
    size_t start = header_end(rest), size = 0;
    if (start == 0 && rest.len < FRAMING_MAX_HEADER) return SPLIT_NEED_MORE;
    if (start == 0 || !parse_header(str_slice(rest, 0, start), &size)) {
        err_set(err, ST_BAD_MESSAGE, "the header of a message is damaged");
        return SPLIT_CORRUPT;
    }
    if (size > FRAMING_MAX_BODY) {
        err_set(err, ST_TOO_BIG, "a message of %zu bytes exceeds %u", size, FRAMING_MAX_BODY);
        return SPLIT_CORRUPT;
    }
    if (rest.len - start < size) return SPLIT_NEED_MORE;
    *body = str_slice(rest, start, start + size);
    sp->at += start + size;
    return SPLIT_MESSAGE;
}

void framing_header(struct buf *out, size_t body_size) {
    buf_printf(out, "Content-Length: %zu\r\n\r\n", body_size);
}
