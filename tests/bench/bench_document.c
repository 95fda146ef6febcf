/* SPDX-License-Identifier: Apache-2.0 */
/* bench_document.c - what a key and a first analysis cost.
 *
 * Goals: a key in a file of 5,000 lines takes 0.5 ms at the median, and no more than twice what it
 * takes in one of 500; a file of 17 KB is analysed in 5 ms.  The files are made of functions,
 * classes and top-level code of ordinary sizes. */
#include <stdio.h>
#include <time.h>

#include "analysis/document.h"

enum { KEYS = 400 };

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* About 25 lines. */
static void append_part(struct buf *out, unsigned n) {
    buf_printf(out,
               "def compute_%u(values, factor=2, *, limit=None):\n"
               "    \"\"\"Scale the values; those above the limit are left out.\"\"\"\n"
               "    out = []\n"
               "    for value in values:\n"
               "        if limit is not None and value > limit:\n"
               "            continue\n"
               "        out.append(value * factor + OFFSET)\n"
               "    return [x for x in out if x]\n\n\n"
               "class Thing_%u(Base):\n"
               "    name = \"thing %u\"\n\n"
               "    def __init__(self, size, *args, **kwargs):\n"
               "        super().__init__(*args, **kwargs)\n"
               "        self.size = size\n\n"
               "    def area(self):\n"
               "        return self.size ** 2 + compute_%u([self.size])[0]\n\n\n"
               "# Some prose about the next step.\n\n"
               "data_%u = compute_%u(range(10), limit=7)\n"
               "total_%u = sum(data_%u) + Thing_%u(3).area()\n"
               "print(f\"{total_%u:>10} {data_%u!r}\")\n\n",
               n, n, n, n, n, n, n, n, n, n, n);
}

static void make_file(struct buf *out, unsigned lines) {
    out->len = 0;
    buf_append(out, STR("\"\"\"A module.\"\"\"\nfrom base import Base\n\nOFFSET = 1\n\n"));
    for (unsigned n = 0; n < lines / 27; n++) append_part(out, n);
}

static int double_cmp(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double key(struct document *doc, uint32_t at, struct str with, uint32_t deleted) {
    double start = now_us();
    document_replace(doc, (struct span){at, at + deleted}, with);
    document_refresh(doc);
    return now_us() - start;
}

/* Type and take back `typed` at the end of the first line that contains `place`. */
static double median_key(unsigned lines, const char *place, struct str typed) {
    struct buf text = {0};
    make_file(&text, lines);
    struct document *doc = document_create(buf_str(&text));
    const char *found = strstr(buf_cstr(&text), place);
    uint32_t at = (uint32_t)(found - text.ptr) + (uint32_t)strcspn(found, "\n");
    double times[KEYS];
    for (unsigned i = 0; i < KEYS; i += 2) {
        times[i] = key(doc, at, typed, 0);
        times[i + 1] = key(doc, at, STR(""), (uint32_t)typed.len);
    }
    qsort(times, KEYS, sizeof *times, double_cmp);
    document_destroy(doc);
    buf_finish(&text);
    return times[KEYS / 2];
}

static void bench_keys(const char *what, const char *place, struct str typed) {
    double small = median_key(500, place, typed), large = median_key(5000, place, typed);
    printf("%-28s 500 lines %8.1f us   5000 lines %8.1f us   ratio %.2f\n", what, small, large,
           large / small);
}

static void bench_first(unsigned lines) {
    struct buf text = {0};
    make_file(&text, lines);
    double best = 1e12;
    for (unsigned i = 0; i < 20; i++) {
        double start = now_us();
        struct document *doc = document_create(buf_str(&text));
        double spent = now_us() - start;
        if (spent < best) best = spent;
        document_destroy(doc);
    }
    printf("first analysis, %zu bytes: %.2f ms\n", text.len, best / 1e3);
    buf_finish(&text);
}

int main(void) {
    bench_keys("a letter in a function", "out.append(value * factor", STR("x"));
    bench_keys("a letter in a paragraph", "data_5 = compute_5(", STR("x"));
    bench_keys("a comment", "data_5 = compute_5(", STR(" # x"));
    bench_keys("a new line", "data_5 = compute_5(", STR("\n"));
    bench_keys("an open bracket", "data_5 = compute_5(", STR("("));
    bench_keys("an open triple quote", "data_5 = compute_5(", STR("\"\"\""));
    bench_first(690); /* 17 KB */
    bench_first(5000);
    return 0;
}
