/* SPDX-License-Identifier: Apache-2.0 */
/* module_index.h - the Python files of a workspace, and the names they are imported by.
 *
 * Source roots are the workspace, every folder called `src` that is no package, and those that the
 * user configured.  A file's module name is its path from the innermost root it lies in:
 * `pkg/__init__.py` is `pkg`.  Left out: hidden folders and files, what .gitignore names,
 * virtual environments, site-packages and node_modules.  Links to folders are not followed.
 * Reads folders, never a file's content but .gitignore. */
#ifndef ANALYSIS_MODULE_INDEX_H
#define ANALYSIS_MODULE_INDEX_H

#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"

struct module_file {
    int64_t id;   /* a hash of the path: the same on every machine and in every build */
    char *path;   /* from the workspace, with slashes */
    char *name;   /* module_fqn: "pkg.mod" */
    bool is_init; /* an __init__ file: the name is a package's */
    bool stub;    /* .pyi */
    int64_t mtime_ns, size;
};

struct module_index {
    char *root;                      /* the workspace: absolute, links resolved */
    VEC(char *) roots;               /* source roots from the workspace; "" is itself */
    VEC(struct module_file *) files; /* owned; sorted by path */
    struct map by_path;              /* to struct module_file */
    struct map folders;              /* those that hold a file at any depth; values not NULL */
};

/* `roots` are the configured ones, relative to the workspace or absolute; may be NULL. */
struct module_index *module_index_scan(const char *workspace, const char *const *roots,
                                       size_t root_count, struct err *err);
void module_index_destroy(struct module_index *index); /* NULL is a no-op */

const struct module_file *module_index_file(const struct module_index *index, struct str path);

/* What a file at `path` is called, whether or not it exists.  Caller's memory: finish it. */
struct module_file module_index_describe(const struct module_index *index, struct str path);
void module_file_finish(struct module_file *file);

/* What `import name` runs in the end: a package's __init__, a module, or, where neither is, its
 * stub.  `first` is a folder to look in before the source roots (as sys.path[0] is), or NULL. */
const struct module_file *module_index_find(const struct module_index *index, struct str name,
                                            const struct str *first);

/* Whether `name` is a folder that can be imported as a namespace package; its module name goes to
 * `canonical` (appended). */
bool module_index_find_folder(const struct module_index *index, struct str name,
                              const struct str *first, struct buf *canonical);

int64_t module_file_id(struct str path);

/* The folder a path lies in; empty for the workspace. */
struct str module_folder(struct str path);

/* "a.b" of "a.b.c"; empty for "a". */
struct str module_parent(struct str name);

#endif
