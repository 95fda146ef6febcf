/* SPDX-License-Identifier: Apache-2.0 */
/* worker_link.h - the server's end of the wire: requests as bytes, events from bytes.
 *
 * No I/O: whoever holds the pipes feeds what it reads and writes what is encoded. */
#ifndef EXEC_WORKER_LINK_H
#define EXEC_WORKER_LINK_H

#include "analysis/line_splice.h"
#include "base/err.h"
#include "exec/history.h"
#include "exec/wire.h"

struct worker_setup {
    struct str file, cwd, package;       /* absolute paths; package may be empty */
    uint32_t output_bytes, output_lines; /* limits for each block */
};

struct worker_run {
    uint32_t ticket; /* comes back in every answer */
    block_id block;
    uint32_t interpreter; /* that it is meant for: the pid of `started` */
    uint32_t line;        /* of the block in the file, 0-based */
    bool silent, hold;
    struct str source;
    const struct symbols *symbols;
    const fix_vec *fixes;
    const read_vec *reads;
    struct line_splice change; /* of the document's text since the last run */
};

void worker_link_setup(struct buf *out, const struct worker_setup *setup);
void worker_link_run(struct buf *out, const struct worker_run *run);
void worker_link_forget(struct buf *out, block_id block);
void worker_link_fix(struct buf *out, const fix_vec *fixes);
void worker_link_interrupt(struct buf *out);
void worker_link_checkpoint(struct buf *out, uint32_t id);
void worker_link_resume(struct buf *out, uint32_t id); /* 0: a fresh interpreter */
void worker_link_drop(struct buf *out, uint32_t id);
void worker_link_inspect(struct buf *out, uint32_t request, block_id block, struct str name);

/* What a run did to a name.  The text is borrowed for the call. */
struct worker_write {
    struct str name;
    enum wire_write_kind kind;
    bool known, kept, plain;
    struct hash128 fingerprint;
};

/* A value that a block gave a name, and that the run changed in place.  The text is borrowed. */
struct worker_change {
    block_id maker;
    struct str name;
};

/* A file that a run opened.  The path is borrowed for the call. */
struct worker_file {
    struct str path;
    bool read, written;
    struct hash128 before, after;
};

/* How a RUN ended.  The event's receiver may take the error (leaving it zeroed). */
struct worker_done {
    uint32_t ticket;
    enum wire_done_status status;
    bool truncated;
    bool acted; /* it did something to the world: files, processes, sockets */
    uint64_t duration_us;
    VEC(struct worker_write) writes;
    VEC(struct worker_change) changes;
    VEC(struct str) reads; /* names, beyond those in the request; borrowed */
    VEC(struct worker_file) files;
    struct str unseen;   /* what it changed that nothing puts back; borrowed */
    struct output error; /* OUTPUT_ERROR unless status is WIRE_OK */
};

struct worker_death {
    uint32_t ticket; /* of the run that it was given, or will not be given; 0: none */
    bool begun;      /* it was given that run */
    struct str cause;
};

struct worker_checkpoint { /* a CHECKPOINTED answer; borrowed for the call */
    uint32_t id;
    bool taken;
    uint64_t cost_us;
    struct str why_not;
};

struct worker_value { /* an INSPECTED answer; borrowed for the call */
    uint32_t request;
    bool found;
    struct str type, shape, text;
};

/* Borrowed arguments, for the length of the call, except where one says it may be taken. */
struct worker_events {
    void (*hello)(void *ctx, struct str python, struct str executable);
    void (*started)(void *ctx, uint32_t pid, uint32_t checkpoint);
    void (*stream)(void *ctx, uint32_t ticket, bool is_stderr, struct str bytes);
    void (*display)(void *ctx, uint32_t ticket, struct output *record_take);
    void (*warning)(void *ctx, uint32_t ticket, struct output *record_take);
    void (*done)(void *ctx, struct worker_done *done);
    void (*died)(void *ctx, const struct worker_death *death);
    void (*inspected)(void *ctx, const struct worker_value *value);
    void (*failed)(void *ctx, struct str message);
    void (*checkpointed)(void *ctx, const struct worker_checkpoint *checkpoint);
    void (*checkpoint_lost)(void *ctx, uint32_t id);
    void (*checkpoint_size)(void *ctx, uint32_t id, uint64_t bytes);
};

struct worker_link {
    struct buf in;
    const struct worker_events *events;
    void *ctx;
};

void worker_link_finish(struct worker_link *link);

/* Take in bytes from the worker and raise the events they complete.  On an error (a stream that
 * does not follow wire.h) the link is of no further use. */
enum status worker_link_feed(struct worker_link *link, struct str bytes, struct err *err);

#endif
