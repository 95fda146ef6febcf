/* SPDX-License-Identifier: Apache-2.0 */
/* symbols_definitions.c - functions, classes, lambdas, type aliases.
 *
 * Decorators, defaults, annotations and bases run where the definition stands; a class body, too,
 * in a scope of its own; a function body is deferred.  Type parameters open a scope around all
 * but the defaults; their bounds are evaluated lazily, so they are deferred. */
#include "analysis/symbols_internal.h"

#define PARAMETERS_MAX 32 /* later ones share the last bit */

/* Everything that is different inside; give it back with `w->ctx = outer`. */
static void enter_deferred(struct walk *w, uint32_t unit) {
    w->ctx.unit = unit;
    w->ctx.deferred = true;
    w->ctx.in_function = true;
    w->ctx.loop = NULL;
    w->ctx.aliases = NULL;
    w->ctx.dead = 0;
}

/* The unit for deferred code that starts here: the class's or function's we are in, or a new one.
 */
static uint32_t unit_for(struct walk *w) {
    return w->ctx.unit == NONE ? unit_begin(w) : w->ctx.unit;
}

/* --- parameters --- */

static uint32_t parameter_name(const struct walk *w, uint32_t parameter) {
    switch (node_at(w, parameter)->kind) {
    case NODE_IDENTIFIER:
        return parameter;
    case NODE_DEFAULT_PARAMETER:
    case NODE_TYPED_DEFAULT_PARAMETER:
        return syntax_child(w->syntax, parameter, FIELD_NAME);
    case NODE_LIST_SPLAT_PATTERN:
    case NODE_DICTIONARY_SPLAT_PATTERN:
        return syntax_first(w->syntax, parameter);
    case NODE_TYPED_PARAMETER: {
        uint32_t first = syntax_first(w->syntax, parameter);
        return first == SYNTAX_NONE ? SYNTAX_NONE : parameter_name(w, first);
    }
    default:
        return SYNTAX_NONE;
    }
}

static bool is_splat(const struct walk *w, uint32_t parameter) {
    uint8_t kind = node_at(w, parameter)->kind;
    if (kind == NODE_TYPED_PARAMETER && parameter + 1 < node_at(w, parameter)->next)
        kind = node_at(w, parameter + 1)->kind;
    return kind == NODE_LIST_SPLAT_PATTERN || kind == NODE_DICTIONARY_SPLAT_PATTERN;
}

static void declare_parameters(struct walk *w, struct scope *s, uint32_t parameters) {
    uint8_t position = 0;
    if (parameters == SYNTAX_NONE) return;
    uint32_t end = node_at(w, parameters)->next;
    for (uint32_t p = parameters + 1; p < end; p = node_at(w, p)->next) {
        uint32_t name = parameter_name(w, p);
        if (name == SYNTAX_NONE || node_at(w, name)->kind != NODE_IDENTIFIER) continue;
        uint32_t binding = scope_declare(w, s, name_of_node(w, name), BINDING_LOCAL);
        if (position < PARAMETERS_MAX) position++;
        w->bindings.items[binding].parameter = is_splat(w, p) ? PARAMETERS_MAX : position;
    }
}

static void walk_defaults(struct walk *w, uint32_t parameters) {
    if (parameters == SYNTAX_NONE) return;
    uint32_t end = node_at(w, parameters)->next;
    for (uint32_t p = parameters + 1; p < end; p = node_at(w, p)->next)
        walk_node(w, syntax_child(w->syntax, p, FIELD_VALUE));
}

static void walk_annotations(struct walk *w, uint32_t parameters, uint32_t returned) {
    if (w->future_annotations) return;
    if (parameters != SYNTAX_NONE)
        for (uint32_t p = parameters + 1; p < node_at(w, parameters)->next; p = node_at(w, p)->next)
            walk_node(w, syntax_child(w->syntax, p, FIELD_TYPE));
    walk_node(w, returned);
}

/* --- type parameters --- */

/* The name in one of `T`, `T: bound`, `*Ts`, `**P`; each child of a type_parameter is a type. */
static uint32_t type_parameter_name(const struct walk *w, uint32_t parameter) {
    uint32_t end = node_at(w, parameter)->next;
    for (uint32_t i = parameter + 1; i < end; i++)
        if (node_at(w, i)->kind == NODE_IDENTIFIER) return i;
    return SYNTAX_NONE;
}

static void walk_bounds(struct walk *w, uint32_t parameters, uint32_t unit) {
    struct context outer = w->ctx;
    uint32_t end = node_at(w, parameters)->next;
    enter_deferred(w, unit);
    for (uint32_t p = parameters + 1; p < end; p = node_at(w, p)->next) {
        uint32_t name = type_parameter_name(w, p);
        if (name != SYNTAX_NONE) walk_nodes(w, name + 1, node_at(w, p)->next);
    }
    w->ctx = outer;
}

/* Enter the scope of type parameters (SYNTAX_NONE: an empty one). */
static void enter_type_parameters(struct walk *w, struct scope *s, uint32_t parameters,
                                  uint32_t unit) {
    scope_enter(w, s, SCOPE_BLOCK);
    if (parameters == SYNTAX_NONE) return;
    uint32_t end = node_at(w, parameters)->next;
    for (uint32_t p = parameters + 1; p < end; p = node_at(w, p)->next) {
        uint32_t name = type_parameter_name(w, p);
        if (name != SYNTAX_NONE) scope_declare(w, s, name_of_node(w, name), BINDING_LOCAL);
    }
    walk_bounds(w, parameters, unit);
}

/* --- functions --- */

static void walk_body(struct walk *w, uint32_t parameters, uint32_t body, uint32_t unit) {
    struct context outer = w->ctx;
    struct scope scope;
    if (body == SYNTAX_NONE) return;
    bool outermost = outer.unit == NONE;
    enter_deferred(w, unit);
    scope_enter(w, &scope, SCOPE_FUNCTION);
    if (outermost) w->ctx.unit_scope = scope.id;
    declare_parameters(w, &scope, parameters);
    scope_collect(w, &scope, body, node_at(w, body)->next);
    w->ctx.visible_class = NONE;
    walk_node(w, body);
    scope_leave(w, &scope);
    w->ctx = outer;
}

/* Bind the defined name; at module level its deferred code goes with it. */
static void define(struct walk *w, uint32_t name, enum definition_kind kind, uint32_t unit) {
    if (name == SYNTAX_NONE || node_at(w, name)->kind != NODE_IDENTIFIER) return;
    uint32_t index = name_of_node(w, name);
    name_bind(w, index, kind, NONE);
    if (w->ctx.unit != NONE) return;
    unit_end(w, unit);
    unit_attach(w, index, unit);
}

uint32_t on_function(struct walk *w, uint32_t node) {
    struct scope types;
    const struct syntax *s = w->syntax;
    uint32_t parameters = syntax_child(s, node, FIELD_PARAMETERS);
    walk_defaults(w, parameters);
    uint32_t unit = unit_for(w);
    enter_type_parameters(w, &types, syntax_child(s, node, FIELD_TYPE_PARAMETERS), unit);
    walk_annotations(w, parameters, syntax_child(s, node, FIELD_RETURN_TYPE));
    walk_body(w, parameters, syntax_child(s, node, FIELD_BODY), unit);
    scope_leave(w, &types);
    define(w, syntax_child(s, node, FIELD_NAME), DEF_FUNCTION, unit);
    return node_at(w, node)->next;
}

/* A module-level lambda that is a whole assigned value waits for a call like a def does; any
 * other may be called at once by whoever it is handed to. */
uint32_t on_lambda(struct walk *w, uint32_t node) {
    uint32_t parameters = syntax_child(w->syntax, node, FIELD_PARAMETERS);
    walk_defaults(w, parameters);
    bool outermost = w->ctx.unit == NONE;
    uint32_t unit = unit_for(w);
    walk_body(w, parameters, syntax_child(w->syntax, node, FIELD_BODY), unit);
    if (outermost) {
        unit_end(w, unit);
        if (node_at(w, node)->field != FIELD_RIGHT) unit_mention(w, unit, false);
    }
    return node_at(w, node)->next;
}

/* --- classes --- */

static struct str without_underscores(struct str name) {
    while (str_starts(name, STR("_"))) name = str_slice(name, 1, name.len);
    return name;
}

/* A docstring binds __doc__ in the class. */
static void declare_docstring(struct walk *w, struct scope *s, uint32_t body) {
    uint32_t statement = syntax_first(w->syntax, body);
    if (statement == SYNTAX_NONE || node_at(w, statement)->kind != NODE_EXPRESSION_STATEMENT)
        return;
    uint32_t value = syntax_first(w->syntax, statement);
    if (value == SYNTAX_NONE) return;
    uint8_t kind = node_at(w, value)->kind;
    if (kind != NODE_STRING && kind != NODE_CONCATENATED_STRING) return;
    flow_set(w, scope_declare(w, s, name_intern(w, STR("__doc__")), BINDING_CLASS), BOUND);
}

static void walk_class_body(struct walk *w, uint32_t name, uint32_t body, uint32_t unit) {
    struct context outer = w->ctx;
    struct scope scope;
    if (body == SYNTAX_NONE) return;
    w->ctx.unit = unit;
    w->ctx.in_class = true;
    w->ctx.in_function = false;
    w->ctx.loop = NULL;
    w->ctx.aliases = NULL;
    scope_enter(w, &scope, SCOPE_CLASS);
    w->ctx.visible_class = scope.id;
    if (name != SYNTAX_NONE) w->ctx.class_name = without_underscores(syntax_text(w->syntax, name));
    scope_collect(w, &scope, body, node_at(w, body)->next);
    declare_docstring(w, &scope, body);
    walk_node(w, body);
    scope_leave(w, &scope);
    w->ctx = outer;
}

uint32_t on_class(struct walk *w, uint32_t node) {
    struct scope types;
    const struct syntax *s = w->syntax;
    uint32_t name = syntax_child(s, node, FIELD_NAME);
    bool outermost = w->ctx.unit == NONE;
    uint32_t bases = syntax_child(s, node, FIELD_SUPERCLASSES);
    uint32_t parameters = syntax_child(s, node, FIELD_TYPE_PARAMETERS);
    if (bases != SYNTAX_NONE && parameters == SYNTAX_NONE) walk_node(w, bases);
    uint32_t unit = unit_for(w);
    enter_type_parameters(w, &types, parameters, unit);
    scope_declare(w, &types, name_intern(w, STR("__class__")), BINDING_LOCAL);
    if (bases != SYNTAX_NONE && parameters != SYNTAX_NONE) walk_node(w, bases);
    walk_class_body(w, name, syntax_child(s, node, FIELD_BODY), unit);
    scope_leave(w, &types);
    if (outermost) w->units.items[unit].mutated_parameters = 0; /* those of methods */
    define(w, name, DEF_CLASS, unit);
    return node_at(w, node)->next;
}

/* --- type X[T] = value --- */

uint32_t on_type_alias(struct walk *w, uint32_t node) {
    uint32_t left = syntax_child(w->syntax, node, FIELD_LEFT);
    uint32_t right = syntax_child(w->syntax, node, FIELD_RIGHT);
    if (left == SYNTAX_NONE || right == SYNTAX_NONE) return node + 1;
    uint32_t name = left + 1, parameters = SYNTAX_NONE;
    if (node_at(w, name)->kind == NODE_GENERIC_TYPE) parameters = node_at(w, ++name)->next;
    if (node_at(w, name)->kind != NODE_IDENTIFIER) { /* `type(x).y = z`, read as an alias */
        uint32_t start = node_at(w, node)->start;
        name_read_text(w, STR("type"), (struct span){start, start + 4});
        return node + 1;
    }
    struct scope types;
    struct context outer = w->ctx;
    uint32_t unit = unit_for(w);
    enter_type_parameters(w, &types, parameters, unit);
    enter_deferred(w, unit);
    walk_node(w, right);
    w->ctx = outer;
    scope_leave(w, &types);
    define(w, name, DEF_TYPE, unit);
    return node_at(w, node)->next;
}
