/* SPDX-License-Identifier: Apache-2.0 */
/* module_index.c - the walk over the workspace, and lookups by path in each root. */
#include "analysis/module_index.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/ignore.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"

enum { DEPTH_MAX = 128 };

struct walker {
    struct module_index *index;
    struct buf path; /* absolute, of the folder we are in */
    unsigned depth;
};

int64_t module_file_id(struct str path) {
    return (int64_t)(hash64(path) & INT64_MAX);
}

struct str module_folder(struct str path) {
    while (path.len && path.ptr[path.len - 1] != '/') path.len--;
    if (path.len) path.len--;
    return path;
}

struct str module_parent(struct str name) {
    while (name.len && name.ptr[name.len - 1] != '.') name.len--;
    if (name.len) name.len--;
    return name;
}

/* --- names --- */

static bool lies_in(struct str path, struct str folder) {
    return folder.len == 0 ||
           (str_starts(path, folder) && path.len > folder.len && path.ptr[folder.len] == '/');
}

static struct str innermost_root(const struct module_index *index, struct str path) {
    struct str best = STR("");
    for (size_t i = 0; i < index->roots.len; i++) {
        struct str root = str_from(index->roots.items[i]);
        if (lies_in(path, root) && root.len > best.len) best = root;
    }
    return best;
}

static void append_dotted(struct buf *out, struct str path) {
    for (size_t i = 0; i < path.len; i++)
        buf_append_byte(out, path.ptr[i] == '/' ? '.' : path.ptr[i]);
}

static void append_name(const struct module_index *index, struct str path, struct buf *out) {
    struct str root = innermost_root(index, path);
    if (root.len) path = str_slice(path, root.len + 1, path.len);
    append_dotted(out, path);
}

/* The path without its suffix, and for a package's __init__ without that, too. */
static struct str module_path(struct str path, bool is_init) {
    assert(path.len > 0);
    while (path.ptr[path.len - 1] != '.') path.len--;
    path.len--;
    if (is_init && module_folder(path).len) path = module_folder(path);
    return path;
}

static void name_file(const struct module_index *index, struct module_file *file) {
    struct buf name = {0};
    append_name(index, module_path(str_from(file->path), file->is_init), &name);
    buf_cstr(&name);
    file->name = buf_take(&name);
}

static struct str last_part(struct str path) {
    struct str folder = module_folder(path);
    return folder.len ? str_slice(path, folder.len + 1, path.len) : path;
}

static struct module_file describe(struct str path) {
    struct str name = last_part(path);
    return (struct module_file){
        .id = module_file_id(path),
        .path = str_dup(path),
        .stub = str_ends(name, STR(".pyi")),
        .is_init = str_eq(name, STR("__init__.py")) || str_eq(name, STR("__init__.pyi")),
    };
}

struct module_file module_index_describe(const struct module_index *index, struct str path) {
    struct module_file file = describe(path);
    name_file(index, &file);
    return file;
}

void module_file_finish(struct module_file *file) {
    free(file->path);
    free(file->name);
    *file = (struct module_file){0};
}

/* --- the walk --- */

static bool skipped_folder(struct str name) {
    return str_eq(name, STR("__pycache__")) || str_eq(name, STR("node_modules")) ||
           str_eq(name, STR("site-packages"));
}

static void note_folders(struct module_index *index, struct str path) {
    for (struct str f = module_folder(path); f.len; f = module_folder(f)) {
        void **slot = map_slot(&index->folders, f);
        if (*slot) return;
        *slot = index;
    }
}

static void add_file(struct walker *w, const struct stat *st) {
    struct module_index *index = w->index;
    struct module_file *file = xcalloc(1, sizeof *file);
    *file = describe(str_slice(buf_str(&w->path), strlen(index->root) + 1, w->path.len));
    file->mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
    file->size = st->st_size;
    vec_push(&index->files, file);
    *map_slot(&index->by_path, str_from(file->path)) = file;
    note_folders(index, str_from(file->path));
}

static void walk_folder(struct walker *w, struct ignore *outer);

static void visit(struct walker *w, const struct ignore *ignore, const struct dirent *entry) {
    struct stat st;
    struct str name = str_from(entry->d_name);
    bool python = str_ends(name, STR(".py")) || str_ends(name, STR(".pyi"));
    bool maybe_folder = entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN;
    if (name.ptr[0] == '.' || (!python && !maybe_folder)) return;
    size_t length = w->path.len;
    buf_append_byte(&w->path, '/');
    buf_append(&w->path, name);
    if (stat(buf_cstr(&w->path), &st) == 0) {
        bool folder = S_ISDIR(st.st_mode) && entry->d_type != DT_LNK && !skipped_folder(name);
        bool file = S_ISREG(st.st_mode) && python;
        if ((folder || file) && !ignore_matches(ignore, buf_str(&w->path), folder)) {
            if (folder) walk_folder(w, (struct ignore *)ignore);
            if (file) add_file(w, &st);
        }
    }
    w->path.len = length;
}

static bool is_environment(struct walker *w) {
    size_t length = w->path.len;
    buf_append(&w->path, STR("/pyvenv.cfg"));
    bool found = access(buf_cstr(&w->path), F_OK) == 0;
    w->path.len = length;
    return found;
}

static void walk_folder(struct walker *w, struct ignore *outer) {
    DIR *folder = w->depth < DEPTH_MAX && !is_environment(w) ? opendir(buf_cstr(&w->path)) : NULL;
    if (!folder) return;
    struct ignore *ignore = ignore_read(buf_str(&w->path), outer);
    w->depth++;
    for (struct dirent *entry; (entry = readdir(folder));) visit(w, ignore, entry);
    w->depth--;
    ignore_destroy(ignore, outer);
    closedir(folder);
}

/* The .gitignore files above the workspace count, too, up to the repository's top. */
static struct ignore *read_outer(struct str folder) {
    struct buf git = {0};
    buf_printf(&git, "%.*s/.git", STR_FMT(folder));
    bool top = access(buf_cstr(&git), F_OK) == 0;
    buf_finish(&git);
    if (top || folder.len <= 1) return NULL;
    struct str above = module_folder(folder);
    return ignore_read(above, read_outer(above));
}

/* Outside a repository there is nothing to obey but what lies inside the workspace. */
static bool in_repository(struct str folder) {
    bool found = false;
    for (; folder.len && !found; folder = module_folder(folder)) {
        struct buf git = {0};
        buf_printf(&git, "%.*s/.git", STR_FMT(folder));
        found = access(buf_cstr(&git), F_OK) == 0;
        buf_finish(&git);
    }
    return found;
}

static int compare_files(const void *a, const void *b) {
    return strcmp((*(struct module_file *const *)a)->path, (*(struct module_file *const *)b)->path);
}

static void walk_workspace(struct module_index *index) {
    struct walker w = {.index = index};
    struct str root = str_from(index->root);
    struct ignore *outer = in_repository(root) ? read_outer(root) : NULL;
    buf_append(&w.path, root);
    walk_folder(&w, outer);
    ignore_destroy(outer, NULL);
    buf_finish(&w.path);
    if (index->files.len)
        qsort(index->files.items, index->files.len, sizeof *index->files.items, compare_files);
}

/* --- roots --- */

static bool has_root(const struct module_index *index, struct str root) {
    for (size_t i = 0; i < index->roots.len; i++)
        if (str_eq(str_from(index->roots.items[i]), root)) return true;
    return false;
}

static void add_root(struct module_index *index, struct str root) {
    if (!has_root(index, root)) vec_push(&index->roots, str_dup(root));
}

static void add_configured(struct module_index *index, struct str root) {
    struct str top = str_from(index->root);
    while (str_starts(root, STR("./"))) root = str_slice(root, 2, root.len);
    while (root.len > 1 && str_ends(root, STR("/"))) root.len--;
    if (str_eq(root, top) || str_eq(root, STR("."))) root = STR("");
    if (lies_in(root, top)) root = str_slice(root, top.len + 1, root.len);
    if (!str_starts(root, STR("/"))) add_root(index, root);
}

/* In the order of paths, which the walk's files have. */
static void add_layouts(struct module_index *index) {
    for (size_t i = 0; i < index->files.len; i++) {
        struct str path = str_from(index->files.items[i]->path);
        for (struct str f = module_folder(path); f.len; f = module_folder(f)) {
            struct buf init = {0};
            bool src = str_eq(f, STR("src")) || str_ends(f, STR("/src"));
            buf_printf(&init, "%.*s/__init__.py", STR_FMT(f));
            if (src && !map_get(&index->by_path, buf_str(&init))) add_root(index, f);
            buf_finish(&init);
        }
    }
}

struct module_index *module_index_scan(const char *workspace, const char *const *roots,
                                       size_t root_count, struct err *err) {
    char *root = realpath(workspace, NULL);
    if (!root) {
        err_set(err, ST_IO, "cannot open '%s': %s", workspace, strerror(errno));
        return NULL;
    }
    struct module_index *index = xcalloc(1, sizeof *index);
    index->root = root;
    walk_workspace(index);
    for (size_t i = 0; i < root_count; i++) add_configured(index, str_from(roots[i]));
    add_root(index, STR(""));
    add_layouts(index);
    for (size_t i = 0; i < index->files.len; i++) name_file(index, index->files.items[i]);
    return index;
}

void module_index_destroy(struct module_index *index) {
    if (!index) return;
    for (size_t i = 0; i < index->files.len; i++) {
        module_file_finish(index->files.items[i]);
        free(index->files.items[i]);
    }
    for (size_t i = 0; i < index->roots.len; i++) free(index->roots.items[i]);
    vec_finish(&index->files);
    vec_finish(&index->roots);
    map_finish(&index->by_path);
    map_finish(&index->folders);
    free(index->root);
    free(index);
}

/* --- lookups --- */

const struct module_file *module_index_file(const struct module_index *index, struct str path) {
    return map_get(&index->by_path, path);
}

static void append_path(struct buf *out, struct str root, struct str name) {
    out->len = 0;
    buf_append(out, root);
    if (root.len) buf_append_byte(out, '/');
    for (size_t i = 0; i < name.len; i++)
        buf_append_byte(out, name.ptr[i] == '.' ? '/' : name.ptr[i]);
}

static const struct module_file *find_in(const struct module_index *index, struct str root,
                                         struct str name, struct buf *path) {
    static const char *const endings[] = {"/__init__.py", ".py", "/__init__.pyi", ".pyi"};
    append_path(path, root, name);
    size_t length = path->len;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        path->len = length;
        buf_append(path, str_from(endings[i]));
        const struct module_file *file = map_get(&index->by_path, buf_str(path));
        if (file) return file;
    }
    return NULL;
}

const struct module_file *module_index_find(const struct module_index *index, struct str name,
                                            const struct str *first) {
    struct buf path = {0};
    const struct module_file *file = NULL;
    if (name.len == 0) return NULL;
    if (first) file = find_in(index, *first, name, &path);
    for (size_t i = 0; i < index->roots.len && !file; i++)
        file = find_in(index, str_from(index->roots.items[i]), name, &path);
    buf_finish(&path);
    return file;
}

static bool folder_in(const struct module_index *index, struct str root, struct str name,
                      struct buf *canonical) {
    struct buf path = {0};
    append_path(&path, root, name);
    bool found = map_get(&index->folders, buf_str(&path)) != NULL;
    if (found) append_name(index, buf_str(&path), canonical);
    buf_finish(&path);
    return found;
}

bool module_index_find_folder(const struct module_index *index, struct str name,
                              const struct str *first, struct buf *canonical) {
    if (name.len == 0) return false;
    if (first && folder_in(index, *first, name, canonical)) return true;
    for (size_t i = 0; i < index->roots.len; i++)
        if (folder_in(index, str_from(index->roots.items[i]), name, canonical)) return true;
    return false;
}
