/* SPDX-License-Identifier: Apache-2.0 */
/* compare.h - whether a document's blocks show what they show in a full run of the same text.
 *
 * Compared by place: kind, code, status, what blocks it, and every output record (stream text,
 * results as text/plain, errors with their frames' lines in the file).  Not compared: blocks that
 * read, directly or through others, from a block whose text does not compile at the moment (they
 * keep their results, document.md), and memory addresses. */
#ifndef TESTS_ORACLE_COMPARE_H
#define TESTS_ORACLE_COMPARE_H

#include "tests/oracle/lane.h"

/* True: they agree.  Else `why` says where they do not, in some lines. */
bool compare_lanes(const struct lane *edited, const struct lane *full, struct buf *why);

/* Whether the block reads, through others even, from one that does not compile. */
typedef VEC(bool) flag_vec;
void compare_tainted(const struct lane *lane, flag_vec *by_index);

#endif
