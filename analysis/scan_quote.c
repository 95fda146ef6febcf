/* SPDX-License-Identifier: Apache-2.0 */
/* scan_quote.c - which triple-quoted string was left open.
 *
 * One missing quote turns every later string inside out: text becomes code and code text, up to
 * the end.  The first string after which text stands where code should be is the one to blame. */
#include "analysis/scan_internal.h"

/* Each string blamed costs another scan of the rest; a file with more is beyond help. */
enum { BLAMED_MAX = 16 };

static bool starts_boundary(const struct scanner *sc, uint32_t line, bool after_blank) {
    if (sc->percent) return sc->src.ptr[line] == '#' && scan__is_marker(sc, line);
    return after_blank && !scan__continues(sc->src, line);
}

/* The first boundary inside `content`, the inside of a string that does not start a line. */
static struct cut find_cut(const struct scanner *sc, struct span content) {
    struct str src = sc->src;
    uint32_t at = content.start, end = content.start, blank_from = 0;
    for (bool first = true;; first = false) {
        bool indented;
        uint32_t text = scan__content(src, at, &indented), line_end = text;
        while (line_end < content.end && !is_line_end(src.ptr[line_end])) line_end++;
        if (text >= content.end) break;
        if (line_end == text && !first) {
            if (!blank_from) blank_from = at;
        } else if (!first && !indented && starts_boundary(sc, at, blank_from != 0)) {
            return (struct cut){true, end, blank_from ? blank_from : at};
        } else {
            blank_from = 0;
            end = line_end;
        }
        at = line_end + line_end_len(src, line_end);
        if (at >= content.end) break;
    }
    return (struct cut){0};
}

enum verdict { LOOKS_RIGHT, LOOKS_WRONG, LOOKS_TURNED };

/* Whether the same quotes as around `string` stand between it and `end`. */
static bool has_quotes(const struct scanner *sc, struct token string, uint32_t end) {
    struct str mark = str_slice(sc->src, string.content - 3, string.content);
    struct str rest = str_slice(sc->src, string.span.end, end);
    return memmem(rest.ptr, rest.len, mark.ptr, mark.len) != NULL;
}

/* Whether the closing quotes look more like opening ones, as in `x = f"""`. */
static bool looks_opening(const struct scanner *sc, struct token string) {
    const char *src = sc->src.ptr;
    uint32_t at = string.span.end - 3;
    while (at > string.content && strchr("rbfutRBFUT", src[at - 1]) && src[at - 1]) at--;
    while (at > string.content && src[at - 1] == ' ') at--;
    return at > string.content && src[at - 1] && strchr("=([{,+%", src[at - 1]);
}

/* Whether what follows a closing quote reads like text: on its line, or on the next one with
 * something on it.  LOOKS_TURNED is beyond doubt: in `"""It's text."""` the quotes at the end are
 * part of what starts at the apostrophe, so the end of the text would not tell. */
static enum verdict look_behind(struct scanner *sc, struct token string) {
    struct lexer lx = {.src = sc->src, .pos = string.span.end, .end = (uint32_t)sc->src.len};
    struct token before = string, t = token_next(&lx);
    bool same_line = t.kind != TOKEN_NEWLINE, collides = false, wrong = looks_opening(sc, string);
    if (!same_line) before = (struct token){0};
    while (t.kind == TOKEN_NEWLINE) t = token_next(&lx);
    for (; t.kind != TOKEN_END && t.kind != TOKEN_NEWLINE && !t.triple; t = token_next(&lx)) {
        collides |= tokens_collide(&lx, before, t);
        wrong |= t.open_quote;
        before = t;
    }
    if (lx.pos > sc->seen) sc->seen = lx.pos;
    if (same_line && collides && !t.triple && has_quotes(sc, string, lx.pos)) return LOOKS_TURNED;
    wrong |= collides || str_eq(token_text(&lx, before), STR("."));
    return wrong ? LOOKS_WRONG : LOOKS_RIGHT;
}

struct cut scan__note_quote(struct scanner *sc, struct token t) {
    struct cut cut = find_cut(sc, (struct span){t.content, t.span.end});
    struct open_quote quote = {cut.found, t.span.start, cut};
    if (t.open_quote) {
        sc->last_open = quote;
        sc->last_open.found = true;
        return (struct cut){0};
    }
    enum verdict verdict = cut.found ? look_behind(sc, t) : LOOKS_RIGHT;
    if (verdict == LOOKS_TURNED) return cut;
    if (verdict == LOOKS_WRONG) {
        sc->seen = (uint32_t)sc->src.len; /* the end of the text decides */
        if (!sc->suspect.found) sc->suspect = quote;
    }
    return (struct cut){0};
}

const struct cut *scan__blamed(const struct scanner *sc, uint32_t start) {
    for (size_t i = 0; i < sc->cut_quotes.len; i++)
        if (sc->cut_quotes.items[i].at == start) return &sc->cut_quotes.items[i].cut;
    return NULL;
}

uint32_t scanner_blame_quote(struct scanner *sc) {
    struct open_quote blamed = sc->suspect.found ? sc->suspect : sc->last_open;
    if (!sc->last_open.found || !blamed.cut.found || sc->cut_quotes.len == BLAMED_MAX)
        return UINT32_MAX;
    vec_push(&sc->cut_quotes, blamed);
    sc->suspect = sc->last_open = (struct open_quote){0};
    return blamed.at;
}
