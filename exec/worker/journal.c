/* SPDX-License-Identifier: Apache-2.0 */
/* journal.c - see journal.h.
 *
 * A copy is a file `<hash of the path>.<whose>.copy`, or an empty one that ends in `.none` for a
 * file that was not there.  Whose: a block's number, 0 for before all, `run` for before the running
 * one.  `<hash>.path` has the path, `<hash>.last` the digest of what we know the file to hold. */
#include "exec/worker/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/fs.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "exec/file_digest.h"

#define BEFORE_RUN "run"
#define BEFORE_ALL "0"
#define PUTTING    ".putting"
#define OUTSIDE    ".outside" /* no block has written what it holds: that is what it was before */

void journal_init(struct journal *j) {
    struct buf folder = {0};
    const char *parent = getenv("TMPDIR");
    buf_printf(&folder, "%s/relight-journal-XXXXXX", parent && *parent ? parent : "/tmp");
    j->folder = buf_take(&folder);
    if (mkdtemp(j->folder)) return;
    free(j->folder);
    j->folder = NULL;
}

/* --- Entries. --- */

static char *entry(const struct journal *j, const char *path, const char *whose, const char *end) {
    struct buf name = {0};
    char hex[33];
    hash128_hex(hash128(str_from(path)), hex);
    buf_printf(&name, "%s/%s%s%s%s", j->folder, hex, *whose ? "." : "", whose, end);
    buf_cstr(&name);
    return buf_take(&name);
}

static bool there(const struct journal *j, const char *path, const char *whose, const char *end) {
    char *name = entry(j, path, whose, end);
    bool is = access(name, F_OK) == 0;
    free(name);
    return is;
}

static void drop(const struct journal *j, const char *path, const char *whose) {
    static const char *const ends[] = {".copy", ".none"};
    for (size_t i = 0; i < 2; i++) {
        char *name = entry(j, path, whose, ends[i]);
        unlink(name);
        free(name);
    }
}

/* --- Copies. --- */

static bool copy_bytes(int from, int to) {
    char chunk[65536];
    if (ioctl(to, FICLONE, from) == 0) return true;
    for (ssize_t n; (n = read(from, chunk, sizeof chunk)) != 0;) {
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 || write(to, chunk, (size_t)n) != n) return false;
    }
    return true;
}

/* The content, the mode, and the time of change. */
static bool copy_file(const char *from, const char *to) {
    struct stat st;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0 || fstat(in, &st) < 0) st.st_mode = 0600;
    int out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, st.st_mode & 0777);
    bool done = out >= 0 && copy_bytes(in, out);
    if (done) futimens(out, (struct timespec[]){st.st_atim, st.st_mtim});
    if (out >= 0) done &= close(out) == 0;
    if (in >= 0) close(in);
    return done;
}

static uint64_t folder_bytes(const struct journal *j) {
    uint64_t bytes = 0;
    DIR *dir = opendir(j->folder);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        struct stat st;
        if (fstatat(dirfd(dir), e->d_name, &st, 0) == 0) bytes += (uint64_t)st.st_size;
    }
    if (dir) closedir(dir);
    return bytes;
}

static bool touch(const char *name) {
    int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    return fd >= 0 && close(fd) == 0;
}

/* Keep the file as it is now. */
static bool keep(const struct journal *j, const char *path, const char *whose) {
    struct stat st;
    bool gone = stat(path, &st) < 0;
    drop(j, path, whose);
    if (!gone && (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > JOURNAL_FILE_BYTES)) return false;
    if (!gone && folder_bytes(j) + (uint64_t)st.st_size > JOURNAL_BYTES) return false;
    char *name = entry(j, path, whose, gone ? ".none" : ".copy");
    bool done = gone ? touch(name) : copy_file(path, name);
    if (!done) unlink(name);
    free(name);
    return done;
}

static void put(const struct journal *j, const char *path, const char *whose) {
    if (there(j, path, whose, ".none")) unlink(path);
    char *name = entry(j, path, whose, ".copy");
    if (access(name, F_OK) == 0) copy_file(name, path);
    free(name);
}

static void note(const struct journal *j, const char *path, const char *end, struct str text) {
    char *name = entry(j, path, "", end);
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0 && write(fd, text.ptr, text.len) < 0) unlink(name);
    if (fd >= 0) close(fd);
    free(name);
}

static void forget_note(const struct journal *j, const char *path, const char *end) {
    char *name = entry(j, path, "", end);
    unlink(name);
    free(name);
}

static void note_last(const struct journal *j, const char *path) {
    char hex[33];
    hash128_hex(file_digest(path), hex);
    note(j, path, ".last", str_from(hex));
}

/* Whether the file is as the document left it: what somebody else made of it is not ours to undo.
 */
static bool is_ours(const struct journal *j, const char *path) {
    char now[33], last[33] = "";
    if (there(j, path, "", PUTTING)) return true; /* it died in the middle of putting it back */
    char *name = entry(j, path, "", ".last");
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && read(fd, last, 32) < 0) last[0] = '\0';
    if (fd >= 0) close(fd);
    free(name);
    hash128_hex(file_digest(path), now);
    return strcmp(now, last) == 0;
}

/* --- A run. --- */

static bool has(const struct journal *j, const char *path, const char *whose) {
    return there(j, path, whose, ".copy") || there(j, path, whose, ".none");
}

bool journal_before(const struct journal *j, const char *path) {
    if (!j->folder) return false;
    note(j, path, ".path", str_from(path));
    bool known = has(j, path, BEFORE_ALL) && !there(j, path, "", OUTSIDE);
    return keep(j, path, BEFORE_RUN) && (known || keep(j, path, BEFORE_ALL));
}

void journal_after(const struct journal *j, const char *path, uint32_t block) {
    char whose[16];
    if (!j->folder) return;
    snprintf(whose, sizeof whose, "%u", block);
    keep(j, path, whose);
    note_last(j, path);
    forget_note(j, path, OUTSIDE);
    drop(j, path, BEFORE_RUN);
}

void journal_restore(const struct journal *j, const char *path, uint32_t block) {
    char whose[16];
    if (!j->folder) return;
    snprintf(whose, sizeof whose, "%u", block);
    bool ours = is_ours(j, path);
    if (ours) {
        note(j, path, PUTTING, STR(""));
        put(j, path, whose);
        note_last(j, path);
        forget_note(j, path, PUTTING);
    }
    if (!ours || block == 0)
        note(j, path, OUTSIDE, STR(""));
    else
        forget_note(j, path, OUTSIDE);
}

/* --- All files. --- */

static void each_path(const struct journal *j,
                      void (*visit)(const struct journal *j, const char *path)) {
    DIR *dir = j->folder ? opendir(j->folder) : NULL;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        char path[4097];
        if (!str_ends(str_from(e->d_name), STR(".path"))) continue;
        int fd = openat(dirfd(dir), e->d_name, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd >= 0 ? read(fd, path, sizeof path - 1) : -1;
        if (fd >= 0) close(fd);
        if (n <= 0) continue;
        path[n] = '\0';
        visit(j, path);
    }
    if (dir) closedir(dir);
}

/* Remove the journal's own files whose name (after the hash) begins like this. */
static void sweep(const struct journal *j, const char *whose) {
    DIR *dir = j->folder ? opendir(j->folder) : NULL;
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (strlen(e->d_name) > 32 && strncmp(e->d_name + 32, whose, strlen(whose)) == 0)
            unlinkat(dirfd(dir), e->d_name, 0);
    if (dir) closedir(dir);
}

void journal_forget(const struct journal *j, uint32_t block) {
    char whose[16];
    snprintf(whose, sizeof whose, ".%u.", block);
    sweep(j, whose);
}

static void recover(const struct journal *j, const char *path) {
    if (!has(j, path, BEFORE_RUN)) return;
    put(j, path, BEFORE_RUN);
    note_last(j, path);
    drop(j, path, BEFORE_RUN);
}

void journal_recover(const struct journal *j) {
    each_path(j, recover);
}

static void rewind_one(const struct journal *j, const char *path) {
    if (is_ours(j, path)) put(j, path, BEFORE_ALL);
}

void journal_rewind(const struct journal *j) {
    each_path(j, rewind_one);
    sweep(j, "");
}

void journal_finish(struct journal *j) {
    sweep(j, "");
    if (j->folder) rmdir(j->folder);
    free(j->folder);
    j->folder = NULL;
}
