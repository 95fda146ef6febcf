/* SPDX-License-Identifier: Apache-2.0 */
/* test_block_graph_random.c - the block graph against a reference, over random documents and edits.
 *
 * The reference answers every question by walking the whole document, rule by rule as
 * block_graph.h words them; downstream is the reference's upstream turned round.  After every edit
 * all questions are asked of all blocks.  A failure prints the seed and the document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/block_graph_internal.h"
#include "base/buf.h"
#include "tests/support/synthetic_block.h"

enum { SEEDS = 300, EDITS = 25, MAX_BLOCKS = 14 };

/* Few names, so that they meet often; the last two are builtins, "lost" is never bound. */
static const char *const vocabulary[] = {"a", "b", "c", "d", "e", "lost", "len", "print"};
enum { NAMES = sizeof vocabulary / sizeof *vocabulary, BINDABLE = 5, LOST = 5 };

struct world {
    uint64_t seed, random;
    struct block *blocks[MAX_BLOCKS];
    uint32_t count;
    struct block_graph *graph;
};

struct name_set {
    bool has[NAMES];
};

struct block_set {
    bool has[MAX_BLOCKS];
};

/* --- The reference --- */

static size_t name_number(struct str text) {
    for (size_t n = 0; n < NAMES; n++)
        if (str_eq(str_from(vocabulary[n]), text)) return n;
    fail_msg("%.*s is not in the vocabulary", STR_FMT(text));
    return 0;
}

static const struct definition *binding(const struct block *b, struct str name) {
    for (size_t i = 0; i < b->symbols.provides.len; i++)
        if (str_eq(b->symbols.provides.items[i].name, name)) return &b->symbols.provides.items[i];
    return NULL;
}

static bool deletes(const struct block *b, struct str name) {
    for (size_t i = 0; i < b->symbols.deletes.len; i++)
        if (str_eq(b->symbols.deletes.items[i], name)) return true;
    return false;
}

static bool mutates(const struct block *b, struct str name) {
    for (size_t i = 0; i < b->symbols.mutates.len; i++)
        if (str_eq(b->symbols.mutates.items[i], name)) return true;
    return false;
}

static bool ref_binds(const struct world *w, struct str name) {
    for (uint32_t i = 0; i < w->count; i++)
        if (binding(w->blocks[i], name)) return true;
    return false;
}

static bool ref_counts(const struct world *w, struct str name) {
    return !symbols_is_builtin(name) || ref_binds(w, name);
}

static const struct block *ref_provider(const struct world *w, uint32_t reader, struct str name) {
    for (uint32_t i = reader; i-- > 0;) {
        const struct block *b = w->blocks[i];
        if (binding(b, name) || b->symbols.wild) return b;
        if (deletes(b, name)) return NULL;
    }
    return NULL;
}

static const struct block *ref_below(const struct world *w, uint32_t reader, struct str name) {
    for (uint32_t i = reader + 1; i < w->count; i++)
        if (binding(w->blocks[i], name)) return w->blocks[i];
    return NULL;
}

/* Add what the definitions of `name` visible from `reader` use; whether that was news. */
static bool ref_add_uses(const struct world *w, uint32_t reader, struct str name,
                         struct name_set *set) {
    bool news = false;
    for (uint32_t i = reader; i-- > 0;) {
        const struct definition *d = binding(w->blocks[i], name);
        if (!d) continue;
        for (uint32_t u = 0; u < d->uses_len; u++) {
            struct str used = w->blocks[i]->symbols.definition_uses.items[d->uses_start + u];
            bool *has = &set->has[name_number(used)];
            news |= !*has && ref_counts(w, used);
            *has |= ref_counts(w, used);
        }
        if (d->certain) break;
    }
    return news;
}

static struct name_set ref_requires(const struct world *w, uint32_t reader) {
    const struct symbols *s = &w->blocks[reader]->symbols;
    struct name_set set = {0};
    for (size_t i = 0; i < s->requires.len; i++)
        if (ref_counts(w, s->requires.items[i].name))
            set.has[name_number(s->requires.items[i].name)] = true;
    for (bool news = true; news;) {
        news = false;
        for (size_t n = 0; n < NAMES; n++)
            if (set.has[n]) news |= ref_add_uses(w, reader, str_from(vocabulary[n]), &set);
    }
    return set;
}

static void ref_add_sources(const struct world *w, uint32_t reader, struct str name,
                            struct block_set *set) {
    for (uint32_t i = reader; i-- > 0;) {
        const struct block *b = w->blocks[i];
        const struct definition *d = binding(b, name);
        if (d || deletes(b, name) || mutates(b, name)) set->has[i] = true;
        if (d && d->certain) break;
    }
}

static struct block_set ref_upstream(const struct world *w, uint32_t reader) {
    struct block_set set = {0};
    struct name_set names = ref_requires(w, reader);
    for (uint32_t i = 0; i < reader; i++)
        set.has[i] = w->blocks[i]->symbols.wild || w->blocks[reader]->symbols.wild;
    for (size_t n = 0; n < NAMES; n++)
        if (names.has[n]) ref_add_sources(w, reader, str_from(vocabulary[n]), &set);
    return set;
}

static struct name_set ref_forward(const struct world *w, uint32_t reader) {
    const struct symbols *s = &w->blocks[reader]->symbols;
    struct name_set set = {0};
    for (size_t i = 0; i < s->requires.len; i++) {
        const struct requirement *r = &s->requires.items[i];
        bool above = false;
        for (uint32_t b = 0; b < reader; b++)
            above |= w->blocks[b]->symbols.wild || binding(w->blocks[b], r->name);
        if (!r->deferred && !r->builtin && !above && ref_below(w, reader, r->name))
            set.has[name_number(r->name)] = true;
    }
    return set;
}

/* --- Comparison --- */

static void world_fail(const struct world *w, const char *question, uint32_t block) {
    struct buf text = {0};
    for (uint32_t i = 0; i < w->count; i++)
        buf_printf(&text, "%u| %s\n", i, w->blocks[i]->symbols.pool);
    fail_msg("seed %llu: %s of block %u\n%s", (unsigned long long)w->seed, question, block,
             buf_cstr(&text));
}

static void expect_blocks(const struct world *w, const char *question, uint32_t asked,
                          const block_vec *got, const struct block_set *expected) {
    size_t at = 0;
    for (uint32_t i = 0; i < w->count; i++) {
        if (!expected->has[i]) continue;
        if (at == got->len || got->items[at++] != w->blocks[i]) world_fail(w, question, asked);
    }
    if (at != got->len) world_fail(w, question, asked);
}

static void expect_names(const struct world *w, const char *question, uint32_t asked,
                         const name_vec *got, const struct name_set *expected) {
    struct name_set rest = *expected;
    for (size_t at = 0; at < got->len; at++) {
        bool *has = &rest.has[name_number(got->items[at])];
        if (!*has) world_fail(w, question, asked);
        if (at && str_cmp(got->items[at - 1], got->items[at]) >= 0) world_fail(w, question, asked);
        *has = false;
    }
    for (size_t n = 0; n < NAMES; n++)
        if (rest.has[n]) world_fail(w, question, asked);
}

static void compare_names(const struct world *w, uint32_t i) {
    name_vec names = {0};
    struct name_set expected = ref_requires(w, i);
    graph_requires(w->graph, w->blocks[i], &names);
    expect_names(w, "requires", i, &names, &expected);
    expected = ref_forward(w, i);
    graph_forward_references(w->graph, w->blocks[i], &names);
    expect_names(w, "forward references", i, &names, &expected);
    vec_finish(&names);
    for (size_t n = 0; n < NAMES; n++) {
        struct str name = str_from(vocabulary[n]);
        if (graph_provider(w->graph, w->blocks[i], name) != ref_provider(w, i, name))
            world_fail(w, "provider", i);
        if (graph_provider_below(w->graph, w->blocks[i], name) != ref_below(w, i, name))
            world_fail(w, "provider below", i);
        if (graph_binds(w->graph, name) != ref_binds(w, name)) world_fail(w, "binds", i);
    }
}

static void compare_all(const struct world *w) {
    struct block_set down[MAX_BLOCKS] = {0};
    block_vec blocks = {0};
    for (uint32_t i = 0; i < w->count; i++) {
        struct block_set up = ref_upstream(w, i);
        for (uint32_t above = 0; above < i; above++) down[above].has[i] = up.has[above];
        graph_upstream(w->graph, w->blocks[i], &blocks);
        expect_blocks(w, "upstream", i, &blocks, &up);
        compare_names(w, i);
    }
    for (uint32_t i = 0; i < w->count; i++) {
        graph_downstream(w->graph, w->blocks[i], &blocks);
        expect_blocks(w, "downstream", i, &blocks, &down[i]);
    }
    vec_finish(&blocks);
}

static bool mentioned(const struct world *w, struct str name) {
    for (uint32_t i = 0; i < w->count; i++) {
        const struct symbols *s = &w->blocks[i]->symbols;
        if (symbols_requirement(s, name)) return true;
        if (binding(w->blocks[i], name) || deletes(w->blocks[i], name)) return true;
        for (size_t u = 0; u < s->definition_uses.len; u++)
            if (str_eq(s->definition_uses.items[u], name)) return true;
    }
    return false;
}

/* What block_graph_internal.h promises between calls. */
static void check_invariants(const struct world *w) {
    const struct map_entry *e;
    for (size_t cursor = 0; (e = map_next(&w->graph->names, &cursor));) {
        const struct graph_name *name = e->value;
        if (name->seen || name->covered.len) world_fail(w, "clear marks", 0);
    }
    for (size_t n = 0; n < NAMES; n++) {
        struct str name = str_from(vocabulary[n]);
        if (mentioned(w, name) != !!graph__name(w->graph, name)) world_fail(w, "mentions", 0);
    }
}

/* --- Random documents and edits --- */

static uint32_t random_below(struct world *w, uint32_t limit) {
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return (uint32_t)(w->random >> 33) % limit;
}

static bool random_one_in(struct world *w, uint32_t n) {
    return random_below(w, n) == 0;
}

static void write_binding(struct world *w, const char *name, struct buf *out) {
    buf_printf(out, " %s", name);
    for (uint32_t uses = random_below(w, 3), i = 0; i < uses; i++)
        buf_printf(out, "%s%s%s", i ? "," : "(", vocabulary[random_below(w, NAMES)],
                   i + 1 == uses ? ")" : "");
    buf_printf(out, "%s=", random_one_in(w, 3) ? "?" : "");
}

static struct block *random_block(struct world *w) {
    struct buf text = {0};
    if (random_one_in(w, 12)) buf_printf(&text, " *");
    for (size_t n = 0; n < NAMES; n++) {
        const char *name = vocabulary[n];
        if (random_one_in(w, 5)) buf_printf(&text, " %s%s", random_one_in(w, 3) ? "~" : "", name);
        if (random_one_in(w, 9)) buf_printf(&text, " %s!", name);
        if (random_one_in(w, 12)) buf_printf(&text, " -%s", name);
        if (n != LOST && random_one_in(w, n < BINDABLE ? 5 : 40)) write_binding(w, name, &text);
    }
    struct block *block = synthetic_create(buf_str(&text));
    buf_finish(&text);
    return block;
}

static void world_renumber(struct world *w) {
    for (uint32_t i = 0; i < w->count; i++) w->blocks[i]->index = i;
}

static struct block *world_take_out(struct world *w, uint32_t at) {
    struct block *block = w->blocks[at];
    graph_remove(w->graph, block);
    w->count--;
    memmove(w->blocks + at, w->blocks + at + 1, (w->count - at) * sizeof *w->blocks);
    world_renumber(w);
    return block;
}

static void world_put_in(struct world *w, uint32_t at, struct block *block) {
    memmove(w->blocks + at + 1, w->blocks + at, (w->count - at) * sizeof *w->blocks);
    w->blocks[at] = block;
    w->count++;
    world_renumber(w);
    graph_add(w->graph, block);
}

/* Insert, delete, replace or move a block. */
static void world_edit(struct world *w) {
    bool full = w->count == MAX_BLOCKS, insert = !full && random_below(w, 5) < 2;
    if (w->count && !insert) {
        struct block *block = world_take_out(w, random_below(w, w->count));
        if (random_one_in(w, 3)) {
            world_put_in(w, random_below(w, w->count + 1), block);
            return;
        }
        synthetic_destroy(block);
        if (random_one_in(w, 2)) return;
    }
    world_put_in(w, random_below(w, w->count + 1), random_block(w));
}

static void world_run(uint64_t seed) {
    struct world w = {.seed = seed, .random = seed * 0x9E3779B97F4A7C15u, .graph = graph_create()};
    for (uint32_t n = 4 + random_below(&w, 6); n > 0; n--)
        world_put_in(&w, w.count, random_block(&w));
    for (int edit = 0; edit < EDITS; edit++) {
        compare_all(&w);
        check_invariants(&w);
        world_edit(&w);
    }
    while (w.count) synthetic_destroy(world_take_out(&w, random_below(&w, w.count)));
    assert_int_equal(w.graph->names.len, 0);
    graph_destroy(w.graph);
}

static void every_answer_equals_the_reference(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) world_run(seed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_equals_the_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
