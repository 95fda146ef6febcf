/* SPDX-License-Identifier: Apache-2.0 */
/* campaign.h - one invocation of the oracle: its documents, processes, totals, report. */
#ifndef TESTS_ORACLE_CAMPAIGN_H
#define TESTS_ORACLE_CAMPAIGN_H

#include "tests/oracle/features.h"
#include "tests/oracle/trial.h"

struct campaign {
    uint64_t seed; /* of the first document; each document prints its own */
    uint64_t edits, minutes;
    uint64_t document_edits; /* then a new document */
    uint64_t most_failures;  /* then it stops */
    uint64_t jobs;           /* processes */
    unsigned features;
    bool count, verbose;
    bool checkpoints; /* taken after each block, and gone back to whenever that saves anything */

    bool replay, must_fail;
    char **files;
    size_t file_count;

    struct tally *total; /* shared by the jobs */
};

void campaign_init(struct campaign *c); /* the defaults */
int campaign_run(struct campaign *c);   /* returns the exit code */

#endif
