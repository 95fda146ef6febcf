/* SPDX-License-Identifier: Apache-2.0 */
/* state_image.c - see state_image.h. */
#include "exec/state_image.h"

/* --- Taking. --- */

static void take_trace(struct state_image *out, const struct trace *t) {
    for (size_t i = 0; i < t->writes.len; i++) {
        const struct trace_write *w = &t->writes.items[i];
        if (w->kind == WRITE_BOUND && w->present && !name_is_file(w->name))
            vec_push(&out->values, ((struct image_value){t->block, w->name, w->version}));
    }
    for (size_t i = 0; i < t->changed.len; i++)
        vec_push(&out->changes, ((struct image_change){t->block, t->changed.items[i]}));
}

void state_image_take(struct state_image *out, struct history *h) {
    size_t cursor = 0;
    for (size_t i = 0; i < h->traces->by_id.len; i++)
        if (h->traces->by_id.items[i]) take_trace(out, h->traces->by_id.items[i]);
    for (struct name *n; (n = history_next(h, &cursor));)
        if (n->current && !name_is_file(n))
            vec_push(&out->bindings, ((struct image_binding){n, n->current}));
}

void state_image_finish(struct state_image *image) {
    vec_finish(&image->values);
    vec_finish(&image->changes);
    vec_finish(&image->bindings);
}

/* --- Applying. --- */

/* The write that made the value, if the block's last run made the same. */
static struct trace_write *find_write(const struct history *h, const struct image_value *value) {
    const struct trace *t = trace_get(h->traces, value->maker);
    struct trace_write *w = t ? trace_find_write(t, value->name) : NULL;
    return w && w->kind == WRITE_BOUND && w->version == value->version ? w : NULL;
}

static bool holds(const struct trace *maker, const struct name *name) {
    const struct trace_write *w = maker ? trace_find_write(maker, name) : NULL;
    return w && w->kind == WRITE_BOUND && w->present;
}

void state_image_apply(const struct state_image *image, struct history *h) {
    values_all_lost(h);
    history_unbind_all(h);
    for (size_t i = 0; i < image->values.len; i++) {
        struct trace_write *w = find_write(h, &image->values.items[i]);
        if (w) w->present = true;
    }
    for (size_t i = 0; i < image->changes.len; i++) {
        const struct image_change *c = &image->changes.items[i];
        struct trace *maker = trace_get(h->traces, c->maker);
        if (maker) vec_push(&maker->changed, c->change);
    }
    for (size_t i = 0; i < image->bindings.len; i++) {
        const struct image_binding *b = &image->bindings.items[i];
        bool same = holds(trace_get(h->traces, b->maker), b->name);
        b->name->current = same ? b->maker : BLOCK_FORGOTTEN;
    }
}
