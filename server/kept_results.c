/* SPDX-License-Identifier: Apache-2.0 */
/* kept_results.c - results that outlive the server. */
#include "server/kept_results.h"

#include <stdlib.h>
#include <time.h>

#include "analysis/result_store.h"
#include "base/mem.h"
#include "exec/kept_result.h"
#include "server/log.h"
#include "server/publish_live.h"

char *kept_results_path_dup(const char *root, const char *state_dir) {
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char *resolved = realpath(root ? root : "/", NULL), hex[33];
    struct buf path = {0};
    hash128_hex(hash128(str_from(resolved ? resolved : root)), hex);
    free(resolved);
    if (state_dir && state_dir[0] == '/')
        buf_printf(&path, "%s/%s/results.db", state_dir, hex);
    else if (cache && cache[0] == '/')
        buf_printf(&path, "%s/relight/%s/results.db", cache, hex);
    else if (home && home[0] == '/')
        buf_printf(&path, "%s/.cache/relight/%s/results.db", home, hex);
    return path.len ? buf_take(&path) : NULL;
}

/* Opened when it is first needed; NULL when that failed, which is said once. */
static struct result_store *store_of(struct server *srv) {
    struct err err = {0};
    if (srv->results || srv->results_failed) return srv->results;
    char *path = kept_results_path_dup(srv->root, srv->settings.state_dir);
    if (path) srv->results = result_store_open(path, srv->settings.cache_disk_limit, &err);
    if (err.code != ST_OK) log_line(LOG_WARNING, "%s", err.msg);
    srv->results_failed = !srv->results;
    free(path);
    return srv->results;
}

/* Which of the blocks with that code it is; `seen` counts those above. */
static uint32_t next_ordinal(struct map *seen, const struct block *block) {
    void **count = map_slot(seen, (struct str){(const char *)&block->code, sizeof block->code});
    uint32_t nth = (uint32_t)(uintptr_t)*count;
    *count = (void *)(uintptr_t)(nth + 1);
    return nth;
}

/* --- Showing. --- */

static bool show_block(struct session *session, const char *path, struct result_store *store,
                       const struct block *block, uint32_t nth) {
    struct kept_result kept;
    struct buf bytes = {0};
    bool found = result_store_get(store, str_from(path), block->code, nth, &bytes) &&
                 kept_result_read(&kept, buf_str(&bytes));
    if (found) runner_show_kept(session_runner(session), block, &kept);
    buf_finish(&bytes);
    return found;
}

size_t kept_results_show_in(struct session *session, const char *path, struct result_store *store) {
    const struct document *doc = session_document(session);
    struct map seen = {0};
    size_t shown = 0;
    for (size_t i = 0; i < document_block_count(doc); i++) {
        const struct block *block = document_block(doc, i);
        if (block_executes(block))
            shown += show_block(session, path, store, block, next_ordinal(&seen, block));
    }
    map_finish(&seen);
    return shown;
}

void kept_results_show(struct open_document *od) {
    struct result_store *store = store_of(od->server);
    if (store) kept_results_show_in(od->session, od->path, store);
}

/* --- Keeping. --- */

static void save_block(struct open_document *od, struct result_store *store,
                       const struct block *block, uint32_t nth) {
    const struct document *doc = session_document(od->session);
    const struct trace *t = runner_trace(session_runner(od->session), block->id);
    struct buf bytes = {0};
    kept_result_write(&bytes, t, doc);
    struct stored_result row = {.document = str_from(od->path),
                                .code = block->code,
                                .nth = nth,
                                .content = t->content,
                                .bytes = buf_str(&bytes)};
    result_store_put(store, &row);
    buf_finish(&bytes);
}

static bool worth_keeping(const struct open_document *od, const struct block *block, bool all) {
    const struct trace *t = runner_trace(session_runner(od->session), block->id);
    return t && (t->valid || t->kept) && hash128_eq(t->code, block->code) &&
           (all || t->run > od->kept_run);
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void kept_results_save(struct open_document *od, bool closing) {
    const struct document *doc = session_document(od->session);
    struct result_store *store = od->run > od->kept_run ? store_of(od->server) : NULL;
    if (!store) return; /* nothing has run: what is kept stays as it is */
    struct map seen = {0};
    result_store_begin(store, now_ms());
    for (size_t i = 0; i < document_block_count(doc); i++) {
        const struct block *block = document_block(doc, i);
        if (!block_executes(block)) continue;
        uint32_t nth = next_ordinal(&seen, block);
        if (worth_keeping(od, block, closing)) save_block(od, store, block, nth);
    }
    map_finish(&seen);
    if (closing) result_store_forget_others(store, str_from(od->path));
    result_store_commit(store);
    od->kept_run = od->run;
}

void kept_results_clear(struct server *srv) {
    struct result_store *store = store_of(srv);
    if (store) result_store_clear(store);
}

void kept_results_finish(struct server *srv) {
    result_store_close(srv->results);
}
