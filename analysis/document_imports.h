/* SPDX-License-Identifier: Apache-2.0 */
/* document_imports.h - which files of the workspace a document's blocks import, and rest on.
 *
 * A snapshot of one revision of the document and one index; borrows the files of the index. */
#ifndef ANALYSIS_DOCUMENT_IMPORTS_H
#define ANALYSIS_DOCUMENT_IMPORTS_H

#include "analysis/block_graph.h"
#include "analysis/imports.h"

struct document_imports {
    import_row_vec rows;            /* `unit` is the block's index; `at` is absolute */
    const struct module_file *self; /* NULL: the document is no file of the index */
};

typedef VEC(const struct module_file *) module_file_vec; /* sorted by path, unique */

/* `path` is absolute.  `out` must be zeroed or finished. */
void document_imports_build(struct document_imports *out, const struct module_index *index,
                            struct str path, const struct document *doc);
void document_imports_finish(struct document_imports *imports);

/* The files that the block imports, or that a name it requires was imported from.  Replaces the
 * contents of `out`.  Imports for type checkers do not count. */
void document_imports_files(const struct document_imports *imports, const struct document *doc,
                            const struct block *block, module_file_vec *out);

/* Whether an import that reaches no file should: a relative one, or one from a package of the
 * workspace. */
bool document_imports_missing(const struct module_index *index, const struct import_row *row);

#endif
