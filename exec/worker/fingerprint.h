/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint.h - 128 bits that stand for everything that can be reached from a value.
 *
 * Two values with equal fingerprints print, iterate, compare and call alike: the type of every
 * object, its content, the order of dicts and sets, and which objects inside are one and the same
 * all count.  Two functions are equal when their code, defaults, closures and attributes are; where
 * the code lies, its comments and its line numbers do not count.
 *
 * NOTE[names] A function of the document reads module-level names when it is called.  The
 * fingerprint holds these names, not their values: they are reported with it, and whoever depends
 * on the value depends on them as well, each by its own fingerprint.
 * NOTE[opaque] Modules, and whatever another module holds under its own name, count by that name.
 * What cannot be seen through (generators, files, locks, objects of unknown extension types) makes
 * the fingerprint inexact; the objects it reaches are still found, as the garbage collector does.
 * NOTE[no-user-code] Nothing here calls the user's code: attributes are read below properties and
 * __getattribute__, types are Py_TYPE(), and the garbage collector, which might call __del__(),
 * waits.  Only methods of known extension types, the standard library's and pandas' own are called.
 *
 * Interpreter process, main thread, with the GIL; the walk does not use the C stack for depth. */
#ifndef EXEC_WORKER_FINGERPRINT_H
#define EXEC_WORKER_FINGERPRINT_H

#include "base/hash.h"
#include "base/vec.h"
#include "exec/worker/py.h"

/* What is known about types and byte code; one for the interpreter. */
struct fingerprinter;

/* `globals` (kept) is the document's namespace.  NULL with an exception set on failure. */
struct fingerprinter *fingerprinter_create(PyObject *globals);
void fingerprinter_destroy(struct fingerprinter *f); /* accepts NULL */

/* How much one value may cost; beyond it the fingerprint is neither exact nor complete. */
struct fingerprint_budget {
    uint64_t bytes;        /* of what is hashed; a small object counts about ten */
    uint64_t microseconds; /* by fingerprint_clock() */
};

/* Microseconds of work by this thread: what else the machine does shall not decide. */
uint64_t fingerprint_clock(void);

struct fingerprint {
    struct hash128 content; /* of the value alone */
    struct hash128 linked;  /* the same, and what it shares with earlier values of the walk */
    bool exact;             /* false: the hashes say nothing */
    bool complete;          /* false: there may be more objects and names than were found */
    bool wild;              /* it may read any name: globals(), exec(), the module itself */
};

/* What code could get at through the values of a walk, or by the names it mentions.  Bits. */
enum fingerprint_reach {
    REACH_RANDOM = 1,     /* the module random */
    REACH_OUTSIDE = 2,    /* whatever a module can do that does more than compute */
    REACH_PLOTS = 4,      /* matplotlib */
    REACH_GENERATORS = 8, /* it mentions the state of a random generator, or seeding one */
    REACH_FILTERS = 16,   /* ... the filters of warnings */
    REACH_MODULES = 32,   /* any module, or what one holds; builtins aside */
};

/* A walk over several values, in the caller's order, between which no user code runs. */
struct fingerprint_walk;
struct fingerprint_walk *fingerprint_begin(struct fingerprinter *f);
void fingerprint_end(struct fingerprint_walk *w); /* accepts NULL */

/* Fingerprint the next value.  `label` (a str, kept) is what later values call it when they share
 * objects with it.  Never fails and leaves no exception. */
struct fingerprint fingerprint_value(struct fingerprint_walk *w, PyObject *label, PyObject *value,
                                     struct fingerprint_budget budget);

/* About the last value, borrowed until the next: */

/* The document's names that its functions use: a set of str. */
PyObject *fingerprint_names(const struct fingerprint_walk *w);

/* The objects it reaches that can change, by address, in the order of the walk; memory that arrays
 * and views share counts as the object that owns it. */
struct fingerprint_ids {
    const uintptr_t *items;
    size_t len;
};
struct fingerprint_ids fingerprint_ids(const struct fingerprint_walk *w);

/* Bits of enum fingerprint_reach. */
unsigned fingerprint_reach(const struct fingerprint_walk *w);

/* Of these objects, in the order of the walk: equal content and an equal trail, before and after a
 * block, mean that no object was changed or exchanged for an equal one. */
struct hash128 fingerprint_trail(const struct fingerprint_walk *w);

/* --- Without a walk --- */

/* One of the objects of fingerprint_ids(), and its place there. */
struct fingerprint_id {
    uintptr_t object;
    uint32_t number;
};
typedef VEC(struct fingerprint_id) fingerprint_id_vec;

/* Whether one of the objects was met in the walk. */
bool fingerprint_met(const struct fingerprint_walk *w, const fingerprint_id_vec *ids);

/* As if the next value had been walked, and reached these (in any order).  Their addresses are
 * noted, they are not kept. */
void fingerprint_recall(struct fingerprint_walk *w, PyObject *label, const fingerprint_id_vec *ids);

/* What code can get at: bits of enum fingerprint_reach. */
unsigned fingerprint_code_reach(PyObject *code);

#endif
