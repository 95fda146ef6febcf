/* SPDX-License-Identifier: Apache-2.0 */
/* bench_worker.c - how long a request to the worker takes, seen from the server.
 *
 * Prints the median and the 99th percentile of each, in microseconds. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "support/worker_client.h"

#define LIMIT (8u << 20)

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_times_take(const char *what, double *times, size_t count) {
    qsort(times, count, sizeof *times, by_value);
    printf("%-44s median %8.0f us   p99 %8.0f us   (%zu times)\n", what, times[count / 2],
           times[count * 99 / 100], count);
    free(times);
}

static void bench_run(struct client *c, const char *what, const char *source, size_t count) {
    double *times = xcalloc(count, sizeof *times);
    for (size_t i = 0; i < 20; i++) client_run(c, source, (struct run_options){0});
    for (size_t i = 0; i < count; i++) {
        double start = now_us();
        client_run(c, source, (struct run_options){.line = 500});
        times[i] = now_us() - start;
    }
    print_times_take(what, times, count);
}

static void bench_setup(struct client *c, const char *what, size_t count) {
    double *times = xcalloc(count, sizeof *times);
    for (size_t i = 0; i < count; i++) {
        double start = now_us();
        client_setup(c, "/tmp/doc.py", LIMIT, 10000);
        times[i] = now_us() - start;
    }
    print_times_take(what, times, count);
}

static void bench_start(size_t count) {
    double *times = xcalloc(count, sizeof *times);
    for (size_t i = 0; i < count; i++) {
        double start = now_us();
        struct client *c = client_start(NULL);
        client_setup(c, "/tmp/doc.py", LIMIT, 10000);
        times[i] = now_us() - start;
        client_destroy(c);
    }
    print_times_take("start the worker, until STARTED", times, count);
}

int main(void) {
    struct client *c = client_start(NULL);
    client_setup(c, "/tmp/doc.py", LIMIT, 10000);
    bench_run(c, "RUN 1+1, until DONE", "1+1", 2000);
    bench_run(c, "RUN print('x'), until DONE", "print('x')", 2000);
    bench_run(c, "RUN of 100 lines, until DONE", "for i in range(100): print(i)", 500);
    bench_run(c, "RUN that raises, until DONE", "1/0", 1000);
    bench_setup(c, "SETUP: kill, fork, until STARTED", 200);
    client_destroy(c);
    bench_start(20);
    return 0;
}
