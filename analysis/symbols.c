/* SPDX-License-Identifier: Apache-2.0 */
/* symbols.c - the analysis of one block: parse, walk, build the lists. */
#include "analysis/symbols.h"

#include "analysis/symbols_internal.h"

/* The requirements of deferred code that the block itself has not settled by its end. */
static void require_deferred(struct walk *w) {
    w->ctx.dead = 0; /* a function outlives a block that ends by raising */
    for (size_t i = 0; i < w->uses.len; i++) {
        const struct use *use = &w->uses.items[i];
        uint32_t binding = w->names.items[use->name].module;
        if (w->bindings.items[binding].state & INHERITED) name_require(w, use->name, use->at, true);
    }
}

/* What the statement that has just been walked leaves bound on every path. */
static void note_sure(struct walk *w, size_t touched) {
    for (size_t i = touched; i < w->touched.len; i++) {
        const struct binding *b = &w->bindings.items[w->touched.items[i].binding];
        struct name *n = &w->names.items[b->name];
        if (b->kind == BINDING_MODULE && b->state == BOUND && n->sure_at == NONE)
            n->sure_at = w->statement.end;
    }
}

static void walk_module(struct walk *w) {
    uint32_t end = node_at(w, 0)->next;
    bool statements = node_at(w, 0)->kind == NODE_MODULE;
    w->statement = syntax_span(w->syntax, 0);
    if (!statements) {
        walk_node(w, 0);
        return;
    }
    for (uint32_t i = 1; i < end; i = node_at(w, i)->next) {
        size_t touched = w->touched.len;
        w->statement = syntax_span(w->syntax, i);
        walk_node(w, i);
        note_sure(w, touched);
    }
}

static void walk_finish(struct walk *w) {
    names_finish(w);
    vec_finish(&w->bindings);
    vec_finish(&w->undo);
    vec_finish(&w->touched);
    vec_finish(&w->ends);
    vec_finish(&w->units);
    vec_finish(&w->uses);
    vec_finish(&w->effects);
    vec_finish(&w->attachments);
    vec_finish(&w->pending);
}

void symbols_analyse(struct symbols *out, struct str source, bool inherits_future_annotations) {
    struct syntax syntax = {0};
    syntax_parse(&syntax, source);
    struct walk w = {
        .syntax = &syntax,
        .out = out,
        .ctx = {.visible_class = NONE, .unit = NONE, .unit_scope = NONE},
        .first_fresh = NONE,
        .future_annotations = inherits_future_annotations,
    };
    out->syntax_error = syntax.error;
    if (syntax.refused) out->wild |= WILD_SIZE;
    walk_module(&w);
    require_deferred(&w);
    result_build(&w);
    walk_finish(&w);
    syntax_finish(&syntax);
}

void symbols_finish(struct symbols *s) {
    vec_finish(&s->provides);
    vec_finish(&s->requires);
    vec_finish(&s->mutates);
    vec_finish(&s->deletes);
    vec_finish(&s->deletes_surely);
    vec_finish(&s->imports);
    vec_finish(&s->arguments);
    vec_finish(&s->exports_all);
    vec_finish(&s->definition_uses);
    vec_finish(&s->definition_effects);
    free(s->pool);
    *s = (struct symbols){0};
}

static int compare_definition(const void *key, const void *item) {
    return str_cmp(*(const struct str *)key, ((const struct definition *)item)->name);
}

const struct definition *symbols_definition(const struct symbols *s, struct str name) {
    if (!s->provides.len) return NULL;
    return bsearch(&name, s->provides.items, s->provides.len, sizeof *s->provides.items,
                   compare_definition);
}

static int compare_requirement(const void *key, const void *item) {
    return str_cmp(*(const struct str *)key, ((const struct requirement *)item)->name);
}

const struct requirement *symbols_requirement(const struct symbols *s, struct str name) {
    if (!s->requires.len) return NULL;
    return bsearch(&name, s->requires.items, s->requires.len, sizeof *s->requires.items,
                   compare_requirement);
}
