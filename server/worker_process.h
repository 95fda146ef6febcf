/* SPDX-License-Identifier: Apache-2.0 */
/* worker_process.h - a relight-worker on the loop: spawned, fed, read, reaped.
 *
 * Bytes only; exec/ knows what they mean.  The process ends when its input closes; one that has not
 * said anything in time is killed. */
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

/* How to start it; borrowed for the call. */
struct worker_launch {
    char *const *prefix; /* words before the program (ssh, a host), which is then found there */
    size_t prefix_count;
    const char *const *args; /* for relight-worker, up to a NULL */
    const char *folder;      /* where version managers look for what the project wants; or NULL */
};

/* Start one.  On failure NULL and err (in the user's terms). */
struct worker_process *worker_process_spawn(uv_loop_t *loop, const struct worker_launch *launch,
                                            const struct worker_process_events *events, void *ctx,
                                            struct err *err);

/* Queue bytes for its input (copied). */
void worker_process_send(struct worker_process *w, struct str bytes);

/* End it and forget it: no more events.  Frees itself when libuv has let go.  NULL: no-op. */
void worker_process_close(struct worker_process *w);

/* The worker program: $RELIGHT_WORKER, else relight-worker beside this program; behind a prefix, by
 * its name alone.  New; free(). */
char *worker_program_dup(bool behind_prefix);

#endif
