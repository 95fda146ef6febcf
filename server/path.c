/* SPDX-License-Identifier: Apache-2.0 */
/* path.c - resolving paths. */
#include "server/path.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"

/* `path` without what comes after its last slash; new, free(). */
static char *folder_dup(const char *path, const char *slash) {
    return slash == path ? xstrdup("/") : str_dup((struct str){path, (size_t)(slash - path)});
}

char *path_resolve_dup(const char *path) {
    struct stat status;
    char *resolved = realpath(path, NULL);
    const char *slash = strrchr(path, '/');
    if (resolved || !slash || lstat(path, &status) == 0) return resolved;
    if (!slash[1] || strcmp(slash, "/..") == 0 || strcmp(slash, "/.") == 0) return NULL;
    char *folder = folder_dup(path, slash), *parent = realpath(folder, NULL);
    struct buf made = {0};
    if (parent) buf_printf(&made, "%s%s", strcmp(parent, "/") == 0 ? "" : parent, slash);
    free(parent);
    free(folder);
    return made.len ? buf_take(&made) : NULL;
}
