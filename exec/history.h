/* SPDX-License-Identifier: Apache-2.0 */
/* history.h - who bound, removed or changed each module-level name, in document order.
 *
 * Every write has a version; a read remembers the version it saw.  A block's inputs are the same
 * when, for each name it read, the last write above it has the version that it had.  A re-run that
 * writes the same value keeps the version (early cutoff).
 * The history also knows which block's value the worker's namespace holds right now, and works out
 * what must be put right before a block runs.
 * INVARIANT: a name's writers are exactly the blocks whose trace lists it among its writes.
 * Names are interned here: equal names are one pointer, valid as long as the history. */
#ifndef EXEC_HISTORY_H
#define EXEC_HISTORY_H

#include "analysis/document.h"
#include "base/map.h"
#include "exec/trace.h"

struct name_writer {
    block_id block;
    uint32_t index; /* of the block in the document, as of `sorted` */
};

struct name {
    struct str text;                 /* NUL-terminated; owned by the history's map */
    VEC(struct name_writer) writers; /* ascending by index */
    uint64_t sorted;                 /* the order (see struct history) that they are sorted for */
    block_id current;                /* whose value the namespace holds; 0: unbound */
    uint64_t planned;                /* the plan in which a block above may write it (plan.c) */
    block_id planned_by;             /* the last of these blocks above */
    uint64_t lost;                   /* a mark: some value of it is lost (values.h) */
    uint64_t outside;                /* of a file: the version that no block wrote; 0: not known */
    struct hash128 outside_digest;   /* what it holds then (file_digest.h) */
};

/* A file that blocks read or write is a name, too: `<file:/its/real/path>`. */
#define FILE_NAME_START "<file:"
static inline bool name_is_file(const struct name *name) {
    return str_starts(name->text, STR(FILE_NAME_START));
}
struct str name_file(const struct name *name); /* its path */

/* The namespace holds a value that no block's trace knows any more. */
#define BLOCK_FORGOTTEN UINT32_MAX

struct history {
    const struct document *doc;
    const struct trace_store *traces;
    struct map names;           /* text -> struct name, owned */
    VEC(struct name *) ambient; /* those of them that are no names: name_is_ambient() */
    VEC(struct name *) files;   /* those that are files */
    uint64_t order;             /* rises when blocks may have changed places */
    uint32_t position;          /* the namespace stands before the block of this index ... */
    bool settled;               /* ... unless blocks have changed places since */
    uint64_t plans;             /* how many were made: stamps for `planned` */
    uint64_t losses;            /* the last mark given out by values_mark() */
};

/* One difference between the namespace as it is and as a block must find it. */
struct namespace_fix {
    const struct name *name;
    block_id from; /* whose value the name shall hold; 0: none */
};
typedef VEC(struct namespace_fix) fix_vec;

/* Borrows both arguments. */
struct history *history_create(const struct document *doc, const struct trace_store *traces);
void history_destroy(struct history *h); /* NULL is a no-op */

/* A new interpreter: nothing is bound.  Versions stay. */
void history_unbind_all(struct history *h);

/* Blocks may have changed places, or have gone. */
void history_reorder(struct history *h);

struct name *history_name(struct history *h, struct str text);       /* interned; made when new */
struct name *history_find(const struct history *h, struct str text); /* or NULL */

/* Take the trace's writes out (before it is cleared or dropped) and in (when it has run). */
void history_remove(const struct trace *t);
void history_add(struct history *h, const struct trace *t, uint32_t index);

/* Whether it is no name but a kind of ambient state (`<random>`): see wire.h. */
bool name_is_ambient(const struct name *name);

/* Whether it is the one kind that no fix puts back, what blocks did to modules: then `current` is
 * the block whose doing the interpreter holds.  NULL as long as none did anything. */
struct name *history_modules(const struct history *h);

/* Whether the run bound the name; whether it bound or removed it. */
bool trace_binds(const struct trace *t, struct str name);
bool trace_writes(const struct trace *t, struct str name);

/* Walk all names: start with *cursor = 0; NULL at the end. */
struct name *history_next(const struct history *h, size_t *cursor);

/* The last write of the name above `index`, and the block it is of; NULL: never written. */
const struct trace_write *history_last(struct history *h, struct name *name, uint32_t index,
                                       block_id *by);

/* The version that a read at `index` sees; for a name that is not written above, 0 or that of the
 * file as it is outside. */
uint64_t history_version(struct history *h, struct name *name, uint32_t index);

/* The binding that a read at `index` sees, changed in place or not, and the trace it is of; NULL:
 * it is not bound. */
struct trace_write *history_binding(struct history *h, struct name *name, uint32_t index,
                                    struct trace **of);

/* Append the blocks above `index` that change in place what the name is bound to, in order. */
void history_changers(struct history *h, struct name *name, uint32_t index, id_vec *out);

/* Append the differences that bring the namespace to the point before `block`, and take them as
 * done.  O(names written between the last position and this one), or O(names) after
 * history_reorder(). */
void history_move(struct history *h, const struct block *block, fix_vec *out);

/* The same for files only, to the end of the document. */
void history_settle_files(struct history *h, fix_vec *out);

#endif
