/* SPDX-License-Identifier: Apache-2.0 */
/* watcher_folder.c - watched folders, and what is known of the names in them. */
#include <dirent.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "server/watcher_internal.h"

/* --- Paths and states. --- */

struct str path_folder(struct str path) {
    while (path.len && path.ptr[path.len - 1] != '/') path.len--;
    while (path.len && path.ptr[path.len - 1] == '/') path.len--;
    return path;
}

struct str path_name(struct str path) {
    size_t start = path.len;
    while (start && path.ptr[start - 1] != '/') start--;
    return str_slice(path, start, path.len);
}

static struct str path_of(const struct watch_folder *f, struct str name, struct buf *out) {
    buf_printf(out, "%s/%.*s", f->path, STR_FMT(name));
    buf_cstr(out);
    return buf_str(out);
}

static struct file_state state_of(const char *path) {
    struct stat st;
    if (stat(*path ? path : "/", &st) < 0) return (struct file_state){0};
    return (struct file_state){
        .exists = true,
        .folder = S_ISDIR(st.st_mode),
        .device = st.st_dev,
        .inode = st.st_ino,
        .size = (uint64_t)st.st_size,
        .mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec,
    };
}

static bool state_eq(const struct file_state *a, const struct file_state *b) {
    return a->exists == b->exists && a->folder == b->folder && a->device == b->device &&
           a->inode == b->inode && a->size == b->size && a->mtime_ns == b->mtime_ns;
}

static bool is_link(const char *path) {
    struct stat st;
    return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

/* Whether the tree that the folder is in takes in what the path names. */
static bool tree_takes(const struct watch_folder *f, struct str path,
                       const struct file_state *state) {
    if (!f->tree || (state->folder && is_link(path.ptr))) return false;
    return !f->tree->skip || !f->tree->skip(f->tree->skip_ctx, path, state->folder);
}

/* --- Life. --- */

static void on_event(uv_fs_event_t *event, const char *filename, int events, int status) {
    struct watch_folder *f = event->data;
    struct watcher *w = f->watcher;
    struct buf path = {0};
    if (!w) return;
    w->burst++;
    if (status < 0 || !filename) {
        watcher__queue_scan(f);
    } else if (f->tree || map_get(&f->entries, str_from(filename))) {
        watcher__hint(w, path_of(f, str_from(filename), &path));
    }
    /* A name came or went; or the folder itself did, which the one above knows better. */
    if (events & UV_RENAME && *f->path) watcher__hint(w, str_from(f->path));
    buf_finish(&path);
}

static void folder_start(struct watch_folder *f) {
    struct file_state state = state_of(f->path);
    if (!state.folder) return;
    f->device = state.device;
    f->inode = state.inode;
    int error = uv_fs_event_start(&f->event, on_event, *f->path ? f->path : "/", 0);
    f->started = error == 0;
    f->polled = error && error != UV_ENOENT && error != UV_ENOTDIR;
    if (f->polled) watcher__no_watches(f->watcher, error);
}

static void folder_restart(struct watch_folder *f) {
    if (f->started) uv_fs_event_stop(&f->event);
    f->started = f->polled = false;
    folder_start(f);
    watcher__queue_scan(f);
}

struct watch_folder *watcher__folder(const struct watcher *w, struct str path) {
    return map_get(&w->folders, path);
}

struct watch_entry *watcher__entry_make(struct watch_folder *f, struct str name) {
    void **slot = map_slot(&f->entries, name);
    if (*slot) return *slot;
    struct buf path = {0};
    struct watch_entry *e = *slot = xcalloc(1, sizeof *e);
    e->state = state_of(path_of(f, name, &path).ptr);
    buf_finish(&path);
    return e;
}

struct watch_folder *watcher__folder_make(struct watcher *w, struct str path) {
    struct watch_folder *f = watcher__folder(w, path);
    if (f) return f;
    f = xcalloc(1, sizeof *f);
    f->watcher = w;
    f->path = str_dup(path);
    uv_fs_event_init(w->loop, &f->event);
    uv_unref((uv_handle_t *)&f->event);
    f->event.data = f;
    *map_slot(&w->folders, path) = f;
    folder_start(f);
    if (path.len) watcher__entry_make(watcher__folder_make(w, path_folder(path)), path_name(path));
    return f;
}

static void on_closed(uv_handle_t *handle) {
    free(handle->data);
}

void watcher__folder_destroy(struct watch_folder *f) {
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&f->entries, &cursor));) free(e->value);
    map_finish(&f->entries);
    for (size_t i = 0; f->queued && i < f->watcher->scans.len; i++)
        if (f->watcher->scans.items[i] == f) f->watcher->scans.items[i] = NULL;
    map_remove(&f->watcher->folders, str_from(f->path));
    free(f->path);
    f->watcher = NULL;
    uv_close((uv_handle_t *)&f->event, on_closed);
}

static void entry_drop(struct watch_folder *f, struct str name) {
    free(map_remove(&f->entries, name));
}

void watcher__folder_release(struct watch_folder *f) {
    struct watcher *w = f->watcher;
    if (f->entries.len || f->tree) return;
    struct watch_folder *above = *f->path ? watcher__folder(w, path_folder(str_from(f->path)))
                                          : NULL;
    struct str name = path_name(str_from(f->path));
    struct watch_entry *e = above ? map_get(&above->entries, name) : NULL;
    if (e && e->watched && e->state.folder) return; /* watched for the names in it */
    struct buf path = {0};                          /* `name` lies in the folder's own */
    buf_append(&path, str_from(f->path));
    watcher__folder_destroy(f);
    if (e) watcher__entry_release(above, path_name(buf_str(&path)));
    buf_finish(&path);
}

void watcher__entry_release(struct watch_folder *f, struct str name) {
    struct buf path = {0};
    const struct watch_entry *e = map_get(&f->entries, name);
    bool taken = e->state.exists && tree_takes(f, path_of(f, name, &path), &e->state);
    if (!taken && !e->watched) entry_drop(f, name);
    buf_finish(&path);
    watcher__folder_release(f);
}

void watcher__folder_join(struct watch_folder *f, struct watch_tree *tree) {
    f->tree = tree;
    f->silent = !tree->told;
    if (!tree->told) tree->unscanned++;
    watcher__queue_scan(f);
}

/* --- Looking. --- */

static void tell(struct watch_folder *f, struct str path, const struct file_state *was,
                 const struct file_state *now) {
    if (state_eq(was, now)) return;
    enum watch_kind kind = WATCH_CHANGED;
    if (!was->exists) kind = WATCH_ADDED;
    if (!now->exists) kind = WATCH_REMOVED;
    watcher__found(f->watcher, path, kind);
}

/* What the name stands for has become, or may have ceased to be, a folder that we watch. */
static void follow(struct watch_folder *above, const struct watch_entry *e, struct str path,
                   bool taken) {
    struct watcher *w = above->watcher;
    const struct file_state *now = &e->state;
    struct watch_folder *f = watcher__folder(w, path);
    if (!f && now->folder && (taken || e->watched)) f = watcher__folder_make(w, path);
    if (!f) return;
    bool moved = now->device != f->device || now->inode != f->inode;
    bool on = f->started || f->polled;
    if (now->folder ? moved || !on : on) folder_restart(f);
    if (taken && now->folder && !f->tree) watcher__folder_join(f, above->tree);
}

static void check(struct watch_folder *f, struct str path) {
    struct str name = path_name(path);
    struct watch_entry *e = map_get(&f->entries, name);
    struct file_state now = state_of(path.ptr), was = {0};
    if (e) was = e->state;
    bool taken = tree_takes(f, path, now.exists ? &now : &was);
    if (!e && (!taken || !now.exists)) return;
    if (!e) e = watcher__entry_make(f, name);
    e->state = now;
    if (!e->watched) { /* a tree tells of files only */
        if (was.folder) was = (struct file_state){0};
        if (now.folder) now = (struct file_state){0};
    }
    if (e->watched || (taken && !f->silent)) tell(f, path, &was, &now);
    follow(f, e, path, taken);
    bool idle = !e->state.exists && !e->watched;
    if (idle && !watcher__folder(f->watcher, path)) entry_drop(f, name);
}

void watcher__check(struct watcher *w, struct str path) {
    struct watch_folder *f = watcher__folder(w, path_folder(path));
    if (f) check(f, path);
}

typedef VEC(char *) name_list;

static void check_known(struct watch_folder *f) {
    name_list names = {0};
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&f->entries, &cursor));)
        vec_push(&names, str_dup((struct str){e->key, e->key_len}));
    for (size_t i = 0; i < names.len; i++) {
        struct buf path = {0};
        check(f, path_of(f, str_from(names.items[i]), &path));
        buf_finish(&path);
        free(names.items[i]);
    }
    vec_finish(&names);
}

static void check_new(struct watch_folder *f) {
    DIR *dir = opendir(*f->path ? f->path : "/");
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        if (map_get(&f->entries, str_from(e->d_name))) continue;
        struct buf path = {0};
        check(f, path_of(f, str_from(e->d_name), &path));
        buf_finish(&path);
    }
    if (dir) closedir(dir);
}

void watcher__scan(struct watch_folder *f) {
    struct watch_tree *tree = f->tree;
    check_known(f);
    if (tree) check_new(f);
    if (tree && f->silent) tree->unscanned--;
    f->silent = false;
    bool gone = !f->started && !f->polled;
    if (gone && tree && strcmp(tree->root, f->path) != 0) f->tree = NULL;
    watcher__folder_release(f);
}
