/* SPDX-License-Identifier: Apache-2.0 */
/* worker_client.h - a worker process under test, and what it says as readable text.
 *
 * Drives the real binary over pipes.  A transcript has one line for each thing that happened:
 *     out "1\n"                       stdout (adjacent pieces joined); err for stderr
 *     result text/plain "2"           the last expression's value; display for display()
 *     ok +x -y                        DONE: names bound and removed
 *     error NameError "..." @b1:0     with the user's frames, "function" in front unless <module>
 *     died exit 3 "why"               or: died signal 11 "why"
 *     checkpoint 1                    taken; no checkpoint 1 "why"; lost checkpoint 1
 * Bytes outside of printable ASCII and UTF-8 are escaped, images are shown as their type.
 * Failures end the test program with a message. */
#ifndef TESTS_WORKER_CLIENT_H
#define TESTS_WORKER_CLIENT_H

#include <sys/types.h>

#include "exec/wire.h"

struct client {
    pid_t pid; /* of the warden */
    int to_worker, from_worker;
    struct buf in;
    size_t taken;
    uint32_t run;         /* of the last RUN */
    uint32_t interpreter; /* process id, from the last STARTED */
    struct buf transcript;
    bool show_files; /* after the names: read:/path wrote:/path */
    int stream_fd;   /* of the transcript's last line; 0 when that is no stream */
    uint64_t duration;
    size_t stream_bytes; /* in all STREAMs since the last RUN */
};

struct name_fix {
    const char *name; /* NULL ends a list */
    uint32_t block;
};

struct sure_name {
    const char *name; /* NULL ends a list */
    uint32_t from, to;
};

struct run_options {
    uint32_t block, line, flags;  /* block 0 means 1 */
    const struct sure_name *sure; /* names the block surely binds, see wire.h; or NULL */
    const char *const *reads;     /* names that the block is known to read, up to NULL */
    const struct name_fix *fixes;
    const char
        *document; /* its text is this now; NULL: the block takes the place of what is there */
};

/* `environment`: "NAME=value" to add, or NULL. */
struct client *client_start(const char *environment);
void client_destroy(struct client *c); /* ends the worker and checks that it ended with 0 */

void client_kill(struct client *c); /* kills the warden, and frees the client */

void client_setup(struct client *c, const char *file, uint32_t output_bytes, uint32_t output_lines);
void client_send_run(struct client *c, const char *source, struct run_options options);
void client_send_bare(struct client *c, uint8_t type);
void client_send_bytes(struct client *c, struct str bytes);
void client_inspect(struct client *c, uint32_t block, const char *name);
void client_forget(struct client *c, uint32_t block);

/* Each returns the transcript up to the answer. */
const char *client_checkpoint(struct client *c, uint32_t id);
const char *client_resume(struct client *c, uint32_t id);
void client_drop(struct client *c, uint32_t id);

/* Wait for the next frame; returns its type, 0 at the end of the stream. */
uint8_t client_next(struct client *c, struct wire_reader *fields);

/* Add frames to the transcript until one of type `last` is in it (or the stream ends). */
const char *client_read_until(struct client *c, uint8_t last);

/* Run and return the transcript up to DONE or DIED; borrowed until the next call. */
const char *client_run(struct client *c, const char *source, struct run_options options);

#endif
