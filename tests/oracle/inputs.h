/* SPDX-License-Identifier: Apache-2.0 */
/* inputs.h - what each block of a full run is about to read, by value: the measure of minimality.
 *
 * Before a block of the reference lane runs, the worker is asked for a digest of the values of the
 * names that the block requires (those of functions that it may call included), and of the
 * ambient state it may draw on.  The digest is made by python/sitecustomize.py: it follows
 * containers, instances, functions, iterators, so it is another implementation than the engine's.
 * A block whose code and digest are those of its last run would have come out the same. */
#ifndef TESTS_ORACLE_INPUTS_H
#define TESTS_ORACLE_INPUTS_H

#include "tests/oracle/lane.h"

extern const struct worker_events inputs_events; /* of lane->tap; ctx is the lane */

/* Ask for the digest of the block that is about to be started. */
void inputs_ask(struct lane *lane, const struct block *block);

/* The digest recorded for the block; false: it was not started. */
bool inputs_get(const struct lane *lane, block_id block, struct hash128 *digest);

#endif
