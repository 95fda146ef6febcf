/* SPDX-License-Identifier: Apache-2.0 */
/* test_worker_values.c - what a block is said to have changed, of values big and small, whatever
 * happened to them between the runs. */
#include "support/worker_client.h"
#include "tests/support/unit.h"

static struct client *c;

static int start(void **state) {
    (void)state;
    c = client_start(NULL);
    client_setup(c, "/tmp/doc.py", 100000, 100);
    return 0;
}

static int stop(void **state) {
    (void)state;
    client_destroy(c);
    return 0;
}

static const char *const reads[] = {"x", NULL};

/* A block that is known to read `x`. */
static void check(uint32_t block, const char *source, const char *expected) {
    struct run_options options = {.block = block, .reads = reads};
    expect_str(source, str_from(client_run(c, source, options)), str_from(expected));
}

/* Another one, that does not. */
static void run_apart(uint32_t block, const char *source, const char *expected) {
    struct run_options options = {.block = block};
    expect_str(source, str_from(client_run(c, source, options)), str_from(expected));
}

static void check_big(const char *make, const char *read, const char *change) {
    client_setup(c, "/tmp/doc.py", 100000, 100);
    run_apart(1, make, "ok +x");
    for (int i = 0; i < 2; i++) {
        check(2, read, "ok");
        check(3, change, "ok ~x <1>");
    }
}

static void big_values(void **state) {
    (void)state;
    check_big("x = bytearray(80_000_000)", "len(x) and None", "x[40_000_000] += 1");
    check_big("x = list(range(500_000))", "sum(x) and None", "x[400_000] += 1");
    check_big("x = [bytes(80_000_000), []]", "len(x) and None", "x[1].append(1)");
    check_big("x = {i: str(i) for i in range(100_000)}", "len(x) and None", "x[5] += '.'");
}

/* Who makes the same again keeps the old object, unless it was changed meanwhile. */
static void made_again(void **state) {
    (void)state;
    run_apart(1, "x = [bytes(80_000_000), []]", "ok +x");
    check(2, "was = id(x)", "ok +was");
    run_apart(1, "x = [bytes(80_000_000), []]", "ok +x");
    check(3, "id(x) == was", "result text/plain \"True\"\nok");
    check(4, "x[1].append(1)", "ok ~x <1>");
    run_apart(1, "x = [bytes(80_000_000), []]", "ok +x");
    check(3, "id(x) == was", "result text/plain \"False\"\nok");
}

/* What was changed between the runs is not the next block's doing. */
static void changed_by_inspecting(void **state) {
    (void)state;
    run_apart(1,
              "class C:\n    seen = 0\n    def __repr__(self): self.seen += 1; return 'C'\nx = C()",
              "ok +C +x");
    client_inspect(c, 1, "x");
    client_read_until(c, WM_INSPECTED);
    check(2, "x.seen == 0", "result text/plain \"False\"\nok");
}

static void changed_by_a_thread(void **state) {
    (void)state;
    run_apart(1, "x = []", "ok +x");
    run_apart(2,
              "import threading\ngo, done = threading.Event(), threading.Event()\n"
              "def f(x): go.wait(); x.append(1); done.set(); threading.Event().wait()\n"
              "threading.Thread(target=f, args=(x,), daemon=True).start()",
              "ok +threading +go +done +f");
    run_apart(3, "go.set()\ndone.wait()", "result text/plain \"True\"\nok");
    check(4, "len(x)", "result text/plain \"1\"\nok");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(big_values, start, stop),
        cmocka_unit_test_setup_teardown(made_again, start, stop),
        cmocka_unit_test_setup_teardown(changed_by_inspecting, start, stop),
        cmocka_unit_test_setup_teardown(changed_by_a_thread, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
