/* SPDX-License-Identifier: Apache-2.0 */
/* code_hash.c - the token stream of a block, encoded so that different streams differ, and hashed.
 *
 * Each token is a kind byte and, where its text counts, a length and the text. */
#include "analysis/code_hash.h"

#include "analysis/token.h"
#include "base/vec.h"

enum { END_STATEMENT = 'n', INDENT = 'i', DEDENT = 'd', BAD_INDENT = 'b', PROSE = 'p' };

/* A width of indentation with tabs of eight, and of one: levels must agree in both (TabError). */
struct indent {
    uint32_t width, narrow;
};

struct summarizer {
    struct lexer lx;
    struct buf *out;
    VEC(struct indent) indents;
    uint32_t depth;         /* open brackets */
    uint32_t line_start;    /* of the physical line */
    bool line_empty;        /* no token on the physical line yet */
    bool statement_started; /* a code token since the last END_STATEMENT */
    struct code_summary summary;
};

static void put_mark(struct summarizer *s, char mark) {
    buf_append_byte(s->out, mark);
}

static void put_token(struct summarizer *s, struct token t) {
    uint32_t len = span_len(t.span);
    char head[5] = {(char)('A' + t.kind), (char)len, (char)(len >> 8), (char)(len >> 16),
                    (char)(len >> 24)};
    buf_append(s->out, (struct str){head, sizeof head});
    buf_append(s->out, token_text(&s->lx, t));
}

static struct indent measure(struct str src, uint32_t pos) {
    struct indent in = {0};
    for (; pos < src.len; pos++) {
        switch (src.ptr[pos]) {
        case ' ':
            in.width++, in.narrow++;
            break;
        case '\t':
            in.width = (in.width / 8 + 1) * 8, in.narrow++;
            break;
        case '\f':
            in = (struct indent){0};
            break;
        default:
            return in;
        }
    }
    return in;
}

static struct indent current_indent(const struct summarizer *s) {
    return s->indents.len ? s->indents.items[s->indents.len - 1] : (struct indent){0};
}

/* Levels, as CPython counts them; what it refuses leaves a mark that valid code never has. */
static void put_indentation(struct summarizer *s) {
    struct indent in = measure(s->lx.src, s->line_start);
    while (s->indents.len && in.width < current_indent(s).width) {
        s->indents.len--;
        put_mark(s, DEDENT);
    }
    struct indent top = current_indent(s);
    if ((in.width > top.width) != (in.narrow > top.narrow)) put_mark(s, BAD_INDENT);
    if (in.width == top.width) {
        if (in.narrow != top.narrow) put_mark(s, BAD_INDENT);
        return;
    }
    vec_push(&s->indents, in);
    put_mark(s, INDENT);
}

static void end_statement(struct summarizer *s) {
    if (s->statement_started) put_mark(s, END_STATEMENT);
    s->statement_started = false;
}

static void read_line_end(struct summarizer *s) {
    if (s->depth == 0) end_statement(s);
    s->line_start = s->lx.pos;
    s->line_empty = true;
}

static void read_code(struct summarizer *s, struct token t) {
    if (!s->statement_started && s->depth == 0) put_indentation(s);
    s->statement_started = true;
    s->line_empty = false;
    put_token(s, t);
    if (t.kind == TOKEN_OPEN) s->depth++;
    if (t.kind == TOKEN_CLOSE && s->depth) s->depth--;
    if (!s->summary.any) s->summary.extent.start = t.span.start;
    s->summary.any = true;
    s->summary.extent.end = t.span.end;
}

struct code_summary code_summarize(struct str block, comment_fn *on_comment, void *context,
                                   struct buf *scratch) {
    struct summarizer s = {
        .lx = {.src = block, .end = (uint32_t)block.len},
        .out = scratch,
        .line_empty = true,
    };
    scratch->len = 0;
    for (struct token t; (t = token_next(&s.lx)).kind != TOKEN_END;) {
        if (t.kind == TOKEN_NEWLINE)
            read_line_end(&s);
        else if (t.kind != TOKEN_COMMENT)
            read_code(&s, t);
        else if (s.line_empty)
            on_comment(context, t.span, s.summary.any);
    }
    end_statement(&s);
    s.summary.hash = hash128(buf_str(scratch));
    vec_finish(&s.indents);
    return s.summary;
}

struct hash128 prose_hash(struct str text, struct buf *scratch) {
    scratch->len = 0;
    while (text.len && is_line_end(text.ptr[text.len - 1])) text.len--;
    buf_append_byte(scratch, PROSE);
    buf_append(scratch, text);
    return hash128(buf_str(scratch));
}
