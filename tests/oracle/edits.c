/* SPDX-License-Identifier: Apache-2.0 */
/* edits.c - the table of edits. */
#include "tests/oracle/edits.h"

#include <ctype.h>

#include "base/mem.h"
#include "tests/oracle/grammar.h"

enum { MOST_BLOCKS = 25, FIRST_MOST = 9, FEWEST_BLOCKS = 4, MOST_UNDO = 6 };

/* --- Choosing. --- */

static uint32_t below(struct editor *e, size_t bound) {
    return prng_below(&e->prng, (uint32_t)bound);
}

static char *fresh(struct editor *e, const char *symbol) {
    struct buf text = {0};
    grammar_expand(&text, symbol, e->features, &e->prng);
    return buf_take(&text);
}

static struct str paragraph(const struct editor *e, size_t at) {
    return str_from(e->draft.paragraphs.items[at]);
}

/* The paragraph's bytes [start, end) become `with`. */
static void put(struct editor *e, size_t at, size_t start, size_t end, struct str with) {
    struct str old = paragraph(e, at);
    struct buf text = {0};
    buf_append(&text, str_slice(old, 0, start));
    buf_append(&text, with);
    buf_append(&text, str_slice(old, end, old.len));
    draft_replace(&e->draft, at, buf_take(&text));
}

static bool is_word(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

typedef bool token_fn(struct str token);

static bool is_number(struct str token) {
    return isdigit((unsigned char)token.ptr[0]);
}

static bool is_name(struct str token) {
    struct prng any = {0};
    return grammar_other_name(token, &any).len != 0;
}

static bool is_operator(struct str token) {
    return str_eq(token, STR("+")) || str_eq(token, STR("-")) || str_eq(token, STR(">")) ||
           str_eq(token, STR("*"));
}

/* Choose one of the paragraph's tokens that `wanted` holds of; empty: there is none. */
static struct str choose_token(struct editor *e, size_t at, token_fn *wanted) {
    struct str text = paragraph(e, at), chosen = {0};
    uint32_t seen = 0;
    for (size_t i = 0, n; i < text.len; i += n) {
        for (n = 1; is_word(text.ptr[i]) && i + n < text.len && is_word(text.ptr[i + n]);) n++;
        struct str token = {text.ptr + i, n};
        if (wanted(token) && below(e, ++seen) == 0) chosen = token;
    }
    return chosen;
}

/* Replace one token of some paragraph, if there is one to replace. */
static void change_token(struct editor *e, token_fn *wanted, struct str with) {
    size_t at = below(e, e->draft.paragraphs.len);
    struct str token = choose_token(e, at, wanted);
    if (!token.len) return;
    if (wanted == is_name) with = grammar_other_name(token, &e->prng);
    size_t start = (size_t)(token.ptr - e->draft.paragraphs.items[at]);
    put(e, at, start, start + token.len, with);
}

/* --- The edits. --- */

static void change_literal(struct editor *e) {
    char *literal = fresh(e, "lit");
    change_token(e, is_number, str_from(literal));
    free(literal);
}

static void change_name(struct editor *e) {
    change_token(e, is_name, STR(""));
}

static void change_operator(struct editor *e) {
    static const char *const operators[] = {"+", "-", "+", "-", "*"};
    change_token(e, is_operator, str_from(operators[below(e, 5)]));
}

static void replace_block(struct editor *e) {
    draft_replace(&e->draft, below(e, e->draft.paragraphs.len), fresh(e, "block"));
}

static void insert_block(struct editor *e) {
    const char *symbol = prng_chance(&e->prng, 8) ? "prelude" : "block";
    if (e->draft.paragraphs.len < MOST_BLOCKS)
        draft_insert(&e->draft, below(e, e->draft.paragraphs.len + 1), fresh(e, symbol));
}

static void delete_block(struct editor *e) {
    if (e->draft.paragraphs.len > FEWEST_BLOCKS)
        draft_remove(&e->draft, below(e, e->draft.paragraphs.len));
}

static void copy_block(struct editor *e) {
    size_t from = below(e, e->draft.paragraphs.len);
    if (e->draft.paragraphs.len < MOST_BLOCKS)
        draft_insert(&e->draft, below(e, e->draft.paragraphs.len + 1), str_dup(paragraph(e, from)));
}

static void move_block(struct editor *e) {
    size_t from = below(e, e->draft.paragraphs.len);
    char *moved = str_dup(paragraph(e, from));
    draft_remove(&e->draft, from);
    draft_insert(&e->draft, below(e, e->draft.paragraphs.len + 1), moved);
}

/* A line at which a paragraph can be cut in two that both parse, mostly. */
static bool starts_statement(struct str line) {
    return line.len && (isalpha((unsigned char)line.ptr[0]) || line.ptr[0] == '@') &&
           !str_starts(line, STR("else")) && !str_starts(line, STR("elif")) &&
           !str_starts(line, STR("except")) && !str_starts(line, STR("finally"));
}

static void split_block(struct editor *e) {
    size_t at = below(e, e->draft.paragraphs.len);
    struct str text = paragraph(e, at);
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.ptr[i] != '\n' || !starts_statement(str_slice(text, i + 1, text.len))) continue;
        draft_insert(&e->draft, at + 1, str_dup(str_slice(text, i + 1, text.len)));
        draft_replace(&e->draft, at, str_dup(str_slice(text, 0, i)));
        return;
    }
}

static void join_blocks(struct editor *e) {
    if (e->draft.paragraphs.len <= FEWEST_BLOCKS) return;
    size_t at = below(e, e->draft.paragraphs.len - 1);
    struct buf both = {0};
    buf_printf(&both, "%s\n%s", e->draft.paragraphs.items[at], e->draft.paragraphs.items[at + 1]);
    draft_replace(&e->draft, at, buf_take(&both));
    draft_remove(&e->draft, at + 1);
}

/* The start of one of the paragraph's lines. */
static size_t choose_line(struct editor *e, struct str text) {
    size_t chosen = 0;
    uint32_t seen = 1;
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.ptr[i] == '\n' && below(e, ++seen) == 0) chosen = i + 1;
    return chosen;
}

static size_t line_end(struct str text, size_t at) {
    while (at < text.len && text.ptr[at] != '\n') at++;
    return at;
}

/* A comment line above one of the lines, or gone from there; a comment behind the code. */
static void change_comment(struct editor *e) {
    static const char *const lines[] = {"# A comment line.\n", "    # Indented.\n", "#\n"};
    size_t at = below(e, e->draft.paragraphs.len);
    struct str text = paragraph(e, at);
    size_t start = choose_line(e, text), end = line_end(text, start);
    struct str line = str_trim(str_slice(text, start, end));
    const char *note = memmem(text.ptr, text.len, "  # note", 8);
    if (str_starts(line, STR("#")) && end < text.len)
        put(e, at, start, end + 1, STR(""));
    else if (prng_chance(&e->prng, 60))
        put(e, at, start, start, str_from(lines[below(e, 3)]));
    else if (note)
        put(e, at, (size_t)(note - text.ptr), (size_t)(note - text.ptr) + 8, STR(""));
    else
        put(e, at, text.len, text.len, STR("  # note"));
}

/* Where a line may be broken: behind a comma in brackets.  0: nowhere. */
static size_t choose_break(struct editor *e, struct str text) {
    size_t chosen = 0;
    uint32_t seen = 0;
    int depth = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("([{", text.ptr[i])) depth++;
        if (strchr(")]}", text.ptr[i])) depth--;
        if (text.ptr[i] == ',' && depth > 0 && below(e, ++seen) == 0) chosen = i + 1;
    }
    return chosen;
}

static void change_spacing(struct editor *e) {
    size_t at = below(e, e->draft.paragraphs.len);
    struct str text = paragraph(e, at);
    const char *equals = memmem(text.ptr, text.len, " = ", 3);
    size_t comma = choose_break(e, text);
    if (comma && prng_chance(&e->prng, 70))
        put(e, at, comma, comma, STR("\n       "));
    else if (equals)
        put(e, at, (size_t)(equals - text.ptr), (size_t)(equals - text.ptr), STR(" "));
}

/* A cell begins here, or does not any more: the first one makes the file one of cells. */
static void change_marker(struct editor *e) {
    size_t at = below(e, e->draft.paragraphs.len);
    bool is = str_starts(paragraph(e, at), STR("# %%\n"));
    put(e, at, 0, is ? 5 : 0, is ? STR("") : STR("# %%\n"));
}

static void undo(struct editor *e) {
    size_t back = 1 + below(e, e->half_typed ? 1 : MOST_UNDO);
    if (back > e->undo.len) return;
    char *text = e->undo.items[e->undo.len - back];
    draft_finish(&e->draft);
    draft_parse(&e->draft, str_from(text));
    e->half_typed = false;
}

/* Type the first half of a block, or an opening bracket or quote at the end of one. */
static void type_half(struct editor *e) {
    static const char *const tails[] = {" +", "(", " = [", ".", " '", "\nif True:", "\ndef "};
    size_t at = below(e, e->draft.paragraphs.len);
    struct str text = paragraph(e, at);
    if (prng_chance(&e->prng, 50)) {
        size_t keep = 1 + below(e, text.len);
        while (keep > 1 && isspace((unsigned char)text.ptr[keep - 1])) keep--;
        put(e, at, keep, text.len, STR(""));
    } else {
        put(e, at, text.len, text.len, str_from(tails[below(e, 7)]));
    }
    e->half_typed = true;
}

struct edit_kind {
    const char *what;
    uint32_t weight;
    unsigned feature; /* needed, or 0 */
    void (*apply)(struct editor *e);
};

static const struct edit_kind kinds[] = {
    {"literal", 14, 0, change_literal},
    {"name", 8, 0, change_name},
    {"operator", 5, 0, change_operator},
    {"replace", 14, 0, replace_block},
    {"insert", 14, 0, insert_block},
    {"delete", 9, 0, delete_block},
    {"copy", 3, 0, copy_block},
    {"move", 9, 0, move_block},
    {"split", 4, 0, split_block},
    {"join", 3, 0, join_blocks},
    {"comment", 14, FEATURE_COMMENTS, change_comment},
    {"spacing", 5, FEATURE_COMMENTS, change_spacing},
    {"marker", 1, FEATURE_COMMENTS, change_marker},
    {"undo", 10, 0, undo},
    {"half typed", 8, FEATURE_SYNTAX, type_half},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static uint32_t weight_of(const struct editor *e, const struct edit_kind *kind) {
    return (kind->feature & e->features) == kind->feature ? kind->weight : 0;
}

static const struct edit_kind *choose_kind(struct editor *e) {
    uint32_t total = 0;
    for (size_t i = 0; i < KINDS; i++) total += weight_of(e, &kinds[i]);
    uint32_t at = below(e, total);
    const struct edit_kind *kind = kinds;
    for (; at >= weight_of(e, kind); kind++) at -= weight_of(e, kind);
    return kind;
}

static void remember(struct editor *e, char *text_take) {
    vec_push(&e->undo, text_take);
    if (e->undo.len <= MOST_UNDO) return;
    free(e->undo.items[0]);
    vec_splice(&e->undo, 0, 1, 0);
}

const char *editor_edit(struct editor *e) {
    struct buf before = {0};
    const char *what = "undo";
    draft_text(&e->draft, &before);
    if (e->half_typed && prng_chance(&e->prng, 75)) {
        undo(e);
    } else {
        const struct edit_kind *kind = choose_kind(e);
        kind->apply(e);
        if (prng_chance(&e->prng, 12)) choose_kind(e)->apply(e);
        what = kind->what;
    }
    remember(e, buf_take(&before));
    return what;
}

static void add_prelude(struct editor *e) {
    const struct rule *rule = grammar_first("prelude");
    for (; rule->symbol && strcmp(rule->symbol, "prelude") == 0; rule++) {
        struct buf text = {0};
        bool on = (rule->features & e->features) == rule->features;
        if (!on || prng_chance(&e->prng, 12)) continue;
        grammar_expand_rule(&text, rule, e->features, &e->prng);
        vec_push(&e->draft.paragraphs, buf_take(&text));
    }
}

void editor_start(struct editor *e, uint64_t seed, unsigned features) {
    e->prng = (struct prng){seed};
    e->features = features;
    if (prng_chance(&e->prng, 85)) add_prelude(e);
    size_t count = FEWEST_BLOCKS + below(e, FIRST_MOST - FEWEST_BLOCKS + 1);
    for (size_t i = 0; i < count; i++) vec_push(&e->draft.paragraphs, fresh(e, "block"));
    bool cells = features & FEATURE_COMMENTS && prng_chance(&e->prng, 15);
    for (size_t i = 0; cells && i < e->draft.paragraphs.len; i++)
        if (prng_chance(&e->prng, 70)) put(e, i, 0, 0, STR("# %%\n"));
}

void editor_finish(struct editor *e) {
    draft_finish(&e->draft);
    for (size_t i = 0; i < e->undo.len; i++) free(e->undo.items[i]);
    vec_finish(&e->undo);
}
