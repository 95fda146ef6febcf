/* SPDX-License-Identifier: Apache-2.0 */
/* preview_paths.c - what a page may see of the disk: Python files below the root. */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "server/path.h"
#include "server/preview_internal.h"

enum { TREE_FILES_MAX = 5000, TREE_DEPTH_MAX = 24 };

static bool below(struct str path, struct str root) {
    if (root.len == 1) return true; /* "/" */
    return str_starts(path, root) && (path.len == root.len || path.ptr[root.len] == '/');
}

/* One answer for what is not there and what is elsewhere: a page learns nothing of the rest. */
static char *refuse(struct str path, struct err *err) {
    err_set(err, ST_NOT_FOUND, "there is no '%.*s' in this workspace", STR_FMT(path));
    return NULL;
}

char *preview_path_dup(const char *root, struct str path, struct err *err) {
    struct buf name = {0};
    if (path.len > PREVIEW_ADDRESS_MAX || memchr(path.ptr, 0, path.len)) return refuse(path, err);
    if (path.len == 0 || path.ptr[0] != '/') buf_printf(&name, "%s/", root);
    buf_append(&name, path);
    char *resolved = path_resolve_dup(buf_cstr(&name));
    buf_finish(&name);
    if (resolved && below(str_from(resolved), str_from(root))) return resolved;
    free(resolved);
    return refuse(path, err);
}

bool preview_skips(struct str name) {
    static const struct str names[] = {STR_INIT("__pycache__"), STR_INIT("node_modules"),
                                       STR_INIT("site-packages")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(name, names[i])) return true;
    return name.len && name.ptr[0] == '.';
}

enum entry { ENTRY_OTHER, ENTRY_FILE, ENTRY_FOLDER };

static enum entry entry_of(const char *folder, const struct dirent *d) {
    struct buf path = {0};
    struct stat status;
    if (preview_skips(str_from(d->d_name))) return ENTRY_OTHER;
    buf_printf(&path, "%s/%s", folder, d->d_name);
    int failed = lstat(buf_cstr(&path), &status);
    buf_finish(&path);
    if (failed) return ENTRY_OTHER;
    if (S_ISDIR(status.st_mode)) return ENTRY_FOLDER;
    return S_ISREG(status.st_mode) && str_ends(str_from(d->d_name), STR(".py")) ? ENTRY_FILE
                                                                                : ENTRY_OTHER;
}

json_t *preview_folder(const char *path, struct err *err) {
    struct dirent **found;
    int count = scandir(path, &found, NULL, alphasort);
    if (count < 0) {
        err_set(err, ST_NOT_FOUND, "there is no folder '%s'", path);
        return NULL;
    }
    json_t *entries = json_array();
    for (int i = 0; i < count; i++) {
        enum entry kind = entry_of(path, found[i]);
        if (kind != ENTRY_OTHER)
            json_array_append_new(entries,
                                  live_directory_entry(found[i]->d_name, kind == ENTRY_FOLDER));
        free(found[i]);
    }
    free(found);
    return entries;
}

/* An environment with other people's packages, whatever it is called. */
static bool is_environment(const char *folder) {
    struct buf path = {0};
    struct stat status;
    buf_printf(&path, "%s/pyvenv.cfg", folder);
    bool found = stat(buf_cstr(&path), &status) == 0;
    buf_finish(&path);
    return found;
}

static void collect(json_t *files, const char *folder, const char *prefix, int depth) {
    struct dirent **found;
    if (depth > TREE_DEPTH_MAX || is_environment(folder)) return;
    int count = scandir(folder, &found, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        struct buf path = {0}, name = {0};
        enum entry kind = entry_of(folder, found[i]);
        buf_printf(&path, "%s/%s", folder, found[i]->d_name);
        buf_printf(&name, "%s%s", prefix, found[i]->d_name);
        if (kind == ENTRY_FILE && json_array_size(files) < TREE_FILES_MAX)
            json_array_append_new(files, json_text(buf_str(&name)));
        buf_append_byte(&name, '/');
        if (kind == ENTRY_FOLDER && json_array_size(files) < TREE_FILES_MAX)
            collect(files, buf_cstr(&path), buf_cstr(&name), depth + 1);
        buf_finish(&path);
        buf_finish(&name);
        free(found[i]);
    }
    if (count >= 0) free(found);
}

json_t *preview_tree(const char *root) {
    json_t *files = json_array();
    collect(files, root, "", 0);
    return json_pack("{s:o, s:b, s:o}", "root", json_text(str_from(root)), "truncated",
                     json_array_size(files) >= TREE_FILES_MAX, "files", files);
}
