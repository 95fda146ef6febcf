/* SPDX-License-Identifier: Apache-2.0 */
/* ward.c - starting and ending the interpreter process; see ward.h. */
#include "exec/worker/py.h"

#include "exec/worker/ward.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "exec/worker/child.h"
#include "exec/worker/handover.h"
#include "exec/worker/process.h"

/* Both ends of everything that connects the two processes: [0] the warden's, [1] the child's. */
struct pipes {
    int link[2], ack[2], out[2], err[2], cells[2];
};

static void close_pair(int pair[2]) {
    process_close(&pair[0]);
    process_close(&pair[1]);
}

static void pipes_close(struct pipes *p) {
    close_pair(p->link);
    close_pair(p->ack);
    close_pair(p->out);
    close_pair(p->err);
    close_pair(p->cells);
}

static bool pipes_open(struct pipes *p) {
    *p = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
    int ack[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p->link) < 0) goto fail;
    if (pipe2(ack, O_CLOEXEC) < 0) goto fail;
    p->ack[0] = ack[1];
    p->ack[1] = ack[0];
    if (pipe2(p->out, O_CLOEXEC) < 0) goto fail;
    if (pipe2(p->err, O_CLOEXEC) < 0) goto fail;
    if (!handover_pair(p->cells)) goto fail;
    return true;
fail:
    pipes_close(p);
    return false;
}

void ward_init(struct ward *w) {
    *w = (struct ward){.link = {.in_fd = -1, .out_fd = -1}, .ack = -1, .cells = -1};
}

/* The rest of the child's life, with none of the warden's descriptors. */
_Noreturn static void be_child(struct pipes *p, const struct setup *setup,
                               const struct ward_secrets *secrets, pid_t warden) {
    const struct link *wire = secrets->wire;
    process_die_with(warden);
    setsid();
    if (wire->out_fd != wire->in_fd) close(wire->out_fd);
    close(wire->in_fd);
    freezer_close_copies(secrets->freezer);
    close(p->link[0]);
    close(p->ack[0]);
    close(p->out[0]);
    close(p->err[0]);
    close(p->cells[0]);
    struct ward_ends ends = {p->link[1], p->ack[1], p->out[1], p->err[1], p->cells[1]};
    child_main(&ends, setup);
}

/* Keep our ends of the pipes to the interpreter `pid`. */
static void keep_ends(struct ward *w, struct pipes *p, pid_t pid, struct output *output) {
    process_close(&p->link[1]);
    process_close(&p->ack[1]);
    process_close(&p->out[1]);
    process_close(&p->err[1]);
    process_close(&p->cells[1]);
    w->pid = pid;
    w->ack = p->ack[0];
    w->cells = p->cells[0];
    fcntl(w->cells, F_SETFL, fcntl(w->cells, F_GETFL) | O_NONBLOCK);
    link_init(&w->link, p->link[0], p->link[0]);
    output_open(output, p->out[0], p->err[0]);
}

enum status ward_start(struct ward *w, const struct setup *setup, struct output *output,
                       const struct ward_secrets *secrets, struct err *err) {
    struct pipes p;
    if (!pipes_open(&p))
        return err_set(err, ST_IO, "cannot connect an interpreter: %s", strerror(errno));
    pid_t warden = getpid();
    PyOS_BeforeFork();
    pid_t pid = fork();
    if (pid == 0) {
        PyOS_AfterFork_Child();
        be_child(&p, setup, secrets, warden);
    }
    int fork_errno = errno;
    PyOS_AfterFork_Parent();
    if (pid < 0) {
        pipes_close(&p);
        return err_set(err, ST_IO, "cannot start an interpreter: %s", strerror(fork_errno));
    }
    keep_ends(w, &p, pid, output);
    return ST_OK;
}

enum status ward_thaw(struct ward *w, int frozen, struct output *output, struct err *err) {
    struct pipes p;
    pid_t pid = 0;
    if (!pipes_open(&p))
        return err_set(err, ST_IO, "cannot connect an interpreter: %s", strerror(errno));
    const int ends[WARD_ENDS] = {p.link[1], p.ack[1], p.out[1], p.err[1], p.cells[1]};
    if (!handover_send(frozen, 0, ends, WARD_ENDS) || !handover_receive(frozen, &pid, NULL, 0)) {
        pipes_close(&p);
        return err_set(err, ST_IO, "the checkpoint is gone");
    }
    keep_ends(w, &p, pid, output);
    return ST_OK;
}

int ward_stop(struct ward *w, struct output *output, const struct freezer *freezer) {
    int status = w->pid ? process_kill_tree(w->pid, freezer_has, freezer) : 0;
    w->pid = 0;
    link_finish(&w->link);
    process_close(&w->ack);
    process_close(&w->cells);
    output_close(output);
    return status;
}

void ward_acknowledge(struct ward *w) {
    /* A lost acknowledgement means that the interpreter is gone, which we learn otherwise. */
    if (write(w->ack, "", 1) < 0) return;
}

void ward_interrupt(struct ward *w) {
    if (w->pid) kill(w->pid, SIGINT);
}
