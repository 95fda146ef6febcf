/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - the bytes of a document and its line starts, renewed inside an edit only. */
#include "analysis/text.h"

#include <assert.h>

typedef VEC(uint32_t) start_vec;

/* Append to `out` the starts of the lines that begin in (from, to]: one for each line end. */
static void collect_starts(struct str src, uint32_t from, uint32_t to, start_vec *out) {
    for (uint32_t i = from; i < to; i++) {
        char c = src.ptr[i];
        if (c != '\n' && c != '\r') continue;
        if (c == '\r' && i + 1 < src.len && src.ptr[i + 1] == '\n') i++;
        vec_push(out, i + 1);
    }
}

void text_init(struct text *t, struct str content) {
    assert(content.len <= TEXT_MAX);
    *t = (struct text){0};
    buf_append(&t->bytes, content);
    start_vec starts = {0};
    vec_push(&starts, 0);
    collect_starts(text_str(t), 0, text_len(t), &starts);
    t->line_starts.items = starts.items;
    t->line_starts.len = starts.len;
    t->line_starts.cap = starts.cap;
}

void text_finish(struct text *t) {
    buf_finish(&t->bytes);
    vec_finish(&t->line_starts);
}

struct span text_clamp(const struct text *t, struct span s) {
    uint32_t len = text_len(t);
    if (s.end > len) s.end = len;
    if (s.start > s.end) s.start = s.end;
    return s;
}

static void replace_bytes(struct buf *b, struct span old, struct str with) {
    size_t tail = b->len - old.end;
    if (with.len > span_len(old)) buf_reserve(b, with.len - span_len(old));
    if (tail) memmove(b->ptr + old.start + with.len, b->ptr + old.end, tail);
    if (with.len) memcpy(b->ptr + old.start, with.ptr, with.len);
    b->len = old.start + with.len + tail;
}

/* Line ends reach one byte to both sides of an edit: it may split or join a "\r\n". */
void text_replace(struct text *t, struct span old, struct str with) {
    old = text_clamp(t, old);
    assert(text_len(t) - span_len(old) + with.len <= TEXT_MAX);
    uint32_t first = text_line_at(t, old.start ? old.start - 1 : 0);
    uint32_t last = text_line_at(t, old.end < text_len(t) ? old.end + 1 : old.end);
    uint32_t from = t->line_starts.items[first];
    uint32_t delta = (uint32_t)with.len - span_len(old); /* modulo 2^32 */
    size_t kept = last + 1; /* the first line whose start is not renewed */
    uint32_t to = kept < t->line_starts.len ? t->line_starts.items[kept] + delta
                                            : text_len(t) + delta;

    replace_bytes(&t->bytes, old, with);
    start_vec fresh = {0};
    collect_starts(text_str(t), from, to, &fresh);
    assert(fresh.len || kept >= t->line_starts.len); /* `kept` had a start, and still has */
    if (kept < t->line_starts.len) fresh.len--;      /* the start of line `kept`, shifted below */
    for (size_t i = kept; i < t->line_starts.len; i++) t->line_starts.items[i] += delta;
    vec_splice(&t->line_starts, first + 1, kept - first - 1, fresh.len);
    if (fresh.len)
        memcpy(t->line_starts.items + first + 1, fresh.items, fresh.len * sizeof *fresh.items);
    vec_finish(&fresh);
}

uint32_t text_line_at(const struct text *t, uint32_t byte) {
    size_t low = 0, high = t->line_starts.len; /* the answer is in [low, high) */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (t->line_starts.items[middle] <= byte)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low;
}

struct span text_line_span(const struct text *t, uint32_t line) {
    uint32_t len = text_len(t);
    if (line >= t->line_starts.len) return (struct span){len, len};
    uint32_t start = t->line_starts.items[line];
    uint32_t end = line + 1 < t->line_starts.len ? t->line_starts.items[line + 1] : len;
    const char *src = text_str(t).ptr;
    if (end > start && src[end - 1] == '\n') end--;
    if (end > start && src[end - 1] == '\r') end--;
    return (struct span){start, end};
}
