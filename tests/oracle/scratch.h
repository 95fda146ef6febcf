/* SPDX-License-Identifier: Apache-2.0 */
/* scratch.h - the folder that documents run in, with the small files that they read. */
#ifndef TESTS_ORACLE_SCRATCH_H
#define TESTS_ORACLE_SCRATCH_H

#include "base/err.h"

char *scratch_create(struct err *err); /* its path, to be destroyed; NULL on error */
void scratch_destroy(char *folder);

#endif
