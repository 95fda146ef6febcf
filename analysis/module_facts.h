/* SPDX-License-Identifier: Apache-2.0 */
/* module_facts.h - what the text of one module says, statement by statement.
 *
 * A pure function of the text.  A *unit* is a top-level statement: smaller than a block, so that a
 * change of `y` does not touch the readers of `x` in the same block.  Beside a unit's symbols
 * stand its *uses*: the dotted chains (`m.sub.f`) in it that begin with a name from outside the
 * unit, or with one that the unit itself imports.  Names in format strings are found, too. */
#ifndef ANALYSIS_MODULE_FACTS_H
#define ANALYSIS_MODULE_FACTS_H

#include "analysis/span.h"
#include "analysis/symbols.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/vec.h"

enum use_flag {
    USE_CALLED = 1,     /* the chain is called */
    USE_STORED = 2,     /* ... assigned to, with more behind its first name */
    USE_SUBSCRIPT = 4,  /* ... subscripted */
    USE_COMPUTED = 8,   /* ... anything but called with a plain string first */
    USE_DECORATOR = 16, /* stands in a decorator of the unit itself */
};

struct module_use {
    uint32_t text, len; /* of the chain, in module_facts.pool: "m.sub.f" */
    uint32_t root_len;  /* of its first name */
    unsigned flags;     /* enum use_flag, of all its occurrences */
    struct span at;     /* the first occurrence; absolute */
};

enum unit_role {
    UNIT_DEFINES, /* binds names, and does nothing else that others could notice */
    UNIT_IMPORTS, /* an import statement */
    UNIT_INERT,   /* a constant, or an expression that calls nothing */
    UNIT_MUTATES, /* changes an object of this module in a known way */
    UNIT_EFFECT,  /* may do anything when the module is imported */
    UNIT_MAIN,    /* if __name__ == "__main__": no importer runs it */
};

struct module_unit {
    struct span span; /* absolute */
    uint32_t block;   /* as `relight blocks` numbers them: from 1 */
    enum unit_role role;
    bool decorated;
    struct hash128 code;           /* of the token stream */
    struct symbols symbols;        /* spans relative to the unit */
    uint32_t uses_start, uses_len; /* in module_facts.uses; sorted by chain, unique */
};

struct module_facts {
    VEC(struct module_unit) units;
    VEC(struct module_use) uses;
    struct buf pool;
    bool has_all; /* the module has an __all__ */
};

/* `out` must be zeroed or finished.  The text may be anything. */
void module_facts_analyse(struct module_facts *out, struct str text);
void module_facts_finish(struct module_facts *facts); /* accepts all-zero */

static inline struct str module_use_chain(const struct module_facts *f,
                                          const struct module_use *u) {
    return str_slice(buf_str(&f->pool), u->text, u->text + u->len);
}
static inline struct str module_use_root(const struct module_facts *f, const struct module_use *u) {
    return str_slice(buf_str(&f->pool), u->text, u->text + u->root_len);
}

/* A method that changes a built-in container and does nothing else. */
bool is_container_mutator(struct str method);

#endif
