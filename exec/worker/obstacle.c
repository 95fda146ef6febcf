/* SPDX-License-Identifier: Apache-2.0 */
/* obstacle.c - descriptors, threads, children, timers and shared memory; see obstacle.h. */
#include "exec/worker/obstacle.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMORY_DEVICES 1 /* the major number of /dev/null, zero, random and urandom */

/* --- Threads and children --- */

static int count_threads(void) {
    struct stat tasks;
    /* A directory has a link from itself, one from above, and one from each directory in it. */
    return stat("/proc/self/task", &tasks) == 0 ? (int)tasks.st_nlink - 2 : 2;
}

/* Libraries that keep threads for computing (OpenBLAS) end them when the process forks, and start
 * them again when needed. */
static void end_idle_threads(void) {
    pid_t copy = fork();
    if (copy == 0) _exit(0);
    while (copy > 0 && waitpid(copy, NULL, 0) < 0 && errno == EINTR) {
    }
}

static bool has_threads(void) {
    if (count_threads() == 1) return false;
    end_idle_threads();
    return count_threads() != 1;
}

static bool has_children(void) {
    return !(waitid(P_ALL, 0, &(siginfo_t){0}, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD);
}

static bool has_timers(void) {
    static const int kinds[] = {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct itimerval timer = {0};
        getitimer((__itimer_which_t)kinds[i], &timer);
        if (timer.it_value.tv_sec || timer.it_value.tv_usec) return true;
    }
    return false;
}

/* --- Memory --- */

/* "7f01-7f02 rw-s 0000 00:01 42 /path": writing there is seen by every copy. */
static bool has_shared_memory(void) {
    FILE *maps = fopen("/proc/self/maps", "re");
    char *line = NULL;
    size_t size = 0;
    bool shared = !maps;
    while (!shared && getline(&line, &size, maps) > 0) {
        const char *permissions = strchr(line, ' ');
        shared = permissions && strlen(permissions) > 4 && permissions[2] == 'w' &&
                 permissions[4] == 's';
    }
    free(line);
    if (maps) fclose(maps);
    return shared;
}

/* --- Descriptors --- */

void descriptors_list(fd_vec *out) {
    DIR *dir = opendir("/proc/self/fd");
    struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        char *end;
        int fd = (int)strtol(entry->d_name, &end, 10);
        if (end != entry->d_name && fd != dirfd(dir)) vec_push(out, fd);
    }
    if (dir) closedir(dir);
}

static bool is_users(int fd, const fd_vec *not_users) {
    for (size_t i = 0; i < not_users->len; i++)
        if (not_users->items[i] == fd) return false;
    return fd > 2;
}

/* What kind of thing the descriptor is, if a copy could not have its own; else NULL. */
static const char *shared_kind(const struct stat *st) {
    if (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode)) return NULL;
    if (S_ISCHR(st->st_mode) && major(st->st_rdev) == MEMORY_DEVICES) return NULL;
    if (S_ISSOCK(st->st_mode)) return "a socket";
    if (S_ISFIFO(st->st_mode)) return "a pipe";
    return S_ISCHR(st->st_mode) ? "a device" : "an event queue";
}

/* False when it is an obstacle. */
static bool check_descriptor(int fd, position_vec *positions, struct buf *why) {
    struct stat st;
    if (fstat(fd, &st) < 0) return true;
    const char *kind = shared_kind(&st);
    if (kind) {
        buf_printf(why, "%s is open (descriptor %d)", kind, fd);
        return false;
    }
    off_t offset = S_ISREG(st.st_mode) ? lseek(fd, 0, SEEK_CUR) : -1;
    if (offset >= 0) vec_push(positions, (struct file_position){fd, offset});
    return true;
}

static bool check_descriptors(const fd_vec *not_users, position_vec *positions, struct buf *why) {
    fd_vec open = {0};
    bool fine = true;
    descriptors_list(&open);
    for (size_t i = 0; fine && i < open.len; i++)
        if (is_users(open.items[i], not_users))
            fine = check_descriptor(open.items[i], positions, why);
    vec_finish(&open);
    return fine;
}

bool obstacle_none(const fd_vec *not_users, position_vec *positions, struct buf *why) {
    if (has_children())
        buf_append(why, STR("a child process is running"));
    else if (has_timers())
        buf_append(why, STR("a timer is running"));
    else if (has_shared_memory())
        buf_append(why, STR("memory is shared with a file or a process"));
    else if (has_threads())
        buf_append(why, STR("other threads are running"));
    else
        return check_descriptors(not_users, positions, why);
    return false;
}
