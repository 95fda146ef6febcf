/* SPDX-License-Identifier: Apache-2.0 */
/* scan_code.c - one logical line of code, and the evidence that a bracket was left open. */
#include "analysis/scan_internal.h"

enum { WORD_MAX = 8 }; /* longer than what can continue a statement */

/* The reading of one logical line. */
struct reading {
    struct scanner *sc;
    struct scan_line *line;
    struct lexer lx;
    struct token before, before2; /* the last two tokens, comments and line ends apart */
    uint32_t content_end;         /* after the last token or comment */
    uint32_t line_start;          /* of the physical line, once inside brackets */
    bool line_first;              /* the next token is the first of its physical line */
    struct cut here;              /* cutting before the physical line that is being read */
    struct cut boundary;          /* the first boundary since the first open bracket */
    bool done;
};

static bool name_is(const struct reading *r, struct token t, struct str word) {
    return t.kind == TOKEN_NAME && str_eq(token_text(&r->lx, t), word);
}

static char first_byte(const struct reading *r, struct token t) {
    return r->lx.src.ptr[t.span.start];
}

bool scan__continues(struct str src, uint32_t content) {
    struct lexer lx = {.src = src, .pos = content, .end = (uint32_t)src.len};
    if (lx.end - content > WORD_MAX) lx.end = content + WORD_MAX; /* strings are not followed */
    struct token first = token_next(&lx);
    if (first.kind == TOKEN_CLOSE) return true;
    if (first.kind != TOKEN_NAME) return false;
    struct str word = token_text(&lx, first);
    return word_classify(word) == WORD_CLAUSE || str_eq(word, STR("else"));
}

/* --- ends of the line --- */

static void finish(struct reading *r, uint32_t end, uint32_t next) {
    r->line->end = end;
    r->line->next = next;
    r->done = true;
}

static void finish_cut(struct reading *r, struct cut cut) {
    r->line->unfinished = true;
    finish(r, cut.end, cut.resume);
}

/* The end may be a line end behind a backslash: a blank line that is part of the statement. */
static void finish_whole(struct reading *r, struct token end) {
    for (uint32_t i = r->content_end; i < end.span.start; i++)
        r->line->blank_end |= is_line_end(r->lx.src.ptr[i]);
    finish(r, end.span.start, end.span.end);
}

/* The open brackets are taken as unclosed.  Those behind the cut will come again, and need not be
 * followed to the same evidence each time. */
static void finish_unclosed(struct reading *r, uint32_t evidence) {
    struct scanner *sc = r->sc;
    if (evidence > sc->seen) sc->seen = evidence;
    vec_clear(&sc->unclosed);
    for (size_t i = 0; i < sc->brackets.len; i++) vec_push(&sc->unclosed, sc->brackets.items[i].at);
    sc->unclosed_until = evidence;
    finish_cut(r, r->boundary.found ? r->boundary : r->here);
}

static bool is_known_unclosed(const struct scanner *sc, uint32_t opener) {
    size_t low = 0, high = sc->unclosed.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sc->unclosed.items[middle] < opener)
            low = middle + 1;
        else
            high = middle;
    }
    return low < sc->unclosed.len && sc->unclosed.items[low] == opener;
}

/* A boundary inside brackets: remember the first; cut there at once when the outermost bracket
 * is known to be open still further down. */
static void note_boundary(struct reading *r, uint32_t at) {
    struct scanner *sc = r->sc;
    if (r->boundary.found) return;
    r->boundary = r->here;
    if (at < sc->unclosed_until && is_known_unclosed(sc, sc->brackets.items[0].at))
        finish_cut(r, r->boundary);
}

/* --- brackets --- */

static bool opens_type_params(const struct reading *r) {
    return r->before.kind == TOKEN_NAME &&
           (name_is(r, r->before2, STR("def")) || name_is(r, r->before2, STR("class")) ||
            name_is(r, r->before2, STR("type")));
}

static void open_bracket(struct reading *r, struct token t) {
    struct scanner *sc = r->sc;
    if (sc->brackets.len == 0) r->boundary = r->here = (struct cut){0};
    vec_push(&sc->brackets, ((struct open_bracket){
                                .at = t.span.start,
                                .opener = first_byte(r, t),
                                .type_params = first_byte(r, t) == '[' && opens_type_params(r),
                            }));
}

static bool matches(char opener, char closer) {
    return closer == (opener == '(' ? ')' : opener == '[' ? ']' : '}');
}

/* A closer of the wrong kind: the brackets inside its own opener were left open.  Near by, that is
 * all; beyond a boundary, the opener is more likely to be in the wrong. */
static void close_wrong(struct reading *r, struct token t) {
    struct scanner *sc = r->sc;
    if (r->boundary.found) {
        finish_unclosed(r, t.span.end);
        return;
    }
    r->line->unfinished = true;
    for (size_t i = sc->brackets.len; i-- > 0;) {
        if (!matches(sc->brackets.items[i].opener, first_byte(r, t))) continue;
        sc->brackets.len = i;
        return;
    }
}

static void close_bracket(struct reading *r, struct token t) {
    struct scanner *sc = r->sc;
    if (sc->brackets.len == 0) return;
    if (matches(sc->brackets.items[sc->brackets.len - 1].opener, first_byte(r, t)))
        sc->brackets.len--;
    else
        close_wrong(r, t);
}

static void note_lambda(struct reading *r, struct token t) {
    struct open_bracket *top = &r->sc->brackets.items[r->sc->brackets.len - 1];
    if (t.kind == TOKEN_OPERATOR && first_byte(r, t) == ':' && top->lambdas)
        top->lambdas--;
    else if (name_is(r, t, STR("lambda")) && top->lambdas < UINT16_MAX)
        top->lambdas++;
}

/* --- evidence --- */

static struct token peek(const struct reading *r) {
    struct lexer ahead = r->lx;
    return token_next(&ahead);
}

/* `name =`: a keyword argument in a call, a default in a lambda or a type parameter list. */
static bool is_assignment(const struct reading *r) {
    const struct open_bracket *top = &r->sc->brackets.items[r->sc->brackets.len - 1];
    if (top->opener == '(' || top->lambdas || top->type_params) return false;
    struct token next = peek(r);
    return next.kind == TOKEN_OPERATOR && str_eq(token_text(&r->lx, next), STR("="));
}

/* Whether `t`, the first token of a line inside brackets, proves that a bracket was left open. */
static bool is_evidence(const struct reading *r, struct token t) {
    const struct lexer *lx = &r->lx;
    if (tokens_collide(lx, r->before, t)) return true;
    bool after_operand = token_is_operand_end(lx, r->before);
    if (t.kind == TOKEN_OPERATOR) return first_byte(r, t) == '@' && !after_operand;
    if (t.kind != TOKEN_NAME) return false;
    switch (word_classify(token_text(lx, t))) {
    case WORD_STATEMENT:
    case WORD_CLAUSE:
        return true;
    case WORD_ASYNC: {
        struct token next = peek(r);
        return name_is(r, next, STR("def")) || name_is(r, next, STR("with"));
    }
    case WORD_FROM:
        return !name_is(r, r->before, STR("yield"));
    case WORD_INFIX:
        return !after_operand && !name_is(r, r->before, STR("not")) &&
               !name_is(r, r->before, STR("async"));
    case WORD_NAME:
        return is_assignment(r);
    default:
        return false;
    }
}

/* --- physical lines inside brackets --- */

static bool is_boundary(struct reading *r, uint32_t content, bool after_blank) {
    struct scanner *sc = r->sc;
    if (sc->percent) return sc->src.ptr[content] == '#' && scan__is_marker(sc, content);
    if (!after_blank) return false;
    return !scan__continues(sc->src, content);
}

/* A physical line ended inside brackets: cross blank and comment lines up to the next code. */
static void cross_lines(struct reading *r) {
    struct str src = r->sc->src;
    uint32_t blank_from = 0, pos = r->lx.pos;
    while (pos < src.len && !r->done) {
        bool indented;
        uint32_t content = scan__content(src, pos, &indented);
        if (scan__is_blank(src, content)) {
            if (!blank_from) blank_from = pos;
            pos = content + line_end_len(src, content);
            continue;
        }
        r->here = (struct cut){true, r->content_end, blank_from ? blank_from : pos};
        r->line_start = pos;
        if (!indented && is_boundary(r, content, blank_from != 0)) note_boundary(r, pos);
        if (src.ptr[content] != '#') break;
        while (content < src.len && !is_line_end(src.ptr[content])) content++;
        r->content_end = content;
        pos = content + line_end_len(src, content);
        blank_from = 0;
    }
    r->lx.pos = pos;
    r->line_first = true;
}

/* --- tokens --- */

static void read_string(struct reading *r, struct token t) {
    struct cut cut = {0};
    const struct cut *blamed = t.triple ? scan__blamed(r->sc, t.span.start) : NULL;
    if (blamed)
        cut = *blamed;
    else if (t.triple)
        cut = scan__note_quote(r->sc, t);
    if (cut.found) finish_cut(r, cut);
    if (t.open_quote) r->line->unfinished = true;
    if (t.formatted || t.bytes) r->line->docstring = false;
}

static void read_end(struct reading *r, struct token t) {
    bool open = r->sc->brackets.len > 0;
    if (open && t.kind == TOKEN_NEWLINE) {
        cross_lines(r);
    } else if (open) {
        if (!r->boundary.found) r->here = (struct cut){true, r->content_end, t.span.end};
        finish_unclosed(r, t.span.end);
    } else {
        finish_whole(r, t);
    }
}

/* A marker behind a backslash: the backslash is the leftover of a half-typed line. */
static bool is_marker_behind_backslash(const struct reading *r, struct token t) {
    const struct scanner *sc = r->sc;
    return sc->percent && sc->brackets.len == 0 && t.span.start > 0 &&
           is_line_end(sc->src.ptr[t.span.start - 1]) && scan__is_marker(sc, t.span.start);
}

static void read_token(struct reading *r, struct token t) {
    bool inside = r->sc->brackets.len > 0;
    if (inside && r->line_first && t.kind != TOKEN_END && is_evidence(r, t)) {
        finish_unclosed(r, t.span.end);
        return;
    }
    r->line_first = false;
    switch (t.kind) {
    case TOKEN_END:
    case TOKEN_NEWLINE:
        read_end(r, t);
        return;
    case TOKEN_COMMENT:
        if (is_marker_behind_backslash(r, t))
            finish_cut(r, (struct cut){true, r->content_end, t.span.start});
        r->content_end = t.span.end;
        return;
    case TOKEN_STRING:
        read_string(r, t);
        break;
    case TOKEN_OPEN:
        open_bracket(r, t);
        break;
    case TOKEN_CLOSE:
        close_bracket(r, t);
        break;
    default:
        if (inside) note_lambda(r, t);
        break;
    }
    if (t.kind != TOKEN_STRING) r->line->docstring = false;
    r->content_end = t.span.end;
    r->before2 = r->before;
    r->before = t;
}

static void read_lead(struct reading *r, struct token t) {
    r->line->continues = scan__continues(r->lx.src, t.span.start);
    r->line->decorator = t.kind == TOKEN_OPERATOR && first_byte(r, t) == '@';
    r->line->decorable = r->line->decorator || name_is(r, t, STR("def")) ||
                         name_is(r, t, STR("class")) || name_is(r, t, STR("async"));
    r->line->docstring = t.kind == TOKEN_STRING;
}

void scan__code(struct scanner *sc, struct scan_line *line, uint32_t content) {
    struct reading r = {
        .sc = sc,
        .line = line,
        .lx = {.src = sc->src, .pos = content, .end = (uint32_t)sc->src.len},
        .content_end = content,
    };
    vec_clear(&sc->brackets);
    struct token t = token_next(&r.lx);
    read_lead(&r, t);
    for (;; t = token_next(&r.lx)) {
        read_token(&r, t);
        if (r.done) break;
    }
    if (r.lx.pos > sc->seen) sc->seen = r.lx.pos;
    if (r.lx.seen > sc->seen) sc->seen = r.lx.seen;
}
