/* SPDX-License-Identifier: Apache-2.0 */
/* grammar.c - expands the rules. */
#include "tests/oracle/grammar.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_DEPTH = 6, SLOTS = 10 };

struct expansion {
    unsigned features;
    struct prng *prng;
    struct buf slots[SLOTS]; /* what `<int.1>` stood for */
    int depth;
};

static bool is_symbol(const struct rule *rule, struct str symbol) {
    return str_eq(str_from(rule->symbol), symbol);
}

static const struct rule *first_rule(struct str symbol) {
    const struct rule *rule = grammar_rules;
    while (rule->symbol && !is_symbol(rule, symbol)) rule++;
    if (rule->symbol) return rule;
    fprintf(stderr, "oracle: the grammar has no <%.*s>\n", STR_FMT(symbol));
    abort();
}

static uint32_t weight_of(const struct rule *rule, unsigned features) {
    return (rule->features & features) == rule->features ? rule->weight : 0;
}

static const struct rule *choose(const struct expansion *e, struct str symbol) {
    const struct rule *first = first_rule(symbol);
    uint32_t total = 0;
    if (e->depth > MAX_DEPTH) return first;
    for (const struct rule *r = first; r->symbol && is_symbol(r, symbol); r++)
        total += weight_of(r, e->features);
    uint32_t at = prng_below(e->prng, total);
    const struct rule *rule = first;
    for (; at >= weight_of(rule, e->features); rule++) at -= weight_of(rule, e->features);
    return rule;
}

static void expand_text(struct expansion *e, struct buf *out, struct str text);

static void expand_symbol(struct expansion *e, struct buf *out, struct str symbol) {
    e->depth++;
    expand_text(e, out, str_from(choose(e, symbol)->text));
    e->depth--;
}

/* `<name>` or `<name.3>`. */
static void expand_reference(struct expansion *e, struct buf *out, struct str inside) {
    bool kept = inside.len > 2 && inside.ptr[inside.len - 2] == '.';
    if (!kept) {
        expand_symbol(e, out, inside);
        return;
    }
    struct buf *slot = &e->slots[inside.ptr[inside.len - 1] - '0'];
    if (slot->len == 0) expand_symbol(e, slot, str_slice(inside, 0, inside.len - 2));
    buf_append(out, buf_str(slot));
}

/* The length of the symbol at the start of `s`, brackets included; 0: there is none. */
static size_t reference_len(struct str s) {
    size_t n = 1;
    if (s.ptr[0] != '<') return 0;
    while (n < s.len && ((s.ptr[n] >= 'a' && s.ptr[n] <= 'z') || s.ptr[n] == '.' ||
                         (s.ptr[n] >= '0' && s.ptr[n] <= '9')))
        n++;
    return n > 1 && n < s.len && s.ptr[n] == '>' ? n + 1 : 0;
}

static void expand_text(struct expansion *e, struct buf *out, struct str text) {
    while (text.len) {
        size_t n = reference_len(text);
        if (n)
            expand_reference(e, out, str_slice(text, 1, n - 1));
        else
            buf_append_byte(out, text.ptr[0]);
        text = str_slice(text, n ? n : 1, text.len);
    }
}

void grammar_expand(struct buf *out, const char *symbol, unsigned features, struct prng *prng) {
    struct expansion e = {.features = features, .prng = prng};
    grammar_expand_rule(out, choose(&e, str_from(symbol)), features, prng);
}

const struct rule *grammar_first(const char *symbol) {
    return first_rule(str_from(symbol));
}

void grammar_expand_rule(struct buf *out, const struct rule *rule, unsigned features,
                         struct prng *prng) {
    struct expansion e = {.features = features, .prng = prng};
    expand_text(&e, out, str_from(rule->text));
    for (int i = 0; i < SLOTS; i++) buf_finish(&e.slots[i]);
}

struct str grammar_other_name(struct str name, struct prng *prng) {
    static const char *const kinds[] = {"int", "xs", "dd", "text"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct str kind = str_from(kinds[i]);
        for (const struct rule *r = first_rule(kind); r->symbol && is_symbol(r, kind); r++) {
            if (!str_eq(str_from(r->text), name)) continue;
            struct expansion e = {.features = FEATURE_ALL, .prng = prng};
            return str_from(choose(&e, kind)->text);
        }
    }
    return STR("");
}
