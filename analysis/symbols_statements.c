/* SPDX-License-Identifier: Apache-2.0 */
/* symbols_statements.c - simple statements, and `with`. */
#include "analysis/symbols_internal.h"

/* --- expression statements: a value that nobody takes was computed for its effect --- */

static uint32_t unwrapped(const struct walk *w, uint32_t node) {
    while (node != SYNTAX_NONE && (node_at(w, node)->kind == NODE_PARENTHESIZED_EXPRESSION ||
                                   node_at(w, node)->kind == NODE_AWAIT))
        node = syntax_first(w->syntax, node);
    return node;
}

uint32_t on_expression_statement(struct walk *w, uint32_t node) {
    uint32_t value = unwrapped(w, syntax_first(w->syntax, node));
    if (value == SYNTAX_NONE || node_at(w, value)->kind != NODE_CALL) return node + 1;
    uint32_t function = syntax_first(w->syntax, value);
    if (function != SYNTAX_NONE && node_at(w, function)->kind == NODE_ATTRIBUTE) {
        target_mutate(w, function);
        all_call(w, value);
    }
    return node + 1;
}

/* --- assignments --- */

static bool is_all(const struct walk *w, uint32_t target) {
    return !w->ctx.in_function && !w->ctx.in_class && node_at(w, target)->kind == NODE_IDENTIFIER &&
           str_eq(syntax_text(w->syntax, target), STR("__all__"));
}

/* Walk the value; what is deferred in it then belongs to the names it is assigned to.  A lambda
 * on its own is like a def; deeper in the value it may be called while the value is computed. */
static void walk_value(struct walk *w, uint32_t value) {
    size_t first = w->units.len;
    walk_node(w, value);
    if (!w->ctx.deferred && w->ctx.unit == NONE) w->first_fresh = (uint32_t)first;
}

static void annotate(struct walk *w, uint32_t type) {
    if (!w->future_annotations && !w->ctx.in_function) walk_node(w, type);
}

static void assign_one(struct walk *w, uint32_t assignment, uint32_t value) {
    uint32_t left = syntax_child(w->syntax, assignment, FIELD_LEFT);
    uint32_t type = syntax_child(w->syntax, assignment, FIELD_TYPE);
    if (left != SYNTAX_NONE && value != SYNTAX_NONE) {
        if (is_all(w, left)) all_assign(w, value);
        target_bind(w, left, DEF_VARIABLE, value_origin(w, value));
    } else if (left != SYNTAX_NONE && !is_target_list(node_at(w, left)->kind) &&
               node_at(w, left)->kind != NODE_IDENTIFIER) {
        walk_node(w, left); /* `a.b: int` evaluates a */
    }
    if (type != SYNTAX_NONE) annotate(w, type);
}

/* a = b = value: the value first, then the targets from left to right. */
uint32_t on_assignment(struct walk *w, uint32_t node) {
    uint32_t value = node, outer_fresh = w->first_fresh;
    while (value != SYNTAX_NONE && node_at(w, value)->kind == NODE_ASSIGNMENT)
        value = syntax_child(w->syntax, value, FIELD_RIGHT);
    if (value != SYNTAX_NONE) walk_value(w, value);
    for (uint32_t a = node; a != SYNTAX_NONE && node_at(w, a)->kind == NODE_ASSIGNMENT;
         a = syntax_child(w->syntax, a, FIELD_RIGHT))
        assign_one(w, a, value);
    w->first_fresh = outer_fresh;
    return node_at(w, node)->next;
}

uint32_t on_augmented(struct walk *w, uint32_t node) {
    uint32_t left = syntax_child(w->syntax, node, FIELD_LEFT);
    uint32_t right = syntax_child(w->syntax, node, FIELD_RIGHT);
    if (left == SYNTAX_NONE) return node + 1;
    if (node_at(w, left)->kind != NODE_IDENTIFIER) {
        target_mutate(w, left);
        walk_node(w, left);
        walk_node(w, right);
        return node_at(w, node)->next;
    }
    name_read(w, left);
    target_mutate(w, left);
    walk_node(w, right);
    if (is_all(w, left) && right != SYNTAX_NONE) all_assign(w, right);
    uint32_t name = name_of_node(w, left);
    name_bind(w, name, DEF_VARIABLE, w->names.items[name].origin);
    return node_at(w, node)->next;
}

uint32_t on_delete(struct walk *w, uint32_t node) {
    uint32_t end = node_at(w, node)->next;
    for (uint32_t i = node + 1; i < end;) {
        uint8_t kind = node_at(w, i)->kind;
        uint32_t next = node_at(w, i)->next;
        if (kind == NODE_IDENTIFIER) {
            name_delete(w, i);
        } else if (is_target_list(kind)) {
            next = i + 1;
        } else {
            target_mutate(w, i);
            walk_node(w, i);
        }
        i = next;
    }
    return end;
}

/* --- Python 2 statements that the grammar still knows --- */

/* `print >>f, x` is a tuple in Python 3; `print x` is an error. */
uint32_t on_print(struct walk *w, uint32_t node) {
    uint32_t first = syntax_first(w->syntax, node), start = node_at(w, node)->start;
    if (first == SYNTAX_NONE || node_at(w, first)->kind != NODE_CHEVRON)
        w->out->syntax_error = true;
    name_read_text(w, STR("print"), (struct span){start, start + 5});
    return node + 1;
}

uint32_t on_exec(struct walk *w, uint32_t node) {
    uint32_t start = node_at(w, node)->start;
    w->out->syntax_error = true;
    name_read_text(w, STR("exec"), (struct span){start, start + 4});
    return node + 1;
}

/* --- ways that end --- */

uint32_t on_raise(struct walk *w, uint32_t node) {
    walk_children(w, node);
    w->ctx.dead |= DEAD_RAISED;
    return node_at(w, node)->next;
}

/* Jump out of the handlers between here and the loop. */
static void leave_handlers(struct walk *w) {
    for (const struct alias *a = w->ctx.aliases; a; a = a->outer) name_unbind(w, a->name);
}

uint32_t on_break(struct walk *w, uint32_t node) {
    leave_handlers(w);
    if (w->ctx.loop) join_jump(w, &w->ctx.loop->leave);
    return node + 1;
}

uint32_t on_continue(struct walk *w, uint32_t node) {
    leave_handlers(w);
    if (w->ctx.loop) join_jump(w, &w->ctx.loop->again);
    return node + 1;
}

/* --- with --- */

/* The body runs, so its bindings are certain; and when it can only raise, somebody expects that:
 * the context manager swallows the exception, as `suppress` and `pytest.raises` do. */
uint32_t on_with(struct walk *w, uint32_t node) {
    uint8_t dead = w->ctx.dead;
    if (!w->ctx.in_function && starts_async(w, node)) w->out->top_level_await = true;
    walk_children(w, node);
    if (w->ctx.dead & DEAD_RAISED) w->ctx.dead = dead;
    return node_at(w, node)->next;
}

uint32_t on_as_pattern(struct walk *w, uint32_t node) {
    uint32_t value = syntax_first(w->syntax, node);
    if (value == SYNTAX_NONE) return node + 1;
    walk_node(w, value);
    uint32_t target = node_at(w, value)->next;
    if (target < node_at(w, node)->next) target_bind(w, target, DEF_VARIABLE, NONE);
    return node_at(w, node)->next;
}

/* --- half-typed code --- */

/* Whether an unfinished statement was about to bind the name: `x = [1,`, `def f(a`. */
static bool looks_bound(const struct walk *w, uint32_t node) {
    struct str source = w->syntax->source;
    size_t start = node_at(w, node)->start, end = node_at(w, node)->end;
    while (end < source.len && (source.ptr[end] == ' ' || source.ptr[end] == '\t')) end++;
    while (start > 0 && (source.ptr[start - 1] == ' ' || source.ptr[start - 1] == '\t')) start--;
    struct str before = str_slice(source, 0, start), after = str_slice(source, end, source.len);
    if (str_ends(before, STR("def")) || str_ends(before, STR("class"))) return true;
    bool begins = start == 0 || source.ptr[start - 1] == '\n' || source.ptr[start - 1] == '\r';
    return begins && str_starts(after, STR("=")) && !str_starts(after, STR("=="));
}

uint32_t on_error(struct walk *w, uint32_t node) {
    uint32_t end = node_at(w, node)->next;
    for (uint32_t i = node + 1; i < end; i = node_at(w, i)->next) {
        if (node_at(w, i)->kind == NODE_IDENTIFIER && looks_bound(w, i))
            name_bind(w, name_of_node(w, i), DEF_VARIABLE, NONE);
        else
            walk_node(w, i);
    }
    return end;
}
