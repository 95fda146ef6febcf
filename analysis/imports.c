/* SPDX-License-Identifier: Apache-2.0 */
/* imports.c - names to files, by Python's rules for where it looks. */
#include "analysis/imports.h"

#include "base/mem.h"

struct resolution {
    const struct module_index *index;
    const struct import_use *use;
    struct str folder; /* to look in first */
    bool folder_first;
    struct import_row draft;
    import_row_vec *out;
};

/* --- the name that is imported --- */

/* Relative levels count from the importing module's package. */
static void append_base(const struct module_file *importer, uint32_t level, struct buf *out) {
    struct str package = str_from(importer->name);
    if (!importer->is_init) package = module_parent(package);
    for (uint32_t i = 1; i < level && package.len; i++) package = module_parent(package);
    buf_append(out, package);
}

/* `import a . b` is fine with Python. */
static void append_dense(struct buf *out, struct str name) {
    for (size_t i = 0; i < name.len; i++)
        if (!strchr(" \t\f\\\r\n", name.ptr[i])) buf_append_byte(out, name.ptr[i]);
}

static void append_module(const struct module_file *importer, const struct import_use *use,
                          struct buf *out) {
    if (use->level) append_base(importer, use->level, out);
    if (out->len && use->module.len) buf_append_byte(out, '.');
    append_dense(out, use->module);
}

/* --- lookups --- */

static const struct module_file *find(const struct resolution *r, struct str name) {
    return module_index_find(r->index, name, r->folder_first ? &r->folder : NULL);
}

static bool find_folder(const struct resolution *r, struct str name, struct buf *canonical) {
    return module_index_find_folder(r->index, name, r->folder_first ? &r->folder : NULL, canonical);
}

static void push(struct resolution *r, struct str module, const struct module_file *file,
                 struct str name, struct str local, struct str target) {
    struct import_row row = r->draft;
    row.module = str_dup(module);
    row.file = file;
    row.name = str_dup(name);
    row.local = str_dup(local);
    row.target = str_dup(local.len ? target : STR(""));
    vec_push(r->out, row);
}

/* The full name of what was found under `wanted`; false when nothing was. */
static bool full_name(const struct resolution *r, struct str wanted,
                      const struct module_file **file, struct buf *out) {
    out->len = 0;
    *file = find(r, wanted);
    if (*file) {
        buf_append(out, str_from((*file)->name));
        return true;
    }
    if (find_folder(r, wanted, out)) return true;
    buf_append(out, wanted);
    return false;
}

/* The packages above a module run before it. */
static void push_parents(struct resolution *r, struct str wanted) {
    struct buf name = {0};
    bool star = r->draft.star;
    r->draft.star = false;
    for (size_t i = 0; i < wanted.len; i++) {
        const struct module_file *file;
        if (wanted.ptr[i] != '.') continue;
        r->draft.known = full_name(r, str_slice(wanted, 0, i), &file, &name);
        bool binds = r->use->local.len && r->use->name.len == 0 &&
                     str_eq(r->use->local, str_slice(wanted, 0, i));
        if (file || binds)
            push(r, buf_str(&name), file, STR(""), binds ? r->use->local : STR(""), buf_str(&name));
    }
    r->draft.star = star;
    buf_finish(&name);
}

/* `import a.b` binds `a`, which push_parents() says.  It may as well be `import a.b as a`: the use
 * does not tell, so that both are taken. */
static void resolve_module(struct resolution *r, struct str wanted) {
    struct buf name = {0};
    const struct module_file *file;
    r->draft.known = full_name(r, wanted, &file, &name);
    push(r, buf_str(&name), file, STR(""), r->use->local, buf_str(&name));
    buf_finish(&name);
}

static void resolve_from(struct resolution *r, struct str wanted) {
    struct buf name = {0}, target = {0}, inner = {0};
    const struct module_file *file, *submodule = NULL;
    r->draft.known = full_name(r, wanted, &file, &name);
    buf_printf(&target, "%.*s.%.*s", STR_FMT(buf_str(&name)), STR_FMT(r->use->name));
    push(r, buf_str(&name), file, r->use->name, r->use->local, buf_str(&target));
    buf_printf(&inner, "%.*s.%.*s", STR_FMT(wanted), STR_FMT(r->use->name));
    if (!r->use->star) submodule = find(r, buf_str(&inner));
    r->draft.submodule = r->draft.known = true;
    if (submodule)
        push(r, str_from(submodule->name), submodule, r->use->name, r->use->local,
             buf_str(&target));
    buf_finish(&name);
    buf_finish(&target);
    buf_finish(&inner);
}

static bool in_package(const struct module_index *index, struct str folder) {
    struct buf init = {0};
    buf_printf(&init, "%.*s%s__init__.py", STR_FMT(folder), folder.len ? "/" : "");
    bool found = module_index_file(index, buf_str(&init)) != NULL;
    buf_finish(&init);
    return found;
}

void import_resolve(const struct module_index *index, const struct module_file *importer,
                    const struct import_use *use, uint32_t unit, uint32_t unit_start,
                    import_row_vec *out) {
    struct resolution r = {
        .index = index, .use = use, .out = out, .folder = module_folder(str_from(importer->path))};
    r.folder_first = use->level == 0 && r.folder.len && !in_package(index, r.folder);
    r.draft = (struct import_row){.star = use->star,
                                  .type_checking = use->type_checking,
                                  .optional = use->optional,
                                  .deferred = use->deferred,
                                  .level = use->level,
                                  .unit = unit,
                                  .at = {use->at.start + unit_start, use->at.end + unit_start}};
    struct buf wanted = {0};
    append_module(importer, use, &wanted);
    if (wanted.len == 0) buf_append(&wanted, STR(".")); /* above the top: Python refuses it */
    push_parents(&r, buf_str(&wanted));
    if (use->name.len)
        resolve_from(&r, buf_str(&wanted));
    else
        resolve_module(&r, buf_str(&wanted));
    buf_finish(&wanted);
}

void import_row_vec_finish(import_row_vec *rows) {
    for (size_t i = 0; i < rows->len; i++) {
        free(rows->items[i].module);
        free(rows->items[i].name);
        free(rows->items[i].local);
        free(rows->items[i].target);
    }
    vec_finish(rows);
}
