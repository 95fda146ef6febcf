/* SPDX-License-Identifier: Apache-2.0 */
/* bench_values.c - what big values cost the blocks that can reach them, seen from the server.
 *
 * Prints milliseconds, the median of some runs: of a block that reads the value, of 40 that do, one
 * after the other, and of the block that makes it, again.  RELIGHT_WORKER=... measures another
 * build's worker. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "support/worker_client.h"

enum { SAMPLES = 3, READERS = 40 };

static const struct scene {
    const char *what, *make;
} scenes[] = {
    {"a small list", "x = [1]"},
    {"list of 1,000,000 ints", "x = list(range(1_000_000))"},
    {"list of 10,000,000 ints", "x = list(range(10_000_000))"},
    {"100,000 lists of an int", "x = [[i] for i in range(100_000)]"},
    {"array, 50 MB", "import numpy as np\nx = np.ones(6_250_000)"},
    {"array, 1 GB", "import numpy as np\nx = np.ones(125_000_000)"},
    {"bytearray, 1 GB", "x = bytearray(1_000_000_000)"},
    {"frame, 100 MB of floats", "import numpy as np, pandas as pd\nx = "
                                "pd.DataFrame(np.ones((2_500_000, 5)), columns=[*'abcde'])"},
};

static const char *const reads[] = {"x", "np", "pd", NULL};

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void run(struct client *c, uint32_t block, const char *source) {
    client_run(c, source, (struct run_options){.block = block, .reads = reads});
}

/* `count` blocks from `block` on. */
static double measure(struct client *c, uint32_t block, uint32_t count, const char *source) {
    double times[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
        double start = now_ms();
        for (uint32_t b = block; b < block + count; b++) run(c, b, source);
        times[i] = now_ms() - start;
    }
    qsort(times, SAMPLES, sizeof *times, by_value);
    return times[SAMPLES / 2];
}

static void bench(const struct scene *scene) {
    struct client *c = client_start(NULL);
    client_setup(c, "/tmp/doc.py", 100000, 100);
    run(c, 1, scene->make);
    const char *there = client_run(c, "x is x", (struct run_options){.block = 2});
    if (strstr(there, "True")) {
        double one = measure(c, 3, 1, "n = x is None");
        double all = measure(c, 3, READERS, "n = x is None");
        double again = measure(c, 1, 1, scene->make);
        printf("    %-32s %10.1f %10.1f %10.1f\n", scene->what, one, all, again);
    }
    client_destroy(c);
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0); /* it takes a while */
    printf("ms %43s %10s %10s\n", "a reader", "40 of them", "the maker");
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) bench(&scenes[i]);
    return 0;
}
