/* SPDX-License-Identifier: Apache-2.0 */
/* test_result_store.c - results on disk: found again, bounded, and made anew when damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "analysis/result_store.h"
#include "base/mem.h"

#define DOCUMENT STR("/a.py")

static char folder[] = "/tmp/relight-results-XXXXXX";
static char path[64];

static int make_folder(void **state) {
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/deep/down/results.db", folder);
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command); // NOLINT(cert-env33-c): of a folder that we have made
}

static struct result_store *open_store(uint64_t limit) {
    struct err err = {0};
    struct result_store *s = result_store_open(path, limit, &err);
    assert_non_null(s);
    return s;
}

static void put(struct result_store *s, uint64_t code, uint32_t nth, uint64_t content,
                struct str bytes) {
    struct stored_result row = {.document = DOCUMENT,
                                .code = {code, 0},
                                .nth = nth,
                                .content = {content, 0},
                                .bytes = bytes};
    result_store_put(s, &row);
}

static bool has(struct result_store *s, uint64_t code, uint32_t nth, const char *expected) {
    struct buf found = {0};
    bool there = result_store_get(s, DOCUMENT, (struct hash128){code, 0}, nth, &found);
    if (there && expected) assert_true(str_eq(buf_str(&found), str_from(expected)));
    buf_finish(&found);
    return there;
}

static void results_outlive_the_process(void **state) {
    (void)state;
    struct result_store *s = open_store(1 << 20);
    result_store_begin(s, 1000);
    put(s, 1, 0, 1, STR("one"));
    put(s, 1, 1, 1, STR("the second of them"));
    put(s, 2, 0, 1, STR("two"));
    result_store_commit(s);
    result_store_close(s);
    s = open_store(1 << 20);
    assert_true(has(s, 1, 0, "one"));
    assert_true(has(s, 1, 1, "the second of them"));
    assert_false(has(s, 3, 0, NULL));
    result_store_begin(s, 2000); /* one stays, one changes, one is no longer in the document */
    put(s, 1, 0, 1, STR("equal content: not written"));
    put(s, 2, 0, 2, STR("another"));
    result_store_forget_others(s, DOCUMENT);
    result_store_commit(s);
    assert_true(has(s, 1, 0, "one"));
    assert_true(has(s, 2, 0, "another"));
    assert_false(has(s, 1, 1, NULL));
    result_store_clear(s);
    assert_int_equal(result_store_size(s), 0);
    result_store_close(s);
}

static void it_stays_within_its_limit(void **state) {
    (void)state;
    enum { LIMIT = 100000, RESULT = 3000 };
    struct result_store *s = open_store(LIMIT);
    char *bytes = xcalloc(1, LIMIT + 1);
    for (uint64_t i = 1; i <= 200; i++) {
        result_store_begin(s, (int64_t)i);
        put(s, i, 0, 1, (struct str){bytes, RESULT});
        result_store_commit(s);
        assert_true(result_store_size(s) <= LIMIT);
    }
    assert_true(has(s, 200, 0, NULL));
    assert_false(has(s, 1, 0, NULL)); /* the oldest went first */
    result_store_begin(s, 300);
    put(s, 300, 0, 1, (struct str){bytes, LIMIT + 1});
    result_store_commit(s);
    assert_false(has(s, 300, 0, NULL));
    free(bytes);
    result_store_close(s);
}

static void a_damaged_one_is_made_anew(void **state) {
    (void)state;
    FILE *file = fopen(path, "wb");
    for (int i = 0; i < 5000; i++) fputs("rubbish", file);
    fclose(file);
    struct result_store *s = open_store(1 << 20);
    assert_false(has(s, 200, 0, NULL));
    result_store_begin(s, 1);
    put(s, 1, 0, 1, STR("one"));
    result_store_commit(s);
    assert_true(has(s, 1, 0, "one"));
    result_store_close(s);
}

static void a_place_that_cannot_be_is_an_error(void **state) {
    (void)state;
    struct err err = {0};
    assert_null(result_store_open("/dev/null/results.db", 1, &err));
    assert_int_equal(err.code, ST_IO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_outlive_the_process),
        cmocka_unit_test(it_stays_within_its_limit),
        cmocka_unit_test(a_damaged_one_is_made_anew),
        cmocka_unit_test(a_place_that_cannot_be_is_an_error),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
