/* SPDX-License-Identifier: Apache-2.0 */
/* output.c - stdout and stderr of the interpreter, cut to their limits; see output.h. */
#include "exec/worker/output.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "exec/worker/process.h"

#define READ_SIZE ((size_t)64 << 10)

void output_init(struct output *o) {
    *o = (struct output){.outlets = {{.fd = -1}, {.fd = -1}}};
}

void output_open(struct output *o, int out_fd, int err_fd) {
    int fds[2] = {out_fd, err_fd};
    for (int i = 0; i < 2; i++) {
        o->outlets[i] = (struct outlet){.fd = fds[i]};
        fcntl(fds[i], F_SETFL, fcntl(fds[i], F_GETFL) | O_NONBLOCK);
    }
}

void output_close(struct output *o) {
    for (int i = 0; i < 2; i++) process_close(&o->outlets[i].fd);
}

void output_begin(struct output *o, uint32_t run, uint32_t block, uint64_t bytes, uint64_t lines) {
    o->run = run;
    o->block = block;
    o->bytes_left = bytes;
    o->lines_left = lines;
    o->truncated = false;
}

void output_end(struct output *o) {
    o->run = 0;
}

/* The length of the head of `s` that ends with its line number `*lines` at most; counts down. */
static size_t cut_lines(struct str s, uint64_t *lines) {
    size_t at = 0;
    while (*lines > 0) {
        const char *end = memchr(s.ptr + at, '\n', s.len - at);
        if (!end) return s.len;
        at = (size_t)(end - s.ptr) + 1;
        --*lines;
    }
    return at;
}

static size_t cut_bytes(struct str s, uint64_t limit) {
    if (s.len <= limit) return s.len;
    size_t len = (size_t)limit;
    while (len > 0 && ((unsigned char)s.ptr[len] & 0xC0) == 0x80) len--;
    return len;
}

static void emit(struct output *o, int index, struct str bytes, struct buf *wire) {
    if (bytes.len == 0 || o->truncated) return;
    size_t len = cut_bytes(bytes, o->bytes_left);
    len = cut_lines(str_slice(bytes, 0, len), &o->lines_left);
    o->truncated = len < bytes.len;
    o->bytes_left -= len;
    if (len == 0) return;

    size_t mark = wire_begin(wire, WM_STREAM);
    wire_u32(wire, o->run);
    wire_u32(wire, o->block);
    wire_u8(wire, (uint8_t)(index + 1));
    wire_str(wire, str_slice(bytes, 0, len));
    wire_end(wire, mark);
}

/* How many bytes at the end of `s` begin a UTF-8 character that needs more of them (0 to 3). */
static size_t unfinished_tail(struct str s) {
    for (size_t back = 1; back <= 3 && back <= s.len; back++) {
        unsigned char c = (unsigned char)s.ptr[s.len - back];
        if ((c & 0xC0) == 0x80) continue;
        size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
        return back < need ? back : 0;
    }
    return 0;
}

static void release_held(struct output *o, int index, struct buf *wire) {
    struct outlet *outlet = &o->outlets[index];
    emit(o, index, (struct str){outlet->held, outlet->held_len}, wire);
    outlet->held_len = 0;
}

size_t output_read(struct output *o, int index, struct buf *wire) {
    struct outlet *outlet = &o->outlets[index];
    char bytes[READ_SIZE + sizeof outlet->held];
    if (outlet->fd < 0) return 0;
    memcpy(bytes, outlet->held, outlet->held_len);
    ssize_t n = read(outlet->fd, bytes + outlet->held_len, READ_SIZE);
    if (n == 0) process_close(&outlet->fd); /* every process has closed its end */
    if (n <= 0) return 0;

    struct str all = {bytes, outlet->held_len + (size_t)n};
    outlet->held_len = unfinished_tail(all);
    memcpy(outlet->held, all.ptr + all.len - outlet->held_len, outlet->held_len);
    emit(o, index, str_slice(all, 0, all.len - outlet->held_len), wire);
    return (size_t)n;
}

/* No more than lies in the pipe now: a thread that writes without end must not hold us here. */
static void drain_one(struct output *o, int index, struct buf *wire) {
    int waiting = 0;
    if (o->outlets[index].fd >= 0) ioctl(o->outlets[index].fd, FIONREAD, &waiting);
    while (waiting > 0) {
        size_t n = output_read(o, index, wire);
        if (n == 0) break;
        waiting -= (int)n;
    }
    release_held(o, index, wire);
}

void output_drain(struct output *o, struct buf *wire) {
    for (int index = 0; index < 2; index++) drain_one(o, index, wire);
}
