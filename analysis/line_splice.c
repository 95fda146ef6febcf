/* SPDX-License-Identifier: Apache-2.0 */
/* line_splice.c - the lines in which two texts differ; see line_splice.h. */
#include "analysis/line_splice.h"

#include <stdbool.h>

/* Whether a line starts at `at`. */
static bool starts_line(struct str text, size_t at) {
    if (at == 0) return true;
    char before = text.ptr[at - 1];
    return before == '\n' || (before == '\r' && (at == text.len || text.ptr[at] != '\n'));
}

/* A last line without an end is a line. */
static uint32_t count_lines(struct str text, size_t from, size_t to) {
    uint32_t count = 0;
    for (size_t at = from + 1; at < to; at++) count += starts_line(text, at);
    return from < to ? count + 1 : 0;
}

struct line_splice line_splice(struct str old, struct str now) {
    size_t start = 0, tail = 0, least = old.len < now.len ? old.len : now.len;
    while (start < least && old.ptr[start] == now.ptr[start]) start++;
    while (start > 0 && !(starts_line(old, start) && starts_line(now, start))) start--;
    while (tail < least - start && old.ptr[old.len - 1 - tail] == now.ptr[now.len - 1 - tail])
        tail++;
    while (tail > 0 && !(starts_line(old, old.len - tail) && starts_line(now, now.len - tail)))
        tail--;
    return (struct line_splice){.first = count_lines(old, 0, start),
                                .removed = count_lines(old, start, old.len - tail),
                                .lines = str_slice(now, start, now.len - tail)};
}
