/* SPDX-License-Identifier: Apache-2.0 */
/* scratch.c - made at the start, gone at the end. */
#include "tests/oracle/scratch.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

static const struct {
    const char *name, *content;
} files[] = {
    {"words.txt", "a few\nwords\n"},
    {"rows.csv", "1\n2\n3\n"},
    {"table.json", "{\"k\": 1, \"m\": 2}"},
};
enum { FILES = sizeof files / sizeof *files };

static const char *const folders[] = {"inner", "inner/deep"}; /* outer ones first */
enum { FOLDERS = sizeof folders / sizeof *folders };

static char *path_of(const char *folder, const char *name) {
    struct buf path = {0};
    buf_printf(&path, "%s/%s", folder, name);
    return buf_take(&path);
}

static void make_folder(const char *parent, const char *name) {
    char *path = path_of(parent, name);
    mkdir(path, 0700);
    free(path);
}

static void write_file(const char *folder, const char *name, const char *content) {
    char *path = path_of(folder, name);
    FILE *file = fopen(path, "we");
    if (file) {
        fputs(content, file);
        fclose(file);
    }
    free(path);
}

char *scratch_create(struct err *err) {
    const char *parent = getenv("TMPDIR");
    char *folder = path_of(parent && *parent ? parent : "/tmp", "relight-oracle-XXXXXX");
    if (mkdtemp(folder)) {
        for (size_t i = 0; i < FILES; i++) write_file(folder, files[i].name, files[i].content);
        for (size_t i = 0; i < FOLDERS; i++) make_folder(folder, folders[i]);
        return folder;
    }
    err_set(err, ST_IO, "cannot make a scratch folder: %s", strerror(errno));
    free(folder);
    return NULL;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
    (void)st, (void)type, (void)at;
    return remove(path);
}

void scratch_destroy(char *folder) {
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(folder);
}
