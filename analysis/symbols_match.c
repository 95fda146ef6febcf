/* SPDX-License-Identifier: Apache-2.0 */
/* symbols_match.c - match statements: what patterns capture, and which cases nothing gets past. */
#include "analysis/symbols_internal.h"

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

/* Whether the text between two places has a comma, as in `(x,)`, outside of comments. */
static bool has_comma(const struct walk *w, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to && w->syntax->source.ptr[i] != '#'; i++)
        if (w->syntax->source.ptr[i] == ',') return true;
    return false;
}

/* `x`, `_`, and these in parentheses or before `as`: whatever comes matches. */
static bool matches_all(const struct walk *w, uint32_t pattern) {
    for (;;) {
        const struct syntax_node *p = node_at(w, pattern);
        bool leaf = pattern + 1 >= p->next;
        switch (p->kind) {
        case NODE_CASE_PATTERN:
            if (leaf) return str_eq(syntax_text(w->syntax, pattern), STR("_"));
            break;
        case NODE_AS_PATTERN:
            if (leaf) return false;
            break;
        case NODE_TUPLE_PATTERN:
            if (leaf || node_at(w, pattern + 1)->next != p->next) return false;
            if (has_comma(w, node_at(w, pattern + 1)->end, p->end)) return false;
            break;
        case NODE_DOTTED_NAME:
            return pattern + 2 == p->next;
        default:
            return false;
        }
        pattern++;
    }
}

/* Whether the case has one pattern, and that one matches everything. */
static bool catches_all(const struct walk *w, uint32_t clause) {
    uint32_t pattern = clause + 1, end = node_at(w, clause)->next;
    if (pattern >= end || node_at(w, pattern)->kind != NODE_CASE_PATTERN) return false;
    uint32_t next = node_at(w, pattern)->next;
    if (next < end && has_comma(w, node_at(w, pattern)->end, node_at(w, next)->start)) return false;
    return matches_all(w, pattern);
}

/* What an irrefutable pattern captures stays bound when its guard says no. */
static void walk_case(struct walk *w, uint32_t clause, struct join *j) {
    struct join otherwise;
    uint32_t guard = syntax_child(w->syntax, clause, FIELD_GUARD), end = node_at(w, clause)->next;
    join_begin(w, &otherwise);
    if (!catches_all(w, clause)) join_fork(w, &otherwise);
    for (uint32_t c = clause + 1; c < end; c = node_at(w, c)->next)
        if (node_at(w, c)->kind == NODE_CASE_PATTERN) walk_pattern(w, c);
    if (guard != SYNTAX_NONE && guard + 1 < node_at(w, guard)->next)
        walk_condition(w, guard + 1, &otherwise, true);
    walk_node(w, syntax_child(w->syntax, clause, FIELD_CONSEQUENCE));
    join_end_path(w, j, otherwise.undo_base);
    join_finish(w, &otherwise);
    if (otherwise.live == 0) w->ctx.dead |= DEAD_JUMPED;
}

uint32_t on_match(struct walk *w, uint32_t node) {
    struct join j;
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
            walk_case(w, c, &j);
        else
            walk_node(w, c);
    }
    join_end_path(w, &j, j.undo_base); /* no case */
    join_finish(w, &j);
    return end;
}
