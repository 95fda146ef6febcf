/* SPDX-License-Identifier: Apache-2.0 */
/* kept_result.c - results as bytes, with the wire's fields. */
#include "exec/kept_result.h"

#include "exec/place.h"
#include "exec/wire.h"

enum { KEPT_VERSION = 1 };

/* --- Writing. --- */

static void write_output(struct buf *out, const struct output *o, const struct document *doc) {
    wire_u8(out, (uint8_t)o->kind);
    wire_u8(out, o->is_stderr);
    wire_str(out, buf_str(&o->text));
    wire_str(out, buf_str(&o->ename));
    wire_str(out, buf_str(&o->evalue));
    wire_u32(out, (uint32_t)o->bundle.len);
    for (size_t i = 0; i < o->bundle.len; i++) {
        wire_str(out, buf_str(&o->bundle.items[i].mime));
        wire_str(out, buf_str(&o->bundle.items[i].data));
    }
    wire_u32(out, (uint32_t)o->frames.len);
    for (size_t i = 0; i < o->frames.len; i++) {
        const struct frame *f = &o->frames.items[i];
        struct place place = place_of_frame(doc, o, f);
        wire_str(out, buf_str(&f->file));
        wire_str(out, buf_str(&f->function));
        wire_str(out, place.source);
        wire_u32(out, place.line);
    }
}

static void write_result(struct buf *out, const struct trace *t, const struct document *doc,
                         uint64_t duration_us) {
    wire_u8(out, KEPT_VERSION);
    wire_u8(out, (uint8_t)t->status);
    wire_u8(out, t->truncated);
    wire_u64(out, duration_us);
    wire_u32(out, (uint32_t)t->outputs.len);
    for (size_t i = 0; i < t->outputs.len; i++) write_output(out, &t->outputs.items[i], doc);
}

void kept_result_write(struct buf *out, const struct trace *t, const struct document *doc) {
    write_result(out, t, doc, t->duration_us);
}

struct hash128 kept_result_hash(const struct trace *t, const struct document *doc) {
    struct buf bytes = {0};
    write_result(&bytes, t, doc, 0);
    struct hash128 hash = hash128(buf_str(&bytes));
    buf_finish(&bytes);
    return hash;
}

/* --- Reading. --- */

static void read_text(struct wire_reader *r, struct buf *out) {
    buf_append(out, wire_get_str(r));
}

static void read_output(struct wire_reader *r, struct output *o) {
    o->kind = (enum output_kind)wire_get_u8(r);
    o->is_stderr = wire_get_u8(r);
    read_text(r, &o->text);
    read_text(r, &o->ename);
    read_text(r, &o->evalue);
    for (uint32_t n = wire_get_count(r, 8); n > 0; n--) {
        struct mime_item item = {0};
        read_text(r, &item.mime);
        read_text(r, &item.data);
        vec_push(&o->bundle, item);
    }
    for (uint32_t n = wire_get_count(r, 16); n > 0; n--) {
        struct frame frame = {0};
        read_text(r, &frame.file);
        read_text(r, &frame.function);
        read_text(r, &frame.source);
        frame.line = wire_get_u32(r);
        vec_push(&o->frames, frame);
    }
}

bool kept_result_read(struct kept_result *out, struct str bytes) {
    struct wire_reader r = {.rest = bytes};
    *out = (struct kept_result){0};
    r.bad = wire_get_u8(&r) != KEPT_VERSION;
    out->status = (enum run_status)wire_get_u8(&r);
    out->truncated = wire_get_u8(&r);
    out->duration_us = wire_get_u64(&r);
    for (uint32_t n = wire_get_count(&r, 22); n > 0 && !r.bad; n--) {
        struct output o = {0};
        read_output(&r, &o);
        vec_push(&out->outputs, o);
        r.bad |= o.kind > OUTPUT_WARNING || (o.kind == OUTPUT_WARNING && o.frames.len == 0);
    }
    r.bad |= out->status > RUN_BLOCKED || r.rest.len > 0;
    if (r.bad) kept_result_finish(out);
    return !r.bad;
}

void kept_result_finish(struct kept_result *r) {
    output_vec_finish(&r->outputs);
}
