/* SPDX-License-Identifier: Apache-2.0 */
/* symbols_internal.h - the state of one analysis; for analysis/symbols*.c only.
 *
 * One walk over the flat nodes in execution order.  At each point every module-level name (and
 * every name of a class body) has a *state*: the set of what it may be there.  Branches are
 * walked one after the other from the same state and joined: symbols_flow.c.  Function scopes
 * need no flow, only who binds what: symbols_scope.c.  What deferred code does is gathered in
 * *units* (one for each outermost function or class): symbols_units.c. */
#ifndef ANALYSIS_SYMBOLS_INTERNAL_H
#define ANALYSIS_SYMBOLS_INTERNAL_H

#include "analysis/symbols.h"
#include "analysis/syntax.h"

#define NONE UINT32_MAX

/* Recursion is bounded by this; what nests deeper is read as if it had no scopes or branches.
 * CPython's own compiler gives up earlier. */
#define WALK_DEPTH_MAX 1000

/* What a name may be at a point of the flow.  A read is required iff it may be INHERITED. */
enum name_state {
    INHERITED = 1, /* as before the block (in a class body: not bound by it) */
    BOUND = 2,     /* bound by this block */
    UNBOUND = 4,   /* deleted by this block */
};

enum name_flag {
    NAME_REQUIRED = 1,
    NAME_REQUIRED_NOW = 2, /* ... outside deferred code, too */
    NAME_MUTATED = 4,
    NAME_BOUND_DEFERRED = 8,
    NAME_DELETED_DEFERRED = 16,
    NAME_REQUIRED_MENTIONED = 32, /* by deferred code that the block mentions: it may call it */
};

/* What deferred code may do to a module-level name. */
enum effect_kind { EFFECT_BIND, EFFECT_DELETE, EFFECT_MUTATE, EFFECT_KINDS };

struct name {
    struct str text;
    uint64_t hash;
    uint32_t module;                 /* its module-level binding */
    uint32_t top;                    /* its innermost binding */
    uint32_t unit_seen;              /* last unit that lists it as used */
    uint32_t affected[EFFECT_KINDS]; /* last unit that lists such an effect on it */
    uint32_t origin;                 /* name from above whose object it shares, or NONE */
    uint32_t attached;               /* head of its units, in walk.attachments; or NONE */
    uint32_t rank;                   /* place in the sorted order, for the result */
    uint8_t flags;                   /* enum name_flag */
    uint8_t kind;                    /* enum definition_kind of its last binding */
    struct span bound_at;            /* last top-level statement that binds it */
    uint32_t first_at;               /* start of the first one, or NONE */
    uint32_t sure_at;                /* end of the first one that surely leaves it bound, or NONE */
    struct span read_at;             /* first required read */
};

enum binding_kind {
    BINDING_MODULE,
    BINDING_LOCAL,    /* function, comprehension or type parameter scope */
    BINDING_CLASS,    /* seen from the class body only */
    BINDING_GLOBAL,   /* declared global: stands for the module's binding */
    BINDING_NONLOCAL, /* stands for the next binding outside */
};

struct binding {
    uint32_t name, outer; /* outer: the binding it hides */
    uint32_t scope;
    uint32_t stamp, paths; /* scratch of symbols_flow.c */
    uint8_t kind, state, joined;
    uint8_t parameter; /* 1 + position, for a parameter; else 0 */
    bool in_class;
};

/* Deferred code: an outermost function or class, or a module-level lambda or generator. */
struct unit {
    uint32_t uses_start, uses_end; /* in walk.uses */
    uint32_t effects_start, effects_end;
    uint32_t mutated_parameters;
    uint32_t mentioned_at, called_at; /* epochs in which its reads were last checked */
};

struct use {
    uint32_t name;
    struct span at;
};

struct effect {
    uint32_t name;
    enum effect_kind kind;
};

struct attachment {
    uint32_t unit, next;
};

struct change {
    uint32_t binding;
    uint8_t state; /* before, in walk.undo; after, in walk.touched */
};

/* What one way of reaching a join left a binding in. */
struct path_end {
    uint32_t join, binding;
    uint8_t state;
};

/* Why no way leads somewhere.  Bits. */
enum dead { DEAD_JUMPED = 1, DEAD_RAISED = 2 };

/* Several ways through the code that meet again; see symbols_flow.c. */
struct join {
    uint32_t id, live; /* live: ways that do reach the join */
    uint8_t dead;      /* at its beginning */
    uint8_t ended;     /* how the ways ended that do not reach it */
    size_t undo_base, ends_base;
};

struct loop {
    struct join leave; /* what is behind the loop: breaks, and its regular end */
    struct join again; /* its head: continues, the body's end, and at once when it never runs */
};

/* The name of an `except ... as` clause, which whatever leaves the clause unbinds. */
struct alias {
    uint32_t name;
    struct alias *outer;
};

enum scope_kind { SCOPE_FUNCTION, SCOPE_CLASS, SCOPE_BLOCK /* comprehension, type parameters */ };

struct scope {
    uint32_t id;
    size_t first; /* its bindings: first .. walk.bindings.len at its start of use */
    size_t end;
    enum scope_kind kind;
};

/* What is saved and restored around a nested scope. */
struct context {
    uint32_t visible_class; /* scope id of the class whose names are seen here, or NONE */
    uint32_t unit;          /* that deferred code belongs to, or NONE at module level */
    uint32_t unit_scope;    /* scope id of that unit's own parameters, or NONE */
    struct str class_name;  /* for private names; without leading underscores */
    struct loop *loop;      /* the innermost one, or NULL */
    struct alias *aliases;  /* of the `except ... as` clauses we are in, inside that loop */
    bool deferred;          /* this code does not run where it stands */
    bool in_function;       /* annotations of variables are not evaluated */
    bool in_class;          /* inside some class */
    uint8_t dead;           /* enum dead: no way leads here */
};

struct walk {
    const struct syntax *syntax;
    struct symbols *out;
    struct context ctx;
    VEC(struct name) names;
    uint32_t *name_slots; /* hash table of indexes into names; NONE when free */
    size_t slots_cap;
    VEC(char *) mangled; /* texts of private names; owned */
    VEC(struct binding) bindings;
    VEC(struct change) undo;
    VEC(struct change) touched; /* every state ever set, never taken back */
    VEC(struct path_end) ends;
    VEC(struct unit) units;
    VEC(struct use) uses;
    VEC(struct effect) effects;
    VEC(struct attachment) attachments;
    VEC(uint32_t) pending; /* units to look at, in unit_mention() */
    struct span statement; /* the top-level statement being walked */
    uint32_t first_fresh;  /* units since then belong to the value being assigned; or NONE */
    uint32_t scopes, joins, stamps; /* counters for ids */
    uint32_t epoch;                 /* rises whenever a state may have become INHERITED again */
    uint32_t depth;
    uint32_t optional, type_checking; /* nesting of such code */
    bool future_annotations;
};

static inline const struct syntax_node *node_at(const struct walk *w, uint32_t i) {
    return &w->syntax->nodes.items[i];
}

/* --- symbols_names.c: interned identifiers --- */
uint32_t name_intern(struct walk *w, struct str text);
uint32_t name_of_node(struct walk *w, uint32_t node); /* private names of classes mangled */
void names_finish(struct walk *w);

/* --- symbols_flow.c: states along the ways through the code --- */
void flow_set(struct walk *w, uint32_t binding, uint8_t state);
void flow_widen(struct walk *w, size_t from, size_t to); /* add states of touched[from..to) */
void join_begin(struct walk *w, struct join *j);
void join_fork(struct walk *w, struct join *j); /* one way goes to the join, one goes on */
void join_jump(struct walk *w, struct join *j); /* the way goes to the join; what follows is dead */
void join_end_path(struct walk *w, struct join *j, size_t keep); /* ... back to undo mark `keep` */
void join_finish(struct walk *w, struct join *j);
void flow_settle(struct walk *w, size_t before, size_t body); /* end of a finally clause */

/* --- symbols_scope.c: who binds what --- */
void scope_enter(struct walk *w, struct scope *s, enum scope_kind kind);
void scope_collect(struct walk *w, struct scope *s, uint32_t from, uint32_t to);
uint32_t scope_declare(struct walk *w, struct scope *s, uint32_t name, enum binding_kind kind);
void scope_declare_targets(struct walk *w, struct scope *s, uint32_t target);
void scope_leave(struct walk *w, struct scope *s);
uint32_t name_resolve(const struct walk *w, uint32_t name); /* its binding seen from here */
uint32_t case_next(const struct walk *w, uint32_t i); /* in a pattern, skipping what it reads */
bool is_target_list(uint8_t kind);                    /* a node that groups targets */

/* --- symbols_units.c: deferred code --- */
uint32_t unit_begin(struct walk *w);
void unit_end(struct walk *w, uint32_t unit);
void unit_use(struct walk *w, uint32_t name, struct span at);
void unit_effect(struct walk *w, uint32_t name, enum effect_kind kind);
void unit_attach(struct walk *w, uint32_t name, uint32_t unit);
void unit_mention(struct walk *w, uint32_t unit, bool called);
void name_mention(struct walk *w, uint32_t name, bool called);

/* --- symbols_access.c: reading, binding, deleting and mutating a name --- */
void name_read(struct walk *w, uint32_t node);
void name_read_text(struct walk *w, struct str text, struct span at);
void name_require(struct walk *w, uint32_t name, struct span at, bool deferred);
void name_bind(struct walk *w, uint32_t name, enum definition_kind kind, uint32_t origin);
void name_unbind(struct walk *w, uint32_t name); /* as the end of `except E as name` */
void name_delete(struct walk *w, uint32_t node);
void name_mutate(struct walk *w, uint32_t name);
void name_mutate_module(struct walk *w, uint32_t name);
uint32_t root_identifier(const struct walk *w, uint32_t node); /* of a.b[c].d; or NONE */
uint32_t value_origin(struct walk *w, uint32_t value); /* name from above it leads to, or NONE */
void target_mutate(struct walk *w, uint32_t node);     /* its root identifier */
void target_bind(struct walk *w, uint32_t target, enum definition_kind kind, uint32_t origin);

/* --- symbols_walk.c --- */
typedef uint32_t walk_fn(struct walk *w, uint32_t node); /* returns the node to go on with */
void walk_nodes(struct walk *w, uint32_t from, uint32_t to);
void walk_node(struct walk *w, uint32_t node);
void walk_children(struct walk *w, uint32_t node);
bool starts_async(const struct walk *w, uint32_t node);

/* --- handlers, by file --- */
/* symbols_expressions.c */
walk_fn on_call, on_await, on_named_expression, on_formatted, on_comprehension;
/* symbols_conditions.c */
walk_fn on_boolean, on_comparison, on_conditional;
void walk_condition(struct walk *w, uint32_t node, struct join *otherwise, bool wanted);
/* symbols_definitions.c */
walk_fn on_function, on_class, on_lambda, on_type_alias;
/* symbols_statements.c */
walk_fn on_expression_statement, on_assignment, on_augmented, on_delete, on_print, on_exec,
    on_raise, on_break, on_continue, on_with, on_as_pattern, on_error;
/* symbols_branches.c */
walk_fn on_if, on_loop, on_try;
/* symbols_match.c */
walk_fn on_match;
/* symbols_imports.c */
walk_fn on_import, on_import_from, on_future_import;
void import_by_call(struct walk *w, uint32_t function, uint32_t arguments);
/* symbols_all.c */
void all_assign(struct walk *w, uint32_t value); /* __all__ = value, or += value */
void all_call(struct walk *w, uint32_t call);    /* __all__.extend(...) and its like */

/* --- symbols_result.c --- */
void result_build(struct walk *w);

#endif
