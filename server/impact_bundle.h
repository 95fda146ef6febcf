/* SPDX-License-Identifier: Apache-2.0 */
/* impact_bundle.h - the inc_* tables as files, for the records of a run. */
#ifndef SERVER_IMPACT_BUNDLE_H
#define SERVER_IMPACT_BUNDLE_H

#include "analysis/state_store.h"
#include "base/err.h"

/* Write each table as NAME.csv (RFC 4180, with a header) and NAME.jsonl into `folder`, which is
 * made when it is missing. */
enum status impact_bundle_write(struct state_store *store, const char *folder, struct err *err);

#endif
