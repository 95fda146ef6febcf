/* SPDX-License-Identifier: Apache-2.0 */
/* symbols_all.c - the literal strings of __all__. */
#include "analysis/symbols_internal.h"

/* Gather the strings of lists, tuples and their sums; whatever else is there makes it partial. */
static void gather(struct walk *w, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to;) {
        const struct syntax_node *n = node_at(w, i);
        uint32_t next = n->next;
        switch (n->kind) {
        case NODE_STRING:
            if (i + 2 == next && node_at(w, i + 1)->kind == NODE_STRING_CONTENT)
                vec_push(&w->out->exports_all, syntax_text(w->syntax, i + 1));
            else
                w->out->all_partial = true;
            break;
        case NODE_LIST:
        case NODE_TUPLE:
        case NODE_EXPRESSION_LIST:
        case NODE_PARENTHESIZED_EXPRESSION:
        case NODE_ARGUMENT_LIST:
        case NODE_BINARY_OPERATOR:
            next = i + 1;
            break;
        default:
            w->out->all_partial = true;
            break;
        }
        i = next;
    }
}

void all_assign(struct walk *w, uint32_t value) {
    w->out->has_all = true;
    gather(w, value, node_at(w, value)->next);
}

void all_call(struct walk *w, uint32_t call) {
    uint32_t function = call + 1, arguments = syntax_child(w->syntax, call, FIELD_ARGUMENTS);
    struct str text = syntax_text(w->syntax, function);
    if (w->ctx.in_function || w->ctx.in_class || arguments == SYNTAX_NONE) return;
    if (!str_starts(text, STR("__all__."))) return;
    w->out->has_all = true;
    if (str_eq(text, STR("__all__.append")) || str_eq(text, STR("__all__.extend")))
        gather(w, arguments, node_at(w, arguments)->next);
    else
        w->out->all_partial = true;
}
