/* SPDX-License-Identifier: Apache-2.0 */
/* str.c - comparison, trimming and copying of string views. */
#include "base/str.h"

#include "base/mem.h"

int str_cmp(struct str a, struct str b) {
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.ptr, b.ptr, n) : 0;
    if (order != 0) return order;
    return (a.len > b.len) - (a.len < b.len);
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\f' || c == '\n' || c == '\r';
}

struct str str_trim(struct str s) {
    while (s.len && is_space(s.ptr[0])) s.ptr++, s.len--;
    while (s.len && is_space(s.ptr[s.len - 1])) s.len--;
    return s;
}

char *str_dup(struct str s) {
    char *copy = xmalloc(s.len + 1);
    if (s.len) memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    return copy;
}
