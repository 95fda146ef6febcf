/* SPDX-License-Identifier: Apache-2.0 */
/* trial.c - both lanes in step. */
#include "tests/oracle/trial.h"

#include "tests/oracle/compare.h"
#include "tests/oracle/inputs.h"

void trial_init(struct trial *t, const char *worker, const char *helpers) {
    *t = (struct trial){0};
    lane_init(&t->edited, worker, helpers);
    lane_init(&t->full, worker, helpers);
}

void trial_finish(struct trial *t) {
    lane_finish(&t->edited);
    lane_finish(&t->full);
    vec_finish(&t->history);
}

/* --- What had to run. --- */

static struct last_run *history_of(struct trial *t, block_id id) {
    while (t->history.len <= id) vec_push(&t->history, (struct last_run){0});
    return &t->history.items[id];
}

static void count_block(struct trial *t, const struct block *block, const struct block *fresh) {
    struct last_run now = {.known = true, .code = block->code};
    struct last_run *before = history_of(t, block->id);
    if (!block_executes(block)) return;
    if (!inputs_get(&t->full, fresh->id, &now.inputs)) now.known = false; /* blocked */
    if (now.known && runner_status(t->full.runner, fresh) != STATUS_SYNTAX_ERROR)
        t->tally.necessary += !before->known || !hash128_eq(before->code, now.code) ||
                              !hash128_eq(before->inputs, now.inputs);
    *before = now;
}

static void count_blocks(struct trial *t, bool edit) {
    flag_vec tainted = {0};
    struct tally before = t->tally;
    compare_tainted(&t->edited, &tainted);
    for (size_t i = 0; i < document_block_count(t->edited.doc); i++) {
        const struct block *block = document_block(t->edited.doc, i);
        if (!tainted.items[i]) count_block(t, block, document_block(t->full.doc, i));
        t->tally.blocks += block_executes(block);
        t->tally.ok += block_executes(block) && runner_status(t->edited.runner, block) == STATUS_OK;
    }
    for (size_t i = 0; i < t->edited.executed.len; i++)
        t->tally.restored += t->edited.executed.items[i].restore;
    t->tally.executed += t->edited.executed.len;
    if (!edit) t->tally = before;
    vec_finish(&tainted);
}

/* --- Both lanes. --- */

static enum verdict judge(struct trial *t, bool edit, struct buf *why) {
    struct lane *const lanes[] = {&t->edited, &t->full};
    struct err err = {0};
    if (lanes_settle(lanes, 2, &err) != ST_OK) {
        buf_printf(why, "%s (%s lane)\n", err.msg,
                   runner_busy(t->edited.runner) ? "edited" : "full");
        lane_finish(&t->edited);
        lane_finish(&t->full);
        return VERDICT_BROKEN;
    }
    if (!compare_lanes(&t->edited, &t->full, why)) return VERDICT_DIVERGED;
    if (t->count) count_blocks(t, edit);
    return VERDICT_SAME;
}

static enum verdict open_lane(struct lane *lane, struct str text, struct buf *why) {
    struct err err = {0};
    if (lane_open(lane, text, &err) == ST_OK) return VERDICT_SAME;
    buf_printf(why, "%s\n", err.msg);
    return VERDICT_BROKEN;
}

enum verdict trial_open(struct trial *t, struct str text, struct buf *why) {
    t->full.record_inputs = t->count;
    vec_clear(&t->history);
    if (open_lane(&t->edited, text, why) || open_lane(&t->full, text, why)) return VERDICT_BROKEN;
    t->tally.documents++;
    return judge(t, false, why);
}

enum verdict trial_edit(struct trial *t, struct str text, struct buf *why) {
    lane_edit(&t->edited, text);
    if (open_lane(&t->full, text, why)) return VERDICT_BROKEN;
    t->tally.edits++;
    return judge(t, true, why);
}

enum verdict trial_replay(struct trial *t, const struct case_file *c, size_t *at, struct buf *why) {
    enum verdict verdict = VERDICT_SAME;
    for (*at = 0; *at < c->texts.len; ++*at) {
        struct str text = str_from(c->texts.items[*at]);
        verdict = *at ? trial_edit(t, text, why) : trial_open(t, text, why);
        if (verdict != VERDICT_SAME) break;
    }
    return verdict;
}

bool trial_has_module(struct trial *t, struct str module) {
    struct lane *const lanes[] = {&t->full};
    struct err err = {0};
    struct buf text = {0};
    buf_printf(&text, "import %.*s\n", STR_FMT(module));
    t->full.record_inputs = false;
    lane_open(&t->full, buf_str(&text), &err);
    bool has = err.code == ST_OK && lanes_settle(lanes, 1, &err) == ST_OK &&
               runner_status(t->full.runner, document_block(t->full.doc, 0)) == STATUS_OK;
    buf_finish(&text);
    return has;
}
