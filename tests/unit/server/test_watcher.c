/* SPDX-License-Identifier: Apache-2.0 */
/* test_watcher.c - the watcher on a real loop and real files: what a window's batch says. */
#include "server/watcher.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vec.h"
#include "tests/support/unit.h"

enum { PATIENCE_MS = 20000 };

struct rig {
    uv_loop_t loop;
    struct watcher *watcher;
    char root[64];
    struct buf batch; /* the last one: "+a *b -c" relative to the root */
    uint32_t batches, scans;
    size_t told; /* paths in all batches */
    uv_timer_t late;
};

static void on_batch(void *ctx, const struct watch_event *events, size_t count) {
    static const char signs[] = {[WATCH_CHANGED] = '*', [WATCH_ADDED] = '+', [WATCH_REMOVED] = '-'};
    struct rig *r = ctx;
    r->batches++;
    r->told += count;
    r->batch.len = 0;
    for (size_t i = 0; i < count && count < 50; i++) {
        struct str path = events[i].path;
        if (str_starts(path, str_from(r->root)))
            path = str_slice(path, strlen(r->root) + 1, path.len);
        buf_printf(&r->batch, "%s%c%.*s", i ? " " : "", signs[events[i].kind], STR_FMT(path));
    }
}

static void on_scanned(void *ctx, struct str root) {
    struct rig *r = ctx;
    (void)root;
    r->scans++;
}

static const struct watcher_events events = {.batch = on_batch, .scanned = on_scanned};

static void on_late(uv_timer_t *timer) {
    (void)timer;
    fail_msg("the watcher says nothing");
}

static int setup(void **state) {
    struct rig *r = *state = xcalloc(1, sizeof *r);
    uv_loop_init(&r->loop);
    snprintf(r->root, sizeof r->root, "/tmp/relight-watcher-XXXXXX");
    assert_non_null(mkdtemp(r->root));
    r->watcher = watcher_create(&r->loop, &events, r);
    uv_timer_init(&r->loop, &r->late);
    uv_timer_start(&r->late, on_late, PATIENCE_MS, 0);
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
    (void)st, (void)type, (void)at;
    return remove(path);
}

/* Everything that the watcher opened is closed again: the loop has no handle left. */
static int teardown(void **state) {
    struct rig *r = *state;
    watcher_destroy(r->watcher);
    uv_close((uv_handle_t *)&r->late, NULL);
    uv_run(&r->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&r->loop), 0);
    nftw(r->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    buf_finish(&r->batch);
    free(r);
    return 0;
}

static struct str in_root(struct rig *r, const char *name) {
    static char path[8][512];
    static int next;
    char *slot = path[next++ % 8];
    snprintf(slot, sizeof path[0], "%s%s%s", r->root, *name ? "/" : "", name);
    return str_from(slot);
}

static void put(struct rig *r, const char *name, const char *text) {
    FILE *file = fopen(in_root(r, name).ptr, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void move(struct rig *r, const char *from, const char *to) {
    assert_int_equal(rename(in_root(r, from).ptr, in_root(r, to).ptr), 0);
}

static void folder(struct rig *r, const char *name) {
    assert_int_equal(mkdir(in_root(r, name).ptr, 0755), 0);
}

/* The next batch is this one. */
static void expect(struct rig *r, const char *batch) {
    uint32_t before = r->batches;
    while (r->batches == before) uv_run(&r->loop, UV_RUN_ONCE);
    expect_str("batch", buf_str(&r->batch), str_from(batch));
}

/* Nothing but what is asked for here has been told since the last expect(): a sentinel's batch is
 * the very next. */
static void expect_nothing(struct rig *r) {
    static int count;
    char name[32];
    snprintf(name, sizeof name, "sentinel%d", count++);
    watcher_add_file(r->watcher, in_root(r, name));
    put(r, name, "");
    char batch[48];
    snprintf(batch, sizeof batch, "+%s", name);
    expect(r, batch);
    watcher_remove_file(r->watcher, in_root(r, name));
}

static void add_tree(struct rig *r, const char *name, watcher_skip_fn *skip) {
    uint32_t before = r->scans;
    watcher_add_tree(r->watcher, in_root(r, name), skip, NULL);
    while (r->scans == before) uv_run(&r->loop, UV_RUN_ONCE);
}

/* --- One file. --- */

static void test_file_written(void **state) {
    struct rig *r = *state;
    put(r, "a.csv", "1");
    put(r, "other", "1");
    watcher_add_file(r->watcher, in_root(r, "a.csv"));
    put(r, "other", "2");
    put(r, "a.csv", "22");
    expect(r, "*a.csv");
    put(r, "a.csv", "333");
    expect(r, "*a.csv");
}

static void test_file_saved_by_renaming(void **state) {
    struct rig *r = *state;
    put(r, "a.csv", "1");
    watcher_add_file(r->watcher, in_root(r, "a.csv"));
    for (int i = 0; i < 3; i++) {
        put(r, "a.csv.tmp", "2");
        move(r, "a.csv.tmp", "a.csv");
        expect(r, "*a.csv");
    }
}

static void test_file_comes_and_goes(void **state) {
    struct rig *r = *state;
    watcher_add_file(r->watcher, in_root(r, "a.csv"));
    put(r, "a.csv", "1");
    expect(r, "+a.csv");
    unlink(in_root(r, "a.csv").ptr);
    expect(r, "-a.csv");
    put(r, "a.csv", "1");
    expect(r, "+a.csv");
    unlink(in_root(r, "a.csv").ptr);
    put(r, "a.csv", "22");
    expect(r, "*a.csv");
    put(r, "a.csv", "1");
    unlink(in_root(r, "a.csv").ptr);
    expect(r, "-a.csv");
    put(r, "a.csv", "1");
    unlink(in_root(r, "a.csv").ptr);
    expect_nothing(r);
}

static void test_file_in_folders_to_come(void **state) {
    struct rig *r = *state;
    watcher_add_file(r->watcher, in_root(r, "x/y/a.csv"));
    folder(r, "x");
    folder(r, "x/y");
    put(r, "x/y/a.csv", "1");
    expect(r, "+x/y/a.csv");
    put(r, "x/y/a.csv", "2 ");
    expect(r, "*x/y/a.csv");
}

static void test_folder_moved_away_and_replaced(void **state) {
    struct rig *r = *state;
    folder(r, "x");
    folder(r, "x/y");
    put(r, "x/y/a.csv", "1");
    watcher_add_file(r->watcher, in_root(r, "x/y/a.csv"));
    move(r, "x", "z");
    expect(r, "-x/y/a.csv");
    put(r, "z/y/a.csv", "in the folder that was moved");
    expect_nothing(r);
    folder(r, "x");
    folder(r, "x/y");
    put(r, "x/y/a.csv", "1");
    expect(r, "+x/y/a.csv");
    put(r, "x/y/a.csv", "22");
    expect(r, "*x/y/a.csv");
    move(r, "x", "old");
    move(r, "z", "x");
    expect(r, "*x/y/a.csv");
    put(r, "x/y/a.csv", "4");
    expect(r, "*x/y/a.csv");
}

static void test_files_are_counted(void **state) {
    struct rig *r = *state;
    put(r, "a.csv", "1");
    watcher_add_file(r->watcher, in_root(r, "a.csv"));
    watcher_add_file(r->watcher, in_root(r, "a.csv"));
    watcher_remove_file(r->watcher, in_root(r, "a.csv"));
    put(r, "a.csv", "22");
    expect(r, "*a.csv");
    watcher_remove_file(r->watcher, in_root(r, "a.csv"));
    watcher_remove_file(r->watcher, in_root(r, "a.csv")); /* once too often */
    put(r, "a.csv", "333");
    expect_nothing(r);
}

static void test_folder_for_its_names(void **state) {
    struct rig *r = *state;
    folder(r, "x");
    put(r, "x/a", "1");
    watcher_add_file(r->watcher, in_root(r, "x"));
    put(r, "x/b", "1");
    expect(r, "*x");
    unlink(in_root(r, "x/a").ptr);
    expect(r, "*x");
    watcher_remove_file(r->watcher, in_root(r, "x"));
    put(r, "x/c", "1");
    expect_nothing(r);
}

static void test_one_batch_for_a_window(void **state) {
    struct rig *r = *state;
    watcher_add_file(r->watcher, in_root(r, "b"));
    watcher_add_file(r->watcher, in_root(r, "a"));
    watcher_add_file(r->watcher, in_root(r, "c"));
    put(r, "c", "1");
    put(r, "a", "1");
    put(r, "b", "1");
    put(r, "a", "22");
    expect(r, "+a +b +c");
    expect_nothing(r);
}

/* --- Trees. --- */

static bool skip_hidden(void *ctx, struct str path, bool is_folder) {
    (void)ctx, (void)is_folder;
    const char *slash = memrchr(path.ptr, '/', path.len);
    return slash[1] == '.';
}

static void test_tree(void **state) {
    struct rig *r = *state;
    folder(r, "t");
    folder(r, "t/pkg");
    folder(r, "t/.git");
    put(r, "t/a.py", "1");
    put(r, "t/pkg/b.py", "1");
    put(r, "t/.git/index", "1");
    add_tree(r, "t", skip_hidden);
    assert_int_equal(r->batches, 0); /* what was there is not told */
    put(r, "t/.git/index", "22");
    put(r, "t/pkg/b.py", "22");
    put(r, "t/c.py", "1");
    unlink(in_root(r, "t/a.py").ptr);
    expect(r, "-t/a.py +t/c.py *t/pkg/b.py");
    folder(r, "t/new");
    folder(r, "t/new/er");
    put(r, "t/new/er/d.py", "1");
    expect(r, "+t/new/er/d.py");
    put(r, "t/new/er/d.py", "22");
    expect(r, "*t/new/er/d.py");
    move(r, "t/new", "t/newer");
    expect(r, "-t/new/er/d.py +t/newer/er/d.py");
    put(r, "t/newer/er/d.py", "333");
    expect(r, "*t/newer/er/d.py");
    move(r, "t/newer", "outside");
    expect(r, "-t/newer/er/d.py");
    put(r, "outside/er/d.py", "4444");
    expect_nothing(r);
}

static void test_tree_that_vanishes(void **state) {
    struct rig *r = *state;
    folder(r, "t");
    folder(r, "t/pkg");
    put(r, "t/pkg/b.py", "1");
    add_tree(r, "t", NULL);
    move(r, "t", "u");
    expect(r, "-t/pkg/b.py");
    move(r, "u", "t");
    expect(r, "+t/pkg/b.py");
    put(r, "t/pkg/b.py", "22");
    expect(r, "*t/pkg/b.py");
}

static void test_file_becomes_folder(void **state) {
    struct rig *r = *state;
    folder(r, "t");
    put(r, "t/a", "1");
    add_tree(r, "t", NULL);
    unlink(in_root(r, "t/a").ptr);
    folder(r, "t/a");
    put(r, "t/a/b", "1");
    expect(r, "-t/a +t/a/b");
    unlink(in_root(r, "t/a/b").ptr);
    rmdir(in_root(r, "t/a").ptr);
    put(r, "t/a", "1");
    expect(r, "+t/a -t/a/b");
}

/* More at once than the kernel's queue may hold. */
static void test_thousands_of_files(void **state) {
    struct rig *r = *state;
    char name[32];
    folder(r, "t");
    folder(r, "t/many");
    add_tree(r, "t", NULL);
    for (int i = 0; i < 6000; i++) {
        snprintf(name, sizeof name, "t/many/%d.py", i);
        put(r, name, "1");
    }
    while (r->told < 6000) uv_run(&r->loop, UV_RUN_ONCE);
    assert_int_equal(r->told, 6000);
    for (int i = 0; i < 6000; i++) {
        snprintf(name, sizeof name, "t/many/%d.py", i);
        unlink(in_root(r, name).ptr);
    }
    while (r->told < 12000) uv_run(&r->loop, UV_RUN_ONCE);
    assert_int_equal(r->told, 12000);
}

static void test_links_to_folders_are_not_followed(void **state) {
    struct rig *r = *state;
    folder(r, "t");
    assert_int_equal(symlink(r->root, in_root(r, "t/up").ptr), 0);
    add_tree(r, "t", NULL);
    put(r, "beside", "1");
    put(r, "t/a", "1");
    expect(r, "+t/a");
}

/* --- Others' word, and no word. --- */

static void test_told_by_others(void **state) {
    struct rig *r = *state;
    put(r, "a", "1");
    watcher_add_file(r->watcher, in_root(r, "a"));
    watcher_tell(r->watcher, in_root(r, "a"), WATCH_CHANGED); /* it has not */
    watcher_tell(r->watcher, STR("/nowhere/b"), WATCH_REMOVED);
    expect(r, "-/nowhere/b");
}

/* No descriptor for the kernel's watches: what is watched now is looked at every few seconds. */
static void test_no_watches_left(void **state) {
    struct rig *r = *state;
    struct rlimit limit, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    put(r, "a", "1");
    none = limit;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
    watcher_add_file(r->watcher, in_root(r, "a"));
    setrlimit(RLIMIT_NOFILE, &limit);
    put(r, "a", "22");
    expect(r, "*a");
    unlink(in_root(r, "a").ptr);
    expect(r, "-a");
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(file_written),
        TEST(file_saved_by_renaming),
        TEST(file_comes_and_goes),
        TEST(file_in_folders_to_come),
        TEST(folder_moved_away_and_replaced),
        TEST(files_are_counted),
        TEST(folder_for_its_names),
        TEST(one_batch_for_a_window),
        TEST(tree),
        TEST(tree_that_vanishes),
        TEST(file_becomes_folder),
        TEST(thousands_of_files),
        TEST(links_to_folders_are_not_followed),
        TEST(told_by_others),
        TEST(no_watches_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
