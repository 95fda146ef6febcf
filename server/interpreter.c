/* SPDX-License-Identifier: Apache-2.0 */
/* interpreter.c - the search for a Python; see interpreter.h. */
#include "server/interpreter.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

static bool is_program(const char *path) {
    struct stat at;
    return stat(path, &at) == 0 && S_ISREG(at.st_mode) && access(path, X_OK) == 0;
}

static bool is_folder(const char *path) {
    struct stat at;
    return stat(path, &at) == 0 && S_ISDIR(at.st_mode);
}

static char *join(struct str folder, const char *name) {
    struct buf path = {0};
    buf_printf(&path, "%.*s/%s", STR_FMT(folder), name);
    return buf_take(&path);
}

// NOLINTNEXTLINE(readability-non-const-parameter): the vector owns the path from here on
static void add_take(interpreter_vec *out, char *path, const char *why) {
    vec_push(out, (struct interpreter){path, why});
}

/* Add folder/name when it is a program.  What cannot even be executed is no candidate. */
static bool add_found(interpreter_vec *out, struct str folder, const char *name, const char *why) {
    char *path = join(folder, name);
    bool found = is_program(path);
    if (found)
        add_take(out, path, why);
    else
        free(path);
    return found;
}

static void add_active(interpreter_vec *out, const char *variable, const char *why) {
    const char *prefix = getenv(variable);
    if (prefix && *prefix) add_found(out, str_from(prefix), "bin/python", why);
}

static struct str parent(struct str folder) {
    size_t len = folder.len;
    while (len > 0 && folder.ptr[len - 1] != '/') len--;
    while (len > 0 && folder.ptr[len - 1] == '/') len--;
    return str_slice(folder, 0, len);
}

static bool is_below(struct str folder, struct str root) {
    return root.len && str_starts(folder, root) &&
           (folder.len == root.len || folder.ptr[root.len] == '/');
}

/* The nearest .venv from the document's folder up to the workspace's, and no further: what lies
 * above may be anybody's. */
static void add_project(interpreter_vec *out, const struct interpreter_wish *wish) {
    static const char why[] = "the project's .venv";
    struct str folder = wish->folder;
    bool found = add_found(out, folder, ".venv/bin/python", why);
    while (!found && is_below(folder, wish->root) && folder.len > wish->root.len) {
        folder = parent(folder);
        found = add_found(out, folder, ".venv/bin/python", why);
    }
}

static bool add_named(interpreter_vec *out, const char *name, const char *why) {
    const char *path = getenv("PATH");
    struct str rest = str_from(path ? path : "");
    bool found = false;
    while (!found && rest.len) {
        const char *colon = memchr(rest.ptr, ':', rest.len);
        size_t len = colon ? (size_t)(colon - rest.ptr) : rest.len;
        struct str folder = str_slice(rest, 0, len);
        found = folder.len && folder.ptr[0] == '/' && add_found(out, folder, name, why);
        rest = str_slice(rest, colon ? len + 1 : len, rest.len);
    }
    return found;
}

/* A program, the folder of an environment, or a name on the path.  One that is not there is taken
 * as it is: its start will say so. */
static void add_wished(interpreter_vec *out, const struct interpreter_wish *wish) {
    static const char why[] = "the setting relight.python";
    char *path = str_dup(wish->python);
    bool relative = path[0] != '/';
    if (wish->elsewhere) {
        add_take(out, path, why);
        return;
    }
    if (relative && !strchr(path, '/') && add_named(out, path, why)) {
        free(path);
        return;
    }
    if (relative) {
        char *full = join(wish->root.len ? wish->root : wish->folder, path);
        free(path);
        path = full;
    }
    if (is_folder(path)) {
        char *inside = join(str_from(path), "bin/python");
        free(path);
        path = inside;
    }
    add_take(out, path, why);
}

void interpreters_find(interpreter_vec *out, const struct interpreter_wish *wish) {
    const char *worker = getenv("RELIGHT_WORKER");
    *out = (interpreter_vec){0};
    if (wish->python.len) {
        add_wished(out, wish);
    } else if (wish->elsewhere) {
        add_take(out, NULL, "the one of relight-worker there");
    } else if (worker && *worker) {
        add_take(out, NULL, "the one of RELIGHT_WORKER");
    } else {
        add_active(out, "VIRTUAL_ENV", "the active virtual environment");
        add_active(out, "CONDA_PREFIX", "the active conda environment");
        add_project(out, wish);
        add_named(out, "python3", "python3 on the PATH");
        add_take(out, NULL, "the one that Relight was built with");
    }
}

void interpreters_finish(interpreter_vec *v) {
    for (size_t i = 0; i < v->len; i++) free(v->items[i].path);
    vec_finish(v);
}
