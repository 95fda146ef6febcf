/* SPDX-License-Identifier: Apache-2.0 */
/* token.c - names, numbers, operators, comments and line ends; strings are in string_token.c. */
#include "analysis/token.h"

#include <stdlib.h>

static char at(const struct lexer *lx, uint32_t pos) {
    return pos < lx->end ? lx->src.ptr[pos] : '\0';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Bytes above ASCII count as letters: which of them may stand in a name is for the parser. */
static bool is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_name_part(char c) {
    return is_name_start(c) || is_digit(c);
}

static bool is_digit_of(char c, int base) {
    if (base == 16) return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    return c >= '0' && c < '0' + base;
}

static uint32_t skip_digits(const struct lexer *lx, uint32_t pos, int base) {
    while (is_digit_of(at(lx, pos), base) ||
           (at(lx, pos) == '_' && is_digit_of(at(lx, pos + 1), base)))
        pos++;
    return pos;
}

static int base_of_prefix(char c) {
    switch (c | 0x20) {
    case 'x':
        return 16;
    case 'o':
        return 8;
    case 'b':
        return 2;
    default:
        return 10;
    }
}

/* CPython ends a number where the digits end: `1if x` and `0xfor y` are two tokens each. */
static uint32_t number_end(const struct lexer *lx, uint32_t pos) {
    int base = at(lx, pos) == '0' ? base_of_prefix(at(lx, pos + 1)) : 10;
    if (base != 10) return skip_digits(lx, at(lx, pos + 2) == '_' ? pos + 3 : pos + 2, base);
    pos = skip_digits(lx, pos, 10);
    if (at(lx, pos) == '.') pos = skip_digits(lx, pos + 1, 10);
    if ((at(lx, pos) | 0x20) == 'e') {
        uint32_t digits = pos + 1;
        if (at(lx, digits) == '+' || at(lx, digits) == '-') digits++;
        if (is_digit(at(lx, digits))) pos = skip_digits(lx, digits, 10);
    }
    if ((at(lx, pos) | 0x20) == 'j') pos++;
    return pos;
}

/* The longest operator at `pos`; 0 when there is none. */
static uint32_t operator_len(const struct lexer *lx, uint32_t pos) {
    char a = at(lx, pos), b = at(lx, pos + 1), c = at(lx, pos + 2);
    switch (a) {
    case '*':
    case '/':
    case '<':
    case '>':
        if (b == a) return c == '=' ? 3 : 2;
        if (a == '<' && b == '>') return 2;
        return b == '=' ? 2 : 1;
    case '-':
        if (b == '>') return 2;
        return b == '=' ? 2 : 1;
    case '+':
    case '%':
    case '&':
    case '|':
    case '^':
    case '@':
    case '=':
    case ':':
    case '!':
        return b == '=' ? 2 : 1;
    case '.':
        return b == '.' && c == '.' ? 3 : 1;
    case '~':
    case ',':
    case ';':
        return 1;
    default:
        return 0;
    }
}

/* Skip what separates tokens inside a line: blanks and a backslash before a line end. */
static void skip_blanks(struct lexer *lx) {
    for (;;) {
        char c = at(lx, lx->pos);
        if (c == ' ' || c == '\t' || c == '\f') {
            lx->pos++;
            continue;
        }
        if (c != '\\' || lx->pos + 1 >= lx->end || !is_line_end(at(lx, lx->pos + 1))) return;
        lx->pos += 1 + line_end_len(lx->src, lx->pos + 1);
        if (lx->pos > lx->end) lx->pos = lx->end;
    }
}

static uint32_t comment_end(const struct lexer *lx, uint32_t pos) {
    while (pos < lx->end && !is_line_end(lx->src.ptr[pos])) pos++;
    return pos;
}

static struct token take(struct lexer *lx, enum token_kind kind, uint32_t end) {
    struct token t = {.kind = kind, .span = {lx->pos, end}};
    lx->pos = end;
    return t;
}

static struct token take_name(struct lexer *lx) {
    uint32_t end = lx->pos;
    while (is_name_part(at(lx, end)) && end < lx->end) end++;
    return take(lx, TOKEN_NAME, end);
}

struct token token_next(struct lexer *lx) {
    skip_blanks(lx);
    uint32_t pos = lx->pos;
    if (pos >= lx->end) return take(lx, TOKEN_END, pos);
    char c = lx->src.ptr[pos];
    if (is_name_start(c) || c == '"' || c == '\'') {
        struct token string = string_token(lx, pos);
        if (string.kind != TOKEN_STRING) return take_name(lx);
        lx->pos = string.span.end;
        return string;
    }
    if (is_digit(c) || (c == '.' && is_digit(at(lx, pos + 1))))
        return take(lx, TOKEN_NUMBER, number_end(lx, pos));
    if (is_line_end(c)) {
        uint32_t end = pos + line_end_len(lx->src, pos);
        return take(lx, TOKEN_NEWLINE, end < lx->end ? end : lx->end);
    }
    switch (c) {
    case '#':
        return take(lx, TOKEN_COMMENT, comment_end(lx, pos));
    case '(':
    case '[':
    case '{':
        return take(lx, TOKEN_OPEN, pos + 1);
    case ')':
    case ']':
    case '}':
        return take(lx, TOKEN_CLOSE, pos + 1);
    }
    uint32_t len = operator_len(lx, pos);
    return len ? take(lx, TOKEN_OPERATOR, pos + len) : take(lx, TOKEN_OTHER, pos + 1);
}

struct keyword {
    struct str name;
    enum word word;
};

static const struct keyword keywords[] = {
    /* in byte order, for bsearch */
    {STR_INIT("False"), WORD_VALUE},
    {STR_INIT("None"), WORD_VALUE},
    {STR_INIT("True"), WORD_VALUE},
    {STR_INIT("and"), WORD_INFIX},
    {STR_INIT("as"), WORD_AS},
    {STR_INIT("assert"), WORD_STATEMENT},
    {STR_INIT("async"), WORD_ASYNC},
    {STR_INIT("await"), WORD_PREFIX},
    {STR_INIT("break"), WORD_STATEMENT},
    {STR_INIT("class"), WORD_STATEMENT},
    {STR_INIT("continue"), WORD_STATEMENT},
    {STR_INIT("def"), WORD_STATEMENT},
    {STR_INIT("del"), WORD_STATEMENT},
    {STR_INIT("elif"), WORD_CLAUSE},
    {STR_INIT("else"), WORD_INFIX},
    {STR_INIT("except"), WORD_CLAUSE},
    {STR_INIT("finally"), WORD_CLAUSE},
    {STR_INIT("for"), WORD_INFIX},
    {STR_INIT("from"), WORD_FROM},
    {STR_INIT("global"), WORD_STATEMENT},
    {STR_INIT("if"), WORD_INFIX},
    {STR_INIT("import"), WORD_STATEMENT},
    {STR_INIT("in"), WORD_INFIX},
    {STR_INIT("is"), WORD_INFIX},
    {STR_INIT("lambda"), WORD_PREFIX},
    {STR_INIT("nonlocal"), WORD_STATEMENT},
    {STR_INIT("not"), WORD_NOT},
    {STR_INIT("or"), WORD_INFIX},
    {STR_INIT("pass"), WORD_STATEMENT},
    {STR_INIT("raise"), WORD_STATEMENT},
    {STR_INIT("return"), WORD_STATEMENT},
    {STR_INIT("try"), WORD_STATEMENT},
    {STR_INIT("while"), WORD_STATEMENT},
    {STR_INIT("with"), WORD_STATEMENT},
    {STR_INIT("yield"), WORD_PREFIX},
};

static int keyword_cmp(const void *name, const void *row) {
    return str_cmp(*(const struct str *)name, ((const struct keyword *)row)->name);
}

enum word word_classify(struct str name) {
    if (name.len < 2 || name.len > 8) return WORD_NAME;
    const struct keyword *found = bsearch(&name, keywords, sizeof keywords / sizeof *keywords,
                                          sizeof *keywords, keyword_cmp);
    return found ? found->word : WORD_NAME;
}

bool token_is_operand_end(const struct lexer *lx, struct token t) {
    switch (t.kind) {
    case TOKEN_NUMBER:
    case TOKEN_STRING:
    case TOKEN_CLOSE:
        return true;
    case TOKEN_NAME:
        return word_classify(token_text(lx, t)) <= WORD_VALUE;
    case TOKEN_OPERATOR:
        return t.span.end - t.span.start == 3 && lx->src.ptr[t.span.start] == '.';
    default:
        return false;
    }
}

bool tokens_collide(const struct lexer *lx, struct token before, struct token t) {
    if (!token_is_operand_end(lx, before)) return false;
    switch (t.kind) {
    case TOKEN_NUMBER:
        return true;
    case TOKEN_STRING:
        return before.kind != TOKEN_STRING;
    case TOKEN_OPEN:
        return lx->src.ptr[t.span.start] == '{';
    case TOKEN_NAME:
        return word_classify(token_text(lx, t)) <= WORD_PREFIX;
    default:
        return false;
    }
}
