/* SPDX-License-Identifier: Apache-2.0 */
/* result_store.c - results in SQLite.
 *
 * One table.  A write-ahead log without syncing: what a power failure loses was only a copy of what
 * the next run shows. */
#include "analysis/result_store.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define FORMAT "1" /* of the table and of the bytes: another one's database is made anew */

enum statement { PUT, TOUCH, GET, FORGET, SIZE, TRIM, CLEAR, BEGIN, COMMIT, STATEMENT_COUNT };

static const char *const statements[] = {
    [PUT] = "INSERT INTO block_output_v1 (document, code, nth, content, used, bytes)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE"
            " SET content = ?4, used = ?5, bytes = ?6",
    [TOUCH] = "UPDATE block_output_v1 SET used = ?5"
              " WHERE document = ?1 AND code = ?2 AND nth = ?3 AND content = ?4",
    [GET] = "SELECT bytes FROM block_output_v1 WHERE document = ?1 AND code = ?2 AND nth = ?3",
    [FORGET] = "DELETE FROM block_output_v1 WHERE document = ?1 AND used < ?2",
    [SIZE] = "SELECT coalesce(sum(length(bytes)), 0) FROM block_output_v1",
    [TRIM] = "DELETE FROM block_output_v1 WHERE rowid IN"
             " (SELECT rowid FROM block_output_v1 ORDER BY used LIMIT 16)",
    [CLEAR] = "DELETE FROM block_output_v1",
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
};

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS block_output_v1 (document TEXT NOT NULL, code BLOB NOT NULL,"
    " nth INTEGER NOT NULL, content BLOB NOT NULL, used INTEGER NOT NULL, bytes BLOB NOT NULL,"
    " UNIQUE (document, code, nth));"
    "CREATE INDEX IF NOT EXISTS output_by_use ON block_output_v1 (used);"
    "PRAGMA user_version = " FORMAT ";";

struct result_store {
    sqlite3 *db;
    sqlite3_stmt *prepared[STATEMENT_COUNT];
    uint64_t limit, size;
    int64_t now_ms;
};

/* --- Statements. --- */

static sqlite3_stmt *prepare(struct result_store *s, enum statement which) {
    sqlite3_stmt **st = &s->prepared[which];
    if (!*st) sqlite3_prepare_v3(s->db, statements[which], -1, SQLITE_PREPARE_PERSISTENT, st, NULL);
    return *st;
}

/* Run it and forget its bindings; whether it went well. */
static bool finish(sqlite3_stmt *st) {
    int result = sqlite3_step(st);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return result == SQLITE_DONE;
}

static void bind_key(sqlite3_stmt *st, struct str document, const struct hash128 *code,
                     uint32_t nth) {
    sqlite3_bind_text(st, 1, document.ptr, (int)document.len, SQLITE_STATIC);
    sqlite3_bind_blob(st, 2, code, sizeof *code, SQLITE_STATIC);
    sqlite3_bind_int64(st, 3, nth);
}

/* --- Life. --- */

static void make_folders(const char *path) {
    char *folder = xstrdup(path);
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(folder, 0700);
        *slash = '/';
    }
    free(folder);
}

static bool has_other_format(sqlite3 *db) {
    sqlite3_stmt *st = NULL;
    bool other = true;
    if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &st, NULL) == SQLITE_OK &&
        sqlite3_step(st) == SQLITE_ROW) {
        int version = sqlite3_column_int(st, 0);
        other = version != 0 && version != (int)strtol(FORMAT, NULL, 10);
    }
    sqlite3_finalize(st);
    return other;
}

static bool open_database(struct result_store *s, const char *path) {
    return sqlite3_open(path, &s->db) == SQLITE_OK && !has_other_format(s->db) &&
           sqlite3_exec(s->db,
                        "PRAGMA busy_timeout = 200; PRAGMA journal_mode = WAL;"
                        "PRAGMA synchronous = OFF;",
                        NULL, NULL, NULL) == SQLITE_OK &&
           sqlite3_exec(s->db, schema, NULL, NULL, NULL) == SQLITE_OK;
}

static void remove_database(struct result_store *s, const char *path) {
    static const char *const ends[] = {"", "-wal", "-shm"};
    sqlite3_close(s->db);
    s->db = NULL;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct buf name = {0};
        buf_printf(&name, "%s%s", path, ends[i]);
        unlink(buf_cstr(&name));
        buf_finish(&name);
    }
}

struct result_store *result_store_open(const char *path, uint64_t limit, struct err *err) {
    struct result_store *s = xcalloc(1, sizeof *s);
    s->limit = limit;
    make_folders(path);
    bool open = open_database(s, path);
    if (!open && access(path, F_OK) == 0) {
        remove_database(s, path);
        open = open_database(s, path);
    }
    if (open) {
        s->size = result_store_size(s);
        return s;
    }
    err_set(err, ST_IO, "results cannot be kept in '%s': %s", path,
            s->db ? sqlite3_errmsg(s->db) : "no memory");
    result_store_close(s);
    return NULL;
}

void result_store_close(struct result_store *s) {
    if (!s) return;
    for (size_t i = 0; i < STATEMENT_COUNT; i++) sqlite3_finalize(s->prepared[i]);
    sqlite3_close(s->db);
    free(s);
}

/* --- Rows. --- */

void result_store_begin(struct result_store *s, int64_t now_ms) {
    s->now_ms = now_ms;
    finish(prepare(s, BEGIN));
}

static bool put(struct result_store *s, const struct stored_result *row, enum statement which) {
    sqlite3_stmt *st = prepare(s, which);
    bind_key(st, row->document, &row->code, row->nth);
    sqlite3_bind_blob(st, 4, &row->content, sizeof row->content, SQLITE_STATIC);
    sqlite3_bind_int64(st, 5, s->now_ms);
    if (which == PUT) sqlite3_bind_blob(st, 6, row->bytes.ptr, (int)row->bytes.len, SQLITE_STATIC);
    return finish(st) && sqlite3_changes(s->db) > 0;
}

void result_store_put(struct result_store *s, const struct stored_result *row) {
    if (row->bytes.len > s->limit) return;
    if (!put(s, row, TOUCH) && put(s, row, PUT)) s->size += row->bytes.len;
}

/* Oldest first; the running sum counts what was overwritten twice, so it is taken anew before
 * anything goes. */
static void trim(struct result_store *s) {
    if (s->size <= s->limit) return;
    s->size = result_store_size(s);
    while (s->size > s->limit && finish(prepare(s, TRIM)) && sqlite3_changes(s->db) > 0)
        s->size = result_store_size(s);
}

void result_store_commit(struct result_store *s) {
    trim(s);
    finish(prepare(s, COMMIT));
}

void result_store_forget_others(struct result_store *s, struct str document) {
    sqlite3_stmt *st = prepare(s, FORGET);
    sqlite3_bind_text(st, 1, document.ptr, (int)document.len, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, s->now_ms);
    finish(st);
}

bool result_store_get(struct result_store *s, struct str document, struct hash128 code,
                      uint32_t nth, struct buf *out) {
    sqlite3_stmt *st = prepare(s, GET);
    bind_key(st, document, &code, nth);
    bool found = sqlite3_step(st) == SQLITE_ROW;
    if (found)
        buf_append(out,
                   (struct str){sqlite3_column_blob(st, 0), (size_t)sqlite3_column_bytes(st, 0)});
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return found;
}

void result_store_clear(struct result_store *s) {
    finish(prepare(s, CLEAR));
    s->size = 0;
}

uint64_t result_store_size(struct result_store *s) {
    sqlite3_stmt *st = prepare(s, SIZE);
    uint64_t size = sqlite3_step(st) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return size;
}
