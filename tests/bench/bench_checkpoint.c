/* SPDX-License-Identifier: Apache-2.0 */
/* bench_checkpoint.c - what it costs to keep an interpreter, and to go back to it.
 *
 * Beside the times, what a full copy of the same memory would take: a checkpoint has to be a
 * small part of that to be worth anything. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "support/worker_client.h"

#define LIMIT (8u << 20)
#define TIMES 20

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void bench(const char *what, const char *source) {
    struct client *c = client_start(NULL);
    client_setup(c, "/tmp/doc.py", LIMIT, 10000);
    double take = 0, resume = 0;
    const char *made = client_run(c, source, (struct run_options){0});
    if (strncmp(made, "ok", 2) != 0) {
        printf("%-28s skipped: %s\n", what, made);
    } else {
        for (uint32_t i = 1; i <= TIMES; i++) {
            double start = now_us();
            client_checkpoint(c, i);
            take += now_us() - start;
            client_drop(c, i - 1);
            start = now_us();
            client_resume(c, i);
            resume += now_us() - start;
        }
        client_run(c, "copy = bytes(x)", (struct run_options){0});
        printf("%-28s take %8.0f us   resume %8.0f us   a copy of it %8.0f us\n", what,
               take / TIMES, resume / TIMES, (double)c->duration);
    }
    client_destroy(c);
}

int main(void) {
    bench("1 KB", "x = bytearray(1 << 10)");
    bench("64 MB", "x = bytearray(b'a') * (64 << 20)");
    bench("1 GB", "x = bytearray(b'a') * (1 << 30)");
    bench("1 GB in a NumPy array", "import numpy\nx = numpy.ones(1 << 27)");
    return 0;
}
