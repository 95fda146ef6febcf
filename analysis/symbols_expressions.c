/* SPDX-License-Identifier: Apache-2.0 */
/* symbols_expressions.c - calls, comprehensions, and what binds inside expressions. */
#include "analysis/symbols_internal.h"

#define POSITION_LATER 31 /* every later position, keywords, unpacking */

/* --- calls --- */

static bool is_any_of(struct str text, const struct str *texts, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (str_eq(text, texts[i])) return true;
    return false;
}

static uint32_t argument_value(const struct walk *w, uint32_t argument) {
    switch (node_at(w, argument)->kind) {
    case NODE_KEYWORD_ARGUMENT:
        return syntax_child(w->syntax, argument, FIELD_VALUE);
    case NODE_LIST_SPLAT:
    case NODE_DICTIONARY_SPLAT:
        return syntax_first(w->syntax, argument);
    default:
        return argument;
    }
}

/* The parameters that any of the block's functions of that name mutates. */
static uint32_t mutated_parameters(const struct walk *w, uint32_t callee) {
    uint32_t mask = 0, a = w->names.items[callee].attached;
    for (; a != NONE; a = w->attachments.items[a].next)
        mask |= w->units.items[w->attachments.items[a].unit].mutated_parameters;
    return mask;
}

static void pass_argument(struct walk *w, uint32_t callee, uint32_t root, uint32_t position) {
    uint32_t name = name_of_node(w, root), mask = mutated_parameters(w, callee);
    bool anywhere = position == POSITION_LATER && mask;
    if (anywhere || mask >> position & 1) name_mutate(w, name);
    if (w->ctx.deferred || symbols_is_builtin(w->names.items[callee].text)) return;
    if (w->bindings.items[name_resolve(w, name)].kind != BINDING_MODULE) return;
    struct argument_use use = {w->names.items[callee].text, w->names.items[name].text, position};
    vec_push(&w->out->arguments, use);
}

static void pass_arguments(struct walk *w, uint32_t callee, uint32_t arguments) {
    uint32_t position = 0, end = node_at(w, arguments)->next;
    for (uint32_t c = arguments + 1; c < end; c = node_at(w, c)->next) {
        uint32_t value = argument_value(w, c), root = SYNTAX_NONE;
        if (value != c) position = POSITION_LATER; /* so are those behind it */
        if (value != SYNTAX_NONE && node_at(w, value)->kind != NODE_CALL)
            root = root_identifier(w, value);
        if (root != SYNTAX_NONE) pass_argument(w, callee, root, position);
        if (position < POSITION_LATER) position++;
    }
}

/* Calls of builtins that concern the namespace or their first argument. */
static void call_builtin(struct walk *w, struct str function, uint32_t arguments) {
    static const struct str mutators[] = {STR_INIT("setattr"), STR_INIT("delattr"),
                                          STR_INIT("next")};
    static const struct str namespaces[] = {STR_INIT("vars"), STR_INIT("locals")};
    uint32_t first = syntax_first(w->syntax, arguments);
    if (first != SYNTAX_NONE && is_any_of(function, mutators, 3)) target_mutate(w, first);
    bool own = first == SYNTAX_NONE && node_at(w, arguments)->kind == NODE_ARGUMENT_LIST;
    if (own && !w->ctx.in_function && !w->ctx.in_class && is_any_of(function, namespaces, 2))
        w->out->wild |= WILD_GLOBALS;
}

static void call_name(struct walk *w, uint32_t function, uint32_t arguments) {
    uint32_t name = name_of_node(w, function), binding = name_resolve(w, name);
    const struct binding *b = &w->bindings.items[binding];
    if (b->kind != BINDING_MODULE) return;
    if (b->state & INHERITED) call_builtin(w, w->names.items[name].text, arguments);
    if (!w->ctx.deferred) name_mention(w, name, true);
    if (node_at(w, arguments)->kind == NODE_ARGUMENT_LIST) pass_arguments(w, name, arguments);
}

uint32_t on_call(struct walk *w, uint32_t node) {
    uint32_t function = syntax_child(w->syntax, node, FIELD_FUNCTION);
    uint32_t arguments = syntax_child(w->syntax, node, FIELD_ARGUMENTS);
    if (function == SYNTAX_NONE || arguments == SYNTAX_NONE) return node + 1;
    if (node_at(w, function)->kind == NODE_IDENTIFIER) call_name(w, function, arguments);
    import_by_call(w, function, arguments);
    return node + 1;
}

uint32_t on_await(struct walk *w, uint32_t node) {
    if (!w->ctx.in_function) w->out->top_level_await = true;
    return node + 1;
}

uint32_t on_named_expression(struct walk *w, uint32_t node) {
    uint32_t name = syntax_child(w->syntax, node, FIELD_NAME);
    walk_node(w, syntax_child(w->syntax, node, FIELD_VALUE));
    if (name != SYNTAX_NONE && node_at(w, name)->kind == NODE_IDENTIFIER)
        name_bind(w, name_of_node(w, name), DEF_VARIABLE, NONE);
    return node_at(w, node)->next;
}

/* f"{x:=5}" reads x; behind it stands a format, in which only braces hold code. */
uint32_t on_formatted(struct walk *w, uint32_t node) {
    uint32_t name = syntax_child(w->syntax, node, FIELD_NAME);
    uint32_t value = syntax_child(w->syntax, node, FIELD_VALUE);
    if (name != SYNTAX_NONE && node_at(w, name)->kind == NODE_IDENTIFIER) name_read(w, name);
    if (value != SYNTAX_NONE && str_starts(syntax_text(w->syntax, value), STR("{")))
        walk_node(w, value);
    return node_at(w, node)->next;
}

/* --- comprehensions --- */

static void walk_for_in(struct walk *w, uint32_t clause, bool first) {
    uint32_t end = node_at(w, clause)->next, left = syntax_child(w->syntax, clause, FIELD_LEFT);
    for (uint32_t c = clause + 1; c < end && !first; c = node_at(w, c)->next)
        if (c != left) walk_node(w, c);
    if (left != SYNTAX_NONE) target_bind(w, left, DEF_VARIABLE, NONE);
    if (!w->ctx.in_function && starts_async(w, clause)) w->out->top_level_await = true;
}

/* Clauses from left to right, then the element; the first iterable was walked outside. */
static void walk_comprehension(struct walk *w, uint32_t node, uint32_t first,
                               struct join *skipped) {
    struct scope scope;
    uint32_t end = node_at(w, node)->next;
    scope_enter(w, &scope, SCOPE_BLOCK);
    for (uint32_t c = node + 1; c < end; c = node_at(w, c)->next) {
        uint32_t left = syntax_child(w->syntax, c, FIELD_LEFT);
        if (node_at(w, c)->kind == NODE_FOR_IN_CLAUSE && left != SYNTAX_NONE)
            scope_declare_targets(w, &scope, left);
    }
    w->ctx.visible_class = NONE;
    for (uint32_t c = node + 1; c < end; c = node_at(w, c)->next) {
        if (node_at(w, c)->kind == NODE_FOR_IN_CLAUSE)
            walk_for_in(w, c, c == first);
        else if (node_at(w, c)->kind == NODE_IF_CLAUSE && c + 1 < node_at(w, c)->next)
            walk_condition(w, c + 1, skipped, true);
    }
    walk_node(w, syntax_child(w->syntax, node, FIELD_BODY));
    scope_leave(w, &scope);
}

static void walk_first_iterable(struct walk *w, uint32_t clause) {
    uint32_t end = node_at(w, clause)->next;
    for (uint32_t c = clause + 1; c < end; c = node_at(w, c)->next)
        if (node_at(w, c)->field != FIELD_LEFT) walk_node(w, c);
}

/* A generator that is not consumed by the call it stands in runs some time later. */
static void walk_generator(struct walk *w, uint32_t node, uint32_t first, struct join *skipped) {
    bool outermost = w->ctx.unit == NONE;
    if (outermost) w->ctx.unit = unit_begin(w);
    uint32_t unit = w->ctx.unit;
    w->ctx.deferred = true;
    w->ctx.in_function = true;
    walk_comprehension(w, node, first, skipped);
    unit_end(w, unit);
    w->ctx.deferred = false;
    if (outermost) unit_mention(w, unit, false);
}

uint32_t on_comprehension(struct walk *w, uint32_t node) {
    uint32_t first = node + 1, end = node_at(w, node)->next;
    while (first < end && node_at(w, first)->kind != NODE_FOR_IN_CLAUSE)
        first = node_at(w, first)->next;
    if (first >= end) return node + 1;
    bool eager = node_at(w, node)->kind != NODE_GENERATOR_EXPRESSION ||
                 node_at(w, node)->field == FIELD_ARGUMENTS; /* sum(x for x in xs) */
    walk_first_iterable(w, first);

    struct context outer = w->ctx;
    struct join j;
    join_begin(w, &j);
    join_fork(w, &j); /* the iterable may be empty */
    if (eager || w->ctx.deferred)
        walk_comprehension(w, node, first, &j);
    else
        walk_generator(w, node, first, &j);
    join_fork(w, &j);
    join_finish(w, &j);
    outer.dead = w->ctx.dead;
    w->ctx = outer;
    return end;
}
