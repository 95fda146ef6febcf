/* SPDX-License-Identifier: Apache-2.0 */
/* test_worker_life.c - crashes, interrupts, restarts, floods: what must not take the worker down,
 * and what must not be left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/worker_client.h"

#define MIB   (1u << 20)
#define LIMIT (8 * MIB)

/* How much memory may grow and not be a leak.  AddressSanitizer keeps freed memory for a while. */
#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined __SANITIZE_ADDRESS__ || __has_feature(address_sanitizer)
#define SLACK_KIB (64 * 1024)
#else
#define SLACK_KIB 512
#endif

static struct client *start(void) {
    struct client *c = client_start(NULL);
    client_setup(c, "/tmp/doc.py", LIMIT, 10000);
    return c;
}

static void check(struct client *c, const char *source, const char *expect) {
    assert_string_equal(client_run(c, source, (struct run_options){0}), expect);
}

static void check_ends(struct client *c, const char *source, const char *end) {
    const char *got = client_run(c, source, (struct run_options){0});
    size_t len = strlen(got), tail = strlen(end);
    if (len < tail || strcmp(got + len - tail, end) != 0)
        fail_msg("%s\n--- expected at the end\n%s\n--- got\n%s", source, end, got);
}

static void sleep_ms(long ms) {
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* --- What processes leave in /proc --- */

static long memory_kib(pid_t pid, const char *field) {
    char path[64], line[256];
    long kib = -1;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    FILE *status = fopen(path, "re");
    assert_non_null(status);
    while (fgets(line, sizeof line, status))
        if (strncmp(line, field, strlen(field)) == 0)
            kib = strtol(line + strlen(field) + 1, NULL, 10);
    fclose(status);
    return kib;
}

static int count_descriptors(pid_t pid) {
    char path[64];
    int count = 0;
    snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    while (readdir(dir)) count++;
    closedir(dir);
    return count;
}

static int count_children(pid_t pid) {
    char path[96];
    long child;
    int count = 0;
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)pid, (long)pid);
    FILE *list = fopen(path, "re");
    assert_non_null(list);
    while (fscanf(list, "%ld", &child) == 1) count++;
    fclose(list);
    return count;
}

/* Wait until `pid` is gone, or a zombie that nobody of ours has to collect. */
static void check_gone(pid_t pid) {
    for (int i = 0; i < 500; i++) {
        char path[64], state = 0;
        snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
        FILE *stat = fopen(path, "re");
        if (!stat) return;
        if (fscanf(stat, "%*d (%*[^)]) %c", &state) != 1) state = 'Z';
        fclose(stat);
        if (state == 'Z') return;
        sleep_ms(10);
    }
    fail_msg("process %ld is still there", (long)pid);
}

/* --- Deaths --- */

static void deaths(void **state) {
    (void)state;
    static const struct {
        const char *source, *end;
    } cases[] = {
        {"import os\nos._exit(3)", "died exit 3 \"the code ended the process with exit code 3\""},
        {"print('last words')\nimport os\nos._exit(0)",
         "out \"last words\\n\"\ndied exit 0 \"the code ended the process with exit code 0\""},
        {"import ctypes\nctypes.string_at(0)",
         "died signal 11 \"the worker was killed by signal 11 (segmentation fault)\""},
        {"import os\nos.abort()", "died signal 6 \"the worker was killed by signal 6 (aborted)\""},
        {"import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
         "died signal 9 \"the worker was killed by signal 9 (killed): out of memory, or killed "
         "from outside\""},
        {"import os\nos.closerange(3, 4096)",
         "died exit 117 \"the code closed the descriptors that the worker needs\""},
        {"import os\nos.closerange(3, 4096)\nfiles = [os.open('/dev/null', 2) for _ in "
         "range(1000)]",
         "died exit 117 \"the code closed the descriptors that the worker needs\""},
        {"import os\nfor fd in range(3, 1024):\n    try: os.write(fd, b'garbage!' * 4)\n"
         "    except OSError: pass",
         "died signal 9 \"the worker was killed by signal 9 (killed): out of memory, or killed "
         "from outside\""},
        {"import signal\nsignal.signal(signal.SIGALRM, signal.SIG_DFL)\nsignal.alarm(1)\n"
         "while True: pass",
         "died signal 14 \"the worker was killed by signal 14 (alarm clock)\""},
    };
    struct client *c = start();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_ends(c, cases[i].source, cases[i].end);
        client_read_until(c, WM_STARTED);
        check(c, "x = 1\nx", "result text/plain \"1\"\nok +x"); /* the fresh one lives */
    }
    client_destroy(c);
}

/* Where it was, as far as Python can tell. */
static void place_of_a_crash(void **state) {
    (void)state;
    struct client *c = start();
    client_run(c, "import ctypes\nctypes.string_at(0)", (struct run_options){.line = 6});
    assert_non_null(
        strstr(buf_cstr(&c->transcript), "File \\\"/tmp/doc.py\\\", line 8 in <module>"));
    client_destroy(c);
}

static void death_between_runs(void **state) {
    (void)state;
    struct client *c = start();
    check(c, "x = 1", "ok +x");
    kill((pid_t)c->interpreter, SIGKILL);
    const char *died = client_read_until(c, WM_DIED);
    assert_memory_equal(died, "died idle signal 9", 18);
    client_read_until(c, WM_STARTED);
    check(c, "x", "error NameError \"name 'x' is not defined\" @b1:0");
    client_destroy(c);
}

/* Runs that wait behind one that dies are answered too. */
static void death_with_waiting_runs(void **state) {
    (void)state;
    struct client *c = start();
    client_send_run(c, "import os; os._exit(5)", (struct run_options){0});
    client_send_run(c, "print('not in the new one')", (struct run_options){0});
    assert_memory_equal(client_read_until(c, WM_DIED), "died exit 5", 11);
    assert_memory_equal(client_read_until(c, WM_DIED), "died exit", 9);
    client_setup(c, "/tmp/doc.py", LIMIT, 10000);
    check(c, "1", "result text/plain \"1\"\nok");
    client_destroy(c);
}

static void warden_killed(void **state) {
    (void)state;
    struct client *c = start();
    client_send_run(c, "while True: pass", (struct run_options){0});
    sleep_ms(50);
    pid_t interpreter = (pid_t)c->interpreter;
    client_kill(c);
    check_gone(interpreter);
}

/* The end of the wire ends everything, also what tried to get away. */
static void nothing_outlives_the_wire(void **state) {
    (void)state;
    struct client *c = start();
    check_ends(c,
               "import subprocess as s\n"
               "a = s.Popen(['sleep', '1000'])\n"
               "b = s.Popen(['sleep', '1000'], start_new_session=True)\n"
               "c = s.run('(setsid sleep 1000 >&- 2>&- & echo $!)', shell=True, "
               "stdout=s.PIPE).stdout\n"
               "print(a.pid, b.pid)",
               "ok +s +a +b +c");
    int a, b;
    assert_int_equal(sscanf(buf_cstr(&c->transcript), "out \"%d %d", &a, &b), 2);
    client_send_run(c, "while True: pass", (struct run_options){0});
    pid_t interpreter = (pid_t)c->interpreter;
    client_destroy(c); /* while it runs */
    check_gone(interpreter);
    check_gone(a);
    check_gone(b);
}

static void thousand_restarts(void **state) {
    (void)state;
    struct client *c = start();
    check(c, "1", "result text/plain \"1\"\nok");
    int descriptors = count_descriptors(c->pid);
    long memory = memory_kib(c->pid, "VmRSS");
    for (int i = 0; i < 1000; i++) {
        if (i % 10 == 0) {
            client_send_run(c, "import os, time\nif os.fork(): time.sleep(100)\ntime.sleep(100)",
                            (struct run_options){0});
        }
        client_setup(c, "/tmp/doc.py", LIMIT, 10000);
    }
    check(c, "1", "result text/plain \"1\"\nok");
    assert_int_equal(count_descriptors(c->pid), descriptors);
    assert_int_equal(count_children(c->pid), 1);
    assert_in_range(memory_kib(c->pid, "VmRSS"), 0, memory + SLACK_KIB);
    client_destroy(c);
}

/* --- Interrupts --- */

static void interrupts(void **state) {
    (void)state;
    static const struct {
        const char *source, *expect;
    } cases[] = {
        {"while True: pass", "interrupted KeyboardInterrupt \"\" @b1:0"},
        {"import time\ntime.sleep(100)", "interrupted +time KeyboardInterrupt \"\" @b1:1"},
        {"import asyncio\nawait asyncio.sleep(100)",
         "interrupted +asyncio KeyboardInterrupt \"\\nwhile handling CancelledError\""},
        {"class R:\n    def __repr__(self):\n        while True: pass\nR()",
         "interrupted +R KeyboardInterrupt \"\" R.__repr__@b1:2"},
        {"import time\ntry:\n    time.sleep(100)\nfinally:\n    print('finally')",
         "out \"finally\\n\"\ninterrupted +time KeyboardInterrupt \"\" @b1:2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct client *c = start();
        client_send_run(c, cases[i].source, (struct run_options){0});
        sleep_ms(500);
        client_send_bare(c, WM_INTERRUPT);
        assert_memory_equal(client_read_until(c, WM_DONE), cases[i].expect,
                            strlen(cases[i].expect));
        /* And again, sent so early that it has not begun. */
        client_send_run(c, cases[i].source, (struct run_options){0});
        client_send_bare(c, WM_INTERRUPT);
        assert_non_null(strstr(client_read_until(c, WM_DONE), "interrupted"));
        check(c, "1", "result text/plain \"1\"\nok");
        client_destroy(c);
    }
}

/* An interrupt that comes when nothing runs is forgotten, also when a run follows at once. */
static void late_interrupts(void **state) {
    (void)state;
    struct client *c = start();
    for (int i = 0; i < 200; i++) {
        client_send_bare(c, WM_INTERRUPT);
        check(c, "sum(range(100))", "result text/plain \"4950\"\nok");
    }
    /* Around the end of a run it either interrupts or is late, but never hits the next one. */
    for (int i = 0; i < 200; i++) {
        client_send_run(c, "sum(range(20000))", (struct run_options){0});
        nanosleep(&(struct timespec){0, (i % 20) * 50000L}, NULL);
        client_send_bare(c, WM_INTERRUPT);
        client_read_until(c, WM_DONE);
        check(c, "1", "result text/plain \"1\"\nok");
    }
    client_destroy(c);
}

static void setup_ends_a_run(void **state) {
    (void)state;
    struct client *c = start();
    client_send_run(c,
                    "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
                    "while True: pass",
                    (struct run_options){0});
    client_send_run(c, "1", (struct run_options){0});
    sleep_ms(100);
    client_send_bare(c, WM_INTERRUPT);
    client_setup(c, "/tmp/doc.py", LIMIT, 10000);
    check(c, "2", "result text/plain \"2\"\nok");
    client_destroy(c);
}

/* --- Floods --- */

static void gigabyte_printed(void **state) {
    (void)state;
    struct client *c = client_start(NULL);
    client_setup(c, "/tmp/doc.py", LIMIT, 1000000000);
    check_ends(c,
               "import sys\ns = 'x' * 1023 + '\\n'\ns *= 1024\n"
               "for i in range(1024): sys.stdout.write(s)",
               "ok +sys +s +i truncated");
    assert_int_equal(c->stream_bytes, LIMIT);
    assert_in_range(memory_kib(c->pid, "VmHWM"), 0, 200 * 1024);
    client_destroy(c);
}

/* The server reads nothing for a while: nothing piles up, nothing is lost, nothing hangs. */
static void slow_server(void **state) {
    (void)state;
    struct client *c = client_start(NULL);
    client_setup(c, "/tmp/doc.py", 256 * MIB, 1000000000);
    client_send_run(c,
                    "import sys\nline = 'x' * 1023 + '\\n'\n"
                    "for i in range(65536):\n    (sys.stdout, sys.stderr)[i // 99 % 2]"
                    ".write(line);\ndisplay('y' * 1000000)",
                    (struct run_options){0});
    sleep_ms(1500);
    assert_in_range(memory_kib(c->pid, "VmRSS"), 0, 150 * 1024);
    struct wire_reader fields;
    uint8_t type;
    size_t bytes = 0, displays = 0;
    while ((type = client_next(c, &fields)) != WM_DONE) {
        if (type == WM_STREAM) bytes += fields.rest.len - 13;
        displays += type == WM_DISPLAY;
    }
    assert_int_equal(bytes, 64 * MIB);
    assert_int_equal(displays, 1);
    client_destroy(c);
}

/* Requests that pile up behind a long run are served in order. */
static void requests_in_advance(void **state) {
    (void)state;
    struct client *c = start();
    for (int i = 0; i < 300; i++) {
        char source[64];
        snprintf(source, sizeof source, "print(%d)", i);
        client_send_run(c, source, (struct run_options){0});
    }
    for (int i = 0; i < 300; i++) {
        char expect[64];
        snprintf(expect, sizeof expect, "out \"%d\\n\"\nok", i);
        assert_string_equal(client_read_until(c, WM_DONE), expect);
    }
    client_destroy(c);
}

static void ten_thousand_runs(void **state) {
    (void)state;
    static const char *const sources[] = {
        "def f(x):\n    return [x] * 10\nf(1)",
        "print('some text')\n'result'",
        "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise ValueError from e",
        "x = (",
        "import sys\nprint(1, file=sys.stderr)\nawait __import__('asyncio').sleep(0)",
    };
    struct client *c = start();
    long before = 0;
    for (int i = 0; i < 10000; i++) {
        if (i == 2000) before = memory_kib((pid_t)c->interpreter, "VmRSS");
        client_run(c, sources[i % 5], (struct run_options){.block = 1 + (uint32_t)(i % 7)});
    }
    long after = memory_kib((pid_t)c->interpreter, "VmRSS");
    assert_in_range(after, 0, before + SLACK_KIB);
    client_destroy(c);
}

/* --- The wire --- */

static void check_refused(struct str bytes, const char *message) {
    struct client *c = client_start(NULL);
    client_send_bytes(c, bytes);
    const char *got = client_read_until(c, WM_FAILED);
    if (!strstr(got, message)) fail_msg("expected %s, got %s", message, got);
    int status;
    waitpid(c->pid, &status, 0);
    assert_int_equal(WEXITSTATUS(status), 1);
    close(c->from_worker);
    close(c->to_worker);
    buf_finish(&c->in);
    buf_finish(&c->transcript);
    free(c);
}

static void bad_wire(void **state) {
    (void)state;
    check_refused(STR("Content-Length: 2\r\n\r\n{}"), "malformed frame");
    check_refused(STR("\1\0\0\0\x7F"), "unknown type");
    check_refused(STR("\1\0\0\0\2"), "before SETUP");
    check_refused(STR("\1\0\0\0\1"), "malformed SETUP");
    check_refused(STR("\5\0\0\0\1\x63\0\0\0"), "the server speaks version 99");
}

static void broken_python(void **state) {
    (void)state;
    struct client *c = client_start("PYTHONHOME=/nonexistent");
    assert_memory_equal(client_read_until(c, WM_FAILED), "failed \"cannot start Python 3.", 30);
    int status;
    waitpid(c->pid, &status, 0);
    assert_int_equal(WEXITSTATUS(status), 1);
    close(c->from_worker);
    close(c->to_worker);
    buf_finish(&c->in);
    buf_finish(&c->transcript);
    free(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deaths),
        cmocka_unit_test(place_of_a_crash),
        cmocka_unit_test(death_between_runs),
        cmocka_unit_test(death_with_waiting_runs),
        cmocka_unit_test(warden_killed),
        cmocka_unit_test(nothing_outlives_the_wire),
        cmocka_unit_test(thousand_restarts),
        cmocka_unit_test(interrupts),
        cmocka_unit_test(late_interrupts),
        cmocka_unit_test(setup_ends_a_run),
        cmocka_unit_test(gigabyte_printed),
        cmocka_unit_test(slow_server),
        cmocka_unit_test(requests_in_advance),
        cmocka_unit_test(ten_thousand_runs),
        cmocka_unit_test(bad_wire),
        cmocka_unit_test(broken_python),
    };
    return cmocka_run_group_tests_name("worker_life", tests, NULL, NULL);
}
