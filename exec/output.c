/* SPDX-License-Identifier: Apache-2.0 */
/* output.c - output records: life, merging of streams, content hash. */
#include "exec/output.h"

void output_finish(struct output *o) {
    buf_finish(&o->text);
    for (size_t i = 0; i < o->bundle.len; i++) {
        buf_finish(&o->bundle.items[i].mime);
        buf_finish(&o->bundle.items[i].data);
    }
    vec_finish(&o->bundle);
    buf_finish(&o->ename);
    buf_finish(&o->evalue);
    for (size_t i = 0; i < o->frames.len; i++) {
        buf_finish(&o->frames.items[i].file);
        buf_finish(&o->frames.items[i].function);
        buf_finish(&o->frames.items[i].source);
    }
    vec_finish(&o->frames);
    for (size_t i = 0; i < o->texts.len; i++) buf_finish(&o->texts.items[i]);
    vec_finish(&o->texts);
}

void output_vec_finish(output_vec *outputs) {
    for (size_t i = 0; i < outputs->len; i++) output_finish(&outputs->items[i]);
    vec_finish(outputs);
}

bool output_is_stream(const struct output *o) {
    return o->kind == OUTPUT_STREAM || o->kind == OUTPUT_WARNING;
}

void output_vec_stream(output_vec *outputs, bool is_stderr, struct str utf8) {
    if (utf8.len == 0) return;
    struct output *last = outputs->len ? &outputs->items[outputs->len - 1] : NULL;
    if (!last || last->kind != OUTPUT_STREAM || last->is_stderr != is_stderr) {
        vec_push(outputs, (struct output){.kind = OUTPUT_STREAM, .is_stderr = is_stderr});
        last = &outputs->items[outputs->len - 1];
    }
    buf_append(&last->text, utf8);
}

struct str output_mime(const struct output *o, struct str mime) {
    for (size_t i = 0; i < o->bundle.len; i++)
        if (str_eq(buf_str(&o->bundle.items[i].mime), mime))
            return buf_str(&o->bundle.items[i].data);
    return STR("");
}

/* Length-prefixed, so that no two lists of strings give the same bytes. */
static void hash_str(struct buf *bytes, const struct buf *s) {
    buf_append(bytes, (struct str){(const char *)&s->len, sizeof s->len});
    buf_append(bytes, buf_str(s));
}

static void hash_u32(struct buf *bytes, uint32_t value) {
    buf_append(bytes, (struct str){(const char *)&value, sizeof value});
}

static void hash_output(struct buf *bytes, const struct output *o) {
    hash_u32(bytes, (uint32_t)o->kind << 1 | o->is_stderr);
    hash_str(bytes, &o->text);
    hash_u32(bytes, (uint32_t)o->bundle.len);
    for (size_t i = 0; i < o->bundle.len; i++) {
        hash_str(bytes, &o->bundle.items[i].mime);
        hash_str(bytes, &o->bundle.items[i].data);
    }
    hash_str(bytes, &o->ename);
    hash_str(bytes, &o->evalue);
    hash_u32(bytes, (uint32_t)o->frames.len);
    for (size_t i = 0; i < o->frames.len; i++) {
        const struct frame *f = &o->frames.items[i];
        hash_str(bytes, &f->file);
        hash_str(bytes, &f->function);
        hash_u32(bytes, f->block);
        hash_u32(bytes, f->line);
    }
}

struct hash128 output_vec_hash(const output_vec *outputs) {
    struct buf bytes = {0};
    for (size_t i = 0; i < outputs->len; i++) hash_output(&bytes, &outputs->items[i]);
    struct hash128 h = hash128(buf_str(&bytes));
    buf_finish(&bytes);
    return h;
}
