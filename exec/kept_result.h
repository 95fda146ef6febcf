/* SPDX-License-Identifier: Apache-2.0 */
/* kept_result.h - what a block showed, as bytes that outlive the process.
 *
 * Only what is shown: of the values nothing is kept.  Lines of tracebacks are those of the file as
 * it was then. */
#ifndef EXEC_KEPT_RESULT_H
#define EXEC_KEPT_RESULT_H

#include "exec/trace.h"

struct kept_result {
    enum run_status status;
    bool truncated;
    uint64_t duration_us;
    output_vec outputs;
};

void kept_result_write(struct buf *out, const struct trace *t, const struct document *doc);

/* Of what it shows: equal for results that look the same, of whichever session, also a kept one. */
struct hash128 kept_result_hash(const struct trace *t, const struct document *doc);

/* False: the bytes are damaged, or another release's; nothing is to be finished then. */
bool kept_result_read(struct kept_result *out, struct str bytes);
void kept_result_finish(struct kept_result *r);

#endif
