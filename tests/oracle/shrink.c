/* SPDX-License-Identifier: Apache-2.0 */
/* shrink.c - candidates, and whether they still fail. */
#include "tests/oracle/shrink.h"

#include <time.h>

#include "tests/oracle/draft.h"

struct shrinker {
    struct trial *trial;
    struct case_file *best; /* the smallest that failed; the caller's */
    time_t until;
    bool progress;
};

/* --- Trying. --- */

static bool fails(struct trial *t, struct case_file *c) {
    size_t at;
    struct buf why = {0};
    bool failed = c->texts.len && trial_replay(t, c, &at, &why) != VERDICT_SAME;
    if (failed) case_cut(c, at + 1);
    buf_finish(&why);
    return failed;
}

static size_t size_of(const struct case_file *c) {
    size_t size = 0;
    for (size_t i = 0; i < c->texts.len; i++) size += strlen(c->texts.items[i]) + 1;
    return size;
}

/* Keep the candidate, which is taken, if it is smaller and fails. */
static bool try_take(struct shrinker *s, struct case_file *candidate) {
    bool better = time(NULL) < s->until && size_of(candidate) < size_of(s->best) &&
                  fails(s->trial, candidate);
    if (better) {
        case_finish(s->best);
        *s->best = *candidate;
        s->progress = true;
    } else {
        case_finish(candidate);
    }
    return better;
}

/* --- Fewer edits. --- */

static bool without_texts(struct shrinker *s, size_t from, size_t count) {
    struct case_file candidate;
    case_copy(&candidate, s->best);
    for (size_t i = from; i < from + count; i++) free(candidate.texts.items[i]);
    vec_splice(&candidate.texts, from, count, 0);
    return try_take(s, &candidate);
}

static void drop_edits(struct shrinker *s) {
    for (size_t count = s->best->texts.len / 2; count > 0; count /= 2)
        for (size_t from = 0; from + count < s->best->texts.len;)
            if (!without_texts(s, from, count)) from += count;
}

/* --- Smaller texts: the same change in each, or in one only. --- */

struct change {
    char *old, *with; /* owned; `with` NULL: the paragraph goes */
};

static void change_text(char **text, const struct change *change) {
    struct draft draft = {0};
    struct buf out = {0};
    draft_parse(&draft, str_from(*text));
    for (size_t i = draft.paragraphs.len; i-- > 0;) {
        if (strcmp(draft.paragraphs.items[i], change->old) != 0) continue;
        if (change->with)
            draft_replace(&draft, i, str_dup(str_from(change->with)));
        else
            draft_remove(&draft, i);
    }
    draft_text(&draft, &out);
    free(*text);
    *text = buf_take(&out);
    draft_finish(&draft);
}

/* `only`: the index of a text, or SIZE_MAX for all. */
static bool with_change(struct shrinker *s, const struct change *change, size_t only) {
    struct case_file candidate;
    case_copy(&candidate, s->best);
    for (size_t i = 0; i < candidate.texts.len; i++)
        if (only == SIZE_MAX || only == i) change_text(&candidate.texts.items[i], change);
    return try_take(s, &candidate);
}

/* Try the change everywhere, then from each text on its own. */
static void try_change(struct shrinker *s, struct change *change) {
    bool done = with_change(s, change, SIZE_MAX);
    for (size_t i = 0; !done && i < s->best->texts.len; i++) with_change(s, change, i);
    free(change->with);
}

/* The paragraph without one of its lines. */
static char *without_line(const char *paragraph, size_t line) {
    struct buf out = {0};
    struct str rest = str_from(paragraph);
    for (size_t i = 0; rest.len; i++) {
        const char *end = memchr(rest.ptr, '\n', rest.len);
        size_t len = end ? (size_t)(end - rest.ptr) + 1 : rest.len;
        if (i != line) buf_append(&out, str_slice(rest, 0, len));
        rest = str_slice(rest, len, rest.len);
    }
    if (out.len && out.ptr[out.len - 1] == '\n') out.len--;
    if (out.len) return buf_take(&out);
    buf_finish(&out);
    return NULL;
}

static size_t count_lines(const char *paragraph) {
    size_t count = 1;
    for (; *paragraph; paragraph++) count += *paragraph == '\n';
    return count;
}

static void shrink_paragraph(struct shrinker *s, char *paragraph) {
    struct change gone = {paragraph, NULL};
    try_change(s, &gone);
    size_t lines = count_lines(paragraph);
    for (size_t line = 0; lines > 1 && line < lines; line++) {
        struct change shorter = {paragraph, without_line(paragraph, line)};
        try_change(s, &shorter);
    }
}

static void shrink_texts(struct shrinker *s) {
    for (size_t i = 0; i < s->best->texts.len; i++) {
        struct draft draft = {0};
        draft_parse(&draft, str_from(s->best->texts.items[i]));
        for (size_t k = 0; k < draft.paragraphs.len; k++)
            shrink_paragraph(s, draft.paragraphs.items[k]);
        draft_finish(&draft);
    }
}

bool shrink_case(struct trial *t, struct case_file *c, int seconds) {
    struct shrinker s = {t, c, time(NULL) + seconds, true};
    struct tally tally = t->tally;
    bool count = t->count, failed;
    t->count = false;
    failed = fails(t, c);
    while (failed && s.progress && time(NULL) < s.until) {
        s.progress = false;
        drop_edits(&s);
        shrink_texts(&s);
    }
    t->tally = tally;
    t->count = count;
    return failed;
}
