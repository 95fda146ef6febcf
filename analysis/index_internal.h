/* SPDX-License-Identifier: Apache-2.0 */
/* index_internal.h - building an index_delta; for analysis/index_*.c only. */
#ifndef ANALYSIS_INDEX_INTERNAL_H
#define ANALYSIS_INDEX_INTERNAL_H

#include "analysis/index_refresh.h"

void index__add_change(struct index_delta *delta, int64_t id, const char *path,
                       enum file_change kind);
void index__add_export(struct index_delta *delta, int64_t file_id, const char *qname,
                       enum delta_kind kind);

#endif
