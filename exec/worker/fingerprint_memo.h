/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint_memo.h - the objects that a walk has met, by identity.
 *
 * Caller's memory; zero-initialised is empty.  Keeps the objects alive, so that no address can
 * come to mean another object while it is in here; but for those that are only noted: somebody else
 * has to. */
#ifndef EXEC_WORKER_FINGERPRINT_MEMO_H
#define EXEC_WORKER_FINGERPRINT_MEMO_H

#include "exec/worker/py.h"

struct memo_entry {
    PyObject *object;                   /* NULL when the slot is free */
    uint32_t first_value, first_number; /* where the walk met it first: value, number in there */
    uint32_t value, number;             /* where it met it last */
    bool entered;                       /* in that value: its content was walked */
    bool owned;                         /* the object is kept */
};

struct memo {
    struct memo_entry *slots;
    size_t len, cap; /* cap is 0 or a power of two */
};

void memo_finish(struct memo *m); /* m is empty again */

/* The entry for `object`; *found says whether it was there.  A new one is zero but for `object`.
 * Valid until the next call. */
struct memo_entry *memo_slot(struct memo *m, PyObject *object, bool *found);

/* The same for an address; the object is not touched. */
struct memo_entry *memo_note(struct memo *m, uintptr_t object, bool *found);

bool memo_has(const struct memo *m, uintptr_t object);

#endif
