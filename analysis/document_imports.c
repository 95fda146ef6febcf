/* SPDX-License-Identifier: Apache-2.0 */
/* document_imports.c - the imports of blocks, resolved. */
#include "analysis/document_imports.h"

void document_imports_build(struct document_imports *out, const struct module_index *index,
                            struct str path, const struct document *doc) {
    size_t root = strlen(index->root);
    bool inside = str_starts(path, str_from(index->root)) && path.len > root + 1 &&
                  path.ptr[root] == '/';
    bool python = str_ends(path, STR(".py")) || str_ends(path, STR(".pyi"));
    if (!inside || !python) return;
    struct str relative = str_slice(path, root + 1, path.len);
    struct module_file importer = module_index_describe(index, relative);
    out->self = module_index_file(index, relative);
    for (size_t b = 0; b < document_block_count(doc); b++) {
        const struct block *block = document_block(doc, b);
        for (size_t i = 0; i < block->symbols.imports.len; i++)
            import_resolve(index, &importer, &block->symbols.imports.items[i], (uint32_t)b,
                           block->span.start, &out->rows);
    }
    module_file_finish(&importer);
}

void document_imports_finish(struct document_imports *imports) {
    import_row_vec_finish(&imports->rows);
    imports->self = NULL;
}

static bool requires(const name_vec *names, const char *local) {
    for (size_t i = 0; i < names->len && *local; i++)
        if (str_eq(names->items[i], str_from(local))) return true;
    return false;
}

/* What a function imports when it is called is its callers' matter. */
static bool calls_into(const block_vec *upstream, const struct import_row *row) {
    for (size_t i = 0; i < upstream->len && row->deferred; i++)
        if (upstream->items[i]->index == row->unit) return true;
    return false;
}

static int compare_files(const void *a, const void *b) {
    return strcmp((*(const struct module_file *const *)a)->path,
                  (*(const struct module_file *const *)b)->path);
}

void document_imports_files(const struct document_imports *imports, const struct document *doc,
                            const struct block *block, module_file_vec *out) {
    name_vec names = {0};
    block_vec upstream = {0};
    size_t kept = 0;
    vec_clear(out);
    if (block->kind == BLOCK_CODE) {
        graph_requires(document_graph(doc), block, &names);
        graph_upstream(document_graph(doc), block, &upstream);
    }
    for (size_t i = 0; i < imports->rows.len; i++) {
        const struct import_row *row = &imports->rows.items[i];
        if (!row->file || row->file == imports->self || row->type_checking) continue;
        if (row->unit == block->index || requires(&names, row->local) || calls_into(&upstream, row))
            vec_push(out, row->file);
    }
    if (out->len) qsort(out->items, out->len, sizeof *out->items, compare_files);
    for (size_t i = 0; i < out->len; i++)
        if (!i || out->items[i] != out->items[kept - 1]) out->items[kept++] = out->items[i];
    out->len = kept;
    vec_finish(&names);
    vec_finish(&upstream);
}

bool document_imports_missing(const struct module_index *index, const struct import_row *row) {
    struct str module = str_from(row->module), first = module;
    struct buf name = {0};
    if (row->known || row->optional || row->type_checking) return false;
    if (row->level) return true;
    while (module_parent(first).len) first = module_parent(first);
    if (first.len == module.len) return false;
    bool ours = module_index_find(index, first, NULL) ||
                module_index_find_folder(index, first, NULL, &name);
    buf_finish(&name);
    return ours;
}
