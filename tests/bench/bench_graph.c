/* SPDX-License-Identifier: Apache-2.0 */
/* bench_graph.c - what the block graph costs in large documents: microseconds a call (median).
 *
 *     bench_graph [BLOCKS]     default 10,000; measure without sanitizers
 *
 * Each document has one shape that could hurt: everything reads one name, a chain, one name bound
 * or changed again and again.  `answer` counts the blocks or names returned: the cost is to follow
 * it, not the size of the document. */
#include <stdio.h>
#include <time.h>

#include "analysis/block_graph.h"
#include "base/buf.h"
#include "tests/support/synthetic_block.h"

enum { SAMPLES = 301 };

struct paper {
    struct block_graph *graph;
    VEC(struct block *) blocks;
};

/* --- Calls to time: each returns the size of its answer --- */

static size_t call_upstream(struct block_graph *g, const struct block *block) {
    block_vec out = {0};
    graph_upstream(g, block, &out);
    size_t answer = out.len;
    vec_finish(&out);
    return answer;
}

static size_t call_downstream(struct block_graph *g, const struct block *block) {
    block_vec out = {0};
    graph_downstream(g, block, &out);
    size_t answer = out.len;
    vec_finish(&out);
    return answer;
}

static size_t call_requires(struct block_graph *g, const struct block *block) {
    name_vec out = {0};
    graph_requires(g, block, &out);
    size_t answer = out.len;
    vec_finish(&out);
    return answer;
}

static size_t call_provider(struct block_graph *g, const struct block *block) {
    return graph_provider(g, block, block->symbols.requires.items[0].name) != NULL;
}

static size_t call_update(struct block_graph *g, const struct block *block) {
    graph_remove(g, block);
    graph_add(g, block);
    return 1;
}

/* --- Shapes: the notation of block `i` of `n` --- */

/* Like a real script: imports first, then helpers, then steps that use recent results. */
static void shape_script(struct buf *out, uint32_t i, uint32_t n) {
    (void)n;
    if (i == 0)
        buf_printf(out, "np= pd= plt=");
    else if (i < 50)
        buf_printf(out, "help%u(np,pd,help%u)=", i, i / 2);
    else
        buf_printf(out, "v%u= v%u v%u help%u np print len plt!", i, i - 1, i - i % 7, i % 49 + 1);
}

static void shape_one_name(struct buf *out, uint32_t i, uint32_t n) {
    (void)n;
    buf_printf(out, i == 0 ? "np=" : "np v%u=", i);
}

static void shape_chain(struct buf *out, uint32_t i, uint32_t n) {
    (void)n;
    buf_printf(out, i == 0 ? "v0=" : "v%u= v%u", i, i - 1);
}

static void shape_function_chain(struct buf *out, uint32_t i, uint32_t n) {
    if (i == 0)
        buf_printf(out, "f0=");
    else if (i + 1 < n)
        buf_printf(out, "f%u(f%u)=", i, i - 1);
    else
        buf_printf(out, "f%u", i - 1);
}

static void shape_rebound(struct buf *out, uint32_t i, uint32_t n) {
    (void)i, (void)n;
    buf_printf(out, "x x=");
}

static void shape_mutated(struct buf *out, uint32_t i, uint32_t n) {
    (void)n;
    buf_printf(out, i == 0 ? "xs=" : "xs!");
}

/* One function defined again in every block, over a helper that the last block but one rebinds. */
static void shape_redefined(struct buf *out, uint32_t i, uint32_t n) {
    if (i == 0 || i + 2 == n)
        buf_printf(out, "g=");
    else if (i + 1 == n)
        buf_printf(out, "f");
    else
        buf_printf(out, "f(g)=");
}

/* Every function uses one helper, rebound in the middle; the last block calls a few of them. */
static void shape_shared_helper(struct buf *out, uint32_t i, uint32_t n) {
    if (i == 0 || i == n / 2)
        buf_printf(out, "g=");
    else if (i + 1 == n)
        buf_printf(out, "f1 f2 f3");
    else
        buf_printf(out, "f%u(g)=", i);
}

static void shape_wild(struct buf *out, uint32_t i, uint32_t n) {
    buf_printf(out, i == n / 2 ? "*" : "x%u= print", i);
}

enum place { FIRST, MIDDLE, LAST };

static const struct scene {
    const char *title;
    void (*shape)(struct buf *out, uint32_t i, uint32_t n);
    struct {
        const char *name;
        size_t (*call)(struct block_graph *g, const struct block *block);
        enum place place;
    } calls[5];
} scenes[] = {
    {"a script",
     shape_script,
     {{"update", call_update, MIDDLE},
      {"provider", call_provider, MIDDLE},
      {"upstream", call_upstream, MIDDLE},
      {"requires", call_requires, MIDDLE},
      {"downstream of the imports", call_downstream, FIRST}}},
    {"one name required by every block",
     shape_one_name,
     {{"update of a reader", call_update, MIDDLE},
      {"provider", call_provider, LAST},
      {"upstream", call_upstream, LAST},
      {"downstream", call_downstream, FIRST}}},
    {"a chain of variables",
     shape_chain,
     {{"update", call_update, MIDDLE},
      {"upstream", call_upstream, MIDDLE},
      {"downstream", call_downstream, MIDDLE}}},
    {"a chain of functions, called by the last block",
     shape_function_chain,
     {{"update", call_update, MIDDLE},
      {"requires", call_requires, LAST},
      {"upstream", call_upstream, LAST},
      {"downstream", call_downstream, FIRST}}},
    {"one name rebound by every block",
     shape_rebound,
     {{"update", call_update, MIDDLE},
      {"upstream", call_upstream, MIDDLE},
      {"downstream", call_downstream, MIDDLE}}},
    {"one object changed by every block",
     shape_mutated,
     {{"upstream", call_upstream, LAST}, {"downstream", call_downstream, MIDDLE}}},
    {"one function defined again by every block",
     shape_redefined,
     {{"update", call_update, MIDDLE},
      {"upstream", call_upstream, LAST},
      {"downstream of the first helper", call_downstream, FIRST}}},
    {"one helper under every function",
     shape_shared_helper,
     {{"update", call_update, MIDDLE},
      {"upstream", call_upstream, LAST},
      {"downstream of the later helper", call_downstream, MIDDLE}}},
    {"a wild block in the middle",
     shape_wild,
     {{"update", call_update, MIDDLE},
      {"upstream", call_upstream, MIDDLE},
      {"upstream", call_upstream, LAST},
      {"downstream", call_downstream, FIRST}}},
};

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void paper_init(struct paper *p, const struct scene *scene, uint32_t n) {
    struct buf text = {0};
    *p = (struct paper){.graph = graph_create()};
    for (uint32_t i = 0; i < n; i++) {
        text.len = 0;
        scene->shape(&text, i, n);
        struct block *block = synthetic_create(buf_str(&text));
        block->index = i;
        vec_push(&p->blocks, block);
    }
    buf_finish(&text);
    double start = now_us();
    for (uint32_t i = 0; i < n; i++) graph_add(p->graph, p->blocks.items[i]);
    printf("\n%s\n    %-34s %8u %12.2f\n", scene->title, "build (us a block)", n,
           (now_us() - start) / n);
}

static void paper_finish(struct paper *p) {
    graph_destroy(p->graph);
    for (size_t i = 0; i < p->blocks.len; i++) synthetic_destroy(p->blocks.items[i]);
    vec_finish(&p->blocks);
}

static int double_cmp(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void scene_time(const struct scene *scene, const struct paper *p, size_t which) {
    double samples[SAMPLES];
    size_t answer = 0, n = p->blocks.len, place = scene->calls[which].place;
    const struct block *block = p->blocks.items[place == FIRST ? 0 : place == LAST ? n - 1 : n / 2];
    for (int i = 0; i < SAMPLES; i++) {
        double start = now_us();
        answer = scene->calls[which].call(p->graph, block);
        samples[i] = now_us() - start;
    }
    qsort(samples, SAMPLES, sizeof *samples, double_cmp);
    printf("    %-34s %8zu %12.2f\n", scene->calls[which].name, answer, samples[SAMPLES / 2]);
}

int main(int argc, char **argv) {
    uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 10000;
    if (n < 100 || n > 1000000) {
        fprintf(stderr, "usage: bench_graph [BLOCKS], 100 to 1,000,000\n");
        return 2;
    }
    printf("%u blocks\n    %-34s %8s %12s\n", n, "", "answer", "us");
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        struct paper p;
        paper_init(&p, &scenes[i], n);
        for (size_t c = 0; c < 5 && scenes[i].calls[c].call; c++) scene_time(&scenes[i], &p, c);
        paper_finish(&p);
    }
    return 0;
}
