/* SPDX-License-Identifier: Apache-2.0 */
/* shrink.h - makes a failing case small, by replaying smaller ones.
 *
 * Delta debugging: fewer edits, then fewer paragraphs (in all texts, in one), then fewer lines,
 * again and again until nothing can be left out, or the time is over. */
#ifndef TESTS_ORACLE_SHRINK_H
#define TESTS_ORACLE_SHRINK_H

#include "tests/oracle/trial.h"

/* `c` failed when replayed up to its last text; it becomes smaller and still fails.  False: it did
 * not fail again, and is as it was.  The trial's tally stays. */
bool shrink_case(struct trial *t, struct case_file *c, int seconds);

#endif
