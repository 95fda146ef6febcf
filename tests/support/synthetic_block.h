/* SPDX-License-Identifier: Apache-2.0 */
/* synthetic_block.h - blocks made from a one-line notation, for tests of what works on symbols.
 *
 * Items between blanks, each at most once:
 *
 *     x        reads x
 *     ~x       reads x inside a function only
 *     x!       reads x and changes its object in place
 *     -x       deletes x
 *     x=       binds x                             x?=  binds it on one branch only
 *     f(g,h)=  binds f, whose definition uses g and h; reads those inside a function, unless the
 *              block binds them
 *     *        is wild
 *
 * The block's names are views of its own copy of the notation. */
#ifndef TESTS_SYNTHETIC_BLOCK_H
#define TESTS_SYNTHETIC_BLOCK_H

#include "analysis/document.h"
#include "base/mem.h"

/* Every list of symbols that is sorted holds names, or structs that begin with one. */
static inline int synthetic_cmp(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

#define SYNTHETIC_SORT(v)                                                                          \
    ((v)->len ? qsort((v)->items, (v)->len, sizeof *(v)->items, synthetic_cmp) : (void)0)

/* Take the bytes of `rest` before the first of `ends` off it. */
static inline struct str synthetic_take(struct str *rest, const char *ends) {
    size_t n = 0;
    while (n < rest->len && !strchr(ends, rest->ptr[n])) n++;
    struct str taken = {rest->ptr, n};
    *rest = str_slice(*rest, n, rest->len);
    return taken;
}

static inline bool synthetic_accept(struct str *rest, char c) {
    if (!rest->len || rest->ptr[0] != c) return false;
    *rest = str_slice(*rest, 1, rest->len);
    return true;
}

static inline void synthetic_read(struct symbols *s, struct str name, bool deferred) {
    for (size_t i = 0; i < s->requires.len; i++) {
        if (!str_eq(s->requires.items[i].name, name)) continue;
        if (!deferred) s->requires.items[i].deferred = false;
        return;
    }
    vec_push(&s->requires, (struct requirement){.name = name,
                                                .deferred = deferred,
                                                .builtin = symbols_is_builtin(name)});
}

static inline void synthetic_bind(struct symbols *s, struct str name, struct str rest) {
    struct definition d = {.name = name, .kind = DEF_VARIABLE};
    d.uses_start = (uint32_t)s->definition_uses.len;
    if (synthetic_accept(&rest, '(')) {
        d.kind = DEF_FUNCTION;
        while (!synthetic_accept(&rest, ')')) {
            vec_push(&s->definition_uses, synthetic_take(&rest, ",)"));
            synthetic_accept(&rest, ',');
        }
    }
    d.uses_len = (uint32_t)s->definition_uses.len - d.uses_start;
    d.certain = !synthetic_accept(&rest, '?');
    vec_push(&s->provides, d);
}

static inline void synthetic_item(struct symbols *s, struct str item) {
    if (synthetic_accept(&item, '*')) {
        s->wild = WILD_EXEC;
        return;
    }
    bool deletes = synthetic_accept(&item, '-'), deferred = synthetic_accept(&item, '~');
    bool binds = str_ends(item, STR("=")), mutates = str_ends(item, STR("!"));
    struct str name = synthetic_take(&item, "(?=!");
    if (deletes)
        vec_push(&s->deletes, name);
    else if (binds)
        synthetic_bind(s, name, item);
    else
        synthetic_read(s, name, deferred);
    if (mutates) vec_push(&s->mutates, name);
}

static inline bool synthetic_binds(const struct symbols *s, struct str name) {
    for (size_t i = 0; i < s->provides.len; i++)
        if (str_eq(s->provides.items[i].name, name)) return true;
    return false;
}

static inline struct block *synthetic_create(struct str notation) {
    struct block *block = xcalloc(1, sizeof *block);
    struct symbols *s = &block->symbols;
    block->kind = BLOCK_CODE;
    s->pool = str_dup(notation);
    struct str rest = {s->pool, notation.len};
    while (rest.len) {
        struct str item = synthetic_take(&rest, " ");
        if (item.len) synthetic_item(s, item);
        synthetic_accept(&rest, ' ');
    }
    for (size_t i = 0; i < s->definition_uses.len; i++)
        if (!synthetic_binds(s, s->definition_uses.items[i]))
            synthetic_read(s, s->definition_uses.items[i], true);
    SYNTHETIC_SORT(&s->provides);
    SYNTHETIC_SORT(&s->requires);
    SYNTHETIC_SORT(&s->mutates);
    SYNTHETIC_SORT(&s->deletes);
    return block;
}

static inline void synthetic_destroy(struct block *block) {
    symbols_finish(&block->symbols);
    free(block);
}

#endif
