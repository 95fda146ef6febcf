/* SPDX-License-Identifier: Apache-2.0 */
/* str.h - borrowed string views.
 *
 * A `struct str` never owns its bytes and may hold NULs; NUL-terminated strings exist only at
 * the edges of libc and of libraries.  Whoever hands one out says until when it is valid. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *ptr;
    size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal)                                                                          \
    { "" literal, sizeof(literal) - 1 }  /* for static tables */
#define STR_FMT(s) (int)(s).len, (s).ptr /* printf("%.*s", STR_FMT(s)) */

static inline struct str str_from(const char *cstr) {
    return (struct str){cstr, cstr ? strlen(cstr) : 0};
}

static inline struct str str_slice(struct str s, size_t start, size_t end) {
    return (struct str){start ? s.ptr + start : s.ptr, end - start}; /* NULL + 0 is undefined */
}

static inline bool str_eq(struct str a, struct str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_starts(struct str s, struct str prefix) {
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

static inline bool str_ends(struct str s, struct str suffix) {
    return s.len >= suffix.len &&
           (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

/* Byte order; a prefix sorts first. */
int str_cmp(struct str a, struct str b);

/* Without leading and trailing blanks, tabs, form feeds and line ends. */
struct str str_trim(struct str s);

/* New NUL-terminated copy; free().  Bytes after an inner NUL are copied too. */
char *str_dup(struct str s);

#endif
