/* SPDX-License-Identifier: Apache-2.0 */
/* control.c - requests in, answers out; see control.h. */
#include "exec/worker/py.h"

#include "exec/worker/control.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exec/worker/process.h"

#define READ_SIZE ((size_t)64 << 10)

struct fd_identity fd_identity_of(int fd) {
    struct stat st;
    if (fstat(fd, &st) < 0) return (struct fd_identity){0};
    return (struct fd_identity){st.st_dev, st.st_ino};
}

bool fd_is(int fd, struct fd_identity identity) {
    struct fd_identity now = fd_identity_of(fd);
    return now.device == identity.device && now.inode == identity.inode;
}

void control_init(struct control *c, const struct ward_ends *ends) {
    *c = (struct control){.owner = getpid(),
                          .link = process_move(ends->link),
                          .ack = process_move(ends->ack),
                          .cells = process_move(ends->cells)};
    c->link_is = fd_identity_of(c->link);
    c->ack_is = fd_identity_of(c->ack);
}

void control_disconnect(struct control *c) {
    process_close(&c->link);
    process_close(&c->ack);
    process_close(&c->cells);
    buf_finish(&c->in);
    c->taken = 0;
}

void control_descriptors(const struct control *c, fd_vec *out) {
    vec_push(out, c->link);
    vec_push(out, c->ack);
    vec_push(out, c->cells);
}

bool control_is_owner(const struct control *c) {
    return getpid() == c->owner;
}

_Noreturn static void lost(void) {
    _exit(EXIT_CONNECTION_LOST);
}

static void check_ours(const struct control *c) {
    if (!fd_is(c->link, c->link_is) || !fd_is(c->ack, c->ack_is)) lost();
}

void control_send(struct control *c, struct buf *frames) {
    size_t sent = 0;
    if (control_is_owner(c)) {
        check_ours(c);
        while (sent < frames->len) {
            ssize_t n = write(c->link, frames->ptr + sent, frames->len - sent);
            if (n < 0 && errno != EINTR) lost();
            if (n > 0) sent += (size_t)n;
        }
    }
    frames->len = 0;
}

static void send_bare(struct control *c, enum ward_message type) {
    struct buf frame = {0};
    wire_end(&frame, wire_begin(&frame, (enum wire_type)type));
    control_send(c, &frame);
    buf_finish(&frame);
}

void control_send_begun(struct control *c) {
    c->last = CHANNEL_NONE;
    send_bare(c, WARD_BEGUN);
}

void control_send_started(struct control *c, uint32_t checkpoint) {
    struct buf frame = {0};
    size_t mark = wire_begin(&frame, WM_STARTED);
    wire_u32(&frame, (uint32_t)getpid());
    wire_u32(&frame, checkpoint);
    wire_end(&frame, mark);
    control_send(c, &frame);
    buf_finish(&frame);
}

void control_order(struct control *c, enum channel channel) {
    enum channel last = c->last;
    if (!control_is_owner(c)) return;
    c->last = channel;
    /* A DISPLAY needs no barrier: before passing one on the warden reads what was written. */
    if (last == CHANNEL_NONE || last == channel || channel == CHANNEL_DISPLAY) return;
    send_bare(c, WARD_BARRIER);
    char byte;
    ssize_t n;
    do n = read(c->ack, &byte, 1);
    while (n < 0 && errno == EINTR);
    if (n != 1) lost();
}

/* Read once, without the GIL. */
static void fill(struct control *c) {
    buf_reserve(&c->in, READ_SIZE);
    check_ours(c);
    ssize_t n;
    int error;
    Py_BEGIN_ALLOW_THREADS
    n = read(c->link, c->in.ptr + c->in.len, READ_SIZE);
    error = errno;
    Py_END_ALLOW_THREADS
    if (n > 0)
        c->in.len += (size_t)n;
    else if (n == 0 || error != EINTR)
        lost();
    else if (PyErr_CheckSignals() < 0)
        PyErr_Clear(); /* nothing runs that it could end */
}

void control_receive(struct control *c, uint8_t *type, struct wire_reader *fields) {
    buf_consume(&c->in, c->taken);
    c->taken = 0;
    enum wire_split split;
    while ((split = wire_next(&c->in, &c->taken, type, fields)) == WIRE_NEED_MORE) fill(c);
    if (split == WIRE_CORRUPT) lost();
}
