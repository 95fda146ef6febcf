/* SPDX-License-Identifier: Apache-2.0 */
/* symbols.h - what one block binds, reads, changes and imports at module level.
 *
 * A pure function of the block's text, by Python's scoping rules; never fails (broken code gives
 * what can be seen of it).  Flow-sensitive inside the block: a read after the block's own certain
 * binding is not a requirement, a read before it or after a binding on one branch only is.
 * All names are views into `pool`, owned by the struct; every list is sorted by name, unique,
 * unless it says otherwise.
 *
 * Code inside functions (bodies, lambdas, generators) is *deferred*.  What it reads is required
 * unless the block has certainly bound the name both by its end and wherever the block itself
 * calls, or hands out, the function.  What it does to the module (`global x` and an assignment, a
 * mutation) counts for the block as soon as the block mentions the function; for other blocks it
 * is listed with the function's definition.
 *
 * Known gaps: identifiers are compared as written (CPython folds non-ASCII ones by NFKC); what
 * reaches the namespace through sys.modules, frames or builtins.exec is not seen; syntax_error is
 * the grammar's opinion, which lacks some of Python: t"...", `[T = int]`, `(a.` before a line that
 * starts further left.  Only the worker's compiler knows. */
#ifndef ANALYSIS_SYMBOLS_H
#define ANALYSIS_SYMBOLS_H

#include "analysis/span.h"
#include "base/str.h"
#include "base/vec.h"

enum definition_kind {
    DEF_VARIABLE,
    DEF_FUNCTION,
    DEF_CLASS,
    DEF_IMPORT, /* import, or from-import */
    DEF_TYPE,   /* `type X = ...` */
};

typedef VEC(struct str) symbol_vec;

/* A name that the block may leave bound. */
struct definition {
    struct str name;
    enum definition_kind kind;
    bool certain;     /* bound on every path through the block (exceptions aside) */
    bool deferred;    /* bound only by functions that declare it global, when one is called */
    struct span span; /* of the last top-level statement that binds it; relative to the block */
    struct span made; /* a run that stops before its start has not bound it, one that stops behind
                         its end has, if it is certain */
    uint32_t uses_start, uses_len; /* in symbols.definition_uses: names read when it is called or
                                      its class is used, whether or not this block binds them */
    uint32_t effects_start, effects_len; /* in symbols.definition_effects: module names that it
                                            rebinds, deletes or mutates when it is called */
    uint32_t mutated_parameters; /* bit i: it mutates its i-th parameter; bit 31: a later one */
};

/* A module-level name that the block reads and has not certainly bound before the read. */
struct requirement {
    struct str name;
    bool deferred;  /* read only inside functions: not needed until one of them is called */
    bool mentioned; /* by a function that the block itself mentions, and so may call */
    bool builtin;   /* a builtin of CPython: counts only if the document binds the name */
    struct span at; /* its first occurrence, relative to the block's start */
};

struct import_use {
    struct str module; /* "a.b" in `import a.b` and `from a.b import c`; "" in `from . import c` */
    struct str name;   /* "c", or "*"; empty for `import a.b` */
    struct str local;  /* the name bound; empty for "*" and for a call of import_module */
    uint32_t level;    /* leading dots */
    bool star, type_checking, optional; /* optional: inside try/except ImportError */
    bool deferred;                      /* inside a function: happens when it is called */
    struct span at; /* of the module path or imported name, relative to the block's start */
};

/* `callee(name, ...)` outside functions: whether it mutates `name` is known where callee is. */
struct argument_use {
    struct str callee, name;
    uint32_t position; /* 0-based; 31 for every later one, and for keywords and unpacking */
};

/* Why a block must be taken to read and write every name.  Bits. */
enum wild_reason {
    WILD_EXEC = 1,    /* exec or eval is mentioned */
    WILD_GLOBALS = 2, /* globals is mentioned; vars() or locals() at module level */
    WILD_STAR = 4,    /* from m import * */
    WILD_SIZE = 8,    /* too big to analyse, see syntax_parse(); the lists are empty */
};

struct symbols {
    VEC(struct definition) provides;
    VEC(struct requirement) requires;
    symbol_vec mutates;        /* names whose object the block may change in place (static part);
                                  not objects that the block certainly made itself before */
    symbol_vec deletes;        /* names it may leave unbound by `del` (or by `except ... as`) */
    symbol_vec deletes_surely; /* those of `deletes` that are unbound on every path */
    VEC(struct import_use) imports;     /* in source order */
    VEC(struct argument_use) arguments; /* in source order */
    symbol_vec exports_all;             /* the strings of a literal __all__, when it has one */
    symbol_vec definition_uses;         /* sorted within each definition's range */
    symbol_vec definition_effects;      /* sorted within each definition's range */
    unsigned wild;                      /* enum wild_reason */
    bool has_all;                       /* __all__ is assigned or extended */
    bool all_partial;                   /* ... also by something that is not a literal */
    bool future_annotations;            /* from __future__ import annotations */
    bool top_level_await;               /* await, async for or async with outside functions */
    bool syntax_error; /* the grammar found an error: the lists are a best effort */
    char *pool;
};

/* Analyse `source`, the text of one block.  O(len).  `out` must be zeroed or finished.
 * `inherits_future_annotations`: a block above has `from __future__ import annotations`. */
void symbols_analyse(struct symbols *out, struct str source, bool inherits_future_annotations);

void symbols_finish(struct symbols *s); /* accepts all-zero */

const struct definition *symbols_definition(const struct symbols *s, struct str name);
const struct requirement *symbols_requirement(const struct symbols *s, struct str name);

/* Whether CPython 3.11 to 3.14 have a builtin, or every module an attribute, of that name. */
bool symbols_is_builtin(struct str name);

#endif
