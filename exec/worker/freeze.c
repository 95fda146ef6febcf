/* SPDX-License-Identifier: Apache-2.0 */
/* freeze.c - forking, waiting, going on; see freeze.h. */
#include "exec/worker/freeze.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "exec/worker/handover.h"
#include "exec/worker/process.h"

/* What a checkpoint is made of, beside the memory that every copy has. */
struct checkpoint {
    struct interpreter *in;
    uint32_t id;
    int socket[2]; /* [0] the warden's end, [1] the frozen copy's */
    position_vec positions;
    sigset_t mask; /* of the interpreter while it runs */
    uint64_t cost; /* microseconds */
    struct buf why_not;
};

static uint64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* --- Copies --- */

static bool reap(pid_t pid) {
    int status = -1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status == 0;
}

/* In the process between: make the copy, tell the warden, and end. */
static pid_t fork_between(int report_to, const int *fds, int count) {
    pid_t copy = fork();
    if (copy == 0) return 0;
    bool told = copy > 0 && handover_send(report_to, copy, fds, count);
    _exit(told ? 0 : 1);
}

/* Fork a copy that is a child of the warden, which learns its pid over `report_to`, with copies
 * of descriptors.  Returns 0 in the copy, 1 here, and -1 when it failed. */
static int fork_adopted(const struct interpreter *in, int report_to, const int *fds, int count) {
    pid_t between = fork();
    if (between > 0) return reap(between) ? 1 : -1;
    if (between < 0) return -1;
    between = getpid();
    setsid(); /* who kills the interpreter's group must not reach its copy */
    fork_between(report_to, fds, count);
    while (getppid() == between) sched_yield(); /* until it has ended */
    process_die_with(in->warden);
    setsid();
    return 0;
}

/* --- The frozen copy --- */

/* Nothing of the interpreter's connections stays open here, or nobody would see it end. */
static void disconnect(struct checkpoint *c) {
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    close(c->socket[0]);
    control_disconnect(&c->in->control);
    capture_disconnect(&c->in->capture, nowhere);
    close(nowhere);
}

static void connect_anew(struct checkpoint *c, const struct ward_ends *ends) {
    close(c->socket[1]);
    control_init(&c->in->control, ends);
    capture_connect(&c->in->capture, process_move(ends->out), process_move(ends->err));
    for (size_t i = 0; i < c->positions.len; i++)
        lseek(c->positions.items[i].fd, c->positions.items[i].offset, SEEK_SET);
    vec_finish(&c->positions);
    sigprocmask(SIG_SETMASK, &c->mask, NULL);
    control_send_started(&c->in->control, c->id);
}

/* Returns in each copy that goes on. */
static void stay_frozen(struct checkpoint *c) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    disconnect(c);
    for (;;) {
        int fds[WARD_ENDS];
        pid_t unused;
        if (!handover_receive(c->socket[1], &unused, fds, WARD_ENDS)) _exit(0);
        struct ward_ends ends = {fds[0], fds[1], fds[2], fds[3], fds[4]};
        if (fork_adopted(c->in, c->socket[1], NULL, 0) == 0) {
            connect_anew(c, &ends);
            return;
        }
        for (int i = 0; i < WARD_ENDS; i++) close(fds[i]);
    }
}

/* --- Taking one --- */

static bool look_for_obstacles(struct checkpoint *c) {
    fd_vec not_users = {0};
    for (size_t i = 0; i < c->in->inherited.len; i++)
        vec_push(&not_users, c->in->inherited.items[i]);
    control_descriptors(&c->in->control, &not_users);
    capture_descriptors(&c->in->capture, &not_users);
    bool none = obstacle_none(&not_users, &c->positions, &c->why_not);
    vec_finish(&not_users);
    return none;
}

/* 0 in copies. */
static int take(struct checkpoint *c) {
    if (!look_for_obstacles(c)) return -1;
    if (!handover_pair(c->socket)) {
        buf_printf(&c->why_not, "%s", strerror(errno));
        return -1;
    }
    int done = fork_adopted(c->in, c->in->control.cells, &c->socket[0], 1);
    if (done == 0) return 0;
    if (done < 0) buf_append(&c->why_not, STR("the process could not be copied"));
    close(c->socket[0]);
    close(c->socket[1]);
    return done;
}

static void answer(struct checkpoint *c, bool taken) {
    struct buf frame = {0};
    size_t mark = wire_begin(&frame, WM_CHECKPOINTED);
    wire_u32(&frame, c->id);
    wire_u8(&frame, taken);
    wire_u64(&frame, c->cost);
    wire_str(&frame, buf_str(&c->why_not));
    wire_end(&frame, mark);
    control_send(&c->in->control, &frame);
    buf_finish(&frame);
}

/* The processes between end as children of ours: the user's code need not hear of it. */
static void forget_children(const sigset_t *sigchld) {
    static const struct timespec now = {0};
    while (sigtimedwait(sigchld, NULL, &now) > 0) {
    }
}

void freeze(struct interpreter *in, uint32_t id) {
    struct checkpoint c = {.in = in, .id = id};
    uint64_t start = now_us();
    sigset_t sigchld;
    sigemptyset(&sigchld);
    sigaddset(&sigchld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &sigchld, &c.mask);
    capture_flush();
    fflush(NULL); /* what C code has not written yet would be written by every copy */
    int done = take(&c);
    if (done == 0) {
        stay_frozen(&c);
        return;
    }
    forget_children(&sigchld);
    sigprocmask(SIG_SETMASK, &c.mask, NULL);
    c.cost = now_us() - start;
    answer(&c, done > 0);
    vec_finish(&c.positions);
    buf_finish(&c.why_not);
}
