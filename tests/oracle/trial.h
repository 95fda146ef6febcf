/* SPDX-License-Identifier: Apache-2.0 */
/* trial.h - a document's texts one after the other through both lanes, compared after each.
 *
 * Also counts what ran against what had to.  A block *had to run* at an edit when its code, or the
 * value of something that it requires (inputs.h), is not what it was when the block last ran, or
 * when it never ran: that many executions no engine can save that shows right results and recalls
 * one run of each block.  It is a lower bound: values that must be made anew only because
 * something else changed them in place count as executed, and not as necessary. */
#ifndef TESTS_ORACLE_TRIAL_H
#define TESTS_ORACLE_TRIAL_H

#include "base/map.h"
#include "tests/oracle/case_file.h"
#include "tests/oracle/lane.h"

struct tally { /* no pointers: it is shared between processes */
    uint64_t documents, edits, failures;
    uint64_t blocks;   /* in all texts: what full runs would have cost */
    uint64_t ok;       /* of these, ran to their end: what a failing block hides is not tested */
    uint64_t executed; /* by the engine, after edits ... */
    uint64_t restored; /* ... of these, only for their values */
    uint64_t necessary;
};

/* What a block of the edited document had when it last ran. */
struct last_run {
    bool known;
    struct hash128 code, inputs;
};

struct trial {
    struct lane edited, full;
    bool count;                   /* count necessary runs */
    VEC(struct last_run) history; /* by block id */
    struct tally tally;
};

enum verdict {
    VERDICT_SAME,
    VERDICT_DIVERGED,
    VERDICT_BROKEN, /* a worker ended or did not answer: a failure as well */
};

void trial_init(struct trial *t, const char *worker, const char *helpers);
void trial_finish(struct trial *t);

/* The first text of a document, or the next one.  `why`: what is wrong. */
enum verdict trial_open(struct trial *t, struct str text, struct buf *why);
enum verdict trial_edit(struct trial *t, struct str text, struct buf *why);

/* All texts of a case; *at is the index of the text that failed. */
enum verdict trial_replay(struct trial *t, const struct case_file *c, size_t *at, struct buf *why);

/* Whether the workers can import it. */
bool trial_has_module(struct trial *t, struct str module);

#endif
