/* SPDX-License-Identifier: Apache-2.0 */
/* test_block_graph.c - each rule of block_graph.h on documents of a few blocks.
 *
 * A document is one block a line, "NAME| notation" (tests/support/synthetic_block.h); check() asks
 * one question of it.  test_block_graph_random.c covers what nobody thought of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/block_graph_internal.h"
#include "base/buf.h"
#include "tests/support/synthetic_block.h"

struct sketch {
    VEC(struct block *) blocks;
    VEC(char) names; /* blocks.items[i] is called names.items[i] */
    struct block_graph *graph;
};

static void sketch_init(struct sketch *k, struct str source) {
    *k = (struct sketch){.graph = graph_create()};
    while (source.len) {
        struct str line = synthetic_take(&source, "\n");
        synthetic_accept(&source, '\n');
        assert_true(line.len > 1 && line.ptr[1] == '|');
        struct block *block = synthetic_create(str_slice(line, 2, line.len));
        block->index = (uint32_t)k->blocks.len;
        vec_push(&k->blocks, block);
        vec_push(&k->names, line.ptr[0]);
        graph_add(k->graph, block);
    }
}

static void sketch_finish(struct sketch *k) {
    graph_destroy(k->graph);
    for (size_t i = 0; i < k->blocks.len; i++) synthetic_destroy(k->blocks.items[i]);
    vec_finish(&k->blocks);
    vec_finish(&k->names);
}

static const struct block *sketch_block(const struct sketch *k, struct str name) {
    for (size_t i = 0; i < k->names.len; i++)
        if (k->names.items[i] == name.ptr[0]) return k->blocks.items[i];
    fail_msg("no block is called %.*s", STR_FMT(name));
    return NULL;
}

static void show_block(const struct sketch *k, const struct block *block, struct buf *out) {
    if (out->len) buf_append_byte(out, ' ');
    buf_append_byte(out, block ? k->names.items[block->index] : '-');
}

static void show_blocks(const struct sketch *k, block_vec *blocks, struct buf *out) {
    for (size_t i = 0; i < blocks->len; i++) show_block(k, blocks->items[i], out);
    vec_finish(blocks);
}

static void show_names(name_vec *names, struct buf *out) {
    for (size_t i = 0; i < names->len; i++)
        buf_printf(out, "%s%.*s", i ? " " : "", STR_FMT(names->items[i]));
    vec_finish(names);
}

/* Answer "QUESTION BLOCK [NAME]". */
static void sketch_ask(const struct sketch *k, struct str question, struct buf *out) {
    struct str verb = synthetic_take(&question, " ");
    synthetic_accept(&question, ' ');
    const struct block *block = sketch_block(k, synthetic_take(&question, " "));
    synthetic_accept(&question, ' ');
    block_vec blocks = {0};
    name_vec names = {0};
    if (str_eq(verb, STR("upstream")))
        graph_upstream(k->graph, block, &blocks);
    else if (str_eq(verb, STR("downstream")))
        graph_downstream(k->graph, block, &blocks);
    else if (str_eq(verb, STR("requires")))
        graph_requires(k->graph, block, &names);
    else if (str_eq(verb, STR("forward")))
        graph_forward_references(k->graph, block, &names);
    else if (str_eq(verb, STR("provider")))
        show_block(k, graph_provider(k->graph, block, question), out);
    else if (str_eq(verb, STR("below")))
        show_block(k, graph_provider_below(k->graph, block, question), out);
    else
        fail_msg("unknown question %.*s", STR_FMT(verb));
    show_blocks(k, &blocks, out);
    show_names(&names, out);
}

static void check(const char *source, const char *question, const char *expected) {
    struct sketch k;
    struct buf answer = {0};
    sketch_init(&k, str_from(source));
    sketch_ask(&k, str_from(question), &answer);
    if (strcmp(buf_cstr(&answer), expected) != 0)
        fail_msg("%s\n%s: expected \"%s\", got \"%s\"", source, question, expected, answer.ptr);
    buf_finish(&answer);
    sketch_finish(&k);
}

static void last_binding_above_wins(void **state) {
    (void)state;
    const char *doc = "a| x=\n"
                      "b| x=\n"
                      "c| x\n"
                      "d| x=\n";
    check(doc, "provider c x", "b");
    check(doc, "provider b x", "a");
    check(doc, "provider a x", "-");
    check(doc, "below c x", "d");
    check(doc, "below d x", "-");
    check(doc, "provider c nobody", "-");
    check(doc, "upstream c", "b");
    check(doc, "downstream a", "");
    check(doc, "downstream b", "c");
}

static void block_reads_above_what_it_rebinds(void **state) {
    (void)state;
    const char *doc = "a| x=\n"
                      "b| x x=\n"
                      "c| x\n";
    check(doc, "upstream b", "a");
    check(doc, "downstream a", "b");
    check(doc, "downstream b", "c");
}

static void edges_are_direct(void **state) {
    (void)state;
    const char *doc = "a| x=\n"
                      "b| x y=\n"
                      "c| y print\n";
    check(doc, "downstream a", "b");
    check(doc, "upstream c", "b");
}

static void conditional_bindings_let_earlier_ones_through(void **state) {
    (void)state;
    const char *doc = "a| x=\n"
                      "b| x=\n"
                      "c| x?=\n"
                      "d| x?=\n"
                      "e| x\n";
    check(doc, "provider e x", "d");
    check(doc, "upstream e", "b c d");
    check(doc, "downstream a", "");
    check(doc, "downstream b", "e");
    check(doc, "downstream c", "e");
}

static void deletion_leaves_no_provider(void **state) {
    (void)state;
    const char *doc = "a| x=\n"
                      "b| -x\n"
                      "c| x\n"
                      "d| x=\n"
                      "e| x\n";
    check(doc, "provider c x", "-");
    check(doc, "upstream c", "a b");
    check(doc, "downstream b", "c");
    check(doc, "provider e x", "d");
    check(doc, "upstream e", "d");
}

static void block_that_deletes_and_binds_provides(void **state) {
    (void)state;
    check("a| x=\nb| -x x?=\nc| x\n", "provider c x", "b");
    check("a| x=\nb| -x x?=\nc| x\n", "upstream c", "a b");
}

static void definitions_pass_on_what_they_use(void **state) {
    (void)state;
    const char *doc = "a| f(g)=\n"
                      "b| g(k)=\n"
                      "c| k=\n"
                      "d| f\n";
    check(doc, "requires d", "f g k");
    check(doc, "upstream d", "a b c");
    check(doc, "upstream a", "");
    check(doc, "downstream a", "d");
    check(doc, "downstream b", "d");
    check(doc, "downstream c", "d");
}

static void used_names_are_looked_up_at_the_reader(void **state) {
    (void)state;
    const char *doc = "a| k=\n"
                      "b| f(k)=\n"
                      "c| f\n"
                      "d| k=\n"
                      "e| f\n"
                      "h| k=\n";
    check(doc, "upstream c", "a b");
    check(doc, "upstream e", "b d");
    check(doc, "downstream a", "b c");
    check(doc, "downstream d", "e");
    check(doc, "downstream h", "");
}

static void rebound_definition_no_longer_passes_on(void **state) {
    (void)state;
    const char *doc = "a| k=\n"
                      "b| f(k)=\n"
                      "c| f=\n"
                      "d| f\n";
    check(doc, "requires d", "f");
    check(doc, "upstream d", "c");
    check(doc, "downstream a", "b");
}

static void conditional_definitions_all_pass_on(void **state) {
    (void)state;
    const char *doc = "a| j= k= m=\n"
                      "b| f(j)=\n"
                      "c| f(k)=\n"
                      "d| f(m)?=\n"
                      "e| f\n";
    check(doc, "requires e", "f k m");
    check(doc, "upstream e", "a c d");
}

static void mutual_recursion_ends(void **state) {
    (void)state;
    const char *doc = "a| even(odd)=\n"
                      "b| odd(even,zero)=\n"
                      "c| zero=\n"
                      "d| even\n";
    check(doc, "requires d", "even odd zero");
    check(doc, "upstream d", "a b c");
    check(doc, "downstream a", "b d");
    check(doc, "downstream c", "d");
}

static void mutation_is_upstream_beside_the_provider(void **state) {
    (void)state;
    const char *doc = "a| xs=\n"
                      "b| xs!\n"
                      "c| xs!\n"
                      "d| xs\n"
                      "e| xs=\n"
                      "f| xs\n";
    check(doc, "provider d xs", "a");
    check(doc, "upstream c", "a b");
    check(doc, "upstream d", "a b c");
    check(doc, "downstream b", "c d");
    check(doc, "upstream f", "e");
}

static void mutation_reaches_through_definitions(void **state) {
    (void)state;
    const char *doc = "a| xs=\n"
                      "b| f(xs)=\n"
                      "c| xs!\n"
                      "d| f\n";
    check(doc, "upstream d", "a b c");
    check(doc, "downstream c", "d");
}

static void builtins_count_when_the_document_binds_them(void **state) {
    (void)state;
    check("a| print x\n", "requires a", "x");
    check("a| f(len)=\nb| f\n", "requires b", "f");
    check("a| print\nb| print=\nc| print\n", "requires a", "print");
    check("a| print\nb| print=\nc| print\n", "upstream c", "b");
    check("a| -print\nb| print\n", "upstream b", "");
    check("a| -print\nb| print\n", "downstream a", "");
    check("a| f(print)=\nb| print=\nc| f\n", "downstream b", "c");
}

static void wild_block_reads_and_writes_everything(void **state) {
    (void)state;
    const char *doc = "a| x=\n"
                      "b| y\n"
                      "c| *\n"
                      "d| x\n"
                      "e| x=\n"
                      "f| x\n";
    check(doc, "upstream c", "a b");
    check(doc, "downstream c", "d e f");
    check(doc, "downstream a", "c d");
    check(doc, "upstream d", "a c");
    check(doc, "upstream f", "c e");
    check(doc, "provider d x", "c");
    check(doc, "provider d unheard_of", "c");
    check(doc, "provider f x", "e");
    check(doc, "provider c x", "a");
    check("a| *\nb| -x\nc| x\n", "provider c x", "-");
    check("a| *\nb| *\n", "downstream a", "b");
}

static void forward_references_are_certain_name_errors(void **state) {
    (void)state;
    check("a| x\nb| x=\n", "forward a", "x");
    check("a| x=\nb| x\nc| x=\n", "forward b", "");
    check("a| nowhere\n", "forward a", "");
    check("a| f(g)=\nb| g=\n", "forward a", "");
    check("a| len\nb| len=\n", "forward a", "");
    check("a| *\nb| x\nc| x=\n", "forward b", "");
}

static void prose_has_no_part(void **state) {
    (void)state;
    struct block prose = {.kind = BLOCK_PROSE, .index = 1};
    struct block *wild = synthetic_create(STR("*"));
    struct block_graph *g = graph_create();
    block_vec out = {0};
    graph_add(g, wild);
    graph_add(g, &prose);
    graph_downstream(g, wild, &out);
    assert_int_equal(out.len, 0);
    graph_upstream(g, &prose, &out);
    assert_int_equal(out.len, 0);
    graph_remove(g, &prose);
    vec_finish(&out);
    graph_destroy(g);
    synthetic_destroy(wild);
}

static void removal_forgets_names(void **state) {
    (void)state;
    struct sketch k;
    sketch_init(&k, STR("a| f(f,g)= x!\nb| g= -x\nc| f\n"));
    assert_true(graph_binds(k.graph, STR("f")));
    for (size_t i = 0; i < k.blocks.len; i++) graph_remove(k.graph, k.blocks.items[i]);
    assert_false(graph_binds(k.graph, STR("f")));
    assert_int_equal(k.graph->names.len, 0);
    sketch_finish(&k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(last_binding_above_wins),
        cmocka_unit_test(block_reads_above_what_it_rebinds),
        cmocka_unit_test(edges_are_direct),
        cmocka_unit_test(conditional_bindings_let_earlier_ones_through),
        cmocka_unit_test(deletion_leaves_no_provider),
        cmocka_unit_test(block_that_deletes_and_binds_provides),
        cmocka_unit_test(definitions_pass_on_what_they_use),
        cmocka_unit_test(used_names_are_looked_up_at_the_reader),
        cmocka_unit_test(rebound_definition_no_longer_passes_on),
        cmocka_unit_test(conditional_definitions_all_pass_on),
        cmocka_unit_test(mutual_recursion_ends),
        cmocka_unit_test(mutation_is_upstream_beside_the_provider),
        cmocka_unit_test(mutation_reaches_through_definitions),
        cmocka_unit_test(builtins_count_when_the_document_binds_them),
        cmocka_unit_test(wild_block_reads_and_writes_everything),
        cmocka_unit_test(forward_references_are_certain_name_errors),
        cmocka_unit_test(prose_has_no_part),
        cmocka_unit_test(removal_forgets_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
