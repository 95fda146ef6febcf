/* SPDX-License-Identifier: Apache-2.0 */
/* kept_value.h - a value that a block bound to a name, and what the last look at it found.
 *
 * To look is to walk all that the value reaches.  Nobody but a block that can reach it changes a
 * value; so as long as none has run since the last look (`fresh`), what that look found is true and
 * no other is needed.  A value that was too big to be looked at in the time there was stays so: it
 * is `beyond`, and is not looked at again.
 * Owns its references. */
#ifndef EXEC_WORKER_KEPT_VALUE_H
#define EXEC_WORKER_KEPT_VALUE_H

#include "base/vec.h"
#include "exec/worker/fingerprint.h"

struct look {
    struct fingerprint print;
    struct hash128 trail;
};

struct kept_value {
    uint32_t block;
    PyObject *name, *value;
    struct look made;       /* as the block's run left it */
    struct look last;       /* the last look; the rest is by it: */
    PyObject *names;        /* of the document, that its functions use: a set; or NULL */
    unsigned reach;         /* bits of enum fingerprint_reach */
    fingerprint_id_vec ids; /* objects that it reaches and that can change, by address */
    uint64_t signature;     /* a bit for each of them: no common bit, no common object */
    struct hash128 order;   /* of the addresses in the order of the walk */
    bool fresh, beyond;
    bool suspect;             /* the running block can reach it */
    struct look before;       /* it, then: before the run */
    bool changed;             /* then: the run has changed it in place ... */
    struct fingerprint shown; /* ... to this, by a name that shows it */
};

/* Nothing is known of the value yet. */
struct kept_value *kept_create(uint32_t block, PyObject *name, PyObject *value);
void kept_destroy(struct kept_value *k); /* accepts NULL */

/* Look at it as the next value of the walk, whose fingerprint is returned. */
struct fingerprint kept_walk(struct kept_value *k, struct fingerprint_walk *w,
                             struct fingerprint_budget budget);

/* Look at it by itself, if need be. */
void kept_look(struct kept_value *k, struct fingerprinter *f, struct fingerprint_budget budget);

/* Its fingerprint as the next value of the walk, without a look if it shares nothing with the
 * values before. */
struct fingerprint kept_link(struct kept_value *k, struct fingerprint_walk *w,
                             struct fingerprint_budget budget);

/* Whether both reach some object. */
bool kept_meet(const struct kept_value *a, const struct kept_value *b);

/* Whether both looks could tell, and found the same content in the same objects. */
bool look_same(const struct look *a, const struct look *b);

#endif
