/* SPDX-License-Identifier: Apache-2.0 */
/* peer.c - framing on libuv streams.
 *
 * One write is in flight at a time; what is queued meanwhile goes out with the next. */
#include "server/peer.h"

#include <stdlib.h>

#include "base/mem.h"
#include "protocol/framing.h"
#include "server/log.h"

enum {
    CONGESTED_BYTES = 4 << 20,
    STALLED_BYTES = 64 << 20, /* answers that nobody reads: no more questions are taken */
};

union stream {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_pipe_t pipe;
    uv_tty_t tty;
};

struct peer {
    const struct peer_events *events;
    void *ctx;
    union stream in, out;
    int open_handles;
    struct splitter splitter;
    struct buf queue, flight; /* waiting; in the write under way */
    uv_write_t write;
    bool writing, closing, over;
    bool trace, trace_whole;
    char chunk[65536];
};

static int open_stream(uv_loop_t *loop, union stream *s, int fd) {
    if (uv_guess_handle(fd) == UV_TTY) return uv_tty_init(loop, &s->tty, fd, 0);
    uv_pipe_init(loop, &s->pipe, 0);
    return uv_pipe_open(&s->pipe, fd);
}

static void on_closed(uv_handle_t *handle) {
    struct peer *p = handle->data;
    if (--p->open_handles) return;
    splitter_finish(&p->splitter);
    buf_finish(&p->queue);
    buf_finish(&p->flight);
    free(p);
}

static void close_streams(struct peer *p) {
    if (!uv_is_closing(&p->in.handle)) uv_close(&p->in.handle, on_closed);
    if (!uv_is_closing(&p->out.handle)) uv_close(&p->out.handle, on_closed);
}

static void report_closed(struct peer *p, const struct err *err) {
    if (p->over) return;
    p->over = true;
    uv_read_stop(&p->in.stream);
    p->events->closed(p->ctx, err);
}

/* Not of log messages: the line would be one more. */
static void trace(const struct peer *p, const char *verb, const json_t *message) {
    const char *method = json_string_value(json_object_get(message, "method"));
    if (!p->trace || (method && strcmp(method, "window/logMessage") == 0)) return;
    char *text = json_dumps(p->trace_whole ? message : json_object_get(message, "id"),
                            JSON_ENCODE_ANY | JSON_COMPACT);
    log_line(LOG_DEBUG, "%s %s %s", verb, method ? method : "an answer", text ? text : "");
    free(text);
}

static void take_messages(struct peer *p) {
    struct str body;
    struct err corrupt = {0};
    enum split split = SPLIT_NEED_MORE;
    while (!p->over && (split = splitter_next(&p->splitter, &body, &corrupt)) == SPLIT_MESSAGE) {
        struct rpc_message message;
        struct err err = {0};
        rpc_parse(&message, body, &err);
        trace(p, "received", message.root);
        p->events->message(p->ctx, &message, &err);
        rpc_message_finish(&message);
    }
    if (split == SPLIT_CORRUPT) report_closed(p, &corrupt);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
    (void)suggested;
    struct peer *p = handle->data;
    *buf = uv_buf_init(p->chunk, sizeof p->chunk);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf) {
    struct peer *p = stream->data;
    struct err err = {0};
    if (n > 0) {
        splitter_feed(&p->splitter, (struct str){buf->base, (size_t)n});
        take_messages(p);
        if (p->queue.len > STALLED_BYTES) uv_read_stop(&p->in.stream);
    } else if (n < 0) {
        if (n != UV_EOF) err_set(&err, ST_IO, "cannot read: %s", uv_strerror((int)n));
        report_closed(p, &err);
    }
}

struct peer *peer_create(uv_loop_t *loop, int in_fd, int out_fd, const struct peer_events *events,
                         void *ctx, struct err *err) {
    struct peer *p = xcalloc(1, sizeof *p);
    p->events = events;
    p->ctx = ctx;
    int in_failed = open_stream(loop, &p->in, in_fd),
        out_failed = open_stream(loop, &p->out, out_fd);
    int failed = in_failed ? in_failed : out_failed;
    p->in.handle.data = p->out.handle.data = p;
    p->open_handles = 2;
    if (!failed) failed = uv_read_start(&p->in.stream, on_alloc, on_read);
    if (!failed) return p;
    err_set(err, ST_IO, "standard input and output must be pipes: %s", uv_strerror(failed));
    close_streams(p);
    return NULL;
}

static void on_written(uv_write_t *write, int status) {
    struct peer *p = write->data;
    p->writing = false;
    p->flight.len = 0;
    if (status < 0) p->queue.len = 0; /* nobody reads any more */
    if (p->queue.len)
        peer_flush(p);
    else if (p->closing)
        close_streams(p);
    if (p->over) return;
    uv_read_start(&p->in.stream, on_alloc, on_read);
    p->events->drained(p->ctx);
}

void peer_flush(struct peer *p) {
    if (p->writing || p->queue.len == 0) return;
    struct buf sent = p->queue;
    p->queue = p->flight;
    p->flight = sent;
    p->write.data = p;
    uv_buf_t buf = uv_buf_init(sent.ptr, (unsigned)sent.len);
    p->writing = uv_write(&p->write, &p->out.stream, &buf, 1, on_written) == 0;
}

void peer_send_take(struct peer *p, json_t *message) {
    rpc_write(&p->queue, message);
    trace(p, "sent", message);
    json_decref(message);
}

void peer_send_bytes(struct peer *p, struct str framed) {
    buf_append(&p->queue, framed);
}

void peer_set_trace(struct peer *p, bool on, bool whole) {
    p->trace = on;
    p->trace_whole = whole;
}

bool peer_congested(const struct peer *p) {
    return p->queue.len > CONGESTED_BYTES;
}

void peer_close(struct peer *p) {
    if (!p) return;
    p->closing = p->over = true;
    uv_read_stop(&p->in.stream);
    peer_flush(p);
    if (!p->writing) close_streams(p);
}
