/* SPDX-License-Identifier: Apache-2.0 */
/* shadow.h - the promise, checked: what a document shows, held against a full run of its text.
 *
 * The full run has a process of its own, and its effects are held.  Where it shows something else
 * it runs once more: what two full runs show differently (clocks, chance) says nothing about us.
 * The document's session is only read; it must neither change nor run meanwhile. */
#ifndef SERVER_SHADOW_H
#define SERVER_SHADOW_H

#include "server/session.h"

struct shadow;

/* What came of it: how many blocks could be compared, and the ids of those that differ.  `failure`
 * is not empty when there was no worker to be had. */
struct shadow_report {
    size_t compared;
    id_vec different;
    struct buf failure;
};

typedef void shadow_done_fn(void *ctx, const struct shadow_report *report);

/* Begin.  `done` is called once, from the loop, unless the shadow is destroyed before.  Borrows
 * `shown`; copies the options. */
struct shadow *shadow_start(uv_loop_t *loop, struct session *shown,
                            const struct session_options *options, shadow_done_fn *done, void *ctx);
void shadow_destroy(struct shadow *s); /* frees itself later; NULL: no-op */

#endif
