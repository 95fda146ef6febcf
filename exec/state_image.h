/* SPDX-License-Identifier: Apache-2.0 */
/* state_image.h - what the interpreter holds, as the server knows it, to come back to later.
 *
 * Values are remembered by their versions: after blocks have run again, those that came out the
 * same are still the ones that an interpreter of back then holds.  Names are borrowed from the
 * history, which must outlive the image.  What is on disk is no part of it. */
#ifndef EXEC_STATE_IMAGE_H
#define EXEC_STATE_IMAGE_H

#include "exec/values.h"

/* A value that was there. */
struct image_value {
    block_id maker;
    const struct name *name;
    uint64_t version;
};

/* A change of a value since it was made. */
struct image_change {
    block_id maker;
    struct value_change change;
};

/* Whose value the namespace held. */
struct image_binding {
    struct name *name;
    block_id maker;
};

struct state_image {
    VEC(struct image_value) values;
    VEC(struct image_change) changes;
    VEC(struct image_binding) bindings;
};

void state_image_take(struct state_image *out, struct history *h); /* `out` zeroed */
void state_image_finish(struct state_image *image);

/* The interpreter holds again what it held then. */
void state_image_apply(const struct state_image *image, struct history *h);

#endif
