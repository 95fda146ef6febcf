/* SPDX-License-Identifier: Apache-2.0 */
/* replay.h - a kept case run again. */
#ifndef TESTS_ORACLE_REPLAY_H
#define TESTS_ORACLE_REPLAY_H

#include "tests/oracle/trial.h"

/* Prints a line about the case, more when it is not as it should be (then false).  `must_fail`:
 * it is known to fail, and one that does not has to be moved to the good ones. */
bool replay_file(struct trial *t, const char *path, bool must_fail);

#endif
