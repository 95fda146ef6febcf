/* SPDX-License-Identifier: Apache-2.0 */
/* buf.h - a growable byte buffer.
 *
 * Caller's memory: zero-initialise it (or buf_finish() it) and it is empty.  `ptr` may be NULL
 * while `len` is 0, and is not NUL-terminated unless buf_cstr() was called last. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

struct buf {
    char *ptr;
    size_t len, cap;
};

void buf_finish(struct buf *b);               /* frees; b is empty again */
void buf_reserve(struct buf *b, size_t more); /* room for `more` bytes after len */
void buf_append(struct buf *b, struct str s);
void buf_append_byte(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Drop the first `n` bytes. */
void buf_consume(struct buf *b, size_t n);

/* Append `s` with every byte that is not part of a well-formed character replaced by U+FFFD: one
 * each, as position.h counts them. */
void buf_append_utf8(struct buf *b, struct str s);

/* NUL-terminate (not counted in len) and return the bytes; borrowed until the next change. */
const char *buf_cstr(struct buf *b);

/* The bytes, NUL-terminated, now the caller's: free().  b is empty again. */
char *buf_take(struct buf *b);

static inline struct str buf_str(const struct buf *b) {
    return (struct str){b->ptr ? b->ptr : "", b->len};
}

/* The length of the well-formed UTF-8 character that begins `s`; 0 when there is none. */
size_t utf8_character(struct str s);

/* The length of the longest prefix of `s` that is well-formed UTF-8. */
size_t utf8_valid_prefix(struct str s);

#endif
