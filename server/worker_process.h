/* SPDX-License-Identifier: Apache-2.0 */
/* worker_process.h - a relight-worker on the loop: spawned, fed, read, reaped.
 *
 * Bytes only; exec/ knows what they mean.  The process ends when its input closes. */
#ifndef SERVER_WORKER_PROCESS_H
#define SERVER_WORKER_PROCESS_H

#include <uv.h>

#include "base/err.h"
#include "base/str.h"

struct worker_process;

struct worker_process_events {
    void (*bytes)(void *ctx, struct str bytes);
    void (*exited)(void *ctx, struct str cause); /* once; not after worker_process_close() */
};

/* Start one.  On failure NULL and err (in the user's terms). */
struct worker_process *worker_process_spawn(uv_loop_t *loop,
                                            const struct worker_process_events *events, void *ctx,
                                            struct err *err);

/* Queue bytes for its input (copied). */
void worker_process_send(struct worker_process *w, struct str bytes);

/* End it and forget it: no more events.  Frees itself when libuv has let go.  NULL: no-op. */
void worker_process_close(struct worker_process *w);

/* The worker program: $RELIGHT_WORKER, else relight-worker beside this program.  New; free(). */
char *worker_program_dup(void);

#endif
