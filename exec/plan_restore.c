/* SPDX-License-Identifier: Apache-2.0 */
/* plan_restore.c - what must be made again so that the blocks that run see right values.
 *
 * The blocks that are sure to run are looked at in turn: for each value that one reads and that is
 * not fit for it, the maker and those who are due to change it join the plan, and are looked at
 * themselves, until nothing is added.
 * A predicted block is left to its turn, unless restoring for it then would take away what a block
 * that runs before has made or changed, so that this one would have to run twice. */
#include "base/mem.h"
#include "exec/plan_internal.h"

/* How many predicted blocks a plan is worked out for ahead; the others wait for their turn. */
enum { MAX_TRIALS = 100 };

bool plan__to_start(const struct planner *p, size_t index) {
    block_id id = p->items[index].block;
    return id && id != p->request->running;
}

static bool sure(const struct planner *p, size_t index) {
    const struct plan_item *item = &p->items[index];
    return plan__to_start(p, index) && (!item->predicted || item->needed_by);
}

/* Whether running the block again would bring back what it made. */
static bool restorable(const struct plan_request *request, const struct block *block) {
    const struct trace *t = block ? trace_get(request->traces, block->id) : NULL;
    return t && t->valid && trace_repeatable(t) && block_executes(block) && !block_broken(block, t);
}

/* --- What a block reads. --- */

static bool has_read(const read_vec *reads, const struct name *name) {
    for (size_t i = 0; i < reads->len; i++)
        if (reads->items[i].name == name) return true;
    return false;
}

/* By its text, and as its last run did. */
static void names_read(const struct plan_request *request, const struct block *block,
                       read_vec *out) {
    const struct trace *t = trace_get(request->traces, block->id);
    plan_static_reads(out, request->doc, request->history, block);
    bool same = t && hash128_eq(t->code, block->code);
    struct name *modules = history_modules(request->history);
    if (!same && plan__sees_modules(request, block))
        vec_push(out, ((struct trace_read){modules, 0}));
    for (size_t i = 0; same && i < t->reads.len; i++)
        if (!has_read(out, t->reads.items[i].name)) vec_push(out, t->reads.items[i]);
}

/* A value that a block reads: of whom, and in what state. */
struct need {
    struct name *name;
    uint32_t index; /* of the reader */
    struct trace *maker;
    const struct block *made_at;
    enum value_state state;
};

/* Fills in the rest for name and index; false when there is nothing to put right. */
static bool need_find(const struct plan_request *request, uint64_t mark, struct need *need) {
    const struct trace_write *w = history_binding(request->history, need->name, need->index,
                                                  &need->maker);
    if (!w) return false;
    need->state = value_state_at(request->history, need->maker, w, need->index, mark);
    need->made_at = document_block_by_id(request->doc, need->maker->block);
    return need->state != VALUE_FIT &&
           (need->state == VALUE_DUE || restorable(request, need->made_at));
}

/* The blocks that must run to put the need right, but for the maker. */
static void need_due(const struct plan_request *request, const struct need *need, id_vec *out) {
    value_due_at(request->history, need->maker, need->name, need->index,
                 need->state == VALUE_SPOILT, out);
}

static bool any_restorable(const struct plan_request *request, const id_vec *ids) {
    for (size_t i = 0; i < ids->len; i++)
        if (restorable(request, document_block_by_id(request->doc, ids->items[i]))) return true;
    return false;
}

static bool misses(const struct plan_request *request, uint64_t mark, struct name *name,
                   uint32_t index) {
    struct need need = {.name = name, .index = index};
    if (!need_find(request, mark, &need)) return false;
    if (need.state == VALUE_SPOILT) return true;
    id_vec due = {0};
    need_due(request, &need, &due);
    bool any = any_restorable(request, &due);
    vec_finish(&due);
    return any;
}

bool plan_misses(const struct plan_request *request, struct name *name, uint32_t index) {
    return misses(request, VALUES_AS_THEY_ARE, name, index);
}

static bool ready(const struct plan_request *request, uint64_t mark, const struct block *block) {
    read_vec reads = {0};
    bool ready = true;
    names_read(request, block, &reads);
    for (size_t i = 0; ready && i < reads.len; i++)
        ready = !misses(request, mark, reads.items[i].name, block->index);
    vec_finish(&reads);
    return ready;
}

bool plan_ready(const struct block *block, const struct plan_request *request) {
    return ready(request, VALUES_AS_THEY_ARE, block);
}

/* --- Restoring for one block. --- */

static void add_restore(struct planner *p, const struct block *block, block_id for_block) {
    if (!block || !restorable(p->request, block)) return;
    struct plan_item *item = &p->items[block->index];
    if (item->block && (!item->predicted || item->needed_by)) return;
    item->needed_by = for_block;
    p->grew = true;
    if (item->block) return; /* predicted: its turn will tell whether it is dirty, too */
    item->block = block->id;
    item->restore_only = true;
    plan__item_add(item, REASON_RESTORE, for_block);
}

static void restore_need(struct planner *p, const struct block *block, struct need *need) {
    id_vec due = {0};
    bool wrong = need_find(p->request, p->mark, need);
    bool remade = need->made_at && sure(p, need->made_at->index);
    if (!wrong && !remade) return;
    if (remade) need->state = VALUE_SPOILT;
    if (need->state == VALUE_SPOILT) add_restore(p, need->made_at, block->id);
    need_due(p->request, need, &due);
    for (size_t i = 0; i < due.len; i++)
        add_restore(p, document_block_by_id(p->request->doc, due.items[i]), block->id);
    vec_finish(&due);
}

static void restore_for(struct planner *p, const struct block *block) {
    struct trace *t = trace_get(p->request->traces, block->id);
    read_vec reads = {0};
    if (t && !values_survive(t))
        p->grew |= values_lose(p->request->history, t, block->index, p->mark);
    names_read(p->request, block, &reads);
    for (size_t i = 0; i < reads.len; i++) {
        struct need need = {.name = reads.items[i].name, .index = block->index};
        restore_need(p, block, &need);
    }
    vec_finish(&reads);
}

/* Each round adds a block to the plan or loses a value: it ends. */
static void restore_for_sure(struct planner *p) {
    do {
        p->grew = false;
        for (size_t i = p->count; i-- > 0;)
            if (sure(p, i)) restore_for(p, document_block(p->request->doc, i));
    } while (p->grew);
}

/* --- Restoring ahead. --- */

/* Whether what the block is about to make or change is something that another may need. */
static bool leaves_objects(const struct planner *p, const struct block *block) {
    const struct trace *t = trace_get(p->request->traces, block->id);
    return !t || !hash128_eq(t->code, block->code) || trace_leaves_objects(t);
}

/* What restoring for `block` alone would run and lose. */
static struct planner try_alone(const struct planner *p, const struct block *block) {
    struct planner trial = {.request = p->request, .count = p->count};
    trial.items = xcalloc(p->count, sizeof *trial.items);
    trial.items[block->index].block = block->id;
    trial.mark = values_mark(p->request->history);
    restore_for_sure(&trial);
    return trial;
}

/* Whether a block that is sure to run above would have to run again after the trial. */
static bool trial_repeats(const struct planner *p, const struct planner *trial, uint32_t index) {
    for (size_t i = 0; i < index; i++) {
        const struct block *block = document_block(p->request->doc, i);
        if (!sure(p, i) || !leaves_objects(p, block)) continue;
        if (trial->items[i].block || !ready(p->request, trial->mark, block)) return true;
    }
    return false;
}

static void trial_finish(struct planner *trial) {
    for (size_t i = 0; i < trial->count; i++) vec_finish(&trial->items[i].reasons);
    free(trial->items);
}

static void restore_ahead(struct planner *p, const struct block *block) {
    struct planner trial = try_alone(p, block);
    if (trial_repeats(p, &trial, block->index)) {
        for (size_t i = 0; i < p->count; i++)
            if (trial.items[i].needed_by)
                add_restore(p, document_block(p->request->doc, i), trial.items[i].needed_by);
        restore_for_sure(p);
    }
    trial_finish(&trial);
}

void plan__restore(struct planner *p) {
    int trials = 0;
    p->mark = values_mark(p->request->history);
    restore_for_sure(p);
    for (size_t i = 0; i < p->count; i++) {
        const struct block *block = document_block(p->request->doc, i);
        if (!plan__to_start(p, i) || sure(p, i) || ready(p->request, p->mark, block)) continue;
        p->open = true;
        if (trials++ < MAX_TRIALS) restore_ahead(p, block);
    }
}
