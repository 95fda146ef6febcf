/* SPDX-License-Identifier: Apache-2.0 */
/* test_worker_checkpoint.c - an interpreter goes back to a checkpoint, any number of times, with
 * everything as it was; what cannot be kept is said; nothing is left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "support/worker_client.h"

static struct client *start(void) {
    struct client *c = client_start(NULL);
    client_setup(c, "/tmp/doc.py", 1u << 20, 1000);
    return c;
}

static void check(struct client *c, const char *source, const char *expect) {
    assert_string_equal(client_run(c, source, (struct run_options){0}), expect);
}

static void run(struct client *c, const char *source) {
    const char *got = client_run(c, source, (struct run_options){0});
    if (!strstr(got, "ok")) fail_msg("%s\n--- got\n%s", source, got);
}

/* --- What comes back --- */

/* `make` runs, a checkpoint is taken, `change` runs; back at the checkpoint `look` shows what it
 * would have shown there the first time: `expect`.  Twice, because going on must not spoil it. */
static void check_comes_back(const char *make, const char *change, const char *look,
                             const char *expect) {
    struct client *c = start();
    run(c, make);
    assert_string_equal(client_checkpoint(c, 1), "checkpoint 1");
    for (int i = 0; i < 2; i++) {
        run(c, change);
        assert_string_equal(client_resume(c, 1), "");
        check(c, look, expect);
    }
    client_destroy(c);
}

static void everything_comes_back(void **state) {
    (void)state;
    static const struct {
        const char *make, *change, *look, *expect;
    } cases[] = {
        {"x = 1", "x = 2\ny = 3", "(x, 'y' in globals())", "result text/plain \"(1, False)\"\nok"},
        {"xs = []", "xs.append(1)", "xs", "result text/plain \"[]\"\nok"},
        {"import math", "math.tau = 4", "math.tau > 6", "result text/plain \"True\"\nok"},
        {"it = iter('abc')\na = next(it)", "list(it)", "next(it)", "result text/plain \"'b'\"\nok"},
        {"import os", "os.environ['RELIGHT_A'] = '1'\nos.chdir('/')",
         "(os.environ.get('RELIGHT_A'), os.getcwd())", "result text/plain \"(None, '/tmp')\"\nok"},
        {"import sys", "sys.modules['json'] = 4", "sys.modules.get('json') == 4",
         "result text/plain \"False\"\nok"},
        {"import signal", "signal.signal(signal.SIGUSR1, signal.SIG_IGN)",
         "signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL", "result text/plain \"True\"\nok"},
        {"import random\nrandom.seed(5)\na = random.random()", "random.random()",
         "random.seed(5)\nb = [random.random() for _ in range(2)]\nb[0] == a",
         "result text/plain \"True\"\nok +b +<random>"},
        {"f = open('/etc/passwd')\nhead = f.readline()\nimport os", "f.read()",
         "f.readline() != head and f.tell() > 0", "result text/plain \"True\"\nok"},
        {"import os\nfd = os.open('/etc/passwd', os.O_RDONLY)\n_ = os.read(fd, 3)",
         "_ = os.read(fd, 9)", "os.lseek(fd, 0, os.SEEK_CUR)", "result text/plain \"3\"\nok"},
        {"print('kept')", "print('later')", "print('now')", "out \"now\\n\"\nok"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_comes_back(cases[i].make, cases[i].change, cases[i].look, cases[i].expect);
}

/* The generator goes on from where it was, and is not seeded anew by the fork. */
static void random_numbers_are_drawn_again(void **state) {
    (void)state;
    struct client *c = start();
    run(c, "import random");
    client_checkpoint(c, 1);
    char first[256];
    snprintf(first, sizeof first, "%s", client_run(c, "random.random()", (struct run_options){0}));
    client_resume(c, 1);
    check(c, "random.random()", first);
    client_destroy(c);
}

static void several_are_independent(void **state) {
    (void)state;
    struct client *c = start();
    run(c, "x = 1");
    client_checkpoint(c, 1);
    run(c, "x = 2");
    client_checkpoint(c, 2);
    run(c, "x = 3");
    assert_string_equal(client_resume(c, 2), "");
    check(c, "x", "result text/plain \"2\"\nok");
    run(c, "x = 4");
    assert_string_equal(client_checkpoint(c, 3), "checkpoint 3");
    client_resume(c, 1);
    check(c, "x", "result text/plain \"1\"\nok");
    client_resume(c, 3);
    check(c, "x", "result text/plain \"4\"\nok");
    client_resume(c, 0);
    check(c, "x", "error NameError \"name 'x' is not defined\" @b1:0");
    client_destroy(c);
}

static void crashes_do_not_reach_them(void **state) {
    (void)state;
    struct client *c = start();
    run(c, "x = 1");
    assert_string_equal(client_checkpoint(c, 1), "checkpoint 1");
    check(c, "import os\nos._exit(3)",
          "died exit 3 \"the code ended the process with exit code 3\"");
    client_read_until(c, WM_STARTED);
    client_resume(c, 1);
    check(c, "x", "result text/plain \"1\"\nok");
    client_destroy(c);
}

/* --- What cannot be kept --- */

static void obstacles_are_named(void **state) {
    (void)state;
    static const struct {
        const char *source, *why;
    } cases[] = {
        {"import socket\ns = socket.socket()", "a socket is open (descriptor "},
        {"import os\nr, w = os.pipe()", "a pipe is open (descriptor "},
        {"import select\ne = select.epoll()", "an event queue is open (descriptor "},
        {"import subprocess\np = subprocess.Popen(['sleep', '60'])",
         "a child process is running\""},
        {"import threading\nstop = threading.Event()\nthreading.Thread(target=stop.wait).start()",
         "other threads are running\""},
        {"import signal\n_ = signal.alarm(60)", "a timer is running\""},
        {"import mmap\nm = mmap.mmap(-1, 4096)", "memory is shared with a file or a process\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct client *c = start();
        char expect[128];
        run(c, cases[i].source);
        snprintf(expect, sizeof expect, "no checkpoint 1 \"%s", cases[i].why);
        const char *got = client_checkpoint(c, 1);
        if (strncmp(got, expect, strlen(expect)) != 0) fail_msg("%s\n%s", expect, got);
        check(c, "1", "result text/plain \"1\"\nok");
        client_destroy(c);
    }
}

static void unknown_ones_are_lost(void **state) {
    (void)state;
    struct client *c = start();
    run(c, "x = 1");
    assert_string_equal(client_resume(c, 9), "lost checkpoint 9");
    check(c, "'x' in globals()", "result text/plain \"False\"\nok");
    client_checkpoint(c, 1);
    client_drop(c, 1);
    assert_string_equal(client_resume(c, 1), "lost checkpoint 1");
    client_destroy(c);
}

/* What is kept costs what the interpreter has changed since. */
static void sizes_are_told(void **state) {
    (void)state;
    struct client *c = start();
    struct wire_reader fields;
    run(c, "x = bytearray(b'a') * (64 << 20)");
    client_checkpoint(c, 1);
    run(c, "x[:] = bytes(len(x))");
    while (client_next(c, &fields) != WM_CHECKPOINT_SIZE) {
    }
    assert_int_equal(wire_get_u32(&fields), 1);
    assert_in_range(wire_get_u64(&fields), 60 << 20, 90 << 20);
    client_destroy(c);
}

/* --- What is left behind --- */

static int count_entries(pid_t pid, const char *folder) {
    char path[64];
    int count = 0;
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, folder);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    while (readdir(dir)) count++;
    closedir(dir);
    return count;
}

/* Children of the process, up to `most`. */
static int children(pid_t pid, pid_t *out, int most) {
    char path[96];
    long child;
    int count = 0;
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)pid, (long)pid);
    FILE *list = fopen(path, "re");
    assert_non_null(list);
    while (count < most && fscanf(list, "%ld", &child) == 1) out[count++] = (pid_t)child;
    fclose(list);
    return count;
}

static void nothing_leaks(void **state) {
    (void)state;
    struct client *c = start();
    pid_t pids[16];
    run(c, "x = 1");
    client_checkpoint(c, 1);
    client_resume(c, 1);
    int descriptors = count_entries(c->pid, "fd"), inner = count_entries(c->interpreter, "fd");
    for (uint32_t i = 0; i < 300; i++) {
        client_resume(c, 1);
        run(c, "x += 1");
        client_checkpoint(c, 2 + i);
        client_drop(c, 2 + i);
    }
    client_resume(c, 1);
    check(c, "x", "result text/plain \"1\"\nok");
    assert_int_equal(count_entries(c->pid, "fd"), descriptors);
    assert_int_equal(count_entries(c->interpreter, "fd"), inner);
    assert_int_equal(children(c->pid, pids, 16), 2);
    client_destroy(c);
}

static bool gone(pid_t pid) {
    for (int i = 0; i < 500; i++) {
        char path[64], process_state = 0;
        snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
        FILE *stat = fopen(path, "re");
        if (!stat) return true;
        if (fscanf(stat, "%*d (%*[^)]) %c", &process_state) != 1) process_state = 'Z';
        fclose(stat);
        if (process_state == 'Z') return true;
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    return false;
}

static void a_killed_one_is_told(void **state) {
    (void)state;
    struct client *c = start();
    pid_t pids[4];
    run(c, "x = 1");
    client_checkpoint(c, 1);
    assert_int_equal(children(c->pid, pids, 4), 2);
    kill(pids[0] == (pid_t)c->interpreter ? pids[1] : pids[0], SIGKILL);
    assert_string_equal(client_read_until(c, WM_CHECKPOINT_LOST), "lost checkpoint 1");
    check(c, "x", "result text/plain \"1\"\nok");
    client_destroy(c);
}

static void all_end_with_the_worker(void **state) {
    (void)state;
    struct client *c = start();
    pid_t pids[8];
    client_checkpoint(c, 1);
    client_checkpoint(c, 2);
    client_resume(c, 1);
    int count = children(c->pid, pids, 8);
    assert_int_equal(count, 3);
    client_kill(c);
    for (int i = 0; i < count; i++) assert_true(gone(pids[i]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back),   cmocka_unit_test(random_numbers_are_drawn_again),
        cmocka_unit_test(several_are_independent), cmocka_unit_test(crashes_do_not_reach_them),
        cmocka_unit_test(obstacles_are_named),     cmocka_unit_test(unknown_ones_are_lost),
        cmocka_unit_test(sizes_are_told),          cmocka_unit_test(nothing_leaks),
        cmocka_unit_test(a_killed_one_is_told),    cmocka_unit_test(all_end_with_the_worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
