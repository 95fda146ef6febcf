/* SPDX-License-Identifier: Apache-2.0 */
/* fake_python.h - an interpreter of a few statements, for tests of what runs them.
 *
 *     x = EXPR          xs.append(EXPR)     del x          print(EXPR)       EXPR
 *     if EXPR:          def f():            raise          die()             return
 *         STATEMENT         return EXPR
 *
 * EXPR is a sum of numbers, names, lists `[a, b]` and calls `f()`.  As in Python, lists are shared
 * by reference and small numbers are one object each.  `die()` ends the process; a `return` outside
 * a function does not compile, though a parser takes it.  A block is one run of lines. */
#ifndef TESTS_FAKE_PYTHON_H
#define TESTS_FAKE_PYTHON_H

#include <ctype.h>

#include "base/map.h"
#include "base/vec.h"
#include "tests/support/unit.h"

enum fake_kind { FAKE_NUMBER, FAKE_LIST, FAKE_FUNCTION };

struct fake_value {
    enum fake_kind kind;
    long number;
    VEC(struct fake_value *) items;
    struct buf body; /* of a function: the expression that it returns */
};

struct fake_python {
    VEC(struct fake_value *) values; /* owned: every one that was made */
    struct map globals;              /* name -> struct fake_value */
};

/* How the execution of a block came out. */
struct fake_outcome {
    struct buf printed, shown;  /* shown: the value of the last expression */
    const char *error, *detail; /* an exception, or NULL */
    char name[64];              /* that a NameError is about */
    bool died;
};

static inline void fake_python_finish(struct fake_python *py) {
    for (size_t i = 0; i < py->values.len; i++) {
        vec_finish(&py->values.items[i]->items);
        buf_finish(&py->values.items[i]->body);
        free(py->values.items[i]);
    }
    vec_finish(&py->values);
    map_finish(&py->globals);
}

static inline void fake_outcome_finish(struct fake_outcome *o) {
    buf_finish(&o->printed);
    buf_finish(&o->shown);
}

static inline struct fake_value *fake_value_make(struct fake_python *py, enum fake_kind kind) {
    struct fake_value *v = xcalloc(1, sizeof *v);
    v->kind = kind;
    vec_push(&py->values, v);
    return v;
}

static inline struct fake_value *fake_number(struct fake_python *py, long number) {
    for (size_t i = 0; number < 257 && i < py->values.len; i++) {
        struct fake_value *v = py->values.items[i];
        if (v->kind == FAKE_NUMBER && v->number == number) return v;
    }
    struct fake_value *v = fake_value_make(py, FAKE_NUMBER);
    v->number = number;
    return v;
}

static inline void fake_show(const struct fake_value *v, struct buf *out) {
    if (v->kind == FAKE_NUMBER) buf_printf(out, "%ld", v->number);
    if (v->kind == FAKE_FUNCTION) buf_append(out, STR("function"));
    if (v->kind != FAKE_LIST) return;
    buf_append_byte(out, '[');
    for (size_t i = 0; i < v->items.len; i++) {
        if (i) buf_append(out, STR(", "));
        fake_show(v->items.items[i], out);
    }
    buf_append_byte(out, ']');
}

/* --- Expressions.  NULL: an exception is in the outcome. --- */

struct fake_parser {
    struct fake_python *py;
    struct fake_outcome *outcome;
    struct str rest;
};

static inline bool fake_accept(struct fake_parser *p, const char *token) {
    p->rest = str_trim(p->rest);
    if (!str_starts(p->rest, str_from(token))) return false;
    p->rest = str_slice(p->rest, strlen(token), p->rest.len);
    return true;
}

static inline struct str fake_word(struct fake_parser *p) {
    size_t len = 0;
    p->rest = str_trim(p->rest);
    while (len < p->rest.len &&
           (isalnum((unsigned char)p->rest.ptr[len]) || p->rest.ptr[len] == '_'))
        len++;
    struct str word = str_slice(p->rest, 0, len);
    p->rest = str_slice(p->rest, len, p->rest.len);
    return word;
}

static inline struct fake_value *fake_throw(struct fake_parser *p, const char *error,
                                            const char *detail) {
    p->outcome->error = error;
    p->outcome->detail = detail;
    return NULL;
}

static inline struct fake_value *fake_sum(struct fake_parser *p);

static inline struct fake_value *fake_list(struct fake_parser *p) {
    struct fake_value *list = fake_value_make(p->py, FAKE_LIST);
    while (!fake_accept(p, "]")) {
        struct fake_value *item = fake_sum(p);
        if (!item) return NULL;
        vec_push(&list->items, item);
        fake_accept(p, ",");
    }
    return list;
}

static inline struct fake_value *fake_name(struct fake_parser *p, struct str name) {
    struct fake_value *v = map_get(&p->py->globals, name);
    if (v) return v;
    snprintf(p->outcome->name, sizeof p->outcome->name, "name '%.*s' is not defined",
             STR_FMT(name));
    return fake_throw(p, "NameError", p->outcome->name);
}

static inline struct fake_value *fake_call(struct fake_parser *p, const struct fake_value *f) {
    if (f->kind != FAKE_FUNCTION) return fake_throw(p, "TypeError", "not callable");
    struct fake_parser body = {p->py, p->outcome, buf_str(&f->body)};
    return fake_sum(&body);
}

/* Not strtol(): the text ends without a NUL. */
static inline long fake_digits(struct str word) {
    long number = 0;
    for (size_t i = 0; i < word.len && isdigit((unsigned char)word.ptr[i]); i++)
        number = number * 10 + (word.ptr[i] - '0');
    return number;
}

static inline struct fake_value *fake_term(struct fake_parser *p) {
    if (fake_accept(p, "[")) return fake_list(p);
    struct str word = fake_word(p);
    if (!word.len) return fake_throw(p, "SystemError", "the fake does not know this expression");
    if (isdigit((unsigned char)word.ptr[0])) return fake_number(p->py, fake_digits(word));
    struct fake_value *v = fake_name(p, word);
    return v && fake_accept(p, "()") ? fake_call(p, v) : v;
}

static inline struct fake_value *fake_add(struct fake_parser *p, struct fake_value *a,
                                          struct fake_value *b) {
    if (a->kind == FAKE_NUMBER && b->kind == FAKE_NUMBER)
        return fake_number(p->py, (a->number + b->number) % 1000003);
    if (a->kind != FAKE_LIST || b->kind != FAKE_LIST)
        return fake_throw(p, "TypeError", "cannot add these");
    struct fake_value *sum = fake_value_make(p->py, FAKE_LIST);
    for (size_t i = 0; i < a->items.len; i++) vec_push(&sum->items, a->items.items[i]);
    for (size_t i = 0; i < b->items.len; i++) vec_push(&sum->items, b->items.items[i]);
    return sum;
}

static inline struct fake_value *fake_sum(struct fake_parser *p) {
    struct fake_value *sum = fake_term(p);
    while (sum && fake_accept(p, "+")) {
        struct fake_value *term = fake_term(p);
        sum = term ? fake_add(p, sum, term) : NULL;
    }
    return sum;
}

/* --- Statements. --- */

static inline struct str fake_take_line(struct str *text) {
    const char *end = text->len ? memchr(text->ptr, '\n', text->len) : NULL;
    size_t len = end ? (size_t)(end - text->ptr) : text->len;
    struct str line = str_slice(*text, 0, len);
    const char *comment = len ? memchr(line.ptr, '#', len) : NULL;
    *text = str_slice(*text, end ? len + 1 : len, text->len);
    return comment ? str_slice(line, 0, (size_t)(comment - line.ptr)) : line;
}

static inline void fake_append(struct fake_parser *p, struct str name) {
    struct fake_value *list = fake_name(p, name), *item = list ? fake_sum(p) : NULL;
    if (item && list->kind == FAKE_LIST)
        vec_push(&list->items, item);
    else if (item)
        fake_throw(p, "AttributeError", "append");
}

/* `x = EXPR`, `xs.append(EXPR)`, or EXPR. */
static inline void fake_simple(struct fake_parser *p, bool last) {
    struct str line = p->rest, word = fake_word(p);
    if (word.len && fake_accept(p, "=")) {
        struct fake_value *v = fake_sum(p);
        if (v) *map_slot(&p->py->globals, word) = v;
    } else if (word.len && fake_accept(p, ".append(")) {
        fake_append(p, word);
    } else {
        p->rest = line;
        struct fake_value *v = fake_sum(p);
        if (v && last) fake_show(v, &p->outcome->shown);
    }
}

static inline void fake_print(struct fake_parser *p) {
    struct fake_value *v = fake_sum(p);
    if (!v) return;
    fake_show(v, &p->outcome->printed);
    buf_append_byte(&p->outcome->printed, '\n');
}

static inline void fake_del(struct fake_parser *p) {
    struct str name = fake_word(p);
    if (fake_name(p, name)) map_remove(&p->py->globals, name);
}

static inline void fake_def(struct fake_parser *p, struct str body) {
    struct fake_value *f = fake_value_make(p->py, FAKE_FUNCTION);
    struct fake_parser inside = {.rest = body};
    *map_slot(&p->py->globals, fake_word(p)) = f;
    assert_true(fake_accept(&inside, "return "));
    buf_append(&f->body, inside.rest);
}

static inline void fake_statement(struct fake_parser *p, struct str *after, bool last) {
    if (fake_accept(p, "if ")) {
        struct fake_value *condition = fake_sum(p);
        struct str body = fake_take_line(after);
        struct fake_parser inside = {p->py, p->outcome, body};
        if (condition && condition->number) fake_simple(&inside, false);
    } else if (fake_accept(p, "def "))
        fake_def(p, fake_take_line(after));
    else if (fake_accept(p, "del "))
        fake_del(p);
    else if (fake_accept(p, "print("))
        fake_print(p);
    else if (fake_accept(p, "\"\"\""))
        return; /* a docstring */
    else if (fake_accept(p, "raise"))
        fake_throw(p, "Boom", "");
    else if (fake_accept(p, "die()"))
        p->outcome->died = true;
    else
        fake_simple(p, last);
}

/* Execute up to `limit` lines; statements that stand on two lines count as one. */
static inline void fake_execute(struct fake_python *py, struct str source, int limit,
                                struct fake_outcome *outcome) {
    source = str_trim(source);
    while (source.len && !outcome->error && !outcome->died && limit-- > 0) {
        struct fake_parser p = {py, outcome, str_trim(fake_take_line(&source))};
        if (p.rest.len) fake_statement(&p, &source, str_trim(source).len == 0);
    }
}

/* What CPython would not compile: brackets left open, a sum cut off, a lone return. */
static inline bool fake_compiles(struct str source) {
    int open = 0;
    while (source.len) {
        bool inside = source.ptr[0] == ' ';
        struct str line = str_trim(fake_take_line(&source));
        for (size_t i = 0; i < line.len; i++) {
            open += strchr("([", line.ptr[i]) != NULL;
            open -= strchr(")]", line.ptr[i]) != NULL;
        }
        if (str_ends(line, STR("+")) || str_ends(line, STR("="))) return false;
        if (str_starts(line, STR("return")) && !inside) return false;
    }
    return open == 0;
}

#endif
