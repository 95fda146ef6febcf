/* SPDX-License-Identifier: Apache-2.0 */
/* symbols_flow.c - the states of names along the ways through the code.
 *
 * `undo` holds the state before each change since the start, so that going back to a mark is
 * popping.  A join records, for each way that reaches it, the end states of what the way changed;
 * at its finish a binding's state is the union over the ways, where a way that did not change it
 * counts with the state at the join's beginning.  All costs are in proportion to the changes, not
 * to the number of names. */
#include "analysis/symbols_internal.h"

void flow_set(struct walk *w, uint32_t binding, uint8_t state) {
    struct binding *b = &w->bindings.items[binding];
    if (b->state == state || w->ctx.dead) return; /* dead code binds nothing */
    vec_push(&w->undo, ((struct change){binding, b->state}));
    vec_push(&w->touched, ((struct change){binding, state}));
    b->state = state;
}

void flow_widen(struct walk *w, size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
        struct change c = w->touched.items[i];
        flow_set(w, c.binding, w->bindings.items[c.binding].state | c.state);
    }
}

static void roll_back(struct walk *w, size_t mark) {
    if (w->undo.len > mark) w->epoch++;
    while (w->undo.len > mark) {
        struct change c = w->undo.items[--w->undo.len];
        w->bindings.items[c.binding].state = c.state;
    }
}

/* Record the present state of everything changed since undo mark `since`, once each. */
static void record_ends(struct walk *w, uint32_t join, size_t since) {
    uint32_t stamp = ++w->stamps;
    for (size_t i = since; i < w->undo.len; i++) {
        struct binding *b = &w->bindings.items[w->undo.items[i].binding];
        if (b->stamp == stamp) continue;
        b->stamp = stamp;
        vec_push(&w->ends, ((struct path_end){join, w->undo.items[i].binding, b->state}));
    }
}

void join_begin(struct walk *w, struct join *j) {
    *j = (struct join){
        .id = ++w->joins,
        .dead = w->ctx.dead,
        .undo_base = w->undo.len,
        .ends_base = w->ends.len,
    };
}

void join_fork(struct walk *w, struct join *j) {
    if (w->ctx.dead) {
        j->ended |= w->ctx.dead;
        return;
    }
    j->live++;
    record_ends(w, j->id, j->undo_base);
}

void join_jump(struct walk *w, struct join *j) {
    join_fork(w, j);
    w->ctx.dead |= DEAD_JUMPED;
}

void join_end_path(struct walk *w, struct join *j, size_t keep) {
    join_fork(w, j);
    roll_back(w, keep);
    w->ctx.dead = j->dead;
}

/* Union the recorded ends of the join into binding.joined. */
static void sum_ends(struct walk *w, const struct join *j, uint32_t stamp) {
    for (size_t i = j->ends_base; i < w->ends.len; i++) {
        struct path_end e = w->ends.items[i];
        if (e.join != j->id) continue;
        struct binding *b = &w->bindings.items[e.binding];
        if (b->stamp != stamp) {
            b->stamp = stamp;
            b->joined = 0;
            b->paths = 0;
        }
        b->joined |= e.state;
        b->paths++;
    }
}

void join_finish(struct walk *w, struct join *j) {
    roll_back(w, j->undo_base);
    w->ctx.dead = j->dead;
    uint32_t stamp = ++w->stamps;
    sum_ends(w, j, stamp);
    size_t kept = j->ends_base; /* an outer loop's breaks lie among ours */
    for (size_t i = j->ends_base; i < w->ends.len; i++) {
        struct path_end e = w->ends.items[i];
        if (e.join != j->id) {
            w->ends.items[kept++] = e;
            continue;
        }
        struct binding *b = &w->bindings.items[e.binding];
        if (b->stamp != stamp) continue; /* done */
        b->stamp = 0;
        flow_set(w, e.binding, b->paths < j->live ? b->joined | b->state : b->joined);
    }
    w->ends.len = kept;
    if (j->live == 0) w->ctx.dead |= j->ended;
}

/* A finally clause was walked (from undo mark `body`) in the widened state (from undo mark
 * `before`) that an exception may leave.  What goes on after it is the state before widening,
 * with the clause's own changes; they cannot make a name inherited again. */
void flow_settle(struct walk *w, size_t before, size_t body) {
    size_t first = w->ends.len;
    record_ends(w, 0, body);
    roll_back(w, before);
    for (size_t i = first; i < w->ends.len; i++) {
        struct path_end e = w->ends.items[i];
        uint8_t state = w->bindings.items[e.binding].state;
        if (!(state & INHERITED)) e.state &= (uint8_t)~INHERITED;
        flow_set(w, e.binding, e.state);
    }
    w->ends.len = first;
}
