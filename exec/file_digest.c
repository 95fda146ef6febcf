/* SPDX-License-Identifier: Apache-2.0 */
/* file_digest.c - see file_digest.h. */
#include "exec/file_digest.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static struct hash128 digest_of_content(int fd) {
    char chunk[65536];
    struct hash_stream *stream = hash_stream_create();
    for (ssize_t n; (n = read(fd, chunk, sizeof chunk)) > 0;)
        hash_stream_add(stream, (struct str){chunk, (size_t)n});
    struct hash128 digest = hash_stream_take(stream);
    hash_stream_destroy(stream);
    return digest;
}

static struct hash128 digest_of_state(const struct stat *st) {
    int64_t state[] = {st->st_size, st->st_mtim.tv_sec, st->st_mtim.tv_nsec};
    return hash128((struct str){(const char *)state, sizeof state});
}

struct hash128 file_digest(const char *path) {
    struct stat st;
    struct hash128 digest = {0, 0};
    if (stat(path, &st) < 0) return digest;
    if (!S_ISREG(st.st_mode)) return (struct hash128){1, 0};
    if (st.st_size > FILE_DIGEST_BYTES) return digest_of_state(&st);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return digest;
    digest = digest_of_content(fd);
    close(fd);
    return digest;
}
