/* SPDX-License-Identifier: Apache-2.0 */
/* test_worker_ambient.c - state of the process that blocks change is reported, and put back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/worker_client.h"

static struct client *client;

static int start(void **state) {
    (void)state;
    client = client_start(NULL);
    client_setup(client, "/tmp/doc.py", 100000, 100);
    return 0;
}

static int stop(void **state) {
    (void)state;
    client_destroy(client);
    return 0;
}

static void check(uint32_t block, const char *source, const char *expect) {
    assert_string_equal(client_run(client, source, (struct run_options){.block = block}), expect);
}

/* The same, at a place where `name` is as block `from` left it. */
static void check_at(uint32_t block, const char *name, uint32_t from, const char *source,
                     const char *expect) {
    const struct name_fix fixes[] = {{name, from}, {0}};
    struct run_options options = {.block = block, .fixes = fixes};
    assert_string_equal(client_run(client, source, options), expect);
}

static void nothing_changed(void **state) {
    (void)state;
    check(1, "import random, os, sys, warnings, locale", "ok +random +os +sys +warnings +locale");
    check(2, "g = random.Random(1)\ng.random(), os.getcwd();", "ok +g");
    check(3, "os.environ['A'] = os.environ.setdefault('A', '')\ndel os.environ['A']", "ok");
    check(4, "with warnings.catch_warnings():\n    warnings.simplefilter('error')", "ok");
}

static void random_numbers(void **state) {
    (void)state;
    check(1, "import random\nrandom.seed(1)", "ok +random +<random>");
    check(2, "a = random.random()", "ok +a +<random>");
    check_at(3, "<random>", 1, "random.random() == a", "result text/plain \"True\"\nok +<random>");
    check_at(4, "<random>", 2, "random.random() == a", "result text/plain \"False\"\nok +<random>");
    check_at(5, "<random>", 1, "random.seed(1)", "ok");
}

/* What the module began with, nobody knows; but it is always the same. */
static void random_numbers_unseeded(void **state) {
    (void)state;
    check(1, "import random", "ok +random");
    check(2, "a = random.random()", "ok +a +<random>");
    check_at(3, "<random>", 0, "random.random() == a", "result text/plain \"True\"\nok +<random>");
}

static void environment(void **state) {
    (void)state;
    check(1, "import os\nos.environ['RL_A'] = 'é'", "ok +os +<environ>");
    check(2, "os.environ['RL_A'] = '2'\nos.environ['RL_B'] = '3'", "ok +<environ>");
    check_at(3, "<environ>", 1, "os.getenv('RL_A'), os.getenv('RL_B')",
             "result text/plain \"('é', None)\"\nok");
    check_at(4, "<environ>", 0, "os.system('echo $RL_A-')",
             "out \"-\\n\"\nresult text/plain \"0\"\nok");
}

static void places(void **state) {
    (void)state;
    check(1, "import os, sys\nhere = os.getcwd()\nos.chdir('/')", "ok +os +sys +here +<cwd>");
    check(2, "sys.path = ['/x'] + sys.path", "ok +<sys.path>");
    check_at(3, "<cwd>", 0, "os.getcwd() == here", "result text/plain \"True\"\nok");
    check_at(4, "<sys.path>", 0, "'/x' in sys.path", "result text/plain \"False\"\nok");
    check_at(5, "<sys.path>", 2, "sys.path[0]", "result text/plain \"'/x'\"\nok");
}

static void filters(void **state) {
    (void)state;
    static const char *const warn = "with warnings.catch_warnings(record=True) as w:\n"
                                    "    warnings.warn('x')\nlen(w)";
    check(1, "import warnings\nwarnings.simplefilter('ignore')", "ok +warnings +<warnings>");
    check(2, "warnings.resetwarnings()", "ok +<warnings>");
    check_at(3, "<warnings>", 1, warn, "result text/plain \"0\"\nok +w");
    check_at(3, "<warnings>", 2, warn, "result text/plain \"1\"\nok +w");
    check_at(3, "<warnings>", 0, warn, "result text/plain \"1\"\nok +w");
}

static void locales(void **state) {
    (void)state;
    check(1, "import locale\nbefore = locale.setlocale(locale.LC_ALL)", "ok +locale +before");
    check(2, "locale.setlocale(locale.LC_CTYPE, 'C') and None", "ok +<locale>");
    check_at(3, "<locale>", 0, "locale.setlocale(locale.LC_ALL) == before",
             "result text/plain \"True\"\nok");
}

/* The user may do what they like to what we look at. */
static void hostile(void **state) {
    (void)state;
    check(1,
          "import os, sys, random, warnings\nold = os.environ, sys.path, warnings.filters\n"
          "os.environ = 1\nsys.path = None\nrandom._inst = 2\nwarnings.filters = ()",
          "ok +os +sys +random +warnings +old +<modules>");
    check_at(2, "<environ>", 0, "os.environ", "result text/plain \"1\"\nok");
    check(3, "os.environ, sys.path, warnings.filters = old", "ok +<environ>");
    check(4, "os.environ['A'] = 'b'", "ok +<environ>");
    check_at(5, "<no such>", 4, "1", "result text/plain \"1\"\nok");
}

/* What nothing puts back is told, and only that. */
static void modules(void **state) {
    (void)state;
    check(1, "import math, json, sys\nfrom json import JSONEncoder as J", "ok +math +json +sys +J");
    check(2, "math.tau = 4", "ok +<modules>");
    check(3, "math.tau = 4", "ok");
    check(4, "math.tau += 1", "ok +<modules>");
    check(5, "del json.dumps", "ok +<modules>");
    check(6, "setattr(math, 'a', 1)", "ok +<modules>");
    check(7, "J.default = None", "ok +<modules>");
    check(8, "sys.modules.pop('json');", "ok +<modules>");
    check(9, "if 0: math.pi = 3", "ok");
    check(10, "sys.path, sys.stdout = list(sys.path), sys.stdout", "ok");
    check(11, "class A: pass\nA.b = 1\na = A()\na.math = 1\nsetattr(a, 'c', 2)", "ok +A +a");
    check(12, "import statistics\nstatistics.x = 1", "ok +statistics +<modules>");
    check(13, "1 / 0\nmath.tau = 7", "error ZeroDivisionError \"division by zero\" @b13:0");
}

static void modules_by_functions(void **state) {
    (void)state;
    const char *const reads[] = {"loud", NULL};
    check(1, "import json", "ok +json");
    check(3, "def loud():\n    json.dumps = 1", "ok +loud");
    assert_string_equal(
        client_run(client, "loud()", (struct run_options){.block = 2, .reads = reads}),
        "ok +<modules>");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_changed, start, stop),
        cmocka_unit_test_setup_teardown(random_numbers, start, stop),
        cmocka_unit_test_setup_teardown(random_numbers_unseeded, start, stop),
        cmocka_unit_test_setup_teardown(environment, start, stop),
        cmocka_unit_test_setup_teardown(places, start, stop),
        cmocka_unit_test_setup_teardown(filters, start, stop),
        cmocka_unit_test_setup_teardown(locales, start, stop),
        cmocka_unit_test_setup_teardown(hostile, start, stop),
        cmocka_unit_test_setup_teardown(modules, start, stop),
        cmocka_unit_test_setup_teardown(modules_by_functions, start, stop),
    };
    return cmocka_run_group_tests_name("worker_ambient", tests, NULL, NULL);
}
