/* SPDX-License-Identifier: Apache-2.0 */
/* plan.c - the planner: verify traces top-down, restore bottom-up, until nothing is added. */
#include "exec/plan.h"

#include "base/mem.h"

#define REASON_AS_TEXT(name, text) [REASON_##name] = text,
static const char *const reason_texts[] = {REASON_MAP(REASON_AS_TEXT)};

#define MAX_REASONS 8 /* for one block; more explain nothing */

/* A plan in the making: one item per block of the document, by index. */
struct planner {
    const struct plan_request *request;
    const struct document *doc;
    struct trace_store *traces;
    struct plan_item *items;
    size_t count;
    block_vec upstream; /* scratch */
    bool grew, undone;
};

const char *reason_text(enum reason_kind kind) {
    return reason_texts[kind];
}

bool block_executes(const struct block *block) {
    return (block->kind == BLOCK_CODE || block->docstring) && !block->pragmas.skip;
}

bool block_broken(const struct block *block, const struct trace *t) {
    if (t && t->valid && hash128_eq(t->code, block->code)) return false;
    if (t && t->fault && hash128_eq(t->fault_code, block->code)) return true;
    return block->symbols.syntax_error;
}

static bool broken_now(const struct document *doc, const struct trace_store *traces,
                       const struct block *block) {
    block_vec now = {0};
    bool broken = false;
    graph_upstream(document_graph(doc), block, &now);
    for (size_t i = 0; i < now.len && !broken; i++)
        broken = block_broken(now.items[i], trace_get(traces, now.items[i]->id));
    vec_finish(&now);
    return broken;
}

bool trace_reads_broken(const struct trace *t, const struct document *doc,
                        const struct trace_store *traces, const struct block *block) {
    for (size_t i = 0; i < t->reads.len; i++) {
        block_id id = t->reads.items[i].provider;
        const struct block *provider = document_block_by_id(doc, id);
        if (provider && block_broken(provider, trace_get(traces, id))) return true;
    }
    return broken_now(doc, traces, block);
}

static bool planned(const struct planner *p, const struct block *block) {
    return p->items[block->index].block != 0;
}

static void add_reason(struct planner *p, const struct block *block, enum reason_kind kind,
                       block_id ref) {
    struct plan_item *item = &p->items[block->index];
    if (!item->block) p->grew = true;
    if (!item->block) item->restore_only = true;
    item->block = block->id;
    if (kind != REASON_RESTORE) item->restore_only = false;
    if (item->reasons.len < MAX_REASONS) vec_push(&item->reasons, (struct reason){kind, ref});
}

/* What the block reads from: the graph's answer, and the values of names that it may or may not
 * bind.  When it leaves one as it was, its own value of the name is what it found. */
static void upstream(const struct document *doc, const struct block *block, block_vec *out) {
    const struct block_graph *graph = document_graph(doc);
    graph_upstream(graph, block, out);
    for (size_t i = 0; i < block->symbols.provides.len; i++) {
        const struct definition *d = &block->symbols.provides.items[i];
        const struct block *found = d->certain ? NULL : graph_provider(graph, block, d->name);
        bool listed = !found;
        for (size_t k = 0; k < out->len && !listed; k++) listed = out->items[k] == found;
        if (!listed) vec_push(out, found);
    }
}

static const block_vec *upstream_of(struct planner *p, const struct block *block) {
    vec_clear(&p->upstream);
    upstream(p->doc, block, &p->upstream);
    return &p->upstream;
}

static uint64_t serial_of(const struct trace_store *traces, block_id id) {
    const struct trace *t = trace_get(traces, id);
    return t ? t->serial : 0;
}

/* What the block reads now against what it read: a provider that is another, at another place
 * among them (the later one binds last), or that ran anew. */
static void verify_reads(struct planner *p, const struct block *block, const struct trace *t) {
    const block_vec *now = upstream_of(p, block);
    for (size_t i = 0; i < now->len; i++) {
        const struct block *provider = now->items[i];
        const struct trace_read *read = i < t->reads.len ? &t->reads.items[i] : NULL;
        if (read && read->provider != provider->id) read = NULL;
        bool rerun = planned(p, provider) && !p->items[provider->index].restore_only;
        if (!read || rerun || read->serial != serial_of(p->traces, provider->id))
            add_reason(p, block, REASON_REQUIRES, provider->id);
    }
    if (!planned(p, block) && t->reads.len != now->len) add_reason(p, block, REASON_REQUIRES, 0);
}

static void verify(struct planner *p, const struct block *block) {
    const struct trace *t = trace_get(p->traces, block->id);
    if (p->request->running == block->id) {
        add_reason(p, block, REASON_NEW, 0); /* left out of the plan in the end */
        return;
    }
    if (p->request->asked == block->id) add_reason(p, block, REASON_ASKED, 0);
    if (block->pragmas.always_eval && p->request->always_eval)
        add_reason(p, block, REASON_ALWAYS, 0);
    if (t && t->fault && hash128_eq(t->fault_code, block->code)) return; /* known not to compile */
    if (!t || !t->valid)
        add_reason(p, block, REASON_NEW, 0);
    else if (!hash128_eq(t->code, block->code))
        add_reason(p, block, REASON_CODE, 0);
    else if (!trace_reads_broken(t, p->doc, p->traces, block))
        verify_reads(p, block, t);
}

static void mark_dirty(struct planner *p) {
    for (size_t i = 0; i < p->count; i++) {
        const struct block *block = document_block(p->doc, i);
        bool decided = planned(p, block) && !p->items[i].restore_only;
        if (block_executes(block) && !decided) verify(p, block);
    }
}

/* Everything that read from a block which is not present has lost its footing. */
static void cascade_absence(const struct document *doc, const struct trace_store *traces) {
    for (size_t i = 0; i < document_block_count(doc); i++) {
        struct trace *t = trace_get(traces, document_block(doc, i)->id);
        for (size_t k = 0; t && t->present && k < t->reads.len; k++) {
            const struct trace *provider = trace_get(traces, t->reads.items[k].provider);
            if (provider && !provider->present && provider->valid) t->present = false;
        }
    }
}

/* Whether `mutator` has changed what a block at `index` is about to read.  That its values have
 * lost their footing since does not take the change back: only making the object anew does. */
static bool mutated_later(const struct planner *p, block_id mutator, uint32_t index) {
    const struct block *block = document_block_by_id(p->doc, mutator);
    return !block || block->index >= index || planned(p, block);
}

/* The block is to read what its providers made: is it still as it was at the block's place? */
static void undo_later_mutations(struct planner *p, const struct block *block) {
    const block_vec *up = upstream_of(p, block);
    for (size_t i = 0; i < up->len; i++) {
        struct trace *maker = trace_get(p->traces, up->items[i]->id);
        for (size_t k = 0; maker && maker->present && k < maker->mutated_by.len; k++) {
            if (!mutated_later(p, maker->mutated_by.items[k], block->index)) continue;
            maker->present = false;
            p->undone = true;
        }
    }
}

static bool needs_restoring(const struct planner *p, const struct block *block) {
    const struct trace *t = trace_get(p->traces, block->id);
    if (planned(p, block) || !block_executes(block)) return false;
    return t && t->valid && !t->present && trace_repeatable(t) && !block_broken(block, t);
}

static void restore_for(struct planner *p, const struct block *block) {
    const block_vec *up = upstream_of(p, block);
    for (size_t i = 0; i < up->len; i++)
        if (needs_restoring(p, up->items[i]))
            add_reason(p, up->items[i], REASON_RESTORE, block->id);
}

static bool to_start(const struct planner *p, size_t index) {
    block_id id = p->items[index].block;
    return id && id != p->request->running;
}

static void mark_restored(struct planner *p) {
    for (size_t i = p->count; i-- > 0;)
        if (to_start(p, i)) undo_later_mutations(p, document_block(p->doc, i));
    if (p->undone) cascade_absence(p->doc, p->traces);
    for (size_t i = p->count; i-- > 0;)
        if (to_start(p, i)) restore_for(p, document_block(p->doc, i));
}

static void plan_add(struct plan *out, const struct plan_item *item) {
    vec_push(&out->items, *item);
    while (out->position_by_id.len <= item->block) vec_push(&out->position_by_id, 0);
    out->position_by_id.items[item->block] = (uint32_t)out->items.len;
}

void plan_make(struct plan *out, const struct plan_request *request) {
    struct planner p = {.request = request,
                        .doc = request->doc,
                        .traces = request->traces,
                        .count = document_block_count(request->doc)};
    p.items = xcalloc(p.count, sizeof *p.items);
    mark_dirty(&p);
    do { /* each round adds a block to the plan or takes a trace's presence: it ends */
        p.grew = p.undone = false;
        mark_restored(&p);
    } while (p.grew || p.undone);
    for (size_t i = 0; i < p.count; i++) {
        if (to_start(&p, i))
            plan_add(out, &p.items[i]);
        else
            vec_finish(&p.items[i].reasons);
    }
    free(p.items);
    vec_finish(&p.upstream);
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

void trace_reads_now(read_vec *out, const struct document *doc, const struct trace_store *traces,
                     const struct block *block) {
    block_vec up = {0};
    upstream(doc, block, &up);
    for (size_t i = 0; i < up.len; i++)
        vec_push(out, (struct trace_read){up.items[i]->id, serial_of(traces, up.items[i]->id)});
    vec_finish(&up);
}

static bool has_id(const id_vec *ids, block_id id) {
    for (size_t i = 0; i < ids->len; i++)
        if (ids->items[i] == id) return true;
    return false;
}

/* Importing again gives the same module: what was changed in it would still be changed. */
static bool makes(const struct block *maker, struct str name) {
    const struct definition *d = symbols_definition(&maker->symbols, name);
    return !d || d->kind != DEF_IMPORT;
}

void trace_makers_now(id_vec *out, const struct document *doc, const struct block *block) {
    const struct symbols *symbols = &block->symbols;
    for (size_t i = 0; i < symbols->mutates.len; i++) {
        struct str name = symbols->mutates.items[i];
        const struct block *maker = graph_provider(document_graph(doc), block, name);
        if (maker && makes(maker, name) && !has_id(out, maker->id)) vec_push(out, maker->id);
    }
}

void trace_record_mutations(struct trace *t, const id_vec *makers,
                            const struct trace_store *traces) {
    for (size_t i = 0; i < makers->len; i++) {
        struct trace *made = trace_get(traces, makers->items[i]);
        if (!made) continue;
        vec_push(&t->mutated, made->block);
        if (!has_id(&made->mutated_by, t->block)) vec_push(&made->mutated_by, t->block);
    }
}

void trace_undo_mutations(struct trace *t, const struct document *doc,
                          const struct trace_store *traces) {
    bool any = false;
    for (size_t i = 0; i < t->mutated.len; i++) {
        struct trace *maker = trace_get(traces, t->mutated.items[i]);
        if (!maker || !maker->present || !has_id(&maker->mutated_by, t->block)) continue;
        any = true;
        maker->present = false;
    }
    if (any) cascade_absence(doc, traces);
}
