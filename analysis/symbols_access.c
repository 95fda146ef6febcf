/* SPDX-License-Identifier: Apache-2.0 */
/* symbols_access.c - what reading, binding, deleting or mutating a name means where it stands.
 *
 * Names of functions concern nobody outside.  Names of class bodies have states of their own and
 * fall back to the module's where they may not be bound (LOAD_NAME).  Module names have effects
 * at once outside deferred code, and are listed in the unit inside it. */
#include "analysis/symbols_internal.h"

void name_require(struct walk *w, uint32_t name, struct span at, bool deferred) {
    struct name *n = &w->names.items[name];
    if (w->ctx.dead) return; /* never read */
    if (!(n->flags & NAME_REQUIRED) || at.start < n->read_at.start) n->read_at = at;
    n->flags |= deferred ? NAME_REQUIRED : NAME_REQUIRED | NAME_REQUIRED_NOW;
}

/* The namespace escapes where these are as much as mentioned, unless the block rebinds them. */
static void wild_read(struct walk *w, struct str text) {
    if (str_eq(text, STR("exec")) || str_eq(text, STR("eval"))) w->out->wild |= WILD_EXEC;
    if (str_eq(text, STR("globals"))) w->out->wild |= WILD_GLOBALS;
}

static void module_read(struct walk *w, uint32_t name, struct span at) {
    const struct name *n = &w->names.items[name];
    uint8_t state = w->bindings.items[n->module].state;
    if (state & INHERITED) wild_read(w, n->text);
    if (w->ctx.deferred) {
        unit_use(w, name, at);
        return;
    }
    if (state & INHERITED) name_require(w, name, at, false);
    name_mention(w, name, false);
}

static void interned_read(struct walk *w, uint32_t name, struct span at) {
    const struct binding *b = &w->bindings.items[name_resolve(w, name)];
    if (b->kind == BINDING_LOCAL) return;
    if (b->kind == BINDING_CLASS && !(b->state & INHERITED)) return;
    module_read(w, name, at);
}

void name_read(struct walk *w, uint32_t node) {
    interned_read(w, name_of_node(w, node), syntax_span(w->syntax, node));
}

void name_read_text(struct walk *w, struct str text, struct span at) {
    interned_read(w, name_intern(w, text), at);
}

static void module_bind(struct walk *w, uint32_t name, enum definition_kind kind, uint32_t origin) {
    struct name *n = &w->names.items[name];
    n->kind = (uint8_t)kind;
    n->bound_at = w->statement;
    if (n->first_at == NONE) n->first_at = w->statement.start;
    if (w->ctx.deferred) {
        unit_effect(w, name, EFFECT_BIND);
        return;
    }
    n->origin = origin;
    flow_set(w, n->module, BOUND);
    for (uint32_t u = w->first_fresh; u != NONE && u < w->units.len; u++) unit_attach(w, name, u);
}

void name_bind(struct walk *w, uint32_t name, enum definition_kind kind, uint32_t origin) {
    uint32_t binding = name_resolve(w, name);
    uint8_t where = w->bindings.items[binding].kind;
    if (where == BINDING_MODULE) module_bind(w, name, kind, origin);
    if (where == BINDING_CLASS) flow_set(w, binding, BOUND);
}

void name_unbind(struct walk *w, uint32_t name) {
    uint32_t binding = name_resolve(w, name);
    uint8_t where = w->bindings.items[binding].kind;
    if (where == BINDING_CLASS) flow_set(w, binding, INHERITED); /* LOAD_NAME looks further out */
    if (where != BINDING_MODULE) return;
    if (w->ctx.deferred)
        unit_effect(w, name, EFFECT_DELETE);
    else
        flow_set(w, binding, UNBOUND);
}

void name_delete(struct walk *w, uint32_t node) {
    uint32_t name = name_of_node(w, node), binding = name_resolve(w, name);
    const struct binding *b = &w->bindings.items[binding];
    if (b->kind == BINDING_MODULE && w->ctx.deferred)
        unit_use(w, name, syntax_span(w->syntax, node));
    else if (b->kind == BINDING_MODULE && (b->state & INHERITED))
        name_require(w, name, syntax_span(w->syntax, node), false);
    name_unbind(w, name);
}

/* An object that the block certainly made itself is nobody else's, unless it is an alias. */
void name_mutate_module(struct walk *w, uint32_t name) {
    struct name *n = &w->names.items[name];
    if (w->bindings.items[n->module].state & INHERITED) n->flags |= NAME_MUTATED;
    if (n->origin != NONE) w->names.items[n->origin].flags |= NAME_MUTATED;
}

void name_mutate(struct walk *w, uint32_t name) {
    const struct binding *b = &w->bindings.items[name_resolve(w, name)];
    if (b->parameter && b->scope == w->ctx.unit_scope && w->ctx.unit != NONE)
        w->units.items[w->ctx.unit].mutated_parameters |= 1u << (b->parameter - 1);
    if (b->kind == BINDING_LOCAL) return;
    if (b->kind == BINDING_CLASS && !(b->state & INHERITED)) return;
    if (w->ctx.deferred)
        unit_effect(w, name, EFFECT_MUTATE);
    else
        name_mutate_module(w, name);
}

uint32_t root_identifier(const struct walk *w, uint32_t node) {
    while (node != SYNTAX_NONE) {
        switch (node_at(w, node)->kind) {
        case NODE_IDENTIFIER:
            return node;
        case NODE_ATTRIBUTE:
        case NODE_SUBSCRIPT:
        case NODE_AWAIT:
        case NODE_PARENTHESIZED_EXPRESSION:
            break;
        case NODE_CALL: /* of a method: a chain goes on */
            if (node_at(w, node + 1)->kind != NODE_ATTRIBUTE) return SYNTAX_NONE;
            break;
        default:
            return SYNTAX_NONE;
        }
        node = syntax_first(w->syntax, node);
    }
    return SYNTAX_NONE;
}

/* Only plain chains (a.b[c]) are followed: what a call returns may be new. */
uint32_t value_origin(struct walk *w, uint32_t value) {
    if (w->ctx.deferred || value == SYNTAX_NONE || node_at(w, value)->kind == NODE_CALL)
        return NONE;
    uint32_t root = root_identifier(w, value);
    if (root == SYNTAX_NONE) return NONE;
    uint32_t name = name_of_node(w, root), binding = name_resolve(w, name);
    const struct binding *b = &w->bindings.items[binding];
    if (b->kind != BINDING_MODULE) return NONE;
    return b->state & INHERITED ? name : w->names.items[name].origin;
}

void target_mutate(struct walk *w, uint32_t node) {
    uint32_t root = root_identifier(w, node);
    if (root != SYNTAX_NONE) name_mutate(w, name_of_node(w, root));
}

void target_bind(struct walk *w, uint32_t target, enum definition_kind kind, uint32_t origin) {
    uint32_t end = node_at(w, target)->next;
    for (uint32_t i = target; i < end;) {
        uint8_t node_kind = node_at(w, i)->kind;
        uint32_t next = node_at(w, i)->next;
        if (node_kind == NODE_IDENTIFIER) {
            name_bind(w, name_of_node(w, i), kind, origin);
        } else if (is_target_list(node_kind)) {
            next = i + 1;
        } else {
            if (node_kind == NODE_ATTRIBUTE || node_kind == NODE_SUBSCRIPT) target_mutate(w, i);
            walk_node(w, i);
        }
        i = next;
    }
}
