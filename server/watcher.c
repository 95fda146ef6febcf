/* SPDX-License-Identifier: Apache-2.0 */
/* watcher.c - hints gathered over a window, scans in slices, one batch at the end. */
#include "server/watcher.h"

#include "base/mem.h"
#include "server/log.h"
#include "server/watcher_internal.h"

enum {
    SLICE_US = 5000,  /* of scanning in one turn of the loop */
    MAX_BURST = 8192, /* kernel events in a window: beyond, some may have been dropped */
    HINT_CHECK = 1,   /* look at it if it is watched */
    HINT_TOLD = 2,    /* plus the kind: tell it even if it is not */
};

/* --- The batch. --- */

void watcher__found(struct watcher *w, struct str path, enum watch_kind kind) {
    void **slot = map_slot(&w->found, path);
    intptr_t before = (intptr_t)*slot - 1;
    if (before == WATCH_ADDED && kind == WATCH_CHANGED) kind = WATCH_ADDED;
    if (before == WATCH_REMOVED && kind == WATCH_ADDED) kind = WATCH_CHANGED;
    *slot = (void *)((intptr_t)kind + 1);
    if (before == WATCH_ADDED && kind == WATCH_REMOVED) map_remove(&w->found, path);
}

static int by_path(const void *a, const void *b) {
    return str_cmp(((const struct watch_event *)a)->path, ((const struct watch_event *)b)->path);
}

static void deliver(struct watcher *w) {
    struct map found = w->found;
    VEC(struct watch_event) events = {0};
    size_t cursor = 0;
    w->found = (struct map){0};
    for (const struct map_entry *e; (e = map_next(&found, &cursor));) {
        struct str path = {e->key, e->key_len};
        vec_push(&events, (struct watch_event){path, (enum watch_kind)((intptr_t)e->value - 1)});
    }
    if (events.len) {
        qsort(events.items, events.len, sizeof *events.items, by_path);
        w->events->batch(w->ctx, events.items, events.len);
    }
    vec_finish(&events);
    map_finish(&found);
}

static void tell_scanned(struct watcher *w) {
    for (size_t i = 0; i < w->trees.len; i++) {
        struct watch_tree *tree = w->trees.items[i];
        if (tree->told || tree->unscanned) continue;
        tree->told = true;
        if (w->events->scanned) w->events->scanned(w->ctx, str_from(tree->root));
    }
}

/* --- Scans. --- */

static void on_scan(uv_idle_t *idle) {
    struct watcher *w = idle->data;
    uint64_t end = uv_hrtime() + SLICE_US * UINT64_C(1000);
    while (w->scans.len && uv_hrtime() < end) {
        struct watch_folder *f = w->scans.items[--w->scans.len];
        if (!f) continue; /* destroyed in the meantime */
        f->queued = false;
        watcher__scan(f);
    }
    if (w->scans.len) return;
    uv_idle_stop(idle);
    tell_scanned(w);
    if (!uv_is_active((uv_handle_t *)&w->window)) deliver(w);
}

void watcher__queue_scan(struct watch_folder *f) {
    struct watcher *w = f->watcher;
    if (f->queued) return;
    f->queued = true;
    vec_push(&w->scans, f);
    uv_idle_start(&w->scan, on_scan);
}

static void scan_all(struct watcher *w, bool polled_only) {
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&w->folders, &cursor));) {
        struct watch_folder *f = e->value;
        if (f->polled || !polled_only) watcher__queue_scan(f);
    }
}

static void on_poll(uv_timer_t *timer) {
    scan_all(timer->data, true);
}

void watcher__no_watches(struct watcher *w, int error) {
    if (!w->warned)
        log_line(LOG_WARNING, "the system gives no more file watches (%s): looking every %d s",
                 uv_strerror(error), WATCHER_POLL_MS / 1000);
    w->warned = true;
    if (!uv_is_active((uv_handle_t *)&w->poll))
        uv_timer_start(&w->poll, on_poll, WATCHER_POLL_MS, WATCHER_POLL_MS);
}

/* --- Hints. --- */

static bool known(const struct watcher *w, struct str path) {
    const struct watch_folder *f = watcher__folder(w, path_folder(path));
    return f && (f->tree || map_get(&f->entries, path_name(path)));
}

static void follow_hint(struct watcher *w, struct str path, intptr_t hint) {
    if (known(w, path))
        watcher__check(w, path);
    else if (hint >= HINT_TOLD)
        watcher__found(w, path, (enum watch_kind)(hint - HINT_TOLD));
}

static void on_window(uv_timer_t *timer) {
    struct watcher *w = timer->data;
    struct map hints = w->hints;
    size_t cursor = 0;
    w->hints = (struct map){0};
    if (w->burst > MAX_BURST) scan_all(w, false);
    w->burst = 0;
    for (const struct map_entry *e; (e = map_next(&hints, &cursor));)
        follow_hint(w, (struct str){e->key, e->key_len}, (intptr_t)e->value);
    map_finish(&hints);
    if (!w->scans.len) deliver(w);
}

static void add_hint(struct watcher *w, struct str path, intptr_t hint) {
    void **slot = map_slot(&w->hints, path);
    if ((intptr_t)*slot < hint) *slot = (void *)hint;
    if (uv_is_active((uv_handle_t *)&w->window)) return;
    uv_update_time(w->loop);
    uv_timer_start(&w->window, on_window, WATCHER_WINDOW_MS, 0);
}

void watcher__hint(struct watcher *w, struct str path) {
    add_hint(w, path, HINT_CHECK);
}

void watcher_tell(struct watcher *w, struct str path, enum watch_kind kind) {
    add_hint(w, path, HINT_TOLD + (intptr_t)kind);
}

/* --- Life. --- */

static void handle_keep(struct watcher *w, uv_handle_t *handle) {
    handle->data = w;
    uv_unref(handle);
    w->open_handles++;
}

struct watcher *watcher_create(uv_loop_t *loop, const struct watcher_events *events, void *ctx) {
    struct watcher *w = xcalloc(1, sizeof *w);
    w->loop = loop;
    w->events = events;
    w->ctx = ctx;
    uv_timer_init(loop, &w->window);
    uv_timer_init(loop, &w->poll);
    uv_idle_init(loop, &w->scan);
    handle_keep(w, (uv_handle_t *)&w->window);
    handle_keep(w, (uv_handle_t *)&w->poll);
    handle_keep(w, (uv_handle_t *)&w->scan);
    return w;
}

static void on_closed(uv_handle_t *handle) {
    struct watcher *w = handle->data;
    if (--w->open_handles == 0) free(w);
}

static struct watch_folder *any_folder(const struct watcher *w) {
    size_t cursor = 0;
    const struct map_entry *e = map_next(&w->folders, &cursor);
    return e ? e->value : NULL;
}

void watcher_destroy(struct watcher *w) {
    if (!w) return;
    for (struct watch_folder *f; (f = any_folder(w));) watcher__folder_destroy(f);
    map_finish(&w->folders);
    map_finish(&w->hints);
    map_finish(&w->found);
    for (size_t i = 0; i < w->trees.len; i++) {
        free(w->trees.items[i]->root);
        free(w->trees.items[i]);
    }
    vec_finish(&w->trees);
    vec_finish(&w->scans);
    uv_close((uv_handle_t *)&w->window, on_closed);
    uv_close((uv_handle_t *)&w->poll, on_closed);
    uv_close((uv_handle_t *)&w->scan, on_closed);
}

/* --- What is watched. --- */

void watcher_add_file(struct watcher *w, struct str path) {
    struct watch_folder *f = watcher__folder_make(w, path_folder(path));
    struct watch_entry *e = watcher__entry_make(f, path_name(path));
    e->watched++;
    if (e->state.folder) watcher__folder_make(w, path);
}

void watcher_remove_file(struct watcher *w, struct str path) {
    struct watch_folder *f = watcher__folder(w, path_folder(path));
    struct watch_entry *e = f ? map_get(&f->entries, path_name(path)) : NULL;
    if (!e || !e->watched || --e->watched) return;
    struct watch_folder *self = watcher__folder(w, path);
    if (self)
        watcher__folder_release(self); /* and what is above it */
    else
        watcher__entry_release(f, path_name(path));
}

void watcher_add_tree(struct watcher *w, struct str root, watcher_skip_fn *skip, void *skip_ctx) {
    struct watch_tree *tree = xcalloc(1, sizeof *tree);
    *tree = (struct watch_tree){.root = str_dup(root), .skip = skip, .skip_ctx = skip_ctx};
    vec_push(&w->trees, tree);
    watcher__folder_join(watcher__folder_make(w, root), tree);
}
