/* SPDX-License-Identifier: Apache-2.0 */
/* exports.h - what one module offers, and what each of its names rests on.
 *
 * A *qname* is a module's name and a top-level name in it: "pkg.mod.f".  Beside the names that
 * the text binds a module has two of its own: `<effects>`, which stands for the statements that an
 * import runs for more than their names, and `<main>`, for those that nobody else can notice.
 * `<f...>` stands for a statement that binds several names, f the first; `f.<calls>` for what a
 * call of f changes in its module: a decorator's function rests on what it decorates in that way.
 *
 * A callsite says "the name `caller` rests on `qname`".  All that impact follows is these rows. */
#ifndef ANALYSIS_EXPORTS_H
#define ANALYSIS_EXPORTS_H

#include "analysis/imports.h"
#include "analysis/module_facts.h"
#include "analysis/module_index.h"
#include "base/hash.h"
#include "base/map.h"

struct export_row {
    const char *qname;
    const char *kind; /* variable, function, class, import, type, effects */
    struct hash128 hash;
    struct span at; /* of the last statement that binds it; absolute */
};

enum callsite_kind {
    CALLSITE_USE,     /* the name is used, with an attribute behind it that has a row, too */
    CALLSITE_VALUE,   /* ... as a value: if it is a module, any attribute may be reached */
    CALLSITE_IMPORT,  /* an import statement binds it */
    CALLSITE_DYNAMIC, /* an import that cannot be resolved: qname is "*" */
    CALLSITE_CHANGES, /* the other way around: the module changes `caller`, which is another's */
};

struct callsite_row {
    const char *qname, *caller;
    enum callsite_kind kind;
    uint32_t block; /* as `relight blocks` numbers them */
    struct span at; /* the first such use in its statement; absolute */
};

/* All rows of one file.  Zero-initialised is empty. */
struct module_rows {
    import_row_vec imports;
    VEC(uint32_t) import_blocks;        /* parallel to imports */
    VEC(struct export_row) exports;     /* sorted by qname */
    VEC(struct callsite_row) callsites; /* unique by qname, caller, kind and block */
    bool unreadable;                    /* a text that could not be read: no rows */
    struct map strings;                 /* owns the texts */
};

void module_rows_build(struct module_rows *out, const struct module_index *index,
                       const struct module_file *file, struct str text);
void module_rows_finish(struct module_rows *rows);

/* "qname" and 16 hexadecimal digits. */
#define QNAME_ID_SIZE 22
void qname_id(struct str qname, char out[QNAME_ID_SIZE]);

#endif
