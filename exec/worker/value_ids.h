/* SPDX-License-Identifier: Apache-2.0 */
/* value_ids.h - sets of objects by identity.
 *
 * Caller's memory; zero-initialised is empty.  Holds addresses, not references: whoever asks sees
 * to it that the objects live, or can bear one that is taken for another. */
#ifndef EXEC_WORKER_VALUE_IDS_H
#define EXEC_WORKER_VALUE_IDS_H

#include "base/vec.h"
#include "exec/worker/fingerprint.h"

typedef VEC(uintptr_t) id_vec;

void id_vec_assign(id_vec *v, struct fingerprint_ids ids);

struct id_set {
    uintptr_t *slots; /* 0 is free */
    size_t len, cap;  /* cap is 0 or a power of two */
};

void id_set_finish(struct id_set *s); /* s is empty again */
void id_set_add_all(struct id_set *s, const id_vec *ids);
bool id_set_has(const struct id_set *s, uintptr_t id);
bool id_set_meets(const struct id_set *s, const id_vec *ids); /* they have one in common */

#endif
