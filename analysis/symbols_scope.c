/* SPDX-License-Identifier: Apache-2.0 */
/* symbols_scope.c - nested scopes and name resolution.
 *
 * Python decides at compile time which scope a name belongs to: binding it anywhere in a function
 * makes it local everywhere in it.  So a scope's names are collected before its code is walked.
 * Each name has a stack of bindings (binding.outer); entering a scope pushes, leaving pops.
 * INVARIANT: a scope's bindings are contiguous in walk.bindings: all of them are declared before
 * anything nested is entered. Only names new to the module come between them. */
#include "analysis/symbols_internal.h"

void scope_enter(struct walk *w, struct scope *s, enum scope_kind kind) {
    *s = (struct scope){.id = ++w->scopes, .kind = kind};
    s->first = s->end = w->bindings.len;
}

uint32_t scope_declare(struct walk *w, struct scope *s, uint32_t name, enum binding_kind kind) {
    uint32_t top = w->names.items[name].top;
    struct binding *b = &w->bindings.items[top];
    if (b->scope == s->id) { /* a declaration outweighs the bindings it is about */
        if (kind == BINDING_GLOBAL || kind == BINDING_NONLOCAL) b->kind = (uint8_t)kind;
        return top;
    }
    uint32_t index = (uint32_t)w->bindings.len;
    vec_push(&w->bindings, ((struct binding){
                               .name = name,
                               .outer = top,
                               .scope = s->id,
                               .kind = (uint8_t)kind,
                               .state = INHERITED,
                               .in_class = s->kind == SCOPE_CLASS,
                           }));
    w->names.items[name].top = index;
    s->end = index + 1;
    return index;
}

void scope_leave(struct walk *w, struct scope *s) {
    for (size_t i = s->end; i-- > s->first;) {
        const struct binding *b = &w->bindings.items[i];
        if (b->scope == s->id) w->names.items[b->name].top = b->outer;
    }
}

uint32_t name_resolve(const struct walk *w, uint32_t name) {
    for (uint32_t i = w->names.items[name].top;;) {
        const struct binding *b = &w->bindings.items[i];
        bool visible = !b->in_class || b->scope == w->ctx.visible_class;
        if (visible && b->kind == BINDING_GLOBAL) return w->names.items[name].module;
        if (visible && b->kind != BINDING_NONLOCAL) return i;
        i = b->outer;
    }
}

bool is_target_list(uint8_t kind) {
    switch (kind) {
    case NODE_PATTERN_LIST:
    case NODE_TUPLE_PATTERN:
    case NODE_LIST_PATTERN:
    case NODE_LIST_SPLAT_PATTERN:
    case NODE_EXPRESSION_LIST:
    case NODE_TUPLE:
    case NODE_LIST:
    case NODE_LIST_SPLAT:
    case NODE_PARENTHESIZED_EXPRESSION:
    case NODE_AS_PATTERN_TARGET:
        return true;
    default:
        return false;
    }
}

static void declare_node(struct walk *w, struct scope *s, uint32_t node) {
    bool in_class = s->kind == SCOPE_CLASS;
    scope_declare(w, s, name_of_node(w, node), in_class ? BINDING_CLASS : BINDING_LOCAL);
}

void scope_declare_targets(struct walk *w, struct scope *s, uint32_t target) {
    uint32_t end = node_at(w, target)->next;
    for (uint32_t i = target; i < end;) {
        uint8_t kind = node_at(w, i)->kind;
        if (kind == NODE_IDENTIFIER) declare_node(w, s, i);
        i = is_target_list(kind) ? i + 1 : node_at(w, i)->next;
    }
}

/* --- collecting: one function for each kind of node that binds --- */

typedef void collect_fn(struct walk *w, struct scope *s, uint32_t node);

static void collect_left(struct walk *w, struct scope *s, uint32_t node) {
    uint32_t left = syntax_child(w->syntax, node, FIELD_LEFT);
    if (left != SYNTAX_NONE) scope_declare_targets(w, s, left);
}

/* `x: int` makes x local without binding it, `(x): int` does not. */
static void collect_assignment(struct walk *w, struct scope *s, uint32_t node) {
    uint32_t left = syntax_child(w->syntax, node, FIELD_LEFT);
    if (left == SYNTAX_NONE) return;
    if (node_at(w, left)->kind == NODE_IDENTIFIER ||
        syntax_child(w->syntax, node, FIELD_RIGHT) != SYNTAX_NONE)
        scope_declare_targets(w, s, left);
}

static void collect_name(struct walk *w, struct scope *s, uint32_t node) {
    uint32_t name = syntax_child(w->syntax, node, FIELD_NAME);
    if (name != SYNTAX_NONE && node_at(w, name)->kind == NODE_IDENTIFIER) declare_node(w, s, name);
}

static void collect_children(struct walk *w, struct scope *s, uint32_t node) {
    for (uint32_t c = node + 1; c < node_at(w, node)->next; c = node_at(w, c)->next)
        scope_declare_targets(w, s, c);
}

static void collect_global(struct walk *w, struct scope *s, uint32_t node) {
    for (uint32_t c = node + 1; c < node_at(w, node)->next; c = node_at(w, c)->next)
        scope_declare(w, s, name_of_node(w, c), BINDING_GLOBAL);
}

static void collect_nonlocal(struct walk *w, struct scope *s, uint32_t node) {
    for (uint32_t c = node + 1; c < node_at(w, node)->next; c = node_at(w, c)->next)
        scope_declare(w, s, name_of_node(w, c), BINDING_NONLOCAL);
}

static void collect_alias(struct walk *w, struct scope *s, uint32_t node) {
    uint32_t last = SYNTAX_NONE;
    for (uint32_t c = node + 1; c < node_at(w, node)->next; c = node_at(w, c)->next) last = c;
    if (last != SYNTAX_NONE) scope_declare_targets(w, s, last);
}

static void collect_import(struct walk *w, struct scope *s, uint32_t node) {
    for (uint32_t c = node + 1; c < node_at(w, node)->next; c = node_at(w, c)->next) {
        if (node_at(w, c)->field != FIELD_NAME) continue;
        bool aliased = node_at(w, c)->kind == NODE_ALIASED_IMPORT;
        uint32_t bound = aliased ? syntax_child(w->syntax, c, FIELD_ALIAS)
                                 : syntax_first(w->syntax, c);
        if (bound != SYNTAX_NONE) declare_node(w, s, bound);
    }
}

/* The node of a pattern to look at after node i: skips names that the pattern only reads. */
uint32_t case_next(const struct walk *w, uint32_t i) {
    const struct syntax_node *n = node_at(w, i);
    if (i + 1 >= n->next) return n->next;
    uint32_t behind_first = node_at(w, i + 1)->next;
    if (n->kind == NODE_DOTTED_NAME && behind_first != n->next) return n->next;
    bool headed = n->kind == NODE_CLASS_PATTERN || n->kind == NODE_KEYWORD_PATTERN;
    return headed ? behind_first : i + 1;
}

/* Every name in a pattern that is not an attribute chain, a class or a keyword binds. */
static void collect_case(struct walk *w, struct scope *s, uint32_t node) {
    for (uint32_t c = node + 1; c < node_at(w, node)->next; c = node_at(w, c)->next) {
        if (node_at(w, c)->kind != NODE_CASE_PATTERN) continue;
        uint32_t end = node_at(w, c)->next;
        for (uint32_t i = c; i < end;) {
            const struct syntax_node *n = node_at(w, i);
            if (n->kind == NODE_IDENTIFIER) declare_node(w, s, i);
            i = case_next(w, i);
        }
    }
}

static void collect_type_alias(struct walk *w, struct scope *s, uint32_t node) {
    uint32_t end = node_at(w, node)->next;
    for (uint32_t i = node + 1; i < end; i++)
        if (node_at(w, i)->kind == NODE_IDENTIFIER) {
            declare_node(w, s, i);
            return;
        }
}

static collect_fn *const collectors[NODE_KINDS] = {
    [NODE_ASSIGNMENT] = collect_assignment,
    [NODE_AUGMENTED_ASSIGNMENT] = collect_left,
    [NODE_FOR_STATEMENT] = collect_left,
    [NODE_NAMED_EXPRESSION] = collect_name,
    [NODE_FUNCTION_DEFINITION] = collect_name,
    [NODE_CLASS_DEFINITION] = collect_name,
    [NODE_DELETE_STATEMENT] = collect_children,
    [NODE_GLOBAL_STATEMENT] = collect_global,
    [NODE_NONLOCAL_STATEMENT] = collect_nonlocal,
    [NODE_AS_PATTERN] = collect_alias,
    [NODE_IMPORT_STATEMENT] = collect_import,
    [NODE_IMPORT_FROM_STATEMENT] = collect_import,
    [NODE_FUTURE_IMPORT_STATEMENT] = collect_import,
    [NODE_CASE_CLAUSE] = collect_case,
    [NODE_TYPE_ALIAS_STATEMENT] = collect_type_alias,
};

void scope_collect(struct walk *w, struct scope *s, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to;) {
        const struct syntax_node *n = node_at(w, i);
        bool nested = (n->flags & NODE_SCOPE_BODY) && i != from;
        if (nested || !(n->flags & NODE_BINDS)) {
            i = n->next;
            continue;
        }
        if (collectors[n->kind]) collectors[n->kind](w, s, i);
        i++;
    }
}
