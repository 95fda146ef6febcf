/* SPDX-License-Identifier: Apache-2.0 */
/* pragma.c - read pragma words, and notice the nearly right ones. */
#include "analysis/pragma.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum action { HIDE, SHOW, HIDE_ALL, ALWAYS_EVAL, SKIP };

struct word_row {
    struct str name;
    enum action action;
    uint8_t mask; /* 1 << category; 0 for the last two actions */
};

#define ROWS(category, noun)                                                                       \
    {STR_INIT("hide-" noun), HIDE, 1 << category}, {STR_INIT("show-" noun), SHOW, 1 << category},  \
    {                                                                                              \
        STR_INIT("hide-all-" noun), HIDE_ALL, 1 << category                                        \
    }

static const struct word_row rows[] = {
    ROWS(SHOW_CODE, "code"),
    ROWS(SHOW_STATEMENTS, "statements"),
    ROWS(SHOW_STATEMENTS, "statement"),
    ROWS(SHOW_VISUALS, "visuals"),
    ROWS(SHOW_VISUALS, "visual"),
    ROWS(SHOW_PROSE, "prose"),
    {STR_INIT("always-eval"), ALWAYS_EVAL, 0},
    {STR_INIT("skip"), SKIP, 0},
};
enum { ROW_COUNT = sizeof rows / sizeof *rows, NAME_MAX_LEN = 19 };

static const struct word_row *find_word(struct str word) {
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (str_eq(rows[i].name, word)) return &rows[i];
    return NULL;
}

bool pragma_is_word(struct str word) {
    return find_word(word) != NULL;
}

/* --- near misses --- */

static unsigned min3(unsigned a, unsigned b, unsigned c) {
    unsigned least = a < b ? a : b;
    return least < c ? least : c;
}

/* Levenshtein distance; both at most NAME_MAX_LEN + 2 long. */
static unsigned distance(struct str a, struct str b) {
    unsigned row[NAME_MAX_LEN + 3];
    for (unsigned j = 0; j <= b.len; j++) row[j] = j;
    for (size_t i = 0; i < a.len; i++) {
        unsigned diagonal = row[0]++;
        for (size_t j = 0; j < b.len; j++) {
            unsigned above = row[j + 1];
            row[j + 1] = min3(above + 1, row[j] + 1, diagonal + (a.ptr[i] != b.ptr[j]));
            diagonal = above;
        }
    }
    return row[b.len];
}

/* The word that was probably meant; NULL when none is near.  Without a hyphen only `skip` is. */
static const struct word_row *nearest_word(struct str word) {
    if (word.len > NAME_MAX_LEN + 2) return NULL;
    const struct word_row *best = NULL;
    unsigned least = memchr(word.ptr, '-', word.len) ? 3 : 2; /* what is not near any more */
    for (size_t i = 0; i < ROW_COUNT; i++) {
        unsigned d = distance(word, rows[i].name);
        if (d >= least) continue;
        least = d;
        best = &rows[i];
    }
    return best;
}

/* --- one line --- */

/* The words of one line, before they are merged into the block's. */
struct line_words {
    struct pragmas *out;
    uint8_t hide, show, hide_all;
    bool always_eval, skip;
};

__attribute__((format(printf, 3, 4))) static void diagnose(struct pragmas *out, struct span at,
                                                           const char *fmt, ...) {
    struct pragma_diagnostic d = {.at = at};
    va_list args;
    va_start(args, fmt);
    vsnprintf(d.message, sizeof d.message, fmt, args);
    va_end(args);
    vec_push(&out->diagnostics, d);
}

static bool take_back(uint8_t *mask, uint8_t bits) {
    bool had = *mask & bits;
    *mask &= (uint8_t)~bits;
    return had;
}

static bool take_back_flag(bool *flag) {
    bool had = *flag;
    *flag = false;
    return had;
}

/* Apply one word; a word of the same line that says the opposite gives way. */
static void apply(struct line_words *line, const struct word_row *row, struct span at) {
    bool contradicts = false;
    switch (row->action) {
    case HIDE:
        contradicts = take_back(&line->show, row->mask);
        line->hide |= row->mask;
        break;
    case SHOW:
        contradicts = take_back(&line->hide, row->mask);
        line->show |= row->mask;
        break;
    case HIDE_ALL:
        line->hide_all |= row->mask;
        break;
    case ALWAYS_EVAL:
        contradicts = take_back_flag(&line->skip);
        line->always_eval = true;
        break;
    case SKIP:
        contradicts = take_back_flag(&line->always_eval);
        line->skip = true;
        break;
    }
    vec_push(&line->out->words, row->name);
    if (contradicts)
        diagnose(line->out, at, "'%.*s' contradicts an earlier word of this line and wins",
                 STR_FMT(row->name));
}

/* Across lines the order does not matter: show wins over hide, and skip over always-eval. */
static void merge(const struct line_words *line) {
    struct pragmas *out = line->out;
    out->show |= line->show;
    out->hide = (uint8_t)((out->hide | line->hide) & ~out->show);
    out->hide_all |= line->hide_all;
    out->skip |= line->skip;
    out->always_eval = (out->always_eval || line->always_eval) && !out->skip;
}

static bool is_separator(char c) {
    return c == ' ' || c == '\t' || c == ',' || c == '\f';
}

/* The next word of `text` from *pos on; empty at the end. */
static struct str next_word(struct str text, size_t *pos) {
    while (*pos < text.len && is_separator(text.ptr[*pos])) ++*pos;
    size_t start = *pos;
    while (*pos < text.len && !is_separator(text.ptr[*pos])) ++*pos;
    return str_slice(text, start, *pos);
}

static struct span word_span(struct str text, struct str word, uint32_t at) {
    uint32_t start = at + (uint32_t)(word.ptr - text.ptr);
    return (struct span){start, start + (uint32_t)word.len};
}

static void suggest(struct pragmas *out, struct str word, struct span at) {
    const struct word_row *near = nearest_word(word);
    if (near)
        diagnose(out, at, "unknown pragma '%.*s'; did you mean '%.*s'?", STR_FMT(word),
                 STR_FMT(near->name));
    else
        diagnose(out, at, "unknown pragma");
}

/* Whether words after `# |` are pragmas: one is known, or the first is nearly so.  A second '|'
 * makes the line a table row. */
static bool looks_like_pragma(struct str text) {
    if (text.len && memchr(text.ptr, '|', text.len)) return false;
    size_t pos = 0;
    struct str first = next_word(text, &pos);
    if (first.len == 0) return false;
    if (find_word(first) || nearest_word(first)) return true;
    for (struct str word; (word = next_word(text, &pos)).len;)
        if (find_word(word)) return true;
    return false;
}

bool pragma_parse_comment(struct pragmas *out, struct str comment, uint32_t at) {
    size_t bar = 1;
    while (bar < comment.len && is_separator(comment.ptr[bar]) && comment.ptr[bar] != ',') bar++;
    if (bar >= comment.len || comment.ptr[bar] != '|') return false;
    struct str text = str_slice(comment, bar + 1, comment.len);
    if (!looks_like_pragma(text)) return false;
    struct line_words line = {.out = out};
    size_t pos = 0;
    for (struct str word; (word = next_word(text, &pos)).len;) {
        const struct word_row *row = find_word(word);
        struct span span = word_span(text, word, at + (uint32_t)bar + 1);
        if (row)
            apply(&line, row, span);
        else
            suggest(out, word, span);
    }
    merge(&line);
    return true;
}

/* --- words on a marker line --- */

static bool is_metadata(struct str word) {
    return word.ptr[0] == '[' || memchr(word.ptr, '=', word.len);
}

/* `skip` is an English word: in a title it is none of ours. */
static bool is_in_title(struct str text, size_t pos, bool after_plain_word) {
    struct str next = next_word(text, &pos);
    return after_plain_word || (next.len && !find_word(next) && !is_metadata(next));
}

void pragma_parse_marker(struct pragmas *out, struct str rest, uint32_t at) {
    struct line_words line = {.out = out};
    bool after_plain_word = false;
    size_t pos = 0;
    for (struct str word; (word = next_word(rest, &pos)).len;) {
        const struct word_row *row = find_word(word);
        if (row && (row->action != SKIP || !is_in_title(rest, pos, after_plain_word))) {
            apply(&line, row, word_span(rest, word, at));
            after_plain_word = false;
            continue;
        }
        after_plain_word = !is_metadata(word);
        if (!row && after_plain_word && memchr(word.ptr, '-', word.len) && nearest_word(word))
            suggest(out, word, word_span(rest, word, at));
    }
    merge(&line);
}

bool pragmas_equal(const struct pragmas *a, const struct pragmas *b) {
    return a->hide == b->hide && a->show == b->show && a->hide_all == b->hide_all &&
           a->always_eval == b->always_eval && a->skip == b->skip;
}

void pragmas_finish(struct pragmas *p) {
    vec_finish(&p->words);
    vec_finish(&p->diagnostics);
    *p = (struct pragmas){0};
}
