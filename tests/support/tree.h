/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h - a folder of files that a test makes, edits and removes. */
#ifndef TESTS_TREE_H
#define TESTS_TREE_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

struct tree {
    char root[64];
};

static inline void tree_init(struct tree *t) {
    snprintf(t->root, sizeof t->root, "/tmp/relight-tree-XXXXXX");
    if (!mkdtemp(t->root)) abort();
}

static inline int tree__remove_entry(const char *path, const struct stat *st, int type,
                                     struct FTW *ftw) {
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static inline void tree_finish(struct tree *t) {
    nftw(t->root, tree__remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* The absolute path of `path`; new, free(). */
static inline char *tree_path(const struct tree *t, const char *path) {
    struct buf out = {0};
    buf_printf(&out, "%s/%s", t->root, path);
    buf_cstr(&out);
    return buf_take(&out);
}

/* Folders are made. */
static inline void tree_write(const struct tree *t, const char *path, const char *text) {
    char *full = tree_path(t, path);
    for (char *slash = strchr(full + strlen(t->root) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(full, 0777);
        *slash = '/';
    }
    FILE *file = fopen(full, "wb");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0) abort();
    free(full);
}

static inline void tree_remove(const struct tree *t, const char *path) {
    char *full = tree_path(t, path);
    unlink(full);
    free(full);
}

#endif
