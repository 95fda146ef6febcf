/* SPDX-License-Identifier: Apache-2.0 */
/* watcher_internal.h - what the two halves of the watcher share: watcher.c has the batches and the
 * clock, watcher_folder.c the folders and what is known of the files in them. */
#ifndef SERVER_WATCHER_INTERNAL_H
#define SERVER_WATCHER_INTERNAL_H

#include "base/map.h"
#include "base/vec.h"
#include "server/watcher.h"

/* What stat() says; all zero: not there. */
struct file_state {
    bool exists, folder;
    uint64_t device, inode, size;
    int64_t mtime_ns;
};

struct watch_entry {  /* a name in a folder */
    uint32_t watched; /* by watcher_add_file() */
    struct file_state state;
};

struct watch_tree {
    char *root;
    watcher_skip_fn *skip;
    void *skip_ctx;
    uint32_t unscanned; /* folders to look through before `scanned` */
    bool told;
};

/* INVARIANT: the folder above is watched, too, and has an entry for this one; so a folder that
 * vanishes, comes back, or is replaced is an event there. */
struct watch_folder {
    struct watcher *watcher; /* NULL once closed */
    char *path;              /* "" for the root of the file system */
    uv_fs_event_t event;
    bool started;            /* the kernel tells */
    bool polled;             /* it does not: look every few seconds */
    bool queued;             /* for a scan */
    bool silent;             /* the scan is its tree's first: without events */
    uint64_t device, inode;  /* of what is watched */
    struct map entries;      /* name -> struct watch_entry, owned */
    struct watch_tree *tree; /* that it is part of; or NULL */
};

struct watcher {
    uv_loop_t *loop;
    const struct watcher_events *events;
    void *ctx;
    struct map folders; /* path -> struct watch_folder */
    VEC(struct watch_tree *) trees;
    struct map hints; /* path -> what to do with it at the window's end (watcher.c) */
    struct map found; /* path -> watch_kind + 1: the batch in the making */
    VEC(struct watch_folder *) scans;
    uv_timer_t window, poll;
    uv_idle_t scan;
    int open_handles;
    uint32_t burst; /* kernel events in this window */
    bool warned;
};

struct watch_folder *watcher__folder(const struct watcher *w, struct str path); /* or NULL */
/* The folder there is, or a new one, watched together with all above it. */
struct watch_folder *watcher__folder_make(struct watcher *w, struct str path);
struct watch_entry *watcher__entry_make(struct watch_folder *f, struct str name);
void watcher__folder_destroy(struct watch_folder *f);
/* End the folder, and those above, if nothing in it is watched. */
void watcher__folder_release(struct watch_folder *f);
/* Forget a name that is not watched by itself any more, unless the tree takes it in. */
void watcher__entry_release(struct watch_folder *f, struct str name);
void watcher__folder_join(struct watch_folder *f, struct watch_tree *tree);

/* Look at one path, or at all that is known or found in a folder; tell the differences. */
void watcher__check(struct watcher *w, struct str path);
void watcher__scan(struct watch_folder *f);

void watcher__found(struct watcher *w, struct str path, enum watch_kind kind);
void watcher__hint(struct watcher *w, struct str path); /* look at it when the window ends */
void watcher__queue_scan(struct watch_folder *f);
void watcher__no_watches(struct watcher *w, int error);

struct str path_folder(struct str path); /* "/a/b" -> "/a"; "/a" -> "" */
struct str path_name(struct str path);

#endif
