/* SPDX-License-Identifier: Apache-2.0 */
/* test_worker_held.c - what a run with WIRE_RUN_HOLD refuses, and what is left of it. */
#include <unistd.h>

#include "support/worker_client.h"
#include "tests/support/unit.h"

#define OUT "/tmp/relight-held-out"

static const char *run(struct client *c, uint32_t block, uint32_t flags, const char *source) {
    return client_run(c, source, (struct run_options){.block = block, .flags = flags});
}

static void check(struct client *c, uint32_t block, const char *source, const char *expected) {
    expect_str(source, str_from(run(c, block, WIRE_RUN_HOLD, source)), str_from(expected));
}

static struct client *start(void) {
    struct client *c = client_start(NULL);
    client_setup(c, "/tmp/doc.py", 100000, 100);
    unlink(OUT);
    return c;
}

static void effects_are_refused(void **state) {
    (void)state;
    struct client *c = start();
    check(c, 1, "open('" OUT "', 'w')", "held Held \"writes \\\"" OUT "\\\"\" @b1:0");
    assert_int_equal(access(OUT, F_OK), -1);
    expect_str("without the flag", str_from(run(c, 1, 0, "open('" OUT "', 'w').close()")),
               STR("ok"));
    assert_int_equal(access(OUT, F_OK), 0);
    check(c, 2, "import os\nos.remove('" OUT "')", "held Held \"deletes \\\"" OUT "\\\"\" @b2:1");
    assert_int_equal(access(OUT, F_OK), 0);
    client_destroy(c);
    unlink(OUT);
}

static void swallowing_helps_nothing(void **state) {
    (void)state;
    struct client *c = start();
    check(c, 1, "try:\n    open('" OUT "', 'w')\nexcept BaseException:\n    pass\nx = 1",
          "held Held \"writes \\\"" OUT "\\\"\" @b1:1");
    check(c, 2, "print('x' in globals())", "out \"False\\n\"\nok"); /* and nothing was bound */
    client_destroy(c);
}

static void names_are_put_back(void **state) {
    (void)state;
    struct client *c = start();
    run(c, 1, 0, "a = 1\nb = 2");
    run(c, 2, WIRE_RUN_HOLD, "a = 10\ndel b\nd = 4\nopen('" OUT "', 'w')");
    check(c, 3, "print(a, b, 'd' in globals())", "out \"1 2 False\\n\"\nok");
    client_destroy(c);
}

static void the_next_run_is_free_again(void **state) {
    (void)state;
    struct client *c = start();
    run(c, 1, WIRE_RUN_HOLD, "open('" OUT "', 'w')");
    check(c, 1, "x = 1", "ok +x");
    client_destroy(c);
}

static void harmless_things_are_let_through(void **state) {
    (void)state;
    struct client *c = start();
    check(c, 1,
          "import os, asyncio\nopen(os.devnull, 'w').write('x')\nprint(len(os.listdir('/')) > 0)",
          "out \"True\\n\"\nok +os +asyncio");
    check(c, 2, "await asyncio.sleep(0)", "ok");
    check(c, 3, "import json, decimal, sqlite3, multiprocessing",
          "ok +json +decimal +sqlite3 +multiprocessing");
    check(c, 4, "d = sqlite3.connect(':memory:')", "ok +d");
    client_destroy(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_are_refused),
        cmocka_unit_test(swallowing_helps_nothing),
        cmocka_unit_test(names_are_put_back),
        cmocka_unit_test(the_next_run_is_free_again),
        cmocka_unit_test(harmless_things_are_let_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
