/* SPDX-License-Identifier: Apache-2.0 */
/* symbols_walk.c - the walk: a loop over the nodes, with one handler for each kind that matters.
 *
 * A kind without a handler is transparent: the walk goes on with its children, which stand in
 * the order in which they are evaluated.  So only what binds, branches or opens a scope recurses.
 */
#include "analysis/symbols_internal.h"

static uint32_t on_identifier(struct walk *w, uint32_t node) {
    name_read(w, node);
    return node + 1;
}

static uint32_t skip(struct walk *w, uint32_t node) {
    return node_at(w, node)->next;
}

static walk_fn *const handlers[NODE_KINDS] = {
    [NODE_IDENTIFIER] = on_identifier,
    [NODE_EXPRESSION_STATEMENT] = on_expression_statement,
    [NODE_ASSIGNMENT] = on_assignment,
    [NODE_AUGMENTED_ASSIGNMENT] = on_augmented,
    [NODE_NAMED_EXPRESSION] = on_named_expression,
    [NODE_FORMATTED] = on_formatted,
    [NODE_DELETE_STATEMENT] = on_delete,
    [NODE_RAISE_STATEMENT] = on_raise,
    [NODE_BREAK_STATEMENT] = on_break,
    [NODE_CONTINUE_STATEMENT] = on_continue,
    [NODE_GLOBAL_STATEMENT] = skip,
    [NODE_NONLOCAL_STATEMENT] = skip,
    [NODE_PRINT_STATEMENT] = on_print,
    [NODE_EXEC_STATEMENT] = on_exec,
    [NODE_TYPE_ALIAS_STATEMENT] = on_type_alias,
    [NODE_IMPORT_STATEMENT] = on_import,
    [NODE_IMPORT_FROM_STATEMENT] = on_import_from,
    [NODE_FUTURE_IMPORT_STATEMENT] = on_future_import,
    [NODE_IF_STATEMENT] = on_if,
    [NODE_FOR_STATEMENT] = on_loop,
    [NODE_WHILE_STATEMENT] = on_loop,
    [NODE_TRY_STATEMENT] = on_try,
    [NODE_WITH_STATEMENT] = on_with,
    [NODE_AS_PATTERN] = on_as_pattern,
    [NODE_MATCH_STATEMENT] = on_match,
    [NODE_FUNCTION_DEFINITION] = on_function,
    [NODE_CLASS_DEFINITION] = on_class,
    [NODE_LAMBDA] = on_lambda,
    [NODE_CALL] = on_call,
    [NODE_AWAIT] = on_await,
    [NODE_BOOLEAN_OPERATOR] = on_boolean,
    [NODE_COMPARISON_OPERATOR] = on_comparison,
    [NODE_CONDITIONAL_EXPRESSION] = on_conditional,
    [NODE_LIST_COMPREHENSION] = on_comprehension,
    [NODE_SET_COMPREHENSION] = on_comprehension,
    [NODE_DICTIONARY_COMPREHENSION] = on_comprehension,
    [NODE_GENERATOR_EXPRESSION] = on_comprehension,
    [NODE_ERROR] = on_error,
};

void walk_nodes(struct walk *w, uint32_t from, uint32_t to) {
    bool deep = ++w->depth > WALK_DEPTH_MAX;
    for (uint32_t i = from; i < to;) {
        uint8_t kind = node_at(w, i)->kind;
        walk_fn *handler = deep && kind != NODE_IDENTIFIER ? NULL : handlers[kind];
        i = handler ? handler(w, i) : i + 1;
    }
    w->depth--;
}

void walk_node(struct walk *w, uint32_t node) {
    if (node != SYNTAX_NONE) walk_nodes(w, node, node_at(w, node)->next);
}

void walk_children(struct walk *w, uint32_t node) {
    walk_nodes(w, node + 1, node_at(w, node)->next);
}

bool starts_async(const struct walk *w, uint32_t node) {
    return str_starts(syntax_text(w->syntax, node), STR("async"));
}
