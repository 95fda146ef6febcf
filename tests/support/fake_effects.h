/* SPDX-License-Identifier: Apache-2.0 */
/* fake_effects.h - what a block did to the values of fake_python.h: what effects.h finds out of
 * Python's.
 *
 * Values that blocks bound are kept, each with its fingerprint and the objects that it reaches.
 * Before a block runs, the kept values are looked at that share an object with what it reads; those
 * that differ afterwards it has changed in place.  A block that binds equal values again, while the
 * old ones are as they were made, gets the old ones back.
 * INVARIANT: objects of one interpreter are never freed before it ends, so an address is one
 * object. */
#ifndef TESTS_FAKE_EFFECTS_H
#define TESTS_FAKE_EFFECTS_H

#include "base/hash.h"
#include "exec/wire.h"
#include "tests/support/fake_python.h"

typedef VEC(const struct fake_value *) fake_objects;
typedef VEC(char *) fake_names; /* owned */

struct fake_fingerprint {
    struct hash128 content, linked; /* of the value; and of what it shares with others */
};

/* What a block gave a name. */
struct fake_kept {
    uint32_t block;
    char *name; /* owned */
    struct fake_value *value;
    struct fake_fingerprint made;
    struct hash128 trail;
    fake_objects objects;
    bool gone;    /* the block has run again, and not bound it */
    bool suspect; /* the running block can reach it: as it was before, */
    struct hash128 before, trail_before;
};

struct fake_effects {
    struct fake_python *py;
    VEC(struct fake_kept *) kept; /* owned */
    fake_names reads;             /* of the running block, those of its functions included */
    struct map before;            /* the namespace */
};

static inline void fake_names_clear(fake_names *names) {
    for (size_t i = 0; i < names->len; i++) free(names->items[i]);
    vec_clear(names);
}

static inline bool fake_names_have(const fake_names *names, struct str name) {
    for (size_t i = 0; i < names->len; i++)
        if (str_eq(str_from(names->items[i]), name)) return true;
    return false;
}

static inline void fake_names_add(fake_names *names, struct str name) {
    if (!fake_names_have(names, name)) vec_push(names, str_dup(name));
}

/* --- Fingerprints. --- */

struct fake_met {
    const struct fake_value *object;
    uint32_t first_value, first_number; /* where it was met first */
    uint32_t value, number;             /* and last */
};

/* A walk over several named values; what they share is part of their fingerprints. */
struct fake_walk {
    VEC(struct fake_met) met;
    fake_names labels;
    struct buf content, links;
    fake_objects objects; /* that the last value reaches, in order */
    uint32_t next;
};

static inline void fake_walk_finish(struct fake_walk *w) {
    vec_finish(&w->met);
    fake_names_clear(&w->labels);
    vec_finish(&w->labels);
    buf_finish(&w->content);
    buf_finish(&w->links);
    vec_finish(&w->objects);
}

static inline struct fake_met *fake_met_find(struct fake_walk *w, const struct fake_value *v) {
    for (size_t i = 0; i < w->met.len; i++)
        if (w->met.items[i].object == v) return &w->met.items[i];
    return NULL;
}

/* Whether the object is new in this value. */
static inline bool fake_walk_enter(struct fake_walk *w, const struct fake_value *v) {
    uint32_t value = (uint32_t)w->labels.len - 1;
    struct fake_met *met = fake_met_find(w, v);
    if (met && met->value == value) {
        buf_printf(&w->content, "@%u ", met->number);
        return false;
    }
    uint32_t number = w->next++;
    if (met) {
        met->value = value;
        met->number = number;
        buf_printf(&w->links, "%s %u %u ", w->labels.items[met->first_value], met->first_number,
                   number);
    } else {
        vec_push(&w->met, ((struct fake_met){v, value, number, value, number}));
    }
    vec_push(&w->objects, v);
    return true;
}

static inline void fake_walk_object(struct fake_walk *w, const struct fake_value *v) {
    if (v->kind == FAKE_NUMBER) {
        buf_printf(&w->content, "%ld ", v->number);
    } else if (fake_walk_enter(w, v)) {
        buf_printf(&w->content, "%d(%.*s ", v->kind, STR_FMT(buf_str(&v->body)));
        for (size_t i = 0; i < v->items.len; i++) fake_walk_object(w, v->items.items[i]);
        buf_append_byte(&w->content, ')');
    }
}

static inline struct fake_fingerprint fake_walk_value(struct fake_walk *w, struct str label,
                                                      const struct fake_value *v) {
    struct fake_fingerprint f;
    vec_push(&w->labels, str_dup(label));
    vec_clear(&w->objects);
    w->content.len = w->links.len = 0;
    w->next = 0;
    fake_walk_object(w, v);
    f.content = hash128(buf_str(&w->content));
    if (w->links.len) buf_append(&w->content, buf_str(&w->links));
    f.linked = hash128(buf_str(&w->content));
    return f;
}

static inline struct hash128 fake_walk_trail(const struct fake_walk *w) {
    size_t size = w->objects.len * sizeof *w->objects.items;
    return hash128((struct str){(const char *)w->objects.items, size});
}

/* --- Kept values. --- */

static inline void fake_kept_destroy(struct fake_kept *k) {
    free(k->name);
    vec_finish(&k->objects);
    free(k);
}

/* Drop what is kept of a block; of all blocks for 0. */
static inline void fake_effects_forget(struct fake_effects *e, uint32_t block) {
    size_t left = 0;
    for (size_t i = 0; i < e->kept.len; i++) {
        if (!block || e->kept.items[i]->block == block)
            fake_kept_destroy(e->kept.items[i]);
        else
            e->kept.items[left++] = e->kept.items[i];
    }
    e->kept.len = left;
}

static inline void fake_effects_finish(struct fake_effects *e) {
    fake_effects_forget(e, 0);
    vec_finish(&e->kept);
    fake_names_clear(&e->reads);
    vec_finish(&e->reads);
    map_finish(&e->before);
}

static inline struct fake_kept *fake_effects_find(const struct fake_effects *e, uint32_t block,
                                                  struct str name) {
    for (size_t i = 0; i < e->kept.len; i++) {
        struct fake_kept *k = e->kept.items[i];
        if (k->block == block && str_eq(str_from(k->name), name)) return k;
    }
    return NULL;
}

/* Look at a kept value by itself. */
static inline struct hash128 fake_kept_walk(const struct fake_kept *k, struct hash128 *trail,
                                            fake_objects *objects_or_null) {
    struct fake_walk w = {0};
    struct fake_fingerprint f = fake_walk_value(&w, str_from(k->name), k->value);
    *trail = fake_walk_trail(&w);
    if (objects_or_null) {
        vec_finish(objects_or_null);
        *objects_or_null = w.objects;
        w.objects = (fake_objects){0};
    }
    fake_walk_finish(&w);
    return f.content;
}

static inline bool fake_kept_reaches(const struct fake_kept *k, const fake_objects *objects) {
    for (size_t i = 0; i < objects->len; i++)
        for (size_t n = 0; n < k->objects.len; n++)
            if (k->objects.items[n] == objects->items[i]) return true;
    return false;
}

/* --- Before the run. --- */

/* The words of a function's expression that begin with a letter. */
static inline void fake_add_function_names(struct fake_effects *e, const struct fake_value *v) {
    struct fake_parser p = {.rest = buf_str(&v->body)};
    while (p.rest.len) {
        struct str word = fake_word(&p);
        if (word.len && !isdigit((unsigned char)word.ptr[0])) fake_names_add(&e->reads, word);
        if (!word.len && p.rest.len) p.rest = str_slice(p.rest, 1, p.rest.len);
    }
}

static inline void fake_find_suspects(struct fake_effects *e) {
    struct fake_walk w = {0};
    for (size_t i = 0; i < e->reads.len; i++) {
        struct str name = str_from(e->reads.items[i]);
        struct fake_value *v = map_get(&e->py->globals, name);
        if (!v) continue;
        fake_walk_value(&w, name, v);
        for (size_t k = 0; k < e->kept.len; k++)
            e->kept.items[k]->suspect |= fake_kept_reaches(e->kept.items[k], &w.objects);
        if (v->kind == FAKE_FUNCTION) fake_add_function_names(e, v);
    }
    fake_walk_finish(&w);
}

static inline void fake_effects_enter(struct fake_effects *e, const fake_names *reads) {
    size_t cursor = 0;
    map_finish(&e->before);
    e->before = (struct map){0};
    for (const struct map_entry *at; (at = map_next(&e->py->globals, &cursor));)
        *map_slot(&e->before, (struct str){at->key, at->key_len}) = at->value;
    fake_names_clear(&e->reads);
    for (size_t i = 0; i < reads->len; i++) fake_names_add(&e->reads, str_from(reads->items[i]));
    for (size_t i = 0; i < e->kept.len; i++) e->kept.items[i]->suspect = false;
    fake_find_suspects(e);
    for (size_t i = 0; i < e->kept.len; i++) {
        struct fake_kept *k = e->kept.items[i];
        if (k->suspect) k->before = fake_kept_walk(k, &k->trail_before, NULL);
    }
}

/* --- After the run. --- */

struct fake_report {
    struct fake_effects *e;
    const fake_names *certain; /* names that it surely bound */
    struct fake_walk walk;     /* over the names read, then those written */
    uint32_t block, writes, changes;
    struct buf writes_out, changes_out;
};

static inline void fake_report_write(struct fake_report *r, struct str name,
                                     enum wire_write_kind kind,
                                     const struct fake_fingerprint *f_or_null, int flags) {
    wire_str(&r->writes_out, name);
    wire_u8(&r->writes_out, (uint8_t)kind);
    wire_u8(&r->writes_out, (uint8_t)((f_or_null ? WIRE_KNOWN : 0) | flags));
    wire_u64(&r->writes_out, f_or_null ? f_or_null->linked.low : 0);
    wire_u64(&r->writes_out, f_or_null ? f_or_null->linked.high : 0);
    r->writes++;
}

static inline bool fake_was_bound(const struct fake_report *r, struct str name) {
    const struct fake_value *now = map_get(&r->e->py->globals, name);
    return now && (now != map_get(&r->e->before, name) || fake_names_have(r->certain, name));
}

static inline void fake_report_mutation(struct fake_report *r, struct fake_kept *k) {
    struct hash128 trail, after = fake_kept_walk(k, &trail, &k->objects);
    struct str name = str_from(k->name);
    if (hash128_eq(after, k->before) && hash128_eq(trail, k->trail_before)) return;
    wire_u32(&r->changes_out, k->block);
    wire_str(&r->changes_out, name);
    r->changes++;
    bool visible = map_get(&r->e->py->globals, name) == k->value && !fake_was_bound(r, name);
    if (!visible) return;
    struct fake_fingerprint f = fake_walk_value(&r->walk, name, k->value);
    fake_report_write(r, name, WIRE_MUTATED, &f, WIRE_KEPT);
}

static inline bool fake_kept_equal(const struct fake_kept *old_or_null,
                                   const struct fake_kept *new) {
    if (!old_or_null || !hash128_eq(old_or_null->made.linked, new->made.linked)) return false;
    struct hash128 trail, now = fake_kept_walk(old_or_null, &trail, NULL);
    return hash128_eq(now, old_or_null->made.content) && hash128_eq(trail, old_or_null->trail);
}

static inline struct fake_kept *fake_kept_create(struct fake_report *r, struct str name,
                                                 struct fake_value *value) {
    struct fake_kept *k = xcalloc(1, sizeof *k);
    *k = (struct fake_kept){.block = r->block, .name = str_dup(name), .value = value};
    k->made = fake_walk_value(&r->walk, name, value);
    fake_kept_walk(k, &k->trail, &k->objects);
    return k;
}

typedef VEC(struct fake_kept *) fake_made;

/* All of the old values stay, or none: they may share objects with one another. */
static inline void fake_keep(struct fake_report *r, fake_made *made, bool same) {
    struct fake_effects *e = r->e;
    if (!same) fake_effects_forget(e, r->block);
    for (size_t i = 0; i < e->kept.len; i++)
        e->kept.items[i]->gone |= e->kept.items[i]->block == r->block;
    for (size_t i = 0; i < made->len; i++) {
        struct fake_kept *k = made->items[i];
        struct fake_kept *old = same ? fake_effects_find(e, k->block, str_from(k->name)) : NULL;
        if (old) {
            old->gone = false;
            *map_slot(&e->py->globals, str_from(k->name)) = old->value;
            fake_kept_destroy(k);
        } else {
            vec_push(&e->kept, k);
        }
    }
}

static inline void fake_report_bound(struct fake_report *r) {
    fake_made made = {0};
    size_t cursor = 0;
    bool same = true;
    for (const struct map_entry *at; (at = map_next(&r->e->py->globals, &cursor));) {
        struct str name = {at->key, at->key_len};
        if (fake_was_bound(r, name)) vec_push(&made, fake_kept_create(r, name, at->value));
    }
    for (size_t i = 0; i < made.len; i++) {
        const struct fake_kept *k = made.items[i];
        same &= fake_kept_equal(fake_effects_find(r->e, r->block, str_from(k->name)), k);
    }
    for (size_t i = 0; i < made.len; i++) {
        const struct fake_kept *k = made.items[i];
        bool plain = k->objects.len == 0;
        int flags = (same ? WIRE_KEPT : 0) | (plain ? WIRE_PLAIN : 0);
        fake_report_write(r, str_from(k->name), WIRE_BOUND, &k->made, flags);
    }
    fake_keep(r, &made, same);
    vec_finish(&made);
}

static inline void fake_report_removed(struct fake_report *r) {
    size_t cursor = 0;
    for (const struct map_entry *at; (at = map_next(&r->e->before, &cursor));) {
        struct str name = {at->key, at->key_len};
        if (!map_get(&r->e->py->globals, name))
            fake_report_write(r, name, WIRE_REMOVED, NULL, WIRE_KEPT);
    }
}

static inline void fake_report_values(struct fake_report *r) {
    struct fake_effects *e = r->e;
    for (size_t i = 0; i < e->reads.len; i++) {
        struct str name = str_from(e->reads.items[i]);
        const struct fake_value *v = map_get(&e->py->globals, name);
        if (v) fake_walk_value(&r->walk, name, v);
    }
    for (size_t i = 0; i < e->kept.len; i++) {
        struct fake_kept *k = e->kept.items[i];
        if (k->suspect && k->block != r->block) fake_report_mutation(r, k);
    }
    fake_report_bound(r);
    fake_report_removed(r);
}

/* `certain`: names that the block has bound even if to the very value that they had.  Appends the
 * fields of DONE from the writes to the reads. */
static inline void fake_effects_leave(struct fake_effects *e, uint32_t block,
                                      const fake_names *certain, struct buf *out) {
    struct fake_report r = {.e = e, .block = block, .certain = certain};
    fake_report_values(&r);
    wire_u32(out, r.writes);
    buf_append(out, buf_str(&r.writes_out));
    wire_u32(out, r.changes);
    buf_append(out, buf_str(&r.changes_out));
    wire_u32(out, (uint32_t)e->reads.len);
    for (size_t i = 0; i < e->reads.len; i++) wire_str(out, str_from(e->reads.items[i]));
    fake_walk_finish(&r.walk);
    buf_finish(&r.writes_out);
    buf_finish(&r.changes_out);
}

#endif
