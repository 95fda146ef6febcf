/* SPDX-License-Identifier: Apache-2.0 */
/* vec.h - typed growable arrays.
 *
 *     VEC(struct span) spans = {0};
 *     vec_push(&spans, ((struct span){0, 4}));
 *     vec_finish(&spans);
 *
 * Zero-initialised is empty.  Pointers into `items` are valid until the next push or insert. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define VEC(T)                                                                                     \
    struct {                                                                                       \
        T *items;                                                                                  \
        size_t len, cap;                                                                           \
    }

/* Grown storage for at least `need` items of `size` bytes; updates *cap. */
void *vec__grow(void *items, size_t *cap, size_t need, size_t size)
    __attribute__((returns_nonnull));

/* Asking for the items as well tells the static analyzer what `cap` alone cannot. */
#define vec_reserve(v, need)                                                                       \
    ((need) > (v)->cap || !(v)->items                                                              \
         ? (void)((v)->items = vec__grow((v)->items, &(v)->cap, (need), sizeof *(v)->items))       \
         : (void)0)

#define vec_push(v, ...) (vec_reserve((v), (v)->len + 1), (v)->items[(v)->len++] = (__VA_ARGS__))

#define vec_clear(v) ((void)((v)->len = 0))

#define vec_finish(v) (free((v)->items), (v)->items = NULL, (v)->len = (v)->cap = 0)

/* Replace `old_count` items at `at` by `new_count` uninitialised ones (the caller fills them). */
#define vec_splice(v, at, old_count, new_count)                                                    \
    do {                                                                                           \
        size_t vec_tail_ = (v)->len - (at) - (old_count);                                          \
        vec_reserve((v), (at) + (new_count) + vec_tail_);                                          \
        if (vec_tail_)                                                                             \
            memmove((v)->items + (at) + (new_count), (v)->items + (at) + (old_count),              \
                    vec_tail_ * sizeof *(v)->items);                                               \
        (v)->len = (at) + (new_count) + vec_tail_;                                                 \
    } while (0)

#endif
