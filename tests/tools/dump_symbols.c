/* SPDX-License-Identifier: Apache-2.0 */
/* dump_symbols.c - the analysis of many blocks, for scripts that compare it with something.
 *
 * In, on standard input: for each block its length in bytes, a newline, and the bytes.
 * Out: one line for each block, `error|wild|provides|requires|mutates|deletes|imports`, where
 * lists are separated by spaces and names are followed by marks: "?" not certain, "~" deferred,
 * "!" builtin.  `--time` prints the microseconds of all analyses instead. */
#include <stdio.h>
#include <time.h>

#include "analysis/symbols.h"
#include "base/buf.h"

static void print_symbols(const struct symbols *s) {
    printf("%d|%u|", s->syntax_error, s->wild);
    for (size_t i = 0; i < s->provides.len; i++) {
        const struct definition *d = &s->provides.items[i];
        printf("%.*s%s%s ", STR_FMT(d->name), d->certain ? "" : "?", d->deferred ? "~" : "");
    }
    putchar('|');
    for (size_t i = 0; i < s->requires.len; i++) {
        const struct requirement *r = &s->requires.items[i];
        printf("%.*s%s%s ", STR_FMT(r->name), r->deferred ? "~" : "", r->builtin ? "!" : "");
    }
    putchar('|');
    for (size_t i = 0; i < s->mutates.len; i++) printf("%.*s ", STR_FMT(s->mutates.items[i]));
    putchar('|');
    for (size_t i = 0; i < s->deletes.len; i++) printf("%.*s ", STR_FMT(s->deletes.items[i]));
    putchar('|');
    for (size_t i = 0; i < s->imports.len; i++) {
        const struct import_use *u = &s->imports.items[i];
        printf("%.*s%.*s:%.*s:%.*s ", (int)u->level, "................", STR_FMT(u->module),
               STR_FMT(u->name), STR_FMT(u->local));
    }
    putchar('\n');
}

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

int main(int argc, char **argv) {
    bool timed = argc > 1 && strcmp(argv[1], "--time") == 0;
    struct buf block = {0};
    double spent = 0;
    for (unsigned long len; scanf("%lu", &len) == 1;) {
        getchar();
        block.len = 0;
        buf_reserve(&block, len);
        block.len = fread(block.ptr, 1, len, stdin);
        struct symbols s = {0};
        double start = now_us();
        symbols_analyse(&s, buf_str(&block), false);
        spent += now_us() - start;
        if (!timed) print_symbols(&s);
        symbols_finish(&s);
    }
    if (timed) printf("%.0f\n", spent);
    buf_finish(&block);
    return 0;
}
