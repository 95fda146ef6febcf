/* SPDX-License-Identifier: Apache-2.0 */
/* string_token.c - string literals of every prefix; f-strings with nested quotes.
 *
 * An f-string is read twice at most.  First by the rules of 3.12: replacement fields hold any
 * expression, the same quotes included.  If that leads to nonsense (a field never closed, two
 * operands side by side, a statement keyword), it is read as 3.11 and the eye do: up to the first
 * matching quote.  So `f"{x` + `"` being typed costs its own line only.
 * Nesting uses an explicit stack, and a field is bounded, so hostile input costs linear time. */
#include "analysis/token.h"

enum { NESTING_MAX = 32, FIELD_MAX = 4096 };

static char at(const struct lexer *lx, uint32_t pos) {
    return pos < lx->end ? lx->src.ptr[pos] : '\0';
}

/* What the prefix and opening quote say of the rest of a literal. */
struct quote {
    char mark;
    bool triple, raw, formatted, bytes, unicode;
};

/* The flag of a prefix letter; NULL for any other byte. */
static bool *prefix_flag(struct quote *q, char c) {
    switch (c | 0x20) {
    case 'r':
        return &q->raw;
    case 'b':
        return &q->bytes;
    case 'f':
    case 't':
        return &q->formatted;
    case 'u':
        return &q->unicode;
    default:
        return NULL;
    }
}

/* Read prefix and opening quote at `pos`; the content's start, 0 when there is no string. */
static uint32_t quote_open(const struct lexer *lx, uint32_t pos, struct quote *q) {
    *q = (struct quote){0};
    for (bool *flag; (flag = prefix_flag(q, at(lx, pos))); pos++) {
        if (*flag) return 0;
        *flag = true;
    }
    if (at(lx, pos) != '"' && at(lx, pos) != '\'') return 0;
    if (q->bytes + q->formatted + q->unicode > 1 || (q->unicode && q->raw)) return 0;
    q->mark = at(lx, pos);
    q->triple = at(lx, pos + 1) == q->mark && at(lx, pos + 2) == q->mark;
    return pos + (q->triple ? 3 : 1);
}

static bool closes(const struct lexer *lx, uint32_t pos, const struct quote *q) {
    return at(lx, pos) == q->mark &&
           (!q->triple || (at(lx, pos + 1) == q->mark && at(lx, pos + 2) == q->mark));
}

/* Past a backslash and what it protects; raw strings keep both, but end no sooner. */
static uint32_t skip_escape(const struct lexer *lx, uint32_t pos) {
    uint32_t line_end = line_end_len(lx->src, pos + 1);
    uint32_t next = pos + 1 + (line_end ? line_end : 1);
    return next < lx->end ? next : lx->end;
}

/* The end of a literal without fields, from its content on; *open when no quote closes it. */
static uint32_t plain_end(const struct lexer *lx, uint32_t pos, const struct quote *q, bool *open) {
    *open = false;
    while (pos < lx->end) {
        char c = lx->src.ptr[pos];
        if (c == '\\')
            pos = skip_escape(lx, pos);
        else if (c == q->mark && closes(lx, pos, q))
            return pos + (q->triple ? 3 : 1);
        else if (!q->triple && is_line_end(c))
            break;
        else
            pos++;
    }
    *open = true;
    return pos;
}

/* --- f-strings by the rules of 3.12 --- */

/* One level of nesting: a literal's text, or a replacement field of the literal below it. */
struct level {
    bool field, spec;   /* spec: text after a field's ':'; it ends with the field */
    struct quote quote; /* of the literal */
    uint32_t brackets;  /* field: how many of fstring.brackets belong to it */
};

struct fstring {
    const struct lexer *lx;
    uint32_t pos;
    struct level levels[NESTING_MAX];
    uint32_t depth;
    char brackets[NESTING_MAX];
    uint32_t bracket_count;
    uint32_t field_limit; /* where the outermost open field must have ended */
    struct token before;  /* the last token of the innermost field */
};

/* A field's own text ends early; nested literals count as its text. */
static bool within_field(const struct fstring *f) {
    return f->depth == 1 || f->pos <= f->field_limit;
}

static bool push_level(struct fstring *f, struct level level) {
    if (f->depth == NESTING_MAX) return false;
    f->levels[f->depth++] = level;
    return true;
}

static bool open_field(struct fstring *f) {
    if (f->depth == 1) f->field_limit = f->pos + FIELD_MAX;
    f->pos++;
    f->before = (struct token){0};
    return push_level(f, (struct level){.field = true});
}

/* Close the innermost field (the '}' is read); its literal goes on. */
static void close_field(struct fstring *f) {
    f->depth--;
    f->pos++;
}

/* `\N{DASH}` is an escape, `\{` is a backslash and a field. */
static bool literal_escape(struct fstring *f, const struct quote *q) {
    char next = at(f->lx, f->pos + 1);
    if (next == '{' || next == '}') {
        f->pos++;
    } else if (next == 'N' && !q->raw && at(f->lx, f->pos + 2) == '{') {
        while (f->pos < f->lx->end && f->lx->src.ptr[f->pos] != '}') {
            if (is_line_end(f->lx->src.ptr[f->pos])) return false;
            f->pos++;
        }
        f->pos++;
    } else {
        f->pos = skip_escape(f->lx, f->pos);
    }
    return true;
}

static bool literal_close(struct fstring *f, const struct quote *q) {
    uint32_t start = f->pos;
    f->pos += q->triple ? 3 : 1;
    f->depth--;
    f->before = (struct token){.kind = TOKEN_STRING, .span = {start, f->pos}};
    return true;
}

/* One step in a literal's text.  False: this is not how f-strings look. */
static bool literal_step(struct fstring *f) {
    struct level *top = &f->levels[f->depth - 1];
    char c = at(f->lx, f->pos);
    if (!within_field(f)) return false;
    if (c == '\\') return literal_escape(f, &top->quote);
    if (c == top->quote.mark && closes(f->lx, f->pos, &top->quote))
        return !top->spec && literal_close(f, &top->quote);
    if (is_line_end(c) && !top->quote.triple) return false;
    if (c == '{') {
        if (top->spec || at(f->lx, f->pos + 1) != '{') return open_field(f);
        f->pos++;
    }
    if (c == '}' && top->spec) {
        f->depth--;
        close_field(f);
        return true;
    }
    f->pos++;
    return true;
}

static bool field_open_string(struct fstring *f) {
    struct quote q;
    uint32_t start = f->pos, content = quote_open(f->lx, f->pos, &q);
    struct token t = {.kind = TOKEN_STRING, .span = {start, content}};
    if (tokens_collide(f->lx, f->before, t)) return false;
    f->pos = content;
    if (q.formatted) return push_level(f, (struct level){.quote = q});
    struct lexer bounded = *f->lx;
    if (bounded.end > f->field_limit) bounded.end = f->field_limit;
    bool open;
    f->pos = plain_end(&bounded, content, &q, &open);
    f->before = t;
    return !open;
}

static bool field_close_bracket(struct fstring *f, struct level *top, struct token t) {
    char c = f->lx->src.ptr[t.span.start];
    if (top->brackets == 0) {
        if (c != '}') return false;
        f->pos = t.span.start;
        close_field(f);
        return true;
    }
    top->brackets--;
    char opener = f->brackets[--f->bracket_count];
    f->before = t;
    return c == (opener == '(' ? ')' : opener == '[' ? ']' : '}');
}

/* The format spec after a ':' belongs to the literal that the field is in. */
static bool open_spec(struct fstring *f) {
    struct quote q = f->levels[f->depth - 2].quote;
    return push_level(f, (struct level){.spec = true, .quote = q});
}

static bool field_name(struct fstring *f, struct token t) {
    enum word word = word_classify(str_slice(f->lx->src, t.span.start, t.span.end));
    f->before = t;
    return word != WORD_STATEMENT && word != WORD_CLAUSE;
}

/* One token of a replacement field.  False: no expression looks like this. */
static bool field_step(struct fstring *f) {
    struct level *top = &f->levels[f->depth - 1];
    struct quote q;
    if (!within_field(f)) return false;
    if (quote_open(f->lx, f->pos, &q)) return field_open_string(f);
    struct lexer inner = {.src = f->lx->src, .pos = f->pos, .end = f->lx->end};
    char first = at(f->lx, f->pos);
    if (first == ' ' || first == '\t' || first == '\f') { /* a string may follow: step by step */
        f->pos++;
        return true;
    }
    struct token t = token_next(&inner);
    if (tokens_collide(f->lx, f->before, t)) return false;
    f->pos = inner.pos;
    switch (t.kind) {
    case TOKEN_END:
    case TOKEN_OTHER:
        return false;
    case TOKEN_NEWLINE:
    case TOKEN_COMMENT:
        return true;
    case TOKEN_NAME:
        return field_name(f, t);
    case TOKEN_CLOSE:
        return field_close_bracket(f, top, t);
    case TOKEN_OPEN:
        if (f->bracket_count == NESTING_MAX) return false;
        f->brackets[f->bracket_count++] = f->lx->src.ptr[t.span.start];
        top->brackets++;
        break;
    case TOKEN_OPERATOR:
        if (first == ':' && top->brackets == 0) {
            f->pos = t.span.start + 1; /* `:=` at this place is a spec that starts with '=' */
            return open_spec(f);
        }
        break;
    default:
        break;
    }
    f->before = t;
    return true;
}

/* The end of the f-string whose content starts at `pos`; 0 when it makes no sense. */
static uint32_t fstring_end(struct lexer *lx, uint32_t pos, const struct quote *q) {
    struct fstring f = {.lx = lx, .pos = pos, .depth = 1};
    f.levels[0] = (struct level){.quote = *q};
    bool sound = true;
    while (sound && f.depth && f.pos < lx->end)
        sound = f.levels[f.depth - 1].field ? field_step(&f) : literal_step(&f);
    if (sound && f.depth == 0) return f.pos;
    if (f.pos > lx->seen) lx->seen = f.pos;
    return 0;
}

struct token string_token(struct lexer *lx, uint32_t pos) {
    struct quote q;
    struct token t = {.kind = TOKEN_OTHER, .span = {pos, pos}};
    uint32_t content = quote_open(lx, pos, &q);
    if (content == 0) return t;
    t.kind = TOKEN_STRING;
    t.triple = q.triple;
    t.formatted = q.formatted;
    t.bytes = q.bytes;
    t.raw = q.raw;
    t.content = content;
    uint32_t end = q.formatted ? fstring_end(lx, content, &q) : 0;
    t.span.end = end ? end : plain_end(lx, content, &q, &t.open_quote);
    return t;
}
