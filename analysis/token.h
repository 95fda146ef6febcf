/* SPDX-License-Identifier: Apache-2.0 */
/* token.h - the tokens of Python, without grammar.
 *
 * A pull lexer over a byte range: every byte sequence has tokens, broken code included.  It knows
 * strings, comments and line ends; brackets, logical lines and indentation are its users' matter.
 * Accepts what CPython 3.11 to 3.14 accept (PEP 701 f-strings, PEP 750 t-strings). */
#ifndef ANALYSIS_TOKEN_H
#define ANALYSIS_TOKEN_H

#include "analysis/span.h"
#include "base/str.h"

enum token_kind {
    TOKEN_END,     /* of the range; empty */
    TOKEN_NEWLINE, /* a physical line end: "\n", "\r\n" or "\r" */
    TOKEN_COMMENT, /* from '#' to before the line end */
    TOKEN_NAME,    /* keywords too */
    TOKEN_NUMBER,
    TOKEN_STRING, /* prefix and quotes included */
    TOKEN_OPEN,   /* ( [ { */
    TOKEN_CLOSE,  /* ) ] } */
    TOKEN_OPERATOR,
    TOKEN_OTHER, /* a byte that Python has no use for */
};

struct token {
    enum token_kind kind;
    struct span span;
    bool open_quote; /* a string without its closing quote: it ends at its line, or at the end */
    bool triple;     /* a triple-quoted string */
    bool formatted;  /* an f-string or t-string */
    bool bytes, raw;
    uint32_t content; /* where a string's content starts */
};

struct lexer {
    struct str src;
    uint32_t pos, end; /* the range still to read */
    uint32_t seen;     /* how far any token had to look, when that is beyond its end */
};

struct token token_next(struct lexer *lx);

static inline struct str token_text(const struct lexer *lx, struct token t) {
    return str_slice(lx->src, t.span.start, t.span.end);
}

/* What a name can be between two expressions.  See enum word. */
enum word {
    WORD_NAME,      /* an identifier, soft keywords too */
    WORD_VALUE,     /* None True False */
    WORD_PREFIX,    /* begins an operand: await lambda yield */
    WORD_NOT,       /* begins an operand, or `not in` */
    WORD_ASYNC,     /* `async for` inside brackets, else a statement */
    WORD_AS,        /* joins operands, where a statement allows it */
    WORD_FROM,      /* `yield from` inside brackets, else a statement */
    WORD_INFIX,     /* joins operands: and else for if in is or */
    WORD_CLAUSE,    /* elif except finally: never inside brackets */
    WORD_STATEMENT, /* def, return, ...: never inside brackets */
};

enum word word_classify(struct str name);

/* Whether two operands stand side by side, as no expression allows: `before` ended an operand and
 * `t` begins one.  Two strings are one operand. */
bool token_is_operand_end(const struct lexer *lx, struct token t);
bool tokens_collide(const struct lexer *lx, struct token before, struct token t);

/* --- strings (string_token.c) --- */

/* If a string literal starts at `pos` (prefix included), the token; else .kind is TOKEN_OTHER. */
struct token string_token(struct lexer *lx, uint32_t pos);

/* --- line ends --- */

static inline bool is_line_end(char c) {
    return c == '\n' || c == '\r';
}

/* The length of the line end at `pos`: 0, 1 or 2. */
static inline uint32_t line_end_len(struct str src, uint32_t pos) {
    if (pos >= src.len || !is_line_end(src.ptr[pos])) return 0;
    return src.ptr[pos] == '\r' && pos + 1 < src.len && src.ptr[pos + 1] == '\n' ? 2 : 1;
}

#endif
