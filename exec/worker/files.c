/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - see files.h. */
#include "exec/worker/files.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "exec/file_digest.h"

/* --- What does not count. --- */

static void ignore(struct files *f, PyObject *folder) {
    struct buf path = {0};
    py_append(&path, folder, PATH_MAX);
    buf_append(&path, STR("/"));
    if (path.len > 2) vec_push(&f->ignored, str_dup(buf_str(&path)));
    buf_finish(&path);
}

bool files_init(struct files *f,
                char *journal) { // NOLINT(readability-non-const-parameter): it is taken
    static const char *const prefixes[] = {"prefix", "base_prefix", "exec_prefix"};
    *f = (struct files){.journal = {journal}};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        PyObject *prefix = PySys_GetObject(prefixes[i]); /* borrowed */
        if (prefix) ignore(f, prefix);
    }
    return true;
}

static bool counts(const struct files *f, struct str path) {
    static const char *const parts[] = {"/__pycache__/", "/site-packages/", "/dist-packages/"};
    static const struct str folders[] = {STR_INIT("/proc/"), STR_INIT("/sys/"), STR_INIT("/dev/")};
    for (size_t i = 0; i < f->ignored.len; i++)
        if (str_starts(path, str_from(f->ignored.items[i]))) return false;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (str_starts(path, folders[i])) return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (memmem(path.ptr, path.len, parts[i], strlen(parts[i]))) return false;
    struct stat st;
    return stat(path.ptr, &st) < 0 || S_ISREG(st.st_mode);
}

/* --- Paths. --- */

/* The real path of a file that may not exist; new, free().  NULL when its folder does not. */
static char *real_path(const char *path) {
    char *real = realpath(path, NULL);
    if (real) return real;
    struct buf full = {0};
    const char *slash = strrchr(path, '/');
    char *head = slash ? str_dup((struct str){path, (size_t)(slash - path) + 1}) : xstrdup(".");
    char *folder = realpath(head, NULL);
    if (folder)
        buf_printf(&full, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder,
                   slash ? slash + 1 : path);
    free(folder);
    free(head);
    return full.len ? buf_take(&full) : NULL;
}

/* As user code named it: str, bytes or PathLike.  New, free(); NULL for anything else. */
static char *path_dup(PyObject *path, long folder) {
    PyObject *plain = PyOS_FSPath(path), *bytes = NULL;
    if (plain && PyUnicode_Check(plain))
        bytes = PyUnicode_EncodeFSDefault(plain);
    else if (plain)
        bytes = plain, plain = NULL;
    char *name = bytes ? PyBytes_AsString(bytes) : NULL;
    struct buf full = {0};
    if (name && *name && *name != '/' && folder >= 0)
        buf_printf(&full, "/proc/self/fd/%ld/%s", folder, name);
    else if (name && *name)
        buf_append(&full, str_from(name));
    PyErr_Clear();
    Py_XDECREF(bytes);
    Py_XDECREF(plain);
    char *real = full.len ? real_path(buf_cstr(&full)) : NULL;
    buf_finish(&full);
    return real;
}

/* --- Files put back. --- */

bool files_fix(struct files *f, struct str name, uint32_t block) {
    static const struct str start = STR_INIT("<file:");
    if (!str_starts(name, start)) return false;
    char *path = str_dup(str_slice(name, start.len, name.len - 1));
    journal_restore(&f->journal, path, block);
    free(path);
    return true;
}

/* --- A run. --- */

static void forget_all(struct files *f) {
    for (size_t i = 0; i < f->used.len; i++) {
        free(f->used.items[i]->path);
        free(f->used.items[i]);
    }
    vec_clear(&f->used);
    map_finish(&f->by_path);
}

void files_begin(struct files *f) {
    forget_all(f);
}

static struct used_file *use_of(struct files *f, char *path_take) {
    struct used_file *u = map_get(&f->by_path, str_from(path_take));
    if (u || f->used.len == FILES_MAX || !counts(f, str_from(path_take))) {
        free(path_take);
        return u;
    }
    u = xcalloc(1, sizeof *u);
    u->path = path_take;
    u->before = file_digest(path_take);
    *map_slot(&f->by_path, str_from(path_take)) = u;
    vec_push(&f->used, u);
    return u;
}

void files_note(struct files *f, PyObject *path, long folder, unsigned use) {
    char *real = path_dup(path, folder);
    struct used_file *u = real ? use_of(f, real) : NULL;
    if (!u) return;
    if (u->use & FILE_WRITTEN) use &= ~(unsigned)FILE_READ; /* it reads what it wrote itself */
    unsigned changes = FILE_WRITTEN | FILE_DATABASE;
    if (use & changes && !(u->use & changes)) u->unkept = !journal_before(&f->journal, u->path);
    u->use |= use;
}

void files_end(struct files *f, uint32_t block, struct buf *out) {
    wire_u32(out, (uint32_t)f->used.len);
    for (size_t i = 0; i < f->used.len; i++) {
        const struct used_file *u = f->used.items[i];
        struct hash128 after = u->use == FILE_READ ? u->before : file_digest(u->path);
        bool changed = !hash128_eq(u->before, after);
        bool written = u->use & FILE_WRITTEN || (u->use & FILE_DATABASE && changed);
        if (u->use & (FILE_WRITTEN | FILE_DATABASE)) journal_after(&f->journal, u->path, block);
        wire_str(out, str_from(u->path));
        wire_u8(out, (u->use & FILE_READ ? WIRE_FILE_READ : 0) | (written ? WIRE_FILE_WRITTEN : 0) |
                         (written && u->unkept ? WIRE_FILE_UNKEPT : 0));
        wire_u64(out, u->before.low);
        wire_u64(out, u->before.high);
        wire_u64(out, after.low);
        wire_u64(out, after.high);
    }
    forget_all(f);
}
