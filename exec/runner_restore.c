/* SPDX-License-Identifier: Apache-2.0 */
/* runner_restore.c - the way back to the state that a plan needs, and what is kept for it.
 *
 * What a plan restores in place costs what its makers took the last time.  Where that is much, it
 * is held against going back to each checkpoint, from which a plan may need less.
 * INVARIANT: the history says what the interpreter that is there, or is about to start, holds. */
#include "exec/runner_internal.h"

static struct plan_request request_of(const struct runner *r) {
    struct plan_request request = runner__request(r);
    request.asked = r->asked;
    request.always_eval = r->always_eval;
    request.run = r->run;
    return request;
}

/* --- Choosing. --- */

#define COST_ENDLESS (UINT64_MAX / 2) /* what going back costs can be added */

/* What the plan would cost from this state; without end, when it leads on to a fresh interpreter.
 */
static uint64_t cost_from(struct runner *r, const struct state_image *image) {
    struct plan_request request = request_of(r);
    struct plan plan = {0};
    state_image_apply(image, r->history);
    plan_make(&plan, &request);
    bool sound = plan_choose_way(&plan, 0, &request).way == WAY_IN_PLACE;
    uint64_t cost = sound ? plan_restore_us(&plan, &r->traces) : COST_ENDLESS;
    plan_finish(&plan);
    return cost;
}

/* The checkpoint from which it costs less than `cost`, and the least; NULL: there is none.  The
 * history is as before. */
static const struct checkpoint *find_cheaper(struct runner *r, uint64_t cost) {
    const struct checkpoint *best = NULL;
    struct state_image now = {0};
    state_image_take(&now, r->history);
    for (size_t i = r->checkpoints.items.len; i-- > 0;) {
        const struct checkpoint *c = &r->checkpoints.items.items[i];
        if (!c->taken) continue;
        uint64_t from = cost_from(r, &c->image) + checkpoints_resume_us(&r->checkpoints);
        if (from < cost) best = c, cost = from;
    }
    state_image_apply(&now, r->history);
    state_image_finish(&now);
    return best;
}

static void resume(struct runner *r, const struct checkpoint *checkpoint, uint64_t in_place_us) {
    struct buf text = {0};
    buf_printf(&text, "back to checkpoint %u: in place, %llu ms of runs would be repeated",
               checkpoint->id, (unsigned long long)in_place_us / 1000);
    r->events->log(r->ctx, buf_str(&text));
    buf_finish(&text);
    worker_link_resume(&r->out, checkpoint->id);
    runner__flush(r);
    r->worker = WORKER_STARTING;
    state_image_apply(&checkpoint->image, r->history);
}

static void plan_anew(struct runner *r) {
    struct plan_request request = request_of(r);
    plan_finish(&r->plan);
    plan_make(&r->plan, &request);
    r->next = 0;
    history_reorder(r->history);
}

void runner__make_plan(struct runner *r) {
    plan_anew(r);
    uint64_t cost = plan_restore_us(&r->plan, &r->traces);
    if (cost <= r->checkpoints.worth_us || r->worker != WORKER_READY || r->running.block) return;
    const struct checkpoint *checkpoint = find_cheaper(r, cost);
    if (!checkpoint) return;
    resume(r, checkpoint, cost);
    plan_anew(r);
}

/* --- Keeping. --- */

void runner__keep_state(struct runner *r, uint64_t duration_us) {
    if (!checkpoints_due(&r->checkpoints, duration_us) || r->worker != WORKER_READY) return;
    worker_link_checkpoint(&r->out, checkpoints_add(&r->checkpoints, r->history));
    runner__flush(r);
}

void runner__state_started(struct runner *r, uint32_t id) {
    const struct checkpoint *checkpoint = checkpoints_find(&r->checkpoints, id);
    r->told.len = 0;
    if (checkpoint) {
        state_image_apply(&checkpoint->image, r->history);
        checkpoints_use(&r->checkpoints, id);
    } else {
        runner__all_absent(r);
    }
}

static void drop_take(struct runner *r, id_vec *ids) {
    for (size_t i = 0; i < ids->len; i++) worker_link_drop(&r->out, ids->items[i]);
    vec_finish(ids);
    runner__flush(r);
}

void runner__on_checkpointed(void *ctx, const struct worker_checkpoint *checkpoint) {
    struct runner *r = ctx;
    id_vec dropped = {0};
    checkpoints_taken(&r->checkpoints, checkpoint->id, checkpoint->taken, checkpoint->cost_us,
                      &dropped);
    drop_take(r, &dropped);
    if (checkpoint->taken) return;
    struct buf text = {0};
    buf_printf(&text, "no checkpoint: %.*s", STR_FMT(checkpoint->why_not));
    r->events->log(r->ctx, buf_str(&text));
    buf_finish(&text);
}

void runner__on_checkpoint_lost(void *ctx, uint32_t id) {
    struct runner *r = ctx;
    checkpoints_remove(&r->checkpoints, id);
}

void runner__on_checkpoint_size(void *ctx, uint32_t id, uint64_t bytes) {
    struct runner *r = ctx;
    id_vec dropped = {0};
    checkpoints_measured(&r->checkpoints, id, bytes, &dropped);
    drop_take(r, &dropped);
}
