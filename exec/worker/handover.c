/* SPDX-License-Identifier: Apache-2.0 */
/* handover.c - SCM_RIGHTS; see handover.h. */
#include "exec/worker/handover.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(HANDOVER_MOST * sizeof(int))];
};

bool handover_pair(int pair[2]) {
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0;
}

bool handover_send(int socket, pid_t pid, const int *fds, int count) {
    union control control = {0};
    struct iovec data = {&pid, sizeof pid};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
    if (count > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
        struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
        memcpy(CMSG_DATA(rights), fds, (size_t)count * sizeof(int));
    }
    ssize_t n;
    do n = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof pid;
}

/* How many descriptors came, copied to `fds` (room for HANDOVER_MOST). */
static int take_rights(struct msghdr *message, int *fds) {
    struct cmsghdr *rights = CMSG_FIRSTHDR(message);
    if (!rights || rights->cmsg_type != SCM_RIGHTS) return 0;
    size_t size = rights->cmsg_len - CMSG_LEN(0);
    memcpy(fds, CMSG_DATA(rights), size);
    return (int)(size / sizeof(int));
}

bool handover_receive(int socket,
                      pid_t *pid, // NOLINT(readability-non-const-parameter): recvmsg() fills it
                      int *fds, int count) {
    union control control = {0};
    int came[HANDOVER_MOST];
    struct iovec data = {pid, sizeof *pid};
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t n;
    do n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    int got = n >= 0 ? take_rights(&message, came) : 0;
    if (n == (ssize_t)sizeof *pid && got == count) {
        if (count > 0) memcpy(fds, came, (size_t)count * sizeof(int));
        return true;
    }
    while (got > 0) close(came[--got]);
    return false;
}
