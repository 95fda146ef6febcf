/* SPDX-License-Identifier: Apache-2.0 */
/* vec.c - storage of typed growable arrays. */
#include "base/vec.h"

#include "base/mem.h"

void *vec__grow(void *items, size_t *cap, size_t need, size_t size) {
    size_t grown = *cap ? *cap * 2 : 8;
    if (grown < need) grown = need;
    *cap = grown;
    return xrealloc(items, grown * size);
}
