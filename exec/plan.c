/* SPDX-License-Identifier: Apache-2.0 */
/* plan.c - what is dirty, and what may become so; see plan.h. */
#include "exec/plan_internal.h"

#include "base/mem.h"

#define REASON_AS_TEXT(name, text) [REASON_##name] = text,
static const char *const reason_texts[] = {REASON_MAP(REASON_AS_TEXT)};

#define MAX_REASONS 8 /* for one block; more explain nothing */

const char *reason_text(enum reason_kind kind) {
    return reason_texts[kind];
}

bool block_executes(const struct block *block) {
    return (block->kind == BLOCK_CODE || block->docstring) && !block->pragmas.skip;
}

bool block_broken(const struct block *block, const struct trace *t) {
    if (trace_faulty(t, block->code)) return true;
    if (t && t->valid && hash128_eq(t->code, block->code)) return false;
    return block->symbols.syntax_error;
}

static const struct block *last_writer(struct history *h, struct name *name, uint32_t index) {
    block_id by;
    history_last(h, name, index, &by);
    return by ? document_block_by_id(h->doc, by) : NULL;
}

static bool says_it_binds(const struct block *block, struct str name) {
    return symbols_definition(&block->symbols, name) != NULL;
}

/* The block whose failure leaves open what `name` is for `block`, or 0.  A block that ran and
 * neither bound nor deleted the name (it was on a branch not taken, or it was blocked before it
 * could delete it) leaves the word to the one above it. */
static block_id failure_above(const struct plan_request *request, const struct block *block,
                              struct str name) {
    const struct block *above = block;
    while ((above = graph_setter(document_graph(request->doc), above, name))) {
        const struct trace *t = trace_get(request->traces, above->id);
        if (!block_executes(above)) continue;
        bool broken_now = block_broken(above, t);
        if (t && !broken_now && trace_writes(t, name)) return 0;
        if (!says_it_binds(above, name)) continue; /* nobody can tell what a wild one was to bind */
        if (broken_now) return above->id;
        if (!t) return 0;
        if (t->status != RUN_OK) return above->id;
    }
    return 0;
}

block_id plan_blocker(const struct plan_request *request, const struct block *block) {
    block_id by = 0;
    name_vec names = {0};
    if (block->symbols.syntax_error) return 0; /* the worker will tell what is wrong with it */
    graph_reads(document_graph(request->doc), block, &names);
    for (size_t i = 0; i < names.len && !by; i++)
        by = failure_above(request, block, names.items[i]);
    vec_finish(&names);
    return by;
}

static bool broken(const struct plan_request *request, block_id id) {
    const struct block *block = document_block_by_id(request->doc, id);
    return block && block_broken(block, trace_get(request->traces, id));
}

bool plan_rests_on_broken(const struct plan_request *request, const struct block *block) {
    const struct trace *t = trace_get(request->traces, block->id);
    for (size_t i = 0; t && i < t->reads.len; i++) {
        const struct block *w = last_writer(request->history, t->reads.items[i].name, block->index);
        if (w && broken(request, w->id)) return true;
    }
    return broken(request, plan_blocker(request, block));
}

/* Names that are bound above: what a wild block may read. */
static void add_all_bound(read_vec *out, struct history *history, const struct block *block) {
    size_t cursor = 0;
    for (struct name *n; (n = history_next(history, &cursor));) {
        uint64_t version = history_version(history, n, block->index);
        if (version && !name_is_file(n)) vec_push(out, (struct trace_read){n, version});
    }
}

static void add_name(read_vec *out, struct history *history, struct str text, uint32_t index) {
    struct name *name = history_name(history, text);
    vec_push(out, (struct trace_read){name, history_version(history, name, index)});
}

void plan_static_reads(read_vec *out, const struct document *doc, struct history *history,
                       const struct block *block) {
    name_vec names = {0};
    if (block->symbols.wild) add_all_bound(out, history, block);
    graph_reads(document_graph(doc), block, &names);
    for (size_t i = 0; i < names.len; i++) add_name(out, history, names.items[i], block->index);
    for (size_t i = 0; i < block->symbols.provides.len; i++) {
        const struct definition *d = &block->symbols.provides.items[i];
        if (!d->certain) add_name(out, history, d->name, block->index); /* it may stay as it was */
    }
    /* What is not there cannot be seen to be removed (`except E as name`). */
    for (size_t i = 0; i < block->symbols.deletes.len; i++)
        add_name(out, history, block->symbols.deletes.items[i], block->index);
    vec_finish(&names);
}

/* --- Items. --- */

void plan__item_add(struct plan_item *item, enum reason_kind kind, block_id ref) {
    for (size_t i = 0; i < item->reasons.len; i++)
        if (item->reasons.items[i].kind == kind && item->reasons.items[i].ref == ref) return;
    if (item->reasons.len < MAX_REASONS) vec_push(&item->reasons, (struct reason){kind, ref, NULL});
}

static void mark_name(const struct planner *p, struct name *name, const struct block *by) {
    if (!name) return;
    name->planned = p->stamp;
    name->planned_by = by->id;
}

static void mark_text(const struct planner *p, struct str text, const struct block *by) {
    mark_name(p, history_find(p->request->history, text), by);
}

/* What a planned block may write: as its text says, and as its last run did. */
static void mark_writes(struct planner *p, const struct block *block) {
    const struct trace *t = trace_get(p->request->traces, block->id);
    const struct symbols *s = &block->symbols;
    p->last = block->id;
    if (s->wild) p->wild = block->id;
    for (size_t i = 0; i < s->provides.len; i++) mark_text(p, s->provides.items[i].name, block);
    for (size_t i = 0; i < s->mutates.len; i++) mark_text(p, s->mutates.items[i], block);
    for (size_t i = 0; i < s->deletes.len; i++) mark_text(p, s->deletes.items[i], block);
    for (size_t i = 0; t && i < t->writes.len; i++) mark_name(p, t->writes.items[i].name, block);
}

/* --- Dirty. --- */

/* A wild block would see names that were not bound when it ran. */
static void verify_new_names(const struct plan_request *request, const struct block *block,
                             const struct trace *t, struct plan_item *item) {
    size_t cursor = 0;
    for (struct name *n; (n = history_next(request->history, &cursor));) {
        block_id by;
        const struct trace_write *w = history_last(request->history, n, block->index, &by);
        if (w && !name_is_file(n) && !trace_find_read(t, n))
            plan__item_add(item, REASON_REQUIRES, by);
    }
}

static void add_file(struct plan_item *item, const struct name *file) {
    if (item->reasons.len < MAX_REASONS)
        vec_push(&item->reasons, (struct reason){REASON_DATA_FILE, 0, file});
}

static void verify_versions(const struct plan_request *request, const struct block *block,
                            const read_vec *reads, struct plan_item *item) {
    for (size_t i = 0; i < reads->len; i++) {
        block_id by;
        const struct trace_read *read = &reads->items[i];
        const struct trace_write *w = history_last(request->history, read->name, block->index, &by);
        if (history_version(request->history, read->name, block->index) == read->version) continue;
        if (!w && name_is_file(read->name))
            add_file(item, read->name);
        else
            plan__item_add(item, REASON_REQUIRES, by);
    }
}

static void verify_reads(const struct plan_request *request, const struct block *block,
                         const struct trace *t, struct plan_item *item) {
    block_id by = plan_blocker(request, block);
    if (by != t->blocked_by) plan__item_add(item, REASON_REQUIRES, by);
    verify_versions(request, block, &t->reads, item);
    if (block->symbols.wild) verify_new_names(request, block, t, item);
}

/* Why the block must run whatever the blocks above do; false when there is no such reason. */
static bool verify_certain(const struct plan_request *request, const struct block *block,
                           struct plan_item *item) {
    const struct trace *t = trace_get(request->traces, block->id);
    bool answered = t && t->run == request->run;
    bool always = block->pragmas.always_eval && request->always_eval;
    if (request->asked == block->id && !answered) plan__item_add(item, REASON_ASKED, 0);
    if (always && !answered) plan__item_add(item, REASON_ALWAYS, 0);
    if (t && trace_faulty(t, block->code)) { /* held: unless what it read is not what it was */
        verify_versions(request, block, &t->held_reads, item);
        return item->reasons.len > 0;
    }
    if (!t || !t->valid)
        plan__item_add(item, REASON_NEW, 0);
    else if (!hash128_eq(t->code, block->code))
        plan__item_add(item, REASON_CODE, 0);
    else if (t->status == RUN_BLOCKED || !plan_rests_on_broken(request, block))
        verify_reads(request, block, t, item);
    return item->reasons.len > 0;
}

static bool predict_reads(const struct planner *p, const read_vec *reads, struct plan_item *item) {
    for (size_t i = 0; i < reads->len; i++) {
        const struct name *name = reads->items[i].name;
        if (name->planned == p->stamp) plan__item_add(item, REASON_REQUIRES, name->planned_by);
    }
    return item->reasons.len > 0;
}

/* Whether a planned block above may change what the block read. */
static bool predict(struct planner *p, const struct block *block, struct plan_item *item) {
    const struct trace *t = trace_get(p->request->traces, block->id);
    if (trace_faulty(t, block->code)) return t->held && predict_reads(p, &t->held_reads, item);
    if (!t || !t->valid) return false;
    if (t->status != RUN_BLOCKED && plan_rests_on_broken(p->request, block)) return false;
    if (p->wild) plan__item_add(item, REASON_REQUIRES, p->wild);
    if (block->symbols.wild && p->last) plan__item_add(item, REASON_REQUIRES, p->last);
    return predict_reads(p, &t->reads, item);
}

static void decide(struct planner *p, const struct block *block) {
    struct plan_item *item = &p->items[block->index];
    bool running = block->id == p->request->running;
    bool certain = running || verify_certain(p->request, block, item);
    if (!certain && !predict(p, block, item)) return;
    item->block = block->id;
    item->predicted = !certain;
    mark_writes(p, block);
}

static void mark_dirty(struct planner *p) {
    for (size_t i = 0; i < p->count; i++) {
        const struct block *block = document_block(p->request->doc, i);
        if (block_executes(block)) decide(p, block);
    }
}

/* --- The plan. --- */

static void plan_add(struct plan *out, const struct plan_item *item) {
    vec_push(&out->items, *item);
    while (out->position_by_id.len <= item->block) vec_push(&out->position_by_id, 0);
    out->position_by_id.items[item->block] = (uint32_t)out->items.len;
}

void plan_make(struct plan *out, const struct plan_request *request) {
    struct planner p = {.request = request,
                        .count = document_block_count(request->doc),
                        .stamp = ++request->history->plans};
    p.items = xcalloc(p.count, sizeof *p.items);
    mark_dirty(&p);
    plan__restore(&p);
    out->open = p.open;
    for (size_t i = 0; i < p.count; i++) {
        if (plan__to_start(&p, i))
            plan_add(out, &p.items[i]);
        else
            vec_finish(&p.items[i].reasons);
    }
    free(p.items);
}

uint64_t plan_restore_us(const struct plan *plan, const struct trace_store *traces) {
    uint64_t sum = 0;
    for (size_t i = 0; i < plan->items.len; i++) {
        const struct plan_item *item = &plan->items.items[i];
        const struct trace *t = trace_get(traces, item->block);
        if (t && (item->restore_only || item->needed_by)) sum += t->duration_us;
    }
    return sum;
}

void plan_finish(struct plan *plan) {
    for (size_t i = 0; i < plan->items.len; i++) vec_finish(&plan->items.items[i].reasons);
    vec_finish(&plan->items);
    vec_finish(&plan->position_by_id);
}

const struct plan_item *plan_find(const struct plan *plan, block_id block) {
    uint32_t position = block < plan->position_by_id.len ? plan->position_by_id.items[block] : 0;
    return position ? &plan->items.items[position - 1] : NULL;
}

bool plan_verify(struct plan_item *item, const struct plan_request *request) {
    const struct block *block = document_block_by_id(request->doc, item->block);
    vec_clear(&item->reasons);
    item->predicted = false;
    if (!block || verify_certain(request, block, item)) return block != NULL;
    if (!item->needed_by) return false;
    item->restore_only = true;
    plan__item_add(item, REASON_RESTORE, item->needed_by);
    return true;
}
