/* SPDX-License-Identifier: Apache-2.0 */
/* symbols_names.c - identifiers as small numbers.
 *
 * Every name gets its module-level binding with it, so that resolving never fails. */
#include "analysis/symbols_internal.h"
#include "base/hash.h"
#include "base/mem.h"

static void slots_grow(struct walk *w) {
    size_t cap = w->slots_cap ? w->slots_cap * 2 : 256;
    free(w->name_slots);
    w->name_slots = xmalloc(cap * sizeof *w->name_slots);
    w->slots_cap = cap;
    memset(w->name_slots, 0xff, cap * sizeof *w->name_slots);
    for (size_t n = 0; n < w->names.len; n++) {
        size_t slot = w->names.items[n].hash & (cap - 1);
        while (w->name_slots[slot] != NONE) slot = (slot + 1) & (cap - 1);
        w->name_slots[slot] = (uint32_t)n;
    }
}

static uint32_t name_add(struct walk *w, struct str text, uint64_t hash) {
    uint32_t index = (uint32_t)w->names.len, binding = (uint32_t)w->bindings.len;
    vec_push(&w->bindings, ((struct binding){
                               .name = index,
                               .outer = NONE,
                               .scope = NONE,
                               .kind = BINDING_MODULE,
                               .state = INHERITED,
                           }));
    vec_push(&w->names, ((struct name){
                            .text = text,
                            .hash = hash,
                            .module = binding,
                            .top = binding,
                            .unit_seen = NONE,
                            .affected = {NONE, NONE, NONE},
                            .origin = NONE,
                            .attached = NONE,
                            .first_at = NONE,
                            .sure_at = NONE,
                        }));
    return index;
}

uint32_t name_intern(struct walk *w, struct str text) {
    if (w->names.len * 2 >= w->slots_cap) slots_grow(w);
    uint64_t hash = hash64(text);
    size_t mask = w->slots_cap - 1, slot = hash & mask;
    for (; w->name_slots[slot] != NONE; slot = (slot + 1) & mask) {
        const struct name *n = &w->names.items[w->name_slots[slot]];
        if (n->hash == hash && str_eq(n->text, text)) return w->name_slots[slot];
    }
    return w->name_slots[slot] = name_add(w, text, hash);
}

/* `__x` inside class C is `_C__x`, wherever it stands in the class. */
static struct str mangle(struct walk *w, struct str text) {
    struct str class_name = w->ctx.class_name;
    char *mangled = xmalloc(class_name.len + text.len + 1);
    mangled[0] = '_';
    memcpy(mangled + 1, class_name.ptr, class_name.len);
    memcpy(mangled + 1 + class_name.len, text.ptr, text.len);
    vec_push(&w->mangled, mangled);
    return (struct str){mangled, class_name.len + text.len + 1};
}

uint32_t name_of_node(struct walk *w, uint32_t node) {
    struct str text = syntax_text(w->syntax, node);
    if (w->ctx.class_name.len && str_starts(text, STR("__")) && !str_ends(text, STR("__")))
        text = mangle(w, text);
    return name_intern(w, text);
}

void names_finish(struct walk *w) {
    for (size_t i = 0; i < w->mangled.len; i++) free(w->mangled.items[i]);
    vec_finish(&w->mangled);
    vec_finish(&w->names);
    free(w->name_slots);
}
