/* SPDX-License-Identifier: Apache-2.0 */
/* trace.h - what the last run of each block read, wrote, changed and showed.
 *
 * A block is clean when its trace has its code and everything it read is as it was.  A trace is
 * *present* while its effects (bindings, changed objects) are in the worker's interpreter: a
 * block whose trace is valid but not present keeps its shown result, and runs again only when a
 * block that needs its values runs (reason `restore`). */
#ifndef EXEC_TRACE_H
#define EXEC_TRACE_H

#include "analysis/document.h"
#include "exec/output.h"

enum run_status { /* of a finished execution */
                  RUN_OK,
                  RUN_ERROR,     /* an exception */
                  RUN_CUT_SHORT, /* interrupted by the user, or its worker died: never repeated by
                                    itself, for it might loop or crash again */
                  RUN_BLOCKED,   /* not run: a name it needs was not made */
};

/* One input of a block: the block above that provided it, and which of its runs. */
struct trace_read {
    block_id provider;
    uint64_t serial; /* of the provider's trace; 0 when it had none */
};

typedef VEC(struct trace_read) read_vec;
typedef VEC(block_id) id_vec;

/* A name that a run bound, or removed. */
struct trace_write {
    struct buf name;
    bool bound;
};

struct trace {
    block_id block;
    struct hash128 code;
    bool valid; /* false: it never finished (superseded), only its effects are recorded */
    bool present;
    enum run_status status;
    uint64_t serial; /* names the values: kept when the same computation is merely repeated */
    uint64_t duration_us;
    bool truncated;
    block_id blocked_by;
    output_vec outputs;
    struct hash128 content; /* of status and outputs */
    read_vec reads;         /* by provider, in document order at that time */
    VEC(struct trace_write) writes;
    id_vec mutated;    /* providers of the names it may have changed in place */
    id_vec mutated_by; /* blocks that may have changed what this one made */
    /* A text that does not compile leaves the trace of the last good one in force: */
    bool fault;
    struct hash128 fault_code;
    struct output fault_error;
};

/* Traces by block id. */
struct trace_store {
    VEC(struct trace *) by_id; /* owned; NULL where there is none */
};

void trace_store_finish(struct trace_store *s);
struct trace *trace_get(const struct trace_store *s, block_id id); /* or NULL */
struct trace *trace_make(struct trace_store *s, block_id id);      /* the one there is, or new */
void trace_drop(struct trace_store *s, block_id id);

/* Forget what the last run showed and did, not the fault.  Serial and id stay. */
void trace_clear(struct trace *t);
void trace_set_fault(struct trace *t, struct hash128 code, struct output *error_take);
void trace_clear_fault(struct trace *t);

/* Whether the run bound the name (and did not remove it). */
bool trace_bound(const struct trace *t, struct str name);

/* Whether running the same block again makes its values again. */
bool trace_repeatable(const struct trace *t);

/* Set `content` from status and outputs. */
void trace_seal(struct trace *t);

#endif
