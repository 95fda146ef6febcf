/* SPDX-License-Identifier: Apache-2.0 */
/* relocate.c - places found again by the tokens around them; see relocate.h. */
#include "analysis/relocate.h"

#include "analysis/token.h"

enum { MOST_ALIKE = 256 }; /* tokens looked at before and behind a place: bounds the work */

/* --- A text's tokens. --- */

static uint32_t count_line_ends(struct str text, uint32_t from, uint32_t to) {
    uint32_t count = 0;
    while (from < to) {
        uint32_t len = line_end_len(text, from);
        count += len > 0;
        from += len ? len : 1;
    }
    return count;
}

void outline_init(struct outline *o, struct str text) {
    struct lexer lx = {.src = text, .end = (uint32_t)text.len};
    uint32_t line = 0, at = 0;
    *o = (struct outline){0};
    for (struct token t; (t = token_next(&lx)).kind != TOKEN_END;) {
        if (t.kind == TOKEN_NEWLINE || t.kind == TOKEN_COMMENT) continue;
        line += count_line_ends(text, at, t.span.start);
        at = t.span.start;
        vec_push(&o->tokens, ((struct outline_token){hash64(token_text(&lx, t)), line, t.span.start,
                                                     t.span.end}));
    }
}

void outline_finish(struct outline *o) {
    vec_finish(&o->tokens);
}

static uint32_t line_start(struct str text, uint32_t line) {
    uint32_t at = 0;
    while (line > 0 && at < text.len) {
        uint32_t len = line_end_len(text, at);
        line -= len > 0;
        at += len ? len : 1;
    }
    return at;
}

bool outline_find(const struct outline *o, struct str text, uint32_t line, uint32_t column,
                  struct outline_place *place) {
    uint32_t at = line_start(text, line) + column;
    size_t low = 0, high = o->tokens.len; /* the first token that ends behind the place */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (o->tokens.items[middle].end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (o->tokens.len == 0) return false;
    if (low == o->tokens.len) low--; /* behind all code */
    uint32_t first = o->tokens.items[low].line;
    *place = (struct outline_place){low, line > first ? line - first : 0};
    return true;
}

/* --- Finding a place again. --- */

static size_t alike_before(const struct outline *a, size_t i, const struct outline *b, size_t j) {
    size_t n = 0;
    while (n < MOST_ALIKE && n < i && n < j &&
           a->tokens.items[i - n - 1].hash == b->tokens.items[j - n - 1].hash)
        n++;
    return n;
}

static size_t alike_from(const struct outline *a, size_t i, const struct outline *b, size_t j) {
    size_t n = 0;
    while (n < MOST_ALIKE && i + n < a->tokens.len && j + n < b->tokens.len &&
           a->tokens.items[i + n].hash == b->tokens.items[j + n].hash)
        n++;
    return n;
}

static bool same_tokens(const struct outline *a, const struct outline *b) {
    if (a->tokens.len != b->tokens.len) return false;
    for (size_t i = 0; i < a->tokens.len; i++)
        if (a->tokens.items[i].hash != b->tokens.items[i].hash) return false;
    return true;
}

/* Of several that are equally alike, the one nearest to where it was. */
static size_t find_token(const struct outline *old, size_t i, const struct outline *now,
                         size_t *likeness) {
    size_t best = 0, best_distance = 0;
    *likeness = 0;
    for (size_t j = 0; j < now->tokens.len; j++) {
        size_t from = alike_from(old, i, now, j);
        size_t alike = from ? from + alike_before(old, i, now, j) : 0;
        size_t distance = i > j ? i - j : j - i;
        bool better = alike > *likeness || (alike == *likeness && distance < best_distance);
        if (!alike || !better) continue;
        *likeness = alike;
        best = j;
        best_distance = distance;
    }
    return best;
}

uint32_t outline_relocate(const struct outline *old, struct outline_place place,
                          const struct outline *now, size_t *likeness) {
    size_t found = place.token;
    if (same_tokens(old, now))
        *likeness = old->tokens.len;
    else
        found = find_token(old, place.token, now, likeness);
    return *likeness ? now->tokens.items[found].line + place.below : 0;
}
