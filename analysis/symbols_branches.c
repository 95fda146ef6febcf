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

/* An `if` or `elif` part: what its condition binds, the parts after it see too. */
static void walk_if_part(struct walk *w, struct join *j, uint32_t part) {
    uint32_t condition = syntax_child(w->syntax, part, FIELD_CONDITION);
    walk_node(w, condition);
    bool checking = condition != SYNTAX_NONE && is_type_checking(w, condition);
    size_t behind_condition = w->undo.len;
    w->type_checking += checking;
    walk_node(w, syntax_child(w->syntax, part, FIELD_CONSEQUENCE));
    w->type_checking -= checking;
    join_end_path(w, j, behind_condition);
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
    w->ctx.loop = loop;
    walk_node(w, syntax_child(w->syntax, node, FIELD_BODY));
    w->ctx.loop = outer;
    join_end_path(w, &loop->again, loop->again.undo_base);
}

uint32_t on_loop(struct walk *w, uint32_t node) {
    struct loop loop;
    if (node_at(w, node)->kind == NODE_FOR_STATEMENT && !w->ctx.in_function &&
        starts_async(w, node))
        w->out->top_level_await = true;
    walk_node(w, syntax_child(w->syntax, node, FIELD_RIGHT));
    walk_node(w, syntax_child(w->syntax, node, FIELD_CONDITION));
    join_begin(w, &loop.leave);
    join_begin(w, &loop.again);
    walk_loop_body(w, node, &loop);
    join_fork(w, &loop.again);
    join_finish(w, &loop.again);
    loop.leave.undo_base = w->undo.len; /* a break may come in a later round, from the head */
    if (runs_forever(w, node)) w->ctx.dead = true;
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

static void walk_handlers(struct walk *w, uint32_t node, struct join *j, size_t start) {
    for (uint32_t c = node + 1; c < node_at(w, node)->next; c = node_at(w, c)->next) {
        if (!is_handler(node_at(w, c)->kind)) continue;
        walk_children(w, c);
        uint32_t alias = handler_alias(w, c);
        if (alias != SYNTAX_NONE) name_unbind(w, name_of_node(w, alias));
        join_end_path(w, j, start);
    }
}

static uint32_t clause_of(const struct walk *w, uint32_t node, enum node_kind kind) {
    for (uint32_t c = node + 1; c < node_at(w, node)->next; c = node_at(w, c)->next)
        if (node_at(w, c)->kind == kind) return c;
    return SYNTAX_NONE;
}

static bool ends_by_binding(uint8_t kind) {
    return kind == NODE_IMPORT_STATEMENT || kind == NODE_IMPORT_FROM_STATEMENT ||
           kind == NODE_FUNCTION_DEFINITION || kind == NODE_CLASS_DEFINITION ||
           kind == NODE_DECORATED_DEFINITION;
}

/* Walk a try's body; up to which change of state an exception in it can happen.  None can after
 * the last name is bound by an import: `try: import m`, `except: ...`, `else: del m`. */
static size_t walk_guarded(struct walk *w, uint32_t body) {
    uint32_t last = SYNTAX_NONE;
    if (body == SYNTAX_NONE) return w->touched.len;
    for (uint32_t c = body + 1; c < node_at(w, body)->next; c = node_at(w, c)->next) last = c;
    if (last == SYNTAX_NONE) return w->touched.len;
    walk_nodes(w, body + 1, last);
    size_t before = w->touched.len;
    walk_node(w, last);
    bool bound = w->touched.len > before && ends_by_binding(node_at(w, last)->kind);
    return bound ? w->touched.len - 1 : w->touched.len;
}

/* It runs whatever happened before it, so it is walked in the union of all states since `from`. */
static void walk_finally(struct walk *w, uint32_t clause, size_t from) {
    bool dead = w->ctx.dead;
    size_t before = w->undo.len;
    w->ctx.dead = false;
    flow_widen(w, from, w->touched.len);
    size_t body = w->undo.len;
    walk_node(w, clause);
    flow_settle(w, before, body);
    w->ctx.dead = w->ctx.dead || dead;
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
    if (finally != SYNTAX_NONE) walk_finally(w, finally, from);
    return node_at(w, node)->next;
}

/* --- match --- */

/* Bind what the pattern captures; read the values and classes it compares with. */
static void walk_pattern(struct walk *w, uint32_t pattern) {
    uint32_t end = node_at(w, pattern)->next;
    for (uint32_t i = pattern; i < end;) {
        const struct syntax_node *n = node_at(w, i);
        uint32_t next = case_next(w, i);
        if (n->kind == NODE_IDENTIFIER) {
            if (!str_eq(syntax_text(w->syntax, i), STR("_")))
                name_bind(w, name_of_node(w, i), DEF_VARIABLE, NONE);
        } else if (n->kind == NODE_DOTTED_NAME && next == n->next && i + 1 < next) {
            name_read(w, i + 1);
        } else if (n->kind == NODE_CLASS_PATTERN && i + 2 < n->next) {
            name_read(w, i + 2); /* class_pattern(dotted_name(identifier ...) ...) */
        } else if (n->kind == NODE_STRING) {
            next = n->next;
        }
        i = next;
    }
}

/* `case x:` or `case _:`, which nothing gets past. */
static bool catches_all(const struct walk *w, uint32_t clause, uint32_t guard) {
    uint32_t pattern = clause + 1;
    const struct syntax_node *p = node_at(w, pattern);
    if (guard != SYNTAX_NONE || p->kind != NODE_CASE_PATTERN) return false;
    bool several = p->next < node_at(w, clause)->next &&
                   node_at(w, p->next)->kind == NODE_CASE_PATTERN; /* case x, y: */
    if (several) return false;
    if (pattern + 1 == p->next) return str_eq(syntax_text(w->syntax, pattern), STR("_"));
    return node_at(w, pattern + 1)->kind == NODE_DOTTED_NAME && pattern + 3 == p->next;
}

static bool walk_case(struct walk *w, uint32_t clause, struct join *j) {
    uint32_t guard = syntax_child(w->syntax, clause, FIELD_GUARD), end = node_at(w, clause)->next;
    size_t start = w->undo.len, from = w->touched.len;
    for (uint32_t c = clause + 1; c < end; c = node_at(w, c)->next)
        if (node_at(w, c)->kind == NODE_CASE_PATTERN) walk_pattern(w, c);
    walk_node(w, guard);
    size_t to = w->touched.len;
    walk_node(w, syntax_child(w->syntax, clause, FIELD_CONSEQUENCE));
    join_end_path(w, j, start);
    if (guard != SYNTAX_NONE) flow_widen(w, from, to); /* captured before the guard said no */
    return clause + 1 < end && catches_all(w, clause, guard);
}

uint32_t on_match(struct walk *w, uint32_t node) {
    struct join j;
    bool exhausted = false;
    uint32_t end = node_at(w, node)->next, body = SYNTAX_NONE;
    for (uint32_t c = node + 1; c < end; c = node_at(w, c)->next) {
        if (node_at(w, c)->field == FIELD_BODY)
            body = c;
        else
            walk_node(w, c);
    }
    if (body == SYNTAX_NONE) return end;
    join_begin(w, &j);
    for (uint32_t c = body + 1; c < node_at(w, body)->next; c = node_at(w, c)->next) {
        if (node_at(w, c)->kind == NODE_CASE_CLAUSE)
            exhausted = walk_case(w, c, &j) || exhausted;
        else
            walk_node(w, c);
    }
    if (!exhausted) join_fork(w, &j);
    join_finish(w, &j);
    return end;
}
