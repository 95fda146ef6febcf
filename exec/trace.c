/* SPDX-License-Identifier: Apache-2.0 */
/* trace.c - life of traces. */
#include "exec/trace.h"

#include "base/mem.h"

void trace_clear(struct trace *t) {
    output_vec_finish(&t->outputs);
    vec_clear(&t->writes);
    buf_finish(&t->unseen);
    vec_clear(&t->reads);
    vec_clear(&t->changes);
    vec_clear(&t->changed);
    t->valid = t->cached = t->kept = t->truncated = false;
    t->ticket = 0;
    t->blocked_by = 0;
    t->duration_us = 0;
}

void trace_clear_fault(struct trace *t) {
    output_finish(&t->fault_error);
    t->fault_error = (struct output){0};
    vec_clear(&t->held_reads);
    t->fault = t->held = false;
}

void trace_set_fault(struct trace *t, struct hash128 code, struct output *error_take) {
    trace_clear_fault(t);
    t->fault = true;
    t->fault_code = code;
    t->fault_error = *error_take;
    *error_take = (struct output){0};
}

bool trace_faulty(const struct trace *t, struct hash128 code) {
    return t && t->fault && hash128_eq(t->fault_code, code);
}

static void trace_destroy(struct trace *t) {
    if (!t) return;
    trace_clear(t);
    trace_clear_fault(t);
    vec_finish(&t->writes);
    vec_finish(&t->reads);
    vec_finish(&t->held_reads);
    vec_finish(&t->changes);
    vec_finish(&t->changed);
    free(t);
}

void trace_store_finish(struct trace_store *s) {
    for (size_t i = 0; i < s->by_id.len; i++) trace_destroy(s->by_id.items[i]);
    vec_finish(&s->by_id);
}

struct trace *trace_get(const struct trace_store *s, block_id id) {
    return id < s->by_id.len ? s->by_id.items[id] : NULL;
}

struct trace *trace_make(struct trace_store *s, block_id id) {
    while (s->by_id.len <= id) vec_push(&s->by_id, NULL);
    struct trace **slot = &s->by_id.items[id];
    if (!*slot) {
        *slot = xcalloc(1, sizeof **slot);
        (*slot)->block = id;
    }
    return *slot;
}

void trace_drop(struct trace_store *s, block_id id) {
    if (id >= s->by_id.len) return;
    trace_destroy(s->by_id.items[id]);
    s->by_id.items[id] = NULL;
}

struct trace_write *trace_find_write(const struct trace *t, const struct name *name) {
    for (size_t i = 0; i < t->writes.len; i++)
        if (t->writes.items[i].name == name) return &t->writes.items[i];
    return NULL;
}

const struct trace_read *trace_find_read(const struct trace *t, const struct name *name) {
    for (size_t i = 0; i < t->reads.len; i++)
        if (t->reads.items[i].name == name) return &t->reads.items[i];
    return NULL;
}

bool id_vec_has(const id_vec *ids, block_id id) {
    for (size_t i = 0; i < ids->len; i++)
        if (ids->items[i] == id) return true;
    return false;
}

void id_vec_add(id_vec *ids, block_id id) {
    if (!id_vec_has(ids, id)) vec_push(ids, id);
}

bool trace_repeatable(const struct trace *t) {
    return t->status == RUN_OK || t->status == RUN_ERROR;
}

void trace_seal(struct trace *t) {
    struct hash128 h = output_vec_hash(&t->outputs);
    uint64_t parts[4] = {h.low, h.high, t->status, t->truncated};
    t->content = hash128((struct str){(const char *)parts, sizeof parts});
}
