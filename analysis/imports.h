/* SPDX-License-Identifier: Apache-2.0 */
/* imports.h - which files of the workspace an import reaches.  Nothing is executed or imported.
 *
 * One import gives several rows: `import a.b` runs a/__init__.py and a/b.py; `from a import b`
 * reads `b` of a/__init__.py and runs a/b.py where there is one.  A module that is not found in
 * the workspace has one row without a file: so it is remembered who wanted it.
 * Absolute names are looked up in the source roots and, for a file in a folder that is no package,
 * in that folder first, as when the file is run. */
#ifndef ANALYSIS_IMPORTS_H
#define ANALYSIS_IMPORTS_H

#include "analysis/module_index.h"
#include "analysis/symbols.h"
#include "base/buf.h"

struct import_row {
    char *module; /* the full name, or the one that is wanted; never empty */
    char *name;   /* of a from-import, "*" too; "" otherwise */
    char *local;  /* the name that the row's target is bound to; "" when it is bound to none */
    char *target; /* what `local` stands for: "a.b", or "a.b.name"; "" without a local */
    const struct module_file *file; /* NULL: not in the workspace */
    bool known; /* in the workspace: a file, or a folder that is a namespace package */
    bool star, type_checking, optional, deferred;
    bool submodule; /* the row of a/b.py for `from a import b`: beside that of a/__init__.py */
    uint32_t level;
    uint32_t unit;  /* the statement it stands in */
    struct span at; /* absolute */
};
typedef VEC(struct import_row) import_row_vec;

/* Append the rows of one import. */
void import_resolve(const struct module_index *index, const struct module_file *importer,
                    const struct import_use *use, uint32_t unit, uint32_t unit_start,
                    import_row_vec *out);

void import_row_vec_finish(import_row_vec *rows);

#endif
