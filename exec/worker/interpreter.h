/* SPDX-License-Identifier: Apache-2.0 */
/* interpreter.h - everything the interpreter process holds for its document.
 *
 * One for the process, never freed: the process is always killed. */
#ifndef EXEC_WORKER_INTERPRETER_H
#define EXEC_WORKER_INTERPRETER_H

#include "exec/worker/audit.h"
#include "exec/worker/capture.h"
#include "exec/worker/display.h"
#include "exec/worker/effects.h"
#include "exec/worker/listing.h"
#include "exec/worker/namespace.h"
#include "exec/worker/program.h"
#include "exec/worker/report.h"
#include "exec/worker/warn.h"

struct interpreter {
    pid_t warden;
    fd_vec inherited; /* descriptors that were open before any code of the user's ran */
    struct control control;
    struct capture capture;
    struct namespace ns;
    struct patches patches;
    struct ambient ambient;
    struct effects effects;
    struct compiler compiler;
    struct reporter reporter;
    struct audit audit;
    struct display display;
    struct warner warner;
    struct listing listing;
    PyObject *file;        /* the document's path */
    PyObject *origin_type; /* see origin.h */
    PyObject *runner;      /* asyncio.Runner; NULL until the first top-level await */
};

/* What a RUN asks for; borrowed from its frame. */
struct run_request {
    uint32_t run, block, line, flags;
    struct str source;
    struct line_change {
        uint32_t first, removed;
        struct str lines;
    } change; /* of the document's text */
    struct certain_name {
        struct str name;
        uint32_t from, to;
    } * certain; /* names that the block binds, unless it fails: see wire.h */
    size_t certain_count;
    struct str *reads; /* names it is known to read */
    size_t read_count;
    struct wire_reader fixes; /* count, then (name, block) */
};

/* Run a block and send DONE.  Does not return in a forked copy (NOTE[forked-copies]). */
void run_block(struct interpreter *in, const struct run_request *request);

/* Set names and files to what they are at some place: a count, then (name, block). */
void run_fixes(struct interpreter *in, struct wire_reader fixes);

/* Run code of a block; top-level await runs on the document's one event loop. */
PyObject *run_code(struct interpreter *in, PyObject *code);

#endif
