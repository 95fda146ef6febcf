/* SPDX-License-Identifier: Apache-2.0 */
/* watcher.h - which files on disk have changed: single files, and whole trees of folders.
 *
 * A path is watched by the folder it lies in and by all folders above, never by its inode: saves
 * that rename, files that do not exist yet, folders that are moved away and come back are all the
 * same to it.  Whatever the kernel or an editor says is a hint only: at the end of a window of
 * WATCHER_WINDOW_MS each hinted path is looked at, and told if it is not as it was.  So one batch
 * names a path once, and a path that was touched and put back within the window not at all.
 * Where the kernel has no watches left, the folder is looked through every few seconds.
 *
 * Loop thread only.  Paths are absolute, without a slash at the end. */
#ifndef SERVER_WATCHER_H
#define SERVER_WATCHER_H

#include <uv.h>

#include "base/str.h"

enum { WATCHER_WINDOW_MS = 100, WATCHER_POLL_MS = 2000 };

enum watch_kind { WATCH_CHANGED, WATCH_ADDED, WATCH_REMOVED };

struct watch_event {
    struct str path;
    enum watch_kind kind;
};

struct watcher_events {
    /* What a window brought: sorted by path, each path once; borrowed for the call.  The watcher
     * may be called from here, but not destroyed. */
    void (*batch)(void *ctx, const struct watch_event *events, size_t count);
    /* The tree has been looked through once: from here on nothing is missed.  What its files hold
     * should be read now, not before.  May be NULL. */
    void (*scanned)(void *ctx, struct str root);
};

/* Whether a tree leaves out this file, or this folder with all that is in it. */
typedef bool watcher_skip_fn(void *ctx, struct str path, bool is_folder);

struct watcher;

struct watcher *watcher_create(uv_loop_t *loop, const struct watcher_events *events, void *ctx);
void watcher_destroy(struct watcher *w); /* memory goes when the loop has run; NULL: no-op */

/* Watch one file, which need not exist; or a folder, for what is in it by name.  Counted: as many
 * removals as additions end it. */
void watcher_add_file(struct watcher *w, struct str path);
void watcher_remove_file(struct watcher *w, struct str path);

/* Watch all files below `root` that `skip` does not leave out; links to folders are not followed.
 * The folders are looked through a little in each turn of the loop, the first time without
 * events.  For as long as the watcher lives. */
void watcher_add_tree(struct watcher *w, struct str root, watcher_skip_fn *skip, void *skip_ctx);

/* Somebody else (an editor) says that a path has changed.  One that is watched is looked at; one
 * that is not is told as it is said here. */
void watcher_tell(struct watcher *w, struct str path, enum watch_kind kind);

#endif
