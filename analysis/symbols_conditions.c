/* SPDX-License-Identifier: Apache-2.0 */
/* symbols_conditions.c - operators that may not evaluate their operands.
 *
 * That matters only for a walrus in such an operand; without one they are transparent to the
 * walk.  In a condition, `and`, `or` and `not` are followed by truth value: in the body of
 * `if a and (m := f()):` m is certainly bound. */
#include "analysis/symbols_internal.h"

static bool is_conjunction(const struct walk *w, uint32_t left, uint32_t right) {
    struct str between = str_slice(w->syntax->source, node_at(w, left)->end,
                                   node_at(w, right)->start);
    for (size_t i = 0; i + 3 <= between.len; i++)
        if (str_starts(str_slice(between, i, between.len), STR("and"))) return true;
    return false;
}

/* Either operand is enough for the wanted value. */
static void walk_either(struct walk *w, uint32_t left, uint32_t right, struct join *otherwise,
                        bool wanted) {
    struct join hit;
    join_begin(w, &hit);
    walk_condition(w, left, &hit, !wanted);
    walk_condition(w, right, otherwise, wanted);
    join_end_path(w, &hit, hit.undo_base);
    join_finish(w, &hit);
}

static void walk_operands(struct walk *w, uint32_t node, struct join *otherwise, bool wanted) {
    uint32_t left = node + 1, right = node_at(w, left)->next;
    if (right >= node_at(w, node)->next) {
        walk_node(w, left);
        join_fork(w, otherwise);
    } else if (is_conjunction(w, left, right) == wanted) {
        walk_condition(w, left, otherwise, wanted);
        walk_condition(w, right, otherwise, wanted);
    } else {
        walk_either(w, left, right, otherwise, wanted);
    }
}

/* Go on as if the condition had the wanted value; the ways on which it has not go to the join. */
void walk_condition(struct walk *w, uint32_t node, struct join *otherwise, bool wanted) {
    const struct syntax_node *n = node_at(w, node);
    bool inner = node + 1 < n->next && (n->flags & NODE_WALRUS) && w->depth < WALK_DEPTH_MAX;
    w->depth++;
    if (inner && n->kind == NODE_BOOLEAN_OPERATOR) {
        walk_operands(w, node, otherwise, wanted);
    } else if (inner && n->kind == NODE_PARENTHESIZED_EXPRESSION) {
        walk_condition(w, node + 1, otherwise, wanted);
    } else if (inner && n->kind == NODE_NOT_OPERATOR) {
        walk_condition(w, node + 1, otherwise, !wanted);
    } else {
        walk_node(w, node);
        join_fork(w, otherwise);
    }
    w->depth--;
}

/* The first `certain` operands run, the others may. */
static uint32_t walk_short_circuit(struct walk *w, uint32_t node, uint32_t certain) {
    if (!(node_at(w, node)->flags & NODE_WALRUS)) return node + 1;
    struct join j;
    uint32_t end = node_at(w, node)->next, c = node + 1;
    for (; c < end && certain-- > 0; c = node_at(w, c)->next) walk_node(w, c);
    join_begin(w, &j);
    for (; c < end; c = node_at(w, c)->next) {
        join_fork(w, &j);
        walk_node(w, c);
    }
    join_fork(w, &j);
    join_finish(w, &j);
    return end;
}

uint32_t on_boolean(struct walk *w, uint32_t node) {
    if (!(node_at(w, node)->flags & NODE_WALRUS)) return node + 1;
    struct join j;
    join_begin(w, &j);
    walk_condition(w, node, &j, true);
    join_end_path(w, &j, j.undo_base);
    join_finish(w, &j);
    return node_at(w, node)->next;
}

uint32_t on_comparison(struct walk *w, uint32_t node) {
    return walk_short_circuit(w, node, 2);
}

/* `body if condition else other`: the condition runs first. */
uint32_t on_conditional(struct walk *w, uint32_t node) {
    uint32_t end = node_at(w, node)->next, body = node + 1;
    if (!(node_at(w, node)->flags & NODE_WALRUS) || body >= end) return node + 1;
    uint32_t condition = node_at(w, body)->next;
    if (condition >= end) return node + 1;
    struct join j, otherwise;
    join_begin(w, &j);
    join_begin(w, &otherwise);
    walk_condition(w, condition, &otherwise, true);
    walk_node(w, body);
    join_end_path(w, &j, otherwise.undo_base);
    join_finish(w, &otherwise);
    walk_nodes(w, node_at(w, condition)->next, end);
    join_end_path(w, &j, j.undo_base);
    join_finish(w, &j);
    return end;
}
