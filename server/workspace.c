/* SPDX-License-Identifier: Apache-2.0 */
/* workspace.c - finding the project's folder, opening and refreshing its state. */
#include "server/workspace.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"

/* The state store's file: where `stateDir` says, or in the user's cache.  New, free(). */
static char *state_path(const struct workspace *w, struct err *err) {
    const char *folder = w->settings.settings.state_dir;
    char *path = folder ? state_store_path_in(folder, w->root) : state_store_default_path(w->root);
    if (!path) err_set(err, ST_IO, "no folder for the state: set HOME or XDG_CACHE_HOME");
    return path;
}

static void say(struct buf *message) {
    if (message->len) fprintf(stderr, "relight: %s\n", buf_cstr(message));
    buf_finish(message);
}

enum status workspace_open_as_is(struct workspace *w, struct err *err) {
    struct buf message = {0};
    *w = (struct workspace){.root = realpath(".", NULL)};
    cli_settings_init(&w->settings);
    if (!w->root) return err_set(err, ST_IO, "cannot open this folder: %s", strerror(errno));
    char *path = state_path(w, err);
    if (path) w->store = state_store_open(path, &message, err);
    say(&message);
    free(path);
    return err->code;
}

enum status workspace_open(struct workspace *w, struct err *err) {
    struct buf message = {0};
    if (workspace_open_as_is(w, err) != ST_OK) return err->code;
    struct refresh_options options = {
        .workspace = w->root,
        .roots = (const char *const *)w->settings.settings.roots.items,
        .root_count = w->settings.settings.roots.len,
    };
    index_refresh(w->store, &options, &w->delta, &message, err);
    say(&message);
    return err->code;
}

void workspace_finish(struct workspace *w) {
    index_delta_finish(&w->delta);
    state_store_close(w->store);
    cli_settings_finish(&w->settings);
    free(w->root);
    *w = (struct workspace){0};
}

enum status workspace_path(const struct workspace *w, const char *path, struct buf *out,
                           struct err *err) {
    struct str name = str_from(path), folder = module_folder(name);
    struct buf text = {0};
    bool absolute = path[0] == '/';
    buf_append(&text, folder.len || absolute ? folder : STR("."));
    if (absolute && !folder.len) buf_append(&text, STR("/"));
    char *real = realpath(buf_cstr(&text), NULL);
    buf_finish(&text);
    struct str base = str_slice(name, folder.len || absolute ? folder.len + 1 : 0, name.len);
    size_t root = strlen(w->root);
    bool inside = real && strncmp(real, w->root, root) == 0 && (!real[root] || real[root] == '/');
    if (inside && base.len) {
        if (real[root]) buf_printf(out, "%s/", real + root + 1);
        buf_append(out, base);
    } else {
        err_set(err, ST_BAD_PARAMS, "'%s' is not in the workspace '%s'", path, w->root);
    }
    free(real);
    return err->code;
}
