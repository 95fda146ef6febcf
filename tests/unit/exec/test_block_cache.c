/* SPDX-License-Identifier: Apache-2.0 */
/* test_block_cache.c - what the cache finds, what it keeps, and that it stays within its limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "exec/block_cache.h"

#define A STR("/a.py")
#define B STR("/b.py")

static struct hash128 code(uint64_t n) {
    return (struct hash128){n, ~n};
}

/* What x is now; 0: it is not bound. */
static bool x_is(void *ctx, const struct cache_read *read) {
    uint64_t now = *(uint64_t *)ctx;
    return read->absent ? now == 0 : hash128_eq(read->fingerprint, code(now));
}

static void put(struct block_cache *c, struct str file, uint64_t block, uint64_t x,
                struct str result) {
    struct cache_read read = {STR("x"), x == 0, code(x)};
    block_cache_put(c, file, code(block), &read, 1, result);
}

static bool has(struct block_cache *c, struct str file, uint64_t block, uint64_t x,
                const char *expected) {
    struct str found;
    if (!block_cache_find(c, file, code(block), x_is, &x, &found)) return false;
    assert_true(str_eq(found, str_from(expected)));
    return true;
}

static void finds_by_file_code_and_inputs(void **state) {
    (void)state;
    struct block_cache *c = block_cache_create(1 << 20);
    put(c, A, 1, 7, STR("seven"));
    put(c, A, 1, 8, STR("eight"));
    put(c, A, 2, 0, STR("absent"));
    assert_true(has(c, A, 1, 7, "seven"));
    assert_true(has(c, A, 1, 8, "eight"));
    assert_true(has(c, A, 2, 0, "absent"));
    assert_false(has(c, A, 1, 9, ""));
    assert_false(has(c, A, 1, 0, ""));
    assert_false(has(c, A, 2, 7, ""));
    assert_false(has(c, B, 1, 7, ""));
    struct cache_stats stats = block_cache_stats(c);
    assert_int_equal(stats.entries, 3);
    assert_int_equal(stats.hits, 3);
    assert_int_equal(stats.misses, 4);
    block_cache_clear(c);
    assert_int_equal(block_cache_stats(c).bytes, 0);
    block_cache_destroy(c);
}

static void keeps_the_last_variants(void **state) {
    (void)state;
    struct block_cache *c = block_cache_create(1 << 20);
    for (uint64_t x = 1; x <= 20; x++) put(c, A, 1, x, STR("r"));
    assert_int_equal(block_cache_stats(c).entries, CACHE_VARIANTS);
    assert_true(has(c, A, 1, 20, "r"));
    assert_true(has(c, A, 1, 20 - CACHE_VARIANTS + 1, "r"));
    assert_false(has(c, A, 1, 20 - CACHE_VARIANTS, "r"));
    block_cache_destroy(c);
}

static void evicts_what_nobody_watches(void **state) {
    (void)state;
    struct block_cache *c = block_cache_create(1 << 20);
    put(c, A, 1, 1, STR("a"));
    put(c, B, 1, 1, STR("b"));
    block_cache_mark(c, A, 1000);
    block_cache_mark(c, STR("/unknown.py"), 1000);
    block_cache_evict(c, 1000 + CACHE_MARKED_MS - 1);
    assert_true(has(c, A, 1, 1, "a"));
    block_cache_unmark(c, A); /* watched again */
    block_cache_evict(c, 1000 + CACHE_MARKED_MS);
    assert_true(has(c, A, 1, 1, "a"));
    block_cache_mark(c, A, 2000);
    block_cache_evict(c, 2000 + CACHE_MARKED_MS);
    assert_false(has(c, A, 1, 1, ""));
    assert_true(has(c, B, 1, 1, "b"));
    assert_int_equal(block_cache_stats(c).entries, 1);
    block_cache_destroy(c);
}

/* Many large results pass through; one that is used now and then stays. */
static void stays_within_its_limit(void **state) {
    (void)state;
    enum { LIMIT = 1 << 20, RESULT = 20000 };
    struct block_cache *c = block_cache_create(LIMIT);
    char *bytes = xcalloc(1, RESULT);
    put(c, A, 0, 1, STR("hot"));
    for (uint64_t i = 1; i < 5000; i++) {
        put(c, i % 2 ? A : B, i, 1, (struct str){bytes, 1 + i * 7919 % RESULT});
        assert_true(block_cache_stats(c).bytes <= LIMIT);
        if (i % 20 == 0) assert_true(has(c, A, 0, 1, "hot"));
        if (i % 3 == 0) { /* others become hot, too */
            uint64_t one = 1;
            struct str found;
            block_cache_find(c, A, code(i - 2), x_is, &one, &found);
        }
    }
    assert_true(block_cache_stats(c).bytes > LIMIT / 2);
    put(c, A, 9999, 1, (struct str){bytes, RESULT});
    block_cache_set_limit(c, 1000);
    assert_true(block_cache_stats(c).bytes <= 1000);
    put(c, A, 9999, 1, (struct str){bytes, RESULT}); /* too big by itself */
    assert_false(has(c, A, 9999, 1, ""));
    block_cache_destroy(c);
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_by_file_code_and_inputs),
        cmocka_unit_test(keeps_the_last_variants),
        cmocka_unit_test(evicts_what_nobody_watches),
        cmocka_unit_test(stays_within_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
