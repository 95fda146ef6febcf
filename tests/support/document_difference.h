/* SPDX-License-Identifier: Apache-2.0 */
/* document_difference.h - what tells two documents of the same text apart, ids aside. */
#ifndef TESTS_DOCUMENT_DIFFERENCE_H
#define TESTS_DOCUMENT_DIFFERENCE_H

#include "analysis/block_graph.h"
#include "analysis/document.h"

#define DIFFERS(what, differs)                                                                     \
    if (differs) return what

static inline const char *symbols_difference(const struct symbols *a, const struct symbols *b) {
    DIFFERS("provides", a->provides.len != b->provides.len);
    for (size_t i = 0; i < a->provides.len; i++) {
        const struct definition *x = &a->provides.items[i], *y = &b->provides.items[i];
        DIFFERS("provided name", !str_eq(x->name, y->name));
        DIFFERS("provided span", x->span.start != y->span.start || x->span.end != y->span.end);
    }
    DIFFERS("requires", a->requires.len != b->requires.len);
    for (size_t i = 0; i < a->requires.len; i++) {
        const struct requirement *x = &a->requires.items[i], *y = &b->requires.items[i];
        DIFFERS("required name", !str_eq(x->name, y->name) || x->deferred != y->deferred);
        DIFFERS("required at", x->at.start != y->at.start);
    }
    DIFFERS("mutates", a->mutates.len != b->mutates.len || a->deletes.len != b->deletes.len);
    DIFFERS("wild", a->wild != b->wild || a->syntax_error != b->syntax_error);
    return NULL;
}

static inline const char *pragmas_difference(const struct pragmas *a, const struct pragmas *b) {
    DIFFERS("pragmas", !pragmas_equal(a, b) || a->words.len != b->words.len);
    DIFFERS("pragma diagnostics", a->diagnostics.len != b->diagnostics.len);
    for (size_t i = 0; i < a->diagnostics.len; i++)
        DIFFERS("diagnostic place",
                a->diagnostics.items[i].at.start != b->diagnostics.items[i].at.start);
    return NULL;
}

static inline const char *block_difference(const struct block *a, const struct block *b) {
    DIFFERS("index", a->index != b->index);
    DIFFERS("span", a->span.start != b->span.start || a->span.end != b->span.end);
    DIFFERS("kind", a->kind != b->kind || a->docstring != b->docstring || a->cell != b->cell);
    DIFFERS("unfinished", a->unfinished != b->unfinished);
    DIFFERS("lines", a->line != b->line || a->line_count != b->line_count);
    DIFFERS("code line", a->code_line != b->code_line);
    DIFFERS("code hash", !hash128_eq(a->code, b->code));
    DIFFERS("title", !str_eq(a->title, b->title));
    const char *what = pragmas_difference(&a->pragmas, &b->pragmas);
    return what ? what : symbols_difference(&a->symbols, &b->symbols);
}

static inline const char *upstream_difference(const struct document *a, const struct document *b,
                                              size_t index) {
    block_vec x = {0}, y = {0};
    graph_upstream(document_graph(a), document_block(a, index), &x);
    graph_upstream(document_graph(b), document_block(b, index), &y);
    bool same = x.len == y.len;
    for (size_t i = 0; same && i < x.len; i++) same = x.items[i]->index == y.items[i]->index;
    vec_finish(&x);
    vec_finish(&y);
    return same ? NULL : "upstream";
}

/* What is wrong with the ids of one document; NULL when nothing is. */
static inline const char *id_difference(const struct document *doc) {
    for (size_t i = 0; i < document_block_count(doc); i++) {
        const struct block *b = document_block(doc, i);
        DIFFERS("no id", b->id == 0);
        DIFFERS("id not unique", document_block_by_id(doc, b->id) != b);
        DIFFERS("line not found", document_block_at_line(doc, b->line) != b);
    }
    return NULL;
}

static inline const char *document_difference(const struct document *a, const struct document *b) {
    DIFFERS("style", document_style(a) != document_style(b));
    DIFFERS("block count", document_block_count(a) != document_block_count(b));
    const char *what = NULL;
    for (size_t i = 0; !what && i < document_block_count(a); i++) {
        const struct block *x = document_block(a, i), *y = document_block(b, i);
        what = block_difference(x, y);
        if (!what) what = upstream_difference(a, b, i);
        if (!what && document_hidden(a, x) != document_hidden(b, y)) what = "hidden";
    }
    return what ? what : id_difference(a);
}

#undef DIFFERS

#endif
