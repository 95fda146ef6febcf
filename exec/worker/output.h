/* SPDX-License-Identifier: Apache-2.0 */
/* output.h - what the interpreter writes to its descriptors 1 and 2, on its way to the server.
 *
 * Warden process.  The bytes become STREAM frames of the run that output_begin() named; beyond
 * the run's limits they are read and dropped at once, so that a block that prints without end
 * neither stops nor costs memory.
 * INVARIANT: a STREAM never ends inside a UTF-8 character of which the rest is still to come. */
#ifndef EXEC_WORKER_OUTPUT_H
#define EXEC_WORKER_OUTPUT_H

#include "exec/wire.h"

struct outlet {
    int fd;       /* the reading end of a pipe; -1 when there is none */
    char held[4]; /* the first bytes of a character that is not complete yet */
    size_t held_len;
};

struct output {
    struct outlet outlets[2]; /* stdout, stderr */
    uint32_t run, block;      /* run is 0 between runs; block is then the last one that ran */
    uint64_t bytes_left, lines_left;
    bool truncated;
};

void output_init(struct output *o);

/* Take over the reading ends of a new interpreter's pipes, non-blocking. */
void output_open(struct output *o, int out_fd, int err_fd);
void output_close(struct output *o); /* closes the pipes; accepts closed ones */

void output_begin(struct output *o, uint32_t run, uint32_t block, uint64_t bytes, uint64_t lines);
void output_end(struct output *o); /* what comes now comes between runs, within the same limits */

/* Read once from stdout (0) or stderr (1).  Returns the bytes read; 0 when there is nothing. */
size_t output_read(struct output *o, int index, struct buf *wire);

/* Read everything that was written before this call. */
void output_drain(struct output *o, struct buf *wire);

#endif
