/* SPDX-License-Identifier: Apache-2.0 */
/* command_index.c - `relight index`: bring the state of the workspace in step with its files. */
#include <inttypes.h>
#include <stdio.h>

#include "server/cli.h"
#include "server/workspace.h"

static int64_t count(struct state_store *store, const char *sql) {
    int64_t n = 0;
    struct sqlite3_stmt *st = state_store_prepare(store, sql);
    while (state_store_step(store, st)) state_store_number(st, 0, &n);
    return n;
}

static void print_summary(const struct workspace *w) {
    static const char *const words[] = {"changed", "added", "deleted", "resolved again"};
    size_t counts[4] = {0};
    for (size_t i = 0; i < w->delta.files.len; i++) counts[w->delta.files.items[i].kind]++;
    printf("%s: %" PRId64 " files, %" PRId64 " exports, %" PRId64 " callsites\n", w->root,
           count(w->store, "SELECT count(*) FROM py_module_index_v1"),
           count(w->store, "SELECT count(*) FROM dim_exported_defs_v1"),
           count(w->store, "SELECT count(*) FROM rel_callsite_qname_v1"));
    for (size_t i = 0; i < 4; i++)
        if (counts[i]) printf("%zu %s\n", counts[i], words[i]);
}

int command_index(const struct cli_options *options) {
    struct workspace w = {0};
    struct err err = {0};
    (void)options;
    if (workspace_open(&w, &err) == ST_OK) print_summary(&w);
    if (w.store && err.code == ST_OK) state_store_check(w.store, &err);
    workspace_finish(&w);
    if (err.code == ST_OK) return CLI_OK;
    fprintf(stderr, "relight: %s\n", err.msg);
    return CLI_MISUSE;
}
