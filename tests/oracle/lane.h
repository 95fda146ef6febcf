/* SPDX-License-Identifier: Apache-2.0 */
/* lane.h - one document with its runner and a real worker, driven as server/session.c does.
 *
 * The oracle has two: in the first a document is edited and re-run as the engine sees fit, in the
 * second the same text is opened anew and run in full.  Nothing here waits without a deadline. */
#ifndef TESTS_ORACLE_LANE_H
#define TESTS_ORACLE_LANE_H

#include "exec/runner.h"
#include "tests/oracle/worker_pipe.h"

/* An execution that the engine did. */
struct executed {
    block_id block;
    bool restore; /* only for the values: its shown result stood */
};

/* The inputs of a block, when the lane records them (inputs.h). */
struct block_inputs {
    block_id block;
    struct hash128 digest;
};

struct lane {
    const char *program, *helpers; /* borrowed */
    char *scratch;                 /* the folder it runs in, as new as the worker; owned */
    struct worker_pipe pipe;
    struct document *doc;
    struct runner *runner;
    struct block_cache *cache; /* outlives documents, as in the server */
    uint32_t last_run;
    bool checkpoints;              /* many, see campaign.h */
    VEC(struct executed) executed; /* since lane_open or lane_edit */

    bool record_inputs;
    struct worker_link tap; /* reads the worker's bytes beside the runner, for inputs */
    uint32_t interpreter;   /* that is being asked */
    VEC(struct block_inputs) inputs;
    struct buf read;
};

void lane_init(struct lane *lane, const char *program, const char *helpers);
void lane_finish(struct lane *lane);

/* A new document in a fresh interpreter; starts its first run.  Starts the process if need be. */
enum status lane_open(struct lane *lane, struct str text, struct err *err);

/* The document's text becomes `text`, by one replacement of what differs; starts a run. */
void lane_edit(struct lane *lane, struct str text);

/* Wait until all lanes are quiet.  An error, after which the lanes must be finished, when a worker
 * ends or nothing ends within the deadline. */
enum status lanes_settle(struct lane *const lanes[], size_t count, struct err *err);

#endif
