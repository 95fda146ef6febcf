/* SPDX-License-Identifier: Apache-2.0 */
/* link.c - buffered frames over non-blocking descriptors; see link.h. */
#include "exec/worker/link.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define READ_SIZE ((size_t)64 << 10)
#define FILL_MOST                                                                                  \
    ((size_t)1 << 20) /* bytes of one link_fill(), so that one side cannot starve us */

static void set_nonblocking(int fd) {
    if (fd >= 0) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

void link_init(struct link *l, int in_fd, int out_fd) {
    *l = (struct link){.in_fd = in_fd, .out_fd = out_fd};
    set_nonblocking(in_fd);
    set_nonblocking(out_fd);
}

void link_finish(struct link *l) {
    if (l->out_fd >= 0 && l->out_fd != l->in_fd) close(l->out_fd);
    if (l->in_fd >= 0) close(l->in_fd);
    buf_finish(&l->in);
    buf_finish(&l->out);
    *l = (struct link){.in_fd = -1, .out_fd = -1};
}

bool link_fill(struct link *l) {
    buf_consume(&l->in, l->taken);
    l->taken = 0;
    for (size_t total = 0; total < FILL_MOST;) {
        buf_reserve(&l->in, READ_SIZE);
        ssize_t n = read(l->in_fd, l->in.ptr + l->in.len, READ_SIZE);
        if (n == 0) return false;
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
        l->in.len += (size_t)n;
        total += (size_t)n;
        if ((size_t)n < READ_SIZE) break;
    }
    return true;
}

bool link_flush(struct link *l) {
    while (link_pending(l) > 0) {
        ssize_t n = write(l->out_fd, l->out.ptr + l->sent, link_pending(l));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return false;
        if (n < 0) break;
        l->sent += (size_t)n;
    }
    /* Moving the rest down costs as much as what was sent, at most. */
    if (l->sent >= link_pending(l)) {
        buf_consume(&l->out, l->sent);
        l->sent = 0;
    }
    return true;
}

enum wire_split link_next(struct link *l, uint8_t *type, struct wire_reader *fields) {
    return wire_next(&l->in, &l->taken, type, fields);
}
