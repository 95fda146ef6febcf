/* SPDX-License-Identifier: Apache-2.0 */
/* worker_link.c - encoding of requests and decoding of events; see wire.h for the frames. */
#include "exec/worker_link.h"

void worker_link_setup(struct buf *out, const struct worker_setup *setup) {
    size_t mark = wire_begin(out, WM_SETUP);
    wire_u32(out, WIRE_VERSION);
    wire_str(out, setup->file);
    wire_str(out, setup->cwd);
    wire_str(out, setup->package);
    wire_u32(out, setup->output_bytes);
    wire_u32(out, setup->output_lines);
    wire_end(out, mark);
}

/* Names that the block surely binds: it may bind them to the very object that they had. */
static void put_certain(struct buf *out, const struct symbols *symbols) {
    size_t count = 0;
    for (size_t i = 0; i < symbols->provides.len; i++) count += symbols->provides.items[i].certain;
    wire_u32(out, (uint32_t)count);
    for (size_t i = 0; i < symbols->provides.len; i++) {
        const struct definition *d = &symbols->provides.items[i];
        if (!d->certain) continue;
        wire_str(out, d->name);
        wire_u32(out, d->made.start);
        wire_u32(out, d->made.end);
    }
}

static void put_fixes(struct buf *out, const fix_vec *fixes) {
    wire_u32(out, (uint32_t)fixes->len);
    for (size_t i = 0; i < fixes->len; i++) {
        wire_str(out, fixes->items[i].name->text);
        wire_u32(out, fixes->items[i].from);
    }
}

void worker_link_fix(struct buf *out, const fix_vec *fixes) {
    size_t mark = wire_begin(out, WM_FIX);
    put_fixes(out, fixes);
    wire_end(out, mark);
}

void worker_link_run(struct buf *out, const struct worker_run *run) {
    size_t mark = wire_begin(out, WM_RUN);
    wire_u32(out, run->ticket);
    wire_u32(out, run->block);
    wire_u32(out, run->interpreter);
    wire_u32(out, run->line);
    wire_u32(out, (run->silent ? WIRE_RUN_SILENT : 0) | (run->hold ? WIRE_RUN_HOLD : 0));
    wire_str(out, run->source);
    put_certain(out, run->symbols);
    put_fixes(out, run->fixes);
    wire_u32(out, (uint32_t)run->reads->len);
    for (size_t i = 0; i < run->reads->len; i++) wire_str(out, run->reads->items[i].name->text);
    wire_u32(out, run->change.first);
    wire_u32(out, run->change.removed);
    wire_str(out, run->change.lines);
    wire_end(out, mark);
}

void worker_link_forget(struct buf *out, block_id block) {
    size_t mark = wire_begin(out, WM_FORGET);
    wire_u32(out, 1);
    wire_u32(out, block);
    wire_end(out, mark);
}

void worker_link_interrupt(struct buf *out) {
    wire_end(out, wire_begin(out, WM_INTERRUPT));
}

void worker_link_inspect(struct buf *out, uint32_t request, block_id block, struct str name) {
    size_t mark = wire_begin(out, WM_INSPECT);
    wire_u32(out, request);
    wire_u32(out, block);
    wire_str(out, name);
    wire_end(out, mark);
}

static void put_number(struct buf *out, enum wire_type type, uint32_t id) {
    size_t mark = wire_begin(out, type);
    if (type == WM_DROP) wire_u32(out, 1);
    wire_u32(out, id);
    wire_end(out, mark);
}

void worker_link_checkpoint(struct buf *out, uint32_t id) {
    put_number(out, WM_CHECKPOINT, id);
}

void worker_link_resume(struct buf *out, uint32_t id) {
    put_number(out, WM_RESUME, id);
}

void worker_link_drop(struct buf *out, uint32_t id) {
    put_number(out, WM_DROP, id);
}

/* Worker text is UTF-8 by contract, but a peer's promise is not a fact. */
static struct buf get_text(struct wire_reader *r) {
    struct buf text = {0};
    buf_append_utf8(&text, wire_get_str(r));
    return text;
}

static void on_hello(struct worker_link *link, struct wire_reader *r, struct err *err) {
    uint32_t version = wire_get_u32(r);
    struct str python = wire_get_str(r), executable = wire_get_str(r);
    if (r->bad) return;
    if (version != WIRE_VERSION) {
        err_set(err, ST_UNSUPPORTED, "the worker speaks protocol %u, this server %u", version,
                (unsigned)WIRE_VERSION);
        return;
    }
    link->events->hello(link->ctx, python, executable);
}

static void on_started(struct worker_link *link, struct wire_reader *r, struct err *err) {
    (void)err;
    uint32_t pid = wire_get_u32(r), checkpoint = wire_get_u32(r);
    if (!r->bad) link->events->started(link->ctx, pid, checkpoint);
}

static void on_stream(struct worker_link *link, struct wire_reader *r, struct err *err) {
    (void)err;
    uint32_t ticket = wire_get_u32(r);
    wire_get_u32(r); /* block: the ticket says it */
    uint8_t fd = wire_get_u8(r);
    struct str bytes = wire_get_str(r);
    if (!r->bad) link->events->stream(link->ctx, ticket, fd == 2, bytes);
}

static void on_display(struct worker_link *link, struct wire_reader *r, struct err *err) {
    (void)err;
    uint32_t ticket = wire_get_u32(r);
    wire_get_u32(r);
    uint8_t kind = wire_get_u8(r);
    struct output record = {.kind = kind == WIRE_EXECUTE_RESULT ? OUTPUT_RESULT : OUTPUT_DISPLAY};
    for (uint32_t n = wire_get_count(r, 8); n > 0; n--) {
        struct buf mime = get_text(r), data = get_text(r);
        vec_push(&record.bundle, (struct mime_item){mime, data});
    }
    if (!r->bad) link->events->display(link->ctx, ticket, &record);
    output_finish(&record);
}

static void get_frames(struct wire_reader *r, struct output *output) {
    for (uint32_t n = wire_get_count(r, 4); n > 0; n--) vec_push(&output->texts, get_text(r));
    for (uint32_t n = wire_get_count(r, 28); n > 0; n--) {
        struct frame f = {.file = get_text(r)};
        f.block = wire_get_u32(r);
        f.line = wire_get_u32(r);
        f.column = wire_get_u32(r);
        f.text = wire_get_u32(r);
        r->bad |= f.block && f.text >= output->texts.len;
        f.function = get_text(r);
        f.source = get_text(r);
        vec_push(&output->frames, f);
    }
}

static void on_warning(struct worker_link *link, struct wire_reader *r, struct err *err) {
    (void)err;
    uint32_t ticket = wire_get_u32(r);
    wire_get_u32(r);
    struct output record = {.kind = OUTPUT_WARNING, .is_stderr = true};
    record.text = get_text(r);
    get_frames(r, &record);
    r->bad |= record.frames.len != 1;
    if (!r->bad) link->events->warning(link->ctx, ticket, &record);
    output_finish(&record);
}

static void get_error(struct wire_reader *r, struct output *error) {
    error->kind = OUTPUT_ERROR;
    error->ename = get_text(r);
    error->evalue = get_text(r);
    get_frames(r, error);
}

static void done_finish(struct worker_done *done) {
    vec_finish(&done->writes);
    vec_finish(&done->changes);
    vec_finish(&done->reads);
    vec_finish(&done->files);
    output_finish(&done->error);
}

static struct hash128 get_hash(struct wire_reader *r) {
    struct hash128 hash = {.low = wire_get_u64(r)};
    hash.high = wire_get_u64(r);
    return hash;
}

static struct worker_file get_file(struct wire_reader *r) {
    struct worker_file file = {.path = wire_get_str(r)};
    uint8_t use = wire_get_u8(r);
    file.read = use & WIRE_FILE_READ;
    file.written = use & WIRE_FILE_WRITTEN;
    file.before = get_hash(r);
    file.after = get_hash(r);
    return file;
}

static void get_effects(struct wire_reader *r, struct worker_done *done) {
    for (uint32_t n = wire_get_count(r, 22); n > 0; n--) {
        struct worker_write w = {.name = wire_get_str(r), .kind = wire_get_u8(r)};
        uint8_t flags = wire_get_u8(r);
        w.known = flags & WIRE_KNOWN;
        w.kept = flags & WIRE_KEPT;
        w.plain = flags & WIRE_PLAIN;
        w.fingerprint = get_hash(r);
        r->bad |= w.kind > WIRE_MUTATED;
        vec_push(&done->writes, w);
    }
    for (uint32_t n = wire_get_count(r, 8); n > 0; n--) {
        struct worker_change c = {.maker = wire_get_u32(r)};
        c.name = wire_get_str(r);
        vec_push(&done->changes, c);
    }
    for (uint32_t n = wire_get_count(r, 4); n > 0; n--) vec_push(&done->reads, wire_get_str(r));
    for (uint32_t n = wire_get_count(r, 37); n > 0; n--) vec_push(&done->files, get_file(r));
}

static void on_done(struct worker_link *link, struct wire_reader *r, struct err *err) {
    (void)err;
    struct worker_done done = {.ticket = wire_get_u32(r)};
    wire_get_u32(r);
    done.status = wire_get_u8(r);
    r->bad |= done.status > WIRE_HELD;
    uint32_t flags = wire_get_u32(r);
    done.truncated = flags & WIRE_TRUNCATED;
    done.acted = flags & WIRE_ACTED;
    done.duration_us = wire_get_u64(r);
    get_effects(r, &done);
    if (flags & WIRE_UNSEEN) done.unseen = wire_get_str(r);
    if (done.status != WIRE_OK) get_error(r, &done.error);
    if (!r->bad) link->events->done(link->ctx, &done);
    done_finish(&done);
}

static void on_died(struct worker_link *link, struct wire_reader *r, struct err *err) {
    (void)err;
    struct worker_death death = {.ticket = wire_get_u32(r)};
    death.begun = wire_get_u32(r) != 0;
    wire_get_u32(r); /* exit code and signal: the cause says it */
    wire_get_u32(r);
    death.cause = wire_get_str(r);
    if (!r->bad) link->events->died(link->ctx, &death);
}

static void on_inspected(struct worker_link *link, struct wire_reader *r, struct err *err) {
    (void)err;
    struct worker_value value = {.request = wire_get_u32(r)};
    value.found = wire_get_u8(r);
    struct buf type = get_text(r), shape = get_text(r), text = get_text(r);
    value.type = buf_str(&type), value.shape = buf_str(&shape), value.text = buf_str(&text);
    if (!r->bad) link->events->inspected(link->ctx, &value);
    buf_finish(&type);
    buf_finish(&shape);
    buf_finish(&text);
}

static void on_failed(struct worker_link *link, struct wire_reader *r, struct err *err) {
    (void)err;
    struct str message = wire_get_str(r);
    if (!r->bad) link->events->failed(link->ctx, message);
}

static void on_checkpointed(struct worker_link *link, struct wire_reader *r, struct err *err) {
    (void)err;
    struct worker_checkpoint c = {.id = wire_get_u32(r), .taken = wire_get_u8(r)};
    c.cost_us = wire_get_u64(r);
    c.why_not = wire_get_str(r);
    if (!r->bad) link->events->checkpointed(link->ctx, &c);
}

static void on_checkpoint_lost(struct worker_link *link, struct wire_reader *r, struct err *err) {
    (void)err;
    uint32_t id = wire_get_u32(r);
    if (!r->bad) link->events->checkpoint_lost(link->ctx, id);
}

static void on_checkpoint_size(struct worker_link *link, struct wire_reader *r, struct err *err) {
    (void)err;
    uint32_t id = wire_get_u32(r);
    uint64_t bytes = wire_get_u64(r);
    if (!r->bad) link->events->checkpoint_size(link->ctx, id, bytes);
}

typedef void frame_fn(struct worker_link *link, struct wire_reader *r, struct err *err);

static frame_fn *const on_frame[] = {
    [WM_HELLO] = on_hello,
    [WM_STARTED] = on_started,
    [WM_STREAM] = on_stream,
    [WM_DISPLAY] = on_display,
    [WM_DONE] = on_done,
    [WM_DIED] = on_died,
    [WM_INSPECTED] = on_inspected,
    [WM_FAILED] = on_failed,
    [WM_WARNING] = on_warning,
    [WM_CHECKPOINTED] = on_checkpointed,
    [WM_CHECKPOINT_LOST] = on_checkpoint_lost,
    [WM_CHECKPOINT_SIZE] = on_checkpoint_size,
};

static void take_frame(struct worker_link *link, uint8_t type, struct wire_reader *r,
                       struct err *err) {
    bool known = type < sizeof on_frame / sizeof *on_frame && on_frame[type];
    if (!known) {
        err_set(err, ST_BAD_MESSAGE, "the worker sent a message of unknown type %u", type);
        return;
    }
    on_frame[type](link, r, err);
    if (r->bad) err_set(err, ST_BAD_MESSAGE, "the worker sent a damaged message (type %u)", type);
}

void worker_link_finish(struct worker_link *link) {
    buf_finish(&link->in);
}

enum status worker_link_feed(struct worker_link *link, struct str bytes, struct err *err) {
    buf_append(&link->in, bytes);
    size_t offset = 0;
    while (err->code == ST_OK) {
        uint8_t type;
        struct wire_reader fields;
        enum wire_split split = wire_next(&link->in, &offset, &type, &fields);
        if (split == WIRE_NEED_MORE) break;
        if (split == WIRE_CORRUPT)
            err_set(err, ST_BAD_MESSAGE, "the worker sent something that is not a message");
        else
            take_frame(link, type, &fields, err);
    }
    buf_consume(&link->in, offset);
    return err->code;
}
