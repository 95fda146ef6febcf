/* SPDX-License-Identifier: Apache-2.0 */
/* index_delta.c - lists of what changed, and the comparison of two texts of a file. */
#include <assert.h>
#include <sqlite3.h>

#include "analysis/file_read.h"
#include "analysis/index_internal.h"
#include "analysis/text.h"
#include "base/mem.h"

void index__add_change(struct index_delta *delta, int64_t id, const char *path,
                       enum file_change kind) {
    vec_push(&delta->files, ((struct changed_file){id, xstrdup(path), kind}));
}

void index__add_export(struct index_delta *delta, int64_t file_id, const char *qname,
                       enum delta_kind kind) {
    vec_push(&delta->exports, ((struct changed_export){file_id, xstrdup(qname), kind}));
}

void index_delta_finish(struct index_delta *delta) {
    for (size_t i = 0; i < delta->files.len; i++) free(delta->files.items[i].path);
    for (size_t i = 0; i < delta->exports.len; i++) free(delta->exports.items[i].qname);
    for (size_t i = 0; i < delta->callers.len; i++) {
        free(delta->callers.items[i].caller);
        free(delta->callers.items[i].ref);
    }
    vec_finish(&delta->files);
    vec_finish(&delta->exports);
    vec_finish(&delta->callers);
    delta->first = false;
}

/* --- two texts --- */

static void compare_rows(const struct export_row *a, const struct export_row *b, int order,
                         int64_t file_id, struct index_delta *delta) {
    assert((a || order > 0) && (b || order < 0));
    if (order < 0)
        index__add_export(delta, file_id, a->qname, DELTA_REMOVED);
    else if (order > 0)
        index__add_export(delta, file_id, b->qname, DELTA_ADDED);
    else if (!hash128_eq(a->hash, b->hash))
        index__add_export(delta, file_id, a->qname, DELTA_CHANGED);
}

static void compare_exports(const struct module_file *file, const struct module_rows *before,
                            const struct module_rows *after, struct index_delta *delta) {
    size_t i = 0, k = 0;
    while (i < before->exports.len || k < after->exports.len) {
        const struct export_row *a = i < before->exports.len ? &before->exports.items[i] : NULL;
        const struct export_row *b = k < after->exports.len ? &after->exports.items[k] : NULL;
        int order = !a ? 1 : !b ? -1 : strcmp(a->qname, b->qname);
        compare_rows(a, b, order, file->id, delta);
        i += order <= 0;
        k += order >= 0;
    }
}

static bool imports_file(const struct module_rows *rows, const struct module_file *file) {
    for (size_t i = 0; i < rows->imports.len; i++)
        if (rows->imports.items[i].file == file && !rows->imports.items[i].type_checking)
            return true;
    return false;
}

/* An import that came or went may run other statements. */
static bool imports_differ(const struct module_rows *a, const struct module_rows *b) {
    for (size_t i = 0; i < a->imports.len; i++) {
        const struct import_row *row = &a->imports.items[i];
        if (row->file && !row->type_checking && !imports_file(b, row->file)) return true;
    }
    return false;
}

/* Who still imports a module that is gone: their rows lead nowhere now. */
static void keep_seekers(struct index_delta *delta, struct state_store *store, const char *module) {
    sqlite3_stmt *st = state_store_prepare(
        store,
        "SELECT importer_file_id, block, CASE local_name WHEN '' THEN '' ELSE module_fqn ||"
        " '.' || local_name END FROM py_imports_resolved_v1 JOIN py_module_index_v1 ON"
        " file_id = importer_file_id WHERE imported_file_id IS NULL AND NOT is_type_checking"
        " AND (imported_module_fqn = ?1 OR imported_module_fqn || '.' || imported_name = ?1)");
    sqlite3_bind_text(st, 1, module, -1, SQLITE_STATIC);
    while (state_store_step(store, st)) {
        const char *caller = (const char *)sqlite3_column_text(st, 2);
        vec_push(
            &delta->callers,
            ((struct old_caller){sqlite3_column_int64(st, 0), (uint32_t)sqlite3_column_int64(st, 1),
                                 xstrdup(caller ? caller : ""), xstrdup(module)}));
    }
}

void index_delta_since(struct index_delta *delta, struct state_store *store,
                       const struct module_index *index, struct str path,
                       const struct str *before) {
    struct module_file file = module_index_describe(index, path);
    struct module_rows old = {0}, new = {0};
    struct buf text = {0}, full = {0};
    bool exists = module_index_file(index, path) != NULL;
    buf_printf(&full, "%s/%s", index->root, file.path);
    if (exists) file_read(buf_cstr(&full), TEXT_MAX, &text);
    if (before) module_rows_build(&old, index, &file, *before);
    if (exists) module_rows_build(&new, index, &file, buf_str(&text));
    if (before || exists) {
        index__add_change(delta, file.id, file.path,
                          !exists  ? FILE_DELETED
                          : before ? FILE_CHANGED
                                   : FILE_ADDED);
        compare_exports(&file, &old, &new, delta);
    }
    if (exists && before && (imports_differ(&old, &new) || imports_differ(&new, &old))) {
        full.len = 0;
        buf_printf(&full, "%s.<effects>", file.name);
        index__add_export(delta, file.id, buf_cstr(&full), DELTA_CHANGED);
    }
    if (!exists) keep_seekers(delta, store, file.name);
    module_rows_finish(&old);
    module_rows_finish(&new);
    module_file_finish(&file);
    buf_finish(&text);
    buf_finish(&full);
}
