/* SPDX-License-Identifier: Apache-2.0 */
/* symbols_imports.c - import statements, and calls that import a module named by a literal. */
#include "analysis/symbols_internal.h"

static struct import_use import_at(const struct walk *w, uint32_t node) {
    return (struct import_use){
        .type_checking = w->type_checking > 0,
        .optional = w->optional > 0,
        .deferred = w->ctx.in_function,
        .at = syntax_span(w->syntax, node),
    };
}

static void bind_import(struct walk *w, uint32_t identifier) {
    name_bind(w, name_of_node(w, identifier), DEF_IMPORT, NONE);
}

/* The name that one imported item binds: `c` in `a.b as c`; the first part, or all, of `a.b`. */
static uint32_t bound_identifier(const struct walk *w, uint32_t item) {
    if (node_at(w, item)->kind == NODE_ALIASED_IMPORT)
        return syntax_child(w->syntax, item, FIELD_ALIAS);
    return syntax_first(w->syntax, item);
}

static uint32_t imported_path(const struct walk *w, uint32_t item) {
    bool aliased = node_at(w, item)->kind == NODE_ALIASED_IMPORT;
    return aliased ? syntax_child(w->syntax, item, FIELD_NAME) : item;
}

uint32_t on_import(struct walk *w, uint32_t node) {
    uint32_t end = node_at(w, node)->next;
    for (uint32_t c = node + 1; c < end; c = node_at(w, c)->next) {
        if (node_at(w, c)->field != FIELD_NAME) continue;
        uint32_t path = imported_path(w, c), bound = bound_identifier(w, c);
        if (path == SYNTAX_NONE || bound == SYNTAX_NONE) continue;
        struct import_use use = import_at(w, path);
        use.module = syntax_text(w->syntax, path);
        use.local = syntax_text(w->syntax, bound);
        vec_push(&w->out->imports, use);
        bind_import(w, bound);
    }
    return end;
}

/* Fill in where a from-import imports from. */
static void read_source(const struct walk *w, uint32_t module, struct import_use *use) {
    if (module == SYNTAX_NONE) return;
    uint32_t path = module;
    if (node_at(w, module)->kind == NODE_RELATIVE_IMPORT) {
        uint32_t prefix = syntax_first(w->syntax, module);
        if (prefix == SYNTAX_NONE) return;
        struct str dots = syntax_text(w->syntax, prefix);
        for (size_t i = 0; i < dots.len; i++) use->level += dots.ptr[i] == '.';
        path = node_at(w, prefix)->next;
        if (path >= node_at(w, module)->next) return;
    }
    use->module = syntax_text(w->syntax, path);
}

static void import_star(struct walk *w, struct import_use use) {
    use.name = STR("*");
    use.star = true;
    w->out->wild |= WILD_STAR;
    vec_push(&w->out->imports, use);
}

static void import_names(struct walk *w, uint32_t node, const struct import_use *source) {
    uint32_t end = node_at(w, node)->next;
    for (uint32_t c = node + 1; c < end; c = node_at(w, c)->next) {
        struct import_use use = *source;
        uint32_t path = imported_path(w, c), bound = bound_identifier(w, c);
        if (node_at(w, c)->kind == NODE_WILDCARD_IMPORT) import_star(w, use);
        if (node_at(w, c)->field != FIELD_NAME || path == SYNTAX_NONE || bound == SYNTAX_NONE)
            continue;
        use.name = syntax_text(w->syntax, path);
        use.local = syntax_text(w->syntax, bound);
        use.at = syntax_span(w->syntax, path);
        vec_push(&w->out->imports, use);
        bind_import(w, bound);
    }
}

uint32_t on_import_from(struct walk *w, uint32_t node) {
    uint32_t module = syntax_child(w->syntax, node, FIELD_MODULE_NAME);
    struct import_use source = import_at(w, module == SYNTAX_NONE ? node : module);
    read_source(w, module, &source);
    import_names(w, node, &source);
    return node_at(w, node)->next;
}

uint32_t on_future_import(struct walk *w, uint32_t node) {
    struct import_use source = import_at(w, node);
    source.module = STR("__future__");
    size_t first = w->out->imports.len;
    import_names(w, node, &source);
    for (size_t i = first; i < w->out->imports.len; i++)
        if (str_eq(w->out->imports.items[i].name, STR("annotations")))
            w->future_annotations = w->out->future_annotations = true;
    return node_at(w, node)->next;
}

/* --- importlib.import_module("a.b"), __import__("a.b") --- */

/* The content of a plain one-piece string literal; false for any other node. */
static bool literal_text(const struct walk *w, uint32_t node, struct str *out) {
    const struct syntax_node *n = node_at(w, node);
    if (n->kind != NODE_STRING || n->next != node + 2) return false;
    if (node_at(w, node + 1)->kind != NODE_STRING_CONTENT) return false;
    *out = syntax_text(w->syntax, node + 1);
    return !memchr(out->ptr, '\\', out->len);
}

void import_by_call(struct walk *w, uint32_t function, uint32_t arguments) {
    struct str called = syntax_text(w->syntax, function), module;
    bool imports = str_eq(called, STR("__import__")) || str_eq(called, STR("import_module")) ||
                   str_eq(called, STR("importlib.import_module"));
    uint32_t first = syntax_first(w->syntax, arguments);
    if (!imports || first == SYNTAX_NONE || !literal_text(w, first, &module)) return;
    struct import_use use = import_at(w, first);
    while (str_starts(module, STR("."))) {
        module = str_slice(module, 1, module.len);
        use.level++;
    }
    use.module = module;
    vec_push(&w->out->imports, use);
}
