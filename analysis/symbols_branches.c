/* SPDX-License-Identifier: Apache-2.0 */
/* symbols_branches.c - statements that may or may not run their parts.
 *
 * A branch runs or not, whatever its condition says: no constant is folded, except that
 * `while True` is left by break alone. */
#include "analysis/symbols_internal.h"

/* --- if --- */

static bool is_type_checking(const struct walk *w, uint32_t condition) {
    return str_ends(syntax_text(w->syntax, condition), STR("TYPE_CHECKING")) &&
           !str_starts(syntax_text(w->syntax, condition), STR("not"));
}

/* An `if` or `elif` part; then go on as if its condition were false. */
static void walk_if_part(struct walk *w, struct join *j, uint32_t part) {
    struct join otherwise;
    uint32_t condition = syntax_child(w->syntax, part, FIELD_CONDITION);
    bool checking = condition != SYNTAX_NONE && is_type_checking(w, condition);
    join_begin(w, &otherwise);
    if (condition != SYNTAX_NONE)
        walk_condition(w, condition, &otherwise, true);
    else
        join_fork(w, &otherwise);
    w->type_checking += checking;
    walk_node(w, syntax_child(w->syntax, part, FIELD_CONSEQUENCE));
    w->type_checking -= checking;
    join_end_path(w, j, otherwise.undo_base);
    join_finish(w, &otherwise);
}

uint32_t on_if(struct walk *w, uint32_t node) {
    struct join j;
    join_begin(w, &j);
    walk_if_part(w, &j, node);
    uint32_t end = node_at(w, node)->next;
    for (uint32_t c = node + 1; c < end; c = node_at(w, c)->next) {
        uint8_t kind = node_at(w, c)->kind;
        if (kind == NODE_ELIF_CLAUSE) walk_if_part(w, &j, c);
        if (kind == NODE_ELSE_CLAUSE || kind == NODE_ERROR) walk_node(w, c);
    }
    join_end_path(w, &j, j.undo_base); /* the else, or nothing */
    join_finish(w, &j);
    return end;
}

/* --- for, while --- */

static bool runs_forever(const struct walk *w, uint32_t loop) {
    uint32_t condition = syntax_child(w->syntax, loop, FIELD_CONDITION);
    if (condition == SYNTAX_NONE) return false;
    uint8_t kind = node_at(w, condition)->kind;
    return kind == NODE_TRUE ||
           (kind == NODE_INTEGER && str_eq(syntax_text(w->syntax, condition), STR("1")));
}

static void walk_loop_body(struct walk *w, uint32_t node, struct loop *loop) {
    uint32_t left = syntax_child(w->syntax, node, FIELD_LEFT);
    uint32_t right = syntax_child(w->syntax, node, FIELD_RIGHT);
    if (left != SYNTAX_NONE)
        target_bind(w, left, DEF_VARIABLE, right == SYNTAX_NONE ? NONE : value_origin(w, right));
    struct loop *outer = w->ctx.loop;
    struct alias *aliases = w->ctx.aliases;
    w->ctx.loop = loop;
    w->ctx.aliases = NULL;
    walk_node(w, syntax_child(w->syntax, node, FIELD_BODY));
    w->ctx.loop = outer;
    w->ctx.aliases = aliases;
    join_end_path(w, &loop->again, loop->again.undo_base);
}

uint32_t on_loop(struct walk *w, uint32_t node) {
    struct loop loop;
    if (node_at(w, node)->kind == NODE_FOR_STATEMENT && !w->ctx.in_function &&
        starts_async(w, node))
        w->out->top_level_await = true;
    walk_node(w, syntax_child(w->syntax, node, FIELD_RIGHT));
    uint32_t condition = syntax_child(w->syntax, node, FIELD_CONDITION);
    join_begin(w, &loop.leave);
    join_begin(w, &loop.again);
    if (condition != SYNTAX_NONE)
        walk_condition(w, condition, &loop.again, true);
    else
        join_fork(w, &loop.again);
    walk_loop_body(w, node, &loop);
    join_finish(w, &loop.again);
    loop.leave.undo_base = w->undo.len; /* a break may come in a later round, from the head */
    if (runs_forever(w, node)) w->ctx.dead |= DEAD_RAISED;
    walk_node(w, syntax_child(w->syntax, node, FIELD_ALTERNATIVE));
    join_end_path(w, &loop.leave, loop.leave.undo_base);
    join_finish(w, &loop.leave);
    return node_at(w, node)->next;
}

/* --- try --- */

static bool is_handler(uint8_t kind) {
    return kind == NODE_EXCEPT_CLAUSE || kind == NODE_EXCEPT_GROUP_CLAUSE;
}

static bool catches_import_error(const struct walk *w, uint32_t handler) {
    static const struct str caught[] = {STR_INIT("ImportError"), STR_INIT("ModuleNotFoundError"),
                                        STR_INIT("Exception"), STR_INIT("BaseException")};
    uint32_t type = syntax_first(w->syntax, handler);
    if (type == SYNTAX_NONE || node_at(w, type)->kind == NODE_BLOCK) return true;
    for (uint32_t i = type; i < node_at(w, type)->next; i++)
        for (size_t c = 0; c < sizeof caught / sizeof *caught; c++)
            if (node_at(w, i)->kind == NODE_IDENTIFIER &&
                str_eq(syntax_text(w->syntax, i), caught[c]))
                return true;
    return false;
}

static bool guards_imports(const struct walk *w, uint32_t node) {
    for (uint32_t c = node + 1; c < node_at(w, node)->next; c = node_at(w, c)->next)
        if (is_handler(node_at(w, c)->kind) && catches_import_error(w, c)) return true;
    return false;
}

/* The name in `except E as name`, or SYNTAX_NONE. */
static uint32_t handler_alias(const struct walk *w, uint32_t handler) {
    uint32_t type = syntax_first(w->syntax, handler);
    if (type == SYNTAX_NONE || node_at(w, type)->kind != NODE_AS_PATTERN) return SYNTAX_NONE;
    for (uint32_t i = type + 1; i < node_at(w, type)->next; i = node_at(w, i)->next)
        if (node_at(w, i)->kind == NODE_AS_PATTERN_TARGET) {
            uint32_t alias = syntax_first(w->syntax, i);
            bool name = alias != SYNTAX_NONE && node_at(w, alias)->kind == NODE_IDENTIFIER;
            return name ? alias : SYNTAX_NONE;
        }
    return SYNTAX_NONE;
}

/* However a handler is left, its alias is unbound then: hide from outer handlers that it was
 * bound in between. */
static void hide_alias(struct walk *w, uint32_t name, size_t from) {
    uint32_t binding = name_resolve(w, name);
    uint8_t after = w->bindings.items[binding].kind == BINDING_MODULE ? UNBOUND : INHERITED;
    for (size_t i = from; i < w->touched.len; i++)
        if (w->touched.items[i].binding == binding) w->touched.items[i].state = after;
}

static void walk_handler(struct walk *w, uint32_t handler) {
    uint32_t identifier = handler_alias(w, handler);
    if (identifier == SYNTAX_NONE) {
        walk_children(w, handler);
        return;
    }
    struct alias alias = {name_of_node(w, identifier), w->ctx.aliases};
    size_t from = w->touched.len;
    w->ctx.aliases = &alias;
    walk_children(w, handler);
    name_unbind(w, alias.name);
    w->ctx.aliases = alias.outer;
    hide_alias(w, alias.name, from);
}

/* One exception runs one handler, and a group may run any of the `except*`, in their order. */
static void walk_handlers(struct walk *w, uint32_t node, struct join *j, size_t start) {
    bool group = false;
    for (uint32_t c = node + 1; c < node_at(w, node)->next; c = node_at(w, c)->next) {
        if (!is_handler(node_at(w, c)->kind)) continue;
        group = node_at(w, c)->kind == NODE_EXCEPT_GROUP_CLAUSE;
        struct join next;
        if (group) {
            join_begin(w, &next);
            join_fork(w, &next);
        }
        walk_handler(w, c);
        join_end_path(w, group ? &next : j, group ? next.undo_base : start);
        if (group) join_finish(w, &next);
    }
    if (group) join_end_path(w, j, start);
}

static uint32_t clause_of(const struct walk *w, uint32_t node, enum node_kind kind) {
    for (uint32_t c = node + 1; c < node_at(w, node)->next; c = node_at(w, c)->next)
        if (node_at(w, c)->kind == kind) return c;
    return SYNTAX_NONE;
}

/* Whether nothing is left to fail once the statement has bound its last name. */
static bool ends_by_binding(const struct walk *w, uint32_t statement) {
    uint8_t kind = node_at(w, statement)->kind;
    if (kind == NODE_EXPRESSION_STATEMENT && statement + 1 < node_at(w, statement)->next) {
        uint32_t assignment = statement + 1;
        uint32_t left = syntax_child(w->syntax, assignment, FIELD_LEFT);
        uint32_t right = syntax_child(w->syntax, assignment, FIELD_RIGHT);
        return node_at(w, assignment)->kind == NODE_ASSIGNMENT && left != SYNTAX_NONE &&
               node_at(w, left)->kind == NODE_IDENTIFIER && right != SYNTAX_NONE &&
               node_at(w, right)->kind != NODE_ASSIGNMENT &&
               syntax_child(w->syntax, assignment, FIELD_TYPE) == SYNTAX_NONE;
    }
    return kind == NODE_IMPORT_STATEMENT || kind == NODE_IMPORT_FROM_STATEMENT ||
           kind == NODE_FUNCTION_DEFINITION || kind == NODE_CLASS_DEFINITION ||
           kind == NODE_DECORATED_DEFINITION;
}

/* Walk a try's body.  Returns up to which change of state an exception in it can happen: none can
 * after the last name is bound in `try: import m`, `except: ...`, `else: del m`. */
static size_t walk_guarded(struct walk *w, uint32_t body) {
    uint32_t last = SYNTAX_NONE;
    if (body == SYNTAX_NONE) return w->touched.len;
    for (uint32_t c = body + 1; c < node_at(w, body)->next; c = node_at(w, c)->next) last = c;
    if (last == SYNTAX_NONE) return w->touched.len;
    walk_nodes(w, body + 1, last);
    size_t before = w->touched.len;
    walk_node(w, last);
    bool bound = w->touched.len > before && ends_by_binding(w, last);
    return bound ? w->touched.len - 1 : w->touched.len;
}

/* It runs whatever happened before it, so it is walked in the union of all states since the try
 * began, at undo mark `start` and change `from`. */
static void walk_finally(struct walk *w, uint32_t clause, size_t start, size_t from) {
    uint8_t dead = w->ctx.dead;
    size_t before = w->undo.len;
    w->ctx.dead = 0;
    for (size_t i = start; i < before; i++) {
        struct change c = w->undo.items[i];
        flow_set(w, c.binding, w->bindings.items[c.binding].state | c.state);
    }
    flow_widen(w, from, w->touched.len);
    size_t body = w->undo.len;
    walk_node(w, clause);
    flow_settle(w, before, body);
    w->ctx.dead |= dead;
}

uint32_t on_try(struct walk *w, uint32_t node) {
    struct join j;
    bool optional = guards_imports(w, node);
    size_t from = w->touched.len;
    join_begin(w, &j);
    w->optional += optional;
    size_t to = walk_guarded(w, syntax_child(w->syntax, node, FIELD_BODY));
    walk_node(w, clause_of(w, node, NODE_ELSE_CLAUSE));
    join_end_path(w, &j, j.undo_base);
    flow_widen(w, from, to); /* an exception may leave the body anywhere */
    walk_handlers(w, node, &j, w->undo.len);
    w->optional -= optional;
    join_finish(w, &j);
    uint32_t finally = clause_of(w, node, NODE_FINALLY_CLAUSE);
    if (finally != SYNTAX_NONE) walk_finally(w, finally, j.undo_base, from);
    return node_at(w, node)->next;
}
