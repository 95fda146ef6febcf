/* SPDX-License-Identifier: Apache-2.0 */
/* runner_cache.c - results that need no run: an edit undone, an input that is back.
 *
 * Only blocks that leave nothing behind are cached: no name bound, nothing changed in place, no
 * ambient state, no file, nothing done to the world.  So nobody can need more of them than what
 * they show, and all that it depends on is the code and the values that it read. */
#include "exec/runner_internal.h"

/* An input that is not a value of the namespace: ambient state, a file. */
static bool is_special(const struct name *name) {
    return name->text.len && name->text.ptr[0] == '<';
}

/* What the name holds at `index`, as far as it can be known. */
static bool value_now(struct runner *r, struct name *name, uint32_t index, struct cache_read *out) {
    block_id by;
    const struct trace_write *w = history_last(r->history, name, index, &by);
    *out = (struct cache_read){.name = name->text, .absent = !w};
    if (!w) return true;
    out->fingerprint = w->fingerprint;
    return w->known && w->kind != WRITE_REMOVED;
}

static bool leaves_nothing(const struct runner *r, const struct trace *t) {
    if (r->running.acted || t->status != RUN_OK || t->writes.len || t->changes.len) return false;
    for (size_t i = 0; i < t->outputs.len; i++) /* its lines are this session's */
        if (t->outputs.items[i].frames.len) return false;
    return true;
}

void runner__cache_put(struct runner *r, const struct trace *t, const struct block *block) {
    VEC(struct cache_read) reads = {0};
    bool known = r->cache && leaves_nothing(r, t) && !block->symbols.wild;
    for (size_t i = 0; known && i < t->reads.len; i++) {
        struct cache_read read = {0};
        struct name *name = t->reads.items[i].name;
        known = !is_special(name) && value_now(r, name, block->index, &read) &&
                history_version(r->history, name, block->index) == t->reads.items[i].version;
        vec_push(&reads, read);
    }
    if (known) {
        struct buf bytes = {0};
        kept_result_write(&bytes, t, r->doc);
        block_cache_put(r->cache, str_from(r->file), t->code, reads.items, reads.len,
                        buf_str(&bytes));
        buf_finish(&bytes);
    }
    vec_finish(&reads);
}

/* --- Finding. --- */

struct search {
    struct runner *r;
    uint32_t index;
    read_vec *reads; /* of the entry that is looked at */
};

static bool matches(void *ctx, const struct cache_read *read) {
    struct search *s = ctx;
    struct cache_read now;
    struct name *name = history_name(s->r->history, read->name);
    if (!value_now(s->r, name, s->index, &now) || now.absent != read->absent ||
        (!now.absent && !hash128_eq(now.fingerprint, read->fingerprint))) {
        vec_clear(s->reads);
        return false;
    }
    vec_push(s->reads, (struct trace_read){name, history_version(s->r->history, name, s->index)});
    return true;
}

/* Whoever asks for a run gets one; a block that must make values again has none here. */
static bool may_be_cached(const struct plan_item *item) {
    for (size_t i = 0; i < item->reasons.len; i++)
        if (item->reasons.items[i].kind != REASON_CODE &&
            item->reasons.items[i].kind != REASON_REQUIRES)
            return false;
    return !item->restore_only;
}

static void show_cached(struct runner *r, const struct block *block, struct kept_result *found,
                        read_vec *reads) {
    write_vec lost = {0};
    struct trace *t = runner__renew_trace(r, block->id, block->code, &lost);
    vec_finish(&lost);
    vec_finish(&t->reads);
    t->reads = *reads;
    *reads = (read_vec){0};
    t->outputs = found->outputs;
    found->outputs = (output_vec){0};
    t->status = found->status;
    t->truncated = found->truncated;
    t->duration_us = found->duration_us;
    t->valid = t->cached = true;
    trace_seal(t);
    r->cached++;
    r->events->block_result(r->ctx, r->run, block);
}

bool runner__cache_show(struct runner *r, const struct plan_item *item, const struct block *block) {
    struct str bytes;
    struct kept_result found;
    read_vec reads = {0};
    struct search search = {r, block->index, &reads};
    bool hit = r->cache && may_be_cached(item) &&
               block_cache_find(r->cache, str_from(r->file), block->code, matches, &search,
                                &bytes) &&
               kept_result_read(&found, bytes);
    if (hit) show_cached(r, block, &found, &reads);
    vec_finish(&reads);
    return hit;
}
