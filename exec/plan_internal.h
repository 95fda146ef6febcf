/* SPDX-License-Identifier: Apache-2.0 */
/* plan_internal.h - a plan in the making, for plan.c (dirty) and plan_restore.c (restored) only. */
#ifndef EXEC_PLAN_INTERNAL_H
#define EXEC_PLAN_INTERNAL_H

#include "exec/plan.h"

struct planner {
    const struct plan_request *request;
    struct plan_item *items; /* one for each block of the document, by index */
    size_t count;
    uint64_t stamp;
    block_id wild; /* the last planned block above that may write any name; 0: none */
    block_id last; /* the last planned block above; 0: none */
    uint64_t mark; /* of the values that restoring loses (values.h) */
    bool grew;
    bool open; /* as in struct plan */
};

/* Whether the item is planned and has not started yet. */
bool plan__to_start(const struct planner *p, size_t index);

void plan__item_add(struct plan_item *item, enum reason_kind kind, block_id ref);

/* Whether the block's run can see what others did to modules. */
bool plan__sees_modules(const struct plan_request *request, const struct block *block);

/* Add what must be made again for the blocks that are sure to run. */
void plan__restore(struct planner *p);

#endif
