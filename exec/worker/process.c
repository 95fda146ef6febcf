/* SPDX-License-Identifier: Apache-2.0 */
/* process.c - descriptors and process trees; see process.h. */
#include "exec/worker/process.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int process_stash(int fd) {
    /* High, because code that closes or reuses descriptors does it from 3 upwards. */
    static const int floors[] = {900, 200, 3};
    for (size_t i = 0; i < sizeof floors / sizeof *floors; i++) {
        int copy = fcntl(fd, F_DUPFD_CLOEXEC, floors[i]);
        if (copy >= 0) return copy;
    }
    return -1;
}

int process_move(int fd) {
    if (fd < 0) return -1;
    int copy = process_stash(fd);
    close(fd);
    return copy;
}

void process_close(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

void process_adopt_orphans(void) {
    prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L);
}

void process_die_with(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, (long)SIGKILL, 0L, 0L, 0L);
    if (getppid() != parent) _exit(0); /* it died before we asked */
}

static int reap(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

/* One of our children that is not spared, or 0.  The single thread that forks owns them all. */
static pid_t any_child(process_spare *spare, const void *ctx) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
    FILE *list = fopen(path, "re");
    if (!list) return 0;
    long pid = 0;
    bool found = false;
    while (!found && fscanf(list, "%ld", &pid) == 1) found = !spare(ctx, (pid_t)pid);
    fclose(list);
    return found ? (pid_t)pid : 0;
}

/* The orphans of an ended interpreter. */
static void kill_orphans(process_spare *spare, const void *ctx) {
    /* Killing one can hand us its children, so ask again each time. */
    for (pid_t pid = any_child(spare, ctx); pid > 0; pid = any_child(spare, ctx)) {
        kill(pid, SIGKILL);
        reap(pid);
    }
}

int process_kill_tree(pid_t child, process_spare *spare, const void *ctx) {
    kill(-child, SIGKILL);
    kill(child, SIGKILL); /* it may not have made its session yet */
    int status = reap(child);
    kill_orphans(spare, ctx);
    return status;
}

static void append_lower(struct buf *out, const char *text) {
    for (; *text; text++) buf_append_byte(out, (char)tolower((unsigned char)*text));
}

static void describe_signal(struct buf *out, int signal) {
    buf_printf(out, "the worker was killed by signal %d (", signal);
    append_lower(out, strsignal(signal));
    buf_append(out, STR(")"));
    if (signal == SIGKILL) buf_append(out, STR(": out of memory, or killed from outside"));
}

void process_describe_end(struct buf *out, int wait_status) {
    if (WIFSIGNALED(wait_status))
        describe_signal(out, WTERMSIG(wait_status));
    else if (WEXITSTATUS(wait_status) == EXIT_CONNECTION_LOST)
        buf_append(out, STR("the code closed the descriptors that the worker needs"));
    else
        buf_printf(out, "the code ended the process with exit code %d", WEXITSTATUS(wait_status));
}
