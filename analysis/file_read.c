/* SPDX-License-Identifier: Apache-2.0 */
/* file_read.c - one open, as few reads as the size allows. */
#include "analysis/file_read.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_rest(int fd, size_t max, struct buf *out) {
    size_t start = out->len;
    for (;;) {
        buf_reserve(out, 4096);
        ssize_t n = read(fd, out->ptr + out->len, out->cap - out->len);
        if (n <= 0) return n == 0;
        out->len += (size_t)n;
        if (out->len - start > max) return false;
    }
}

bool file_read(const char *path, size_t max, struct buf *out) {
    struct stat st;
    size_t start = out->len;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return false;
    bool fits = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size <= max;
    if (fits) buf_reserve(out, (size_t)st.st_size + 1);
    bool done = fits && read_rest(fd, max, out);
    if (!done) out->len = start;
    close(fd);
    return done;
}
