/* SPDX-License-Identifier: Apache-2.0 */
/* git.c - runs git and gathers what it prints.  Only commands use it: it waits. */
#include "server/git.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analysis/text.h"

/* The exit code; -1 when it could not be run, or printed more than a file may have. */
static int wait_for(pid_t pid, int fd, struct buf *out) {
    size_t start = out->len;
    int status = 0;
    for (;;) {
        buf_reserve(out, 65536);
        ssize_t n = read(fd, out->ptr + out->len, 65536);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0 || out->len - start > TEXT_MAX) break;
        out->len += (size_t)n;
    }
    close(fd);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) && out->len - start <= TEXT_MAX ? WEXITSTATUS(status) : -1;
}

static int run(const char *const *arguments, struct buf *out) {
    posix_spawn_file_actions_t actions;
    int ends[2];
    pid_t pid;
    if (pipe2(ends, O_CLOEXEC) < 0) return -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    int failed = posix_spawnp(&pid, "git", &actions, NULL, (char *const *)arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (!failed) return wait_for(pid, ends[0], out);
    close(ends[0]);
    return -1;
}

enum status git_changed(const char *folder, const char *revision, struct buf *out,
                        struct err *err) {
    const char *const verify[] = {
        "git",    "-C", folder, "rev-parse", "--verify", "--quiet", "--end-of-options",
        revision, NULL};
    const char *const diff[] = {"git",          "-C",          folder,
                                "diff",         "--name-only", "-z",
                                "--no-renames", "--relative",  "--end-of-options",
                                revision,       "--",          NULL};
    const char *const untracked[] = {
        "git", "-C", folder, "ls-files", "-z", "--others", "--exclude-standard", NULL};
    struct buf ignored = {0};
    int known = run(verify, &ignored);
    buf_finish(&ignored);
    if (known == 127 || known < 0) return err_set(err, ST_NOT_FOUND, "git cannot be run");
    if (known != 0)
        return err_set(err, ST_BAD_PARAMS, "git knows no revision '%s' in '%s'", revision, folder);
    if (run(diff, out) != 0 || run(untracked, out) != 0)
        return err_set(err, ST_IO, "git cannot compare '%s' with '%s'", folder, revision);
    return ST_OK;
}

bool git_text(const char *folder, const char *revision, const char *path, struct buf *out) {
    struct buf object = {0};
    size_t start = out->len;
    buf_printf(&object, "%s:./%s", revision, path);
    const char *const show[] = {"git", "-C", folder, "cat-file", "blob", buf_cstr(&object), NULL};
    bool found = run(show, out) == 0;
    if (!found) out->len = start;
    buf_finish(&object);
    return found;
}
