/* SPDX-License-Identifier: Apache-2.0 */
/* trace.h - what the last run of each block read, wrote, changed and showed.
 *
 * A block is clean when its trace has its code and everything it read is as it was.  What became of
 * its values in the worker is another matter (values.h): a clean block keeps its shown result, and
 * runs again only when a block that needs one of its values runs (reason `restore`). */
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

struct name; /* interned by history.h */

/* A name that a run read, and the version of it that it saw; 0: it was not bound. */
struct trace_read {
    struct name *name;
    uint64_t version;
};

enum write_kind {
    WRITE_BOUND,
    WRITE_REMOVED,
    WRITE_MUTATED, /* an object that the name reaches was changed in place */
};

struct trace_write {
    struct name *name;
    enum write_kind kind;
    bool known;                 /* the value could be fingerprinted */
    bool kept;                  /* the object is the one that the run before bound */
    bool plain;                 /* it reaches nothing that can change: nobody can spoil it */
    bool present;               /* the worker has it, and what it reaches is what others hold */
    uint64_t lost;              /* a mark (see values.h) */
    struct hash128 fingerprint; /* of what the name reaches after the run, if known */
    uint64_t version;
};

/* A value that a block gave a name. */
struct value_ref {
    block_id maker;
    struct name *name;
};

/* A run of another block has changed in place the value that this one gave a name. */
struct value_change {
    const struct name *name;
    block_id by;
    uint32_t ticket; /* of the run */
};

typedef VEC(struct trace_read) read_vec;
typedef VEC(struct trace_write) write_vec;
typedef VEC(block_id) id_vec;

struct trace {
    block_id block;
    struct hash128 code;
    uint32_t run;    /* the last one that executed it, or found that it does not compile */
    uint32_t ticket; /* of its last execution; 0: objects that it handled are no longer in use */
    bool valid;      /* false: it never finished (superseded), only its effects are recorded */
    bool cached;     /* valid; what is shown came from the cache, without a run */
    bool kept;       /* not valid; what is shown is what an earlier session showed */
    enum run_status status;
    uint64_t duration_us;
    bool truncated;
    block_id blocked_by;
    output_vec outputs;
    struct hash128 content; /* of status and outputs */
    read_vec reads;
    write_vec writes;
    struct buf unseen; /* what it changed that nothing puts back (`<modules>`), in words */
    VEC(struct value_ref) changes;    /* others' values that its last run changed in place */
    VEC(struct value_change) changed; /* what was done to its own since they were made, in order */
    uint64_t lost;                    /* a mark (see values.h) */
    /* A text that does not compile, or whose effects wait for a save (`held`), leaves the trace of
     * the last good one in force: */
    bool fault, held;
    struct hash128 fault_code;
    struct output fault_error; /* held: its evalue is the operation */
    read_vec held_reads;       /* when one of these changes, it may be held no longer */
};

/* Traces by block id. */
struct trace_store {
    VEC(struct trace *) by_id; /* owned; NULL where there is none */
};

void trace_store_finish(struct trace_store *s);
struct trace *trace_get(const struct trace_store *s, block_id id); /* or NULL */
struct trace *trace_make(struct trace_store *s, block_id id);      /* the one there is, or new */
void trace_drop(struct trace_store *s, block_id id);

/* Forget what the last run showed and did, not the fault. */
void trace_clear(struct trace *t);
void trace_set_fault(struct trace *t, struct hash128 code, struct output *error_take);
void trace_clear_fault(struct trace *t);

/* Whether the code of that hash is known not to compile, or is held. */
bool trace_faulty(const struct trace *t, struct hash128 code);

/* The run's write of that name, or NULL. */
struct trace_write *trace_find_write(const struct trace *t, const struct name *name);
const struct trace_read *trace_find_read(const struct trace *t, const struct name *name);

bool id_vec_has(const id_vec *ids, block_id id);
void id_vec_add(id_vec *ids, block_id id); /* unless it is there */

/* Whether running the same block again makes its values again. */
bool trace_repeatable(const struct trace *t);

/* Set `content` from status and outputs. */
void trace_seal(struct trace *t);

#endif
