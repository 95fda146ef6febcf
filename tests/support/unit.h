/* SPDX-License-Identifier: Apache-2.0 */
/* unit.h - what every unit test includes: cmocka with what it needs, and comparison of strings. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* `what` says which case it was; both strings are shown when they differ. */
static inline void expect_str(const char *what, struct str got, struct str expected) {
    if (!str_eq(got, expected))
        fail_msg("%s: expected \"%.*s\", got \"%.*s\"", what, STR_FMT(expected), STR_FMT(got));
}

/* The same, for an answer collected in a buffer, which is freed. */
static inline void expect_buf(const char *what, struct buf *got, const char *expected) {
    expect_str(what, buf_str(got), str_from(expected));
    buf_finish(got);
}

/* A small generator for random tests: the same numbers on every machine. */
static inline uint32_t random_below(uint64_t *state, uint32_t limit) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*state >> 33) % limit);
}

#endif
