/* SPDX-License-Identifier: Apache-2.0 */
/* bench_fingerprint.c - what it costs to fingerprint values.
 *
 *     bench_fingerprint          measure without sanitizers
 *
 * Milliseconds a call (median), and bytes a second where the value is memory. */
#include <stdio.h>
#include <time.h>

#include "exec/worker/fingerprint.h"
#include "tests/support/embedded_python.h"

enum { SAMPLES = 21 };

static const struct fingerprint_budget ample = {UINT64_MAX, 60000000};

static const struct scene {
    const char *title, *module, *source;
    double bytes; /* of memory that is read; 0: does not apply */
} scenes[] = {
    {"list of 100,000 ints", "sys", "x = list(range(100000))", 0},
    {"list of 100,000 str", "sys", "x = [str(i) for i in range(100000)]", 0},
    {"dict of 10,000 objects", "sys",
     "class C:\n def __init__(self, i): self.i = i; self.s = str(i)\n"
     "x = {i: C(i) for i in range(10000)}",
     0},
    {"100,000 lists of one int", "sys", "x = [[i] for i in range(100000)]", 0},
    {"list nested 100,000 deep", "sys", "x = []\nfor i in range(100000): x = [x]", 0},
    {"1,000 functions", "sys",
     "def make(i):\n def f(a, b=i): return a + b + i\n return f\nx = [make(i) for i in "
     "range(1000)]",
     0},
    {"bytes, 100 MB", "sys", "x = bytes(100_000_000)", 1e8},
    {"array, 100 MB", "numpy", "import numpy as np; x = np.ones(12_500_000)", 1e8},
    {"array, 100 MB, every second column", "numpy",
     "import numpy as np; x = np.ones((25000, 1000))[:, ::2]", 1e8},
    {"frame, 1,000,000 x 5 floats", "pandas",
     "import numpy as np, pandas as pd; x = pd.DataFrame(np.ones((1000000, 5)), "
     "columns=list('abcde'))",
     4e7},
    {"frame, 100,000 str", "pandas",
     "import pandas as pd; x = pd.DataFrame({'s': [str(i) for i in range(100000)]})", 0},
};

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int double_cmp(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *samples) {
    qsort(samples, SAMPLES, sizeof *samples, double_cmp);
    return samples[SAMPLES / 2];
}

static double time_print(struct fingerprinter *prints, PyObject *label, PyObject *value) {
    double samples[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
        double start = now_ms();
        struct fingerprint_walk *w = fingerprint_begin(prints);
        struct fingerprint fp = fingerprint_value(w, label, value, ample);
        fingerprint_end(w);
        samples[i] = now_ms() - start;
        if (!fp.exact) printf("    not exact\n");
    }
    return median(samples);
}

static void bench_values(void) {
    struct fingerprinter *prints = fingerprinter_create(python_globals());
    PyObject *label = PyUnicode_FromString("x");
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        const struct scene *scene = &scenes[i];
        if (!python_has(scene->module)) continue;
        python_clear();
        python_run(scene->source);
        PyObject *value = python_eval("x");
        double ms = time_print(prints, label, value);
        printf("    %-40s %10.3f", scene->title, ms);
        if (scene->bytes > 0) printf(" %8.1f GB/s", scene->bytes / ms / 1e6);
        printf("\n");
        Py_DECREF(value);
    }
    Py_DECREF(label);
    fingerprinter_destroy(prints);
}

int main(void) {
    python_start();
    printf("fingerprint of a value %34s\n", "ms");
    bench_values();
    return 0;
}
