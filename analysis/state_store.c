/* SPDX-License-Identifier: Apache-2.0 */
/* state_store.c - the database: opening, setting aside, statements, rows. */
#include "analysis/state_store.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "analysis/state_schema.h"
#include "base/mem.h"

enum { BUSY_MS = 15000, STATEMENTS_MAX = 64 };

struct prepared {
    const char *sql;
    sqlite3_stmt *st;
};

struct state_store {
    char *path;
    sqlite3 *db;
    int failure; /* the first SQLite error since the last check */
    bool newer;
    struct prepared statements[STATEMENTS_MAX];
    size_t statement_count;
};

/* --- failures --- */

static bool note(struct state_store *s, int rc) {
    bool fine = rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE;
    if (!fine && !s->failure) s->failure = rc;
    return fine;
}

static bool is_damage(int rc) {
    return (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB ||
           (rc & 0xff) == SQLITE_ERROR;
}

enum status state_store_check(struct state_store *s, struct err *err) {
    int rc = s->failure;
    s->failure = 0;
    if (!rc) return ST_OK;
    if (is_damage(rc)) return err_set(err, ST_INTERNAL, "the state in '%s' is damaged", s->path);
    if ((rc & 0xff) == SQLITE_BUSY)
        return err_set(err, ST_NOT_READY, "'%s' is in use by another process", s->path);
    return err_set(err, ST_IO, "cannot use '%s': %s", s->path, sqlite3_errstr(rc));
}

/* --- statements --- */

static bool execute(struct state_store *s, const char *sql) {
    return s->db && note(s, sqlite3_exec(s->db, sql, NULL, NULL, NULL));
}

sqlite3_stmt *state_store_prepare(struct state_store *s, const char *sql) {
    for (size_t i = 0; i < s->statement_count; i++) {
        if (s->statements[i].sql != sql) continue;
        sqlite3_reset(s->statements[i].st);
        sqlite3_clear_bindings(s->statements[i].st);
        return s->statements[i].st;
    }
    sqlite3_stmt *st = NULL;
    if (!s->db ||
        !note(s, sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL)))
        return NULL;
    if (s->statement_count == STATEMENTS_MAX) /* the oldest gives way */
        sqlite3_finalize(s->statements[--s->statement_count].st);
    s->statements[s->statement_count++] = (struct prepared){sql, st};
    return st;
}

bool state_store_step(struct state_store *s, sqlite3_stmt *st) {
    if (!st) return false;
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) return true;
    note(s, rc);
    sqlite3_reset(st); /* a statement in the middle of its rows keeps the database locked */
    return false;
}

static void bind_text(sqlite3_stmt *st, int index, const char *text) {
    sqlite3_bind_text(st, index, text, -1, SQLITE_STATIC);
}

void state_store_bind_text(sqlite3_stmt *st, int index, const char *text) {
    bind_text(st, index, text);
}

void state_store_bind_number(sqlite3_stmt *st, int index, int64_t number) {
    sqlite3_bind_int64(st, index, number);
}

int state_store_width(sqlite3_stmt *st) {
    return sqlite3_column_count(st);
}

const char *state_store_name(sqlite3_stmt *st, int column) {
    return sqlite3_column_name(st, column);
}

const char *state_store_text(sqlite3_stmt *st, int column) {
    return (const char *)sqlite3_column_text(st, column);
}

bool state_store_number(sqlite3_stmt *st, int column, int64_t *out) {
    *out = sqlite3_column_int64(st, column);
    return sqlite3_column_type(st, column) == SQLITE_INTEGER;
}

static void run(struct state_store *s, sqlite3_stmt *st) {
    while (state_store_step(s, st)) {
    }
}

/* --- opening --- */

static void close_database(struct state_store *s) {
    for (size_t i = 0; i < s->statement_count; i++) sqlite3_finalize(s->statements[i].st);
    s->statement_count = 0;
    sqlite3_close(s->db);
    s->db = NULL;
}

static int64_t query_number(struct state_store *s, const char *sql) {
    sqlite3_stmt *st = NULL;
    int64_t number = -1;
    if (!note(s, sqlite3_prepare_v2(s->db, sql, -1, &st, NULL))) return -1;
    if (state_store_step(s, st)) number = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return number;
}

static void make_tables(struct state_store *s) {
    char version[64];
    if (!execute(s, "BEGIN IMMEDIATE")) return;
    snprintf(version, sizeof version, "PRAGMA user_version = %d", STATE_VERSION);
    bool made = query_number(s, "PRAGMA user_version") == STATE_VERSION || /* by another process */
                (execute(s, state_drop) && execute(s, state_schema) && execute(s, version));
    execute(s, made ? "COMMIT" : "ROLLBACK");
}

/* Going over to a write-ahead log needs the database alone, and does not wait for it by itself. */
static bool use_log(struct state_store *s) {
    const struct timespec pause = {0, 5000000};
    for (int waited = 0;; waited += 5) {
        int rc = sqlite3_exec(s->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
        if ((rc & 0xff) != SQLITE_BUSY || waited > BUSY_MS) return note(s, rc);
        nanosleep(&pause, NULL);
    }
}

static bool open_database(struct state_store *s) {
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    s->newer = false;
    if (!note(s, sqlite3_open_v2(s->path, &s->db, flags, NULL))) return false;
    sqlite3_extended_result_codes(s->db, 1);
    sqlite3_busy_timeout(s->db, BUSY_MS);
    if (!use_log(s) || !execute(s, "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000;"
                                   "PRAGMA temp_store = MEMORY"))
        return false;
    int64_t version = query_number(s, "PRAGMA user_version");
    s->newer = version > STATE_VERSION;
    if (version != STATE_VERSION && !s->newer) make_tables(s);
    if (!s->newer && !s->failure) /* each table's root page, at least */
        query_number(s, "SELECT count(*) FROM (SELECT 1 FROM rel_callsite_qname_v1 LIMIT 1)");
    return !s->failure && !s->newer;
}

static void move_file(const char *path, const char *ending, const char *to) {
    struct buf from = {0}, target = {0};
    buf_printf(&from, "%s%s", path, ending);
    buf_printf(&target, "%s%s", to, ending);
    rename(buf_cstr(&from), buf_cstr(&target));
    buf_finish(&from);
    buf_finish(&target);
}

static void set_aside(struct state_store *s, struct buf *message) {
    struct buf to = {0};
    const char *why = s->newer ? "was made by a newer Relight" : "was damaged";
    close_database(s);
    for (unsigned n = 1; n < 1000; n++) {
        to.len = 0;
        buf_printf(&to, "%s.%s-%u", s->path, s->newer ? "newer" : "damaged", n);
        if (access(buf_cstr(&to), F_OK) != 0) break;
    }
    move_file(s->path, "-wal", buf_cstr(&to));
    move_file(s->path, "-shm", buf_cstr(&to));
    move_file(s->path, "", buf_cstr(&to));
    buf_printf(message, "the state in '%s' %s: it is now '%s', and is built anew", s->path, why,
               buf_cstr(&to));
    buf_finish(&to);
    s->failure = 0;
}

enum status state_store_renew(struct state_store *s, struct buf *message, struct err *err) {
    set_aside(s, message);
    open_database(s);
    return state_store_check(s, err);
}

/* The folders of `path`, which is changed and put back. */
static void make_folders(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
}

struct state_store *state_store_open(const char *path, struct buf *message, struct err *err) {
    struct state_store *s = xcalloc(1, sizeof *s);
    s->path = xstrdup(path);
    make_folders(s->path);
    bool opened = open_database(s);
    if (!opened && (s->newer || is_damage(s->failure))) {
        state_store_renew(s, message, err);
    } else {
        state_store_check(s, err);
    }
    if (err->code == ST_OK) return s;
    state_store_close(s);
    return NULL;
}

void state_store_close(struct state_store *s) {
    if (!s) return;
    close_database(s);
    free(s->path);
    free(s);
}

char *state_store_path_in(const char *folder, const char *workspace) {
    char *real = realpath(workspace, NULL), hex[33];
    struct buf path = {0};
    hash128_hex(hash128(str_from(real ? real : workspace)), hex);
    free(real);
    buf_printf(&path, "%s/%s/state.db", folder, hex);
    buf_cstr(&path);
    return buf_take(&path);
}

char *state_store_default_path(const char *workspace) {
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    struct buf folder = {0};
    if (cache && cache[0] == '/')
        buf_printf(&folder, "%s/relight", cache);
    else if (home && *home)
        buf_printf(&folder, "%s/.cache/relight", home);
    char *path = folder.len ? state_store_path_in(buf_cstr(&folder), workspace) : NULL;
    buf_finish(&folder);
    return path;
}

/* --- transactions --- */

int64_t state_store_generation(struct state_store *s) {
    char *text = state_store_get_meta(s, "generation");
    int64_t generation = text ? strtoll(text, NULL, 10) : 0;
    free(text);
    return generation;
}

bool state_store_begin(struct state_store *s) {
    return execute(s, "BEGIN IMMEDIATE");
}

void state_store_commit(struct state_store *s, bool changed) {
    char number[32];
    snprintf(number, sizeof number, "%lld", (long long)state_store_generation(s) + 1);
    if (changed) state_store_set_meta(s, "generation", number);
    if (s->failure || !execute(s, "COMMIT")) state_store_rollback(s);
}

void state_store_rollback(struct state_store *s) {
    if (s->db && !sqlite3_get_autocommit(s->db)) sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

/* --- files --- */

void state_store_files(struct state_store *s, struct map *out) {
    sqlite3_stmt *st = state_store_prepare(
        s, "SELECT path, file_id, mtime_ns, size, content_hash FROM py_module_index_v1");
    while (state_store_step(s, st)) {
        struct str path = str_from((const char *)sqlite3_column_text(st, 0));
        struct stored_file *file = xcalloc(1, sizeof *file + path.len + 1);
        file->id = sqlite3_column_int64(st, 1);
        file->mtime_ns = sqlite3_column_int64(st, 2);
        file->size = sqlite3_column_int64(st, 3);
        const char *hash = (const char *)sqlite3_column_text(st, 4);
        snprintf(file->hash, sizeof file->hash, "%s", hash ? hash : "");
        memcpy(file->path, path.ptr, path.len);
        void **slot = map_slot(out, path);
        free(*slot);
        *slot = file;
    }
}

void stored_files_finish(struct map *files) {
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(files, &cursor));) free(e->value);
    map_finish(files);
}

void state_store_touch(struct state_store *s, const struct module_file *file) {
    sqlite3_stmt *st = state_store_prepare(
        s, "UPDATE py_module_index_v1 SET mtime_ns = ?, size = ? WHERE file_id = ?");
    sqlite3_bind_int64(st, 1, file->mtime_ns);
    sqlite3_bind_int64(st, 2, file->size);
    sqlite3_bind_int64(st, 3, file->id);
    run(s, st);
}

static const char *const remove_rows[] = {
    "DELETE FROM py_module_index_v1 WHERE file_id = ?",
    "DELETE FROM py_imports_resolved_v1 WHERE importer_file_id = ?",
    "DELETE FROM dim_exported_defs_v1 WHERE file_id = ?",
    "DELETE FROM rel_callsite_qname_v1 WHERE caller_file_id = ?",
    "DELETE FROM rel_def_symbol_v1 WHERE file_id = ?",
    "DELETE FROM rel_callsite_symbol_v1 WHERE caller_file_id = ?",
};

void state_store_remove(struct state_store *s, int64_t file_id) {
    for (size_t i = 0; i < sizeof remove_rows / sizeof *remove_rows; i++) {
        sqlite3_stmt *st = state_store_prepare(s, remove_rows[i]);
        sqlite3_bind_int64(st, 1, file_id);
        run(s, st);
    }
}

void state_store_clear(struct state_store *s) {
    execute(s, "DELETE FROM py_module_index_v1; DELETE FROM py_imports_resolved_v1;"
               "DELETE FROM dim_exported_defs_v1; DELETE FROM rel_callsite_qname_v1;"
               "DELETE FROM rel_def_symbol_v1; DELETE FROM rel_callsite_symbol_v1");
}

static void put_file(struct state_store *s, const struct module_file *file, const char *hash) {
    sqlite3_stmt *st = state_store_prepare(
        s, "INSERT OR REPLACE INTO py_module_index_v1 VALUES (?, ?, ?, ?, ?, ?, ?)");
    sqlite3_bind_int64(st, 1, file->id);
    bind_text(st, 2, file->path);
    bind_text(st, 3, file->name);
    sqlite3_bind_int(st, 4, file->is_init);
    bind_text(st, 5, hash);
    sqlite3_bind_int64(st, 6, file->mtime_ns);
    sqlite3_bind_int64(st, 7, file->size);
    run(s, st);
}

static void put_import(struct state_store *s, const struct module_file *file,
                       const struct import_row *row, uint32_t block) {
    sqlite3_stmt *st = state_store_prepare(
        s, "INSERT INTO py_imports_resolved_v1"
           " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    sqlite3_bind_int64(st, 1, file->id);
    bind_text(st, 2, file->path);
    bind_text(st, 3, row->module);
    bind_text(st, 4, row->name);
    bind_text(st, 5, row->local);
    sqlite3_bind_int(st, 6, row->star);
    sqlite3_bind_int64(st, 7, row->level);
    if (row->file) sqlite3_bind_int64(st, 8, row->file->id);
    sqlite3_bind_int64(st, 9, row->at.start);
    sqlite3_bind_int64(st, 10, row->at.end);
    bind_text(st, 11, row->target);
    sqlite3_bind_int64(st, 12, block);
    sqlite3_bind_int(st, 13, row->type_checking);
    sqlite3_bind_int(st, 14, row->optional);
    sqlite3_bind_int(st, 15, row->deferred);
    sqlite3_bind_int(st, 16, row->known);
    run(s, st);
}

static void put_export(struct state_store *s, const struct module_file *file,
                       const struct export_row *row) {
    char id[QNAME_ID_SIZE], hash[33];
    sqlite3_stmt *st = state_store_prepare(
        s, "INSERT OR REPLACE INTO dim_exported_defs_v1 VALUES (?, ?, ?, ?, ?, NULL, ?, ?)");
    qname_id(str_from(row->qname), id);
    hash128_hex(row->hash, hash);
    sqlite3_bind_int64(st, 1, file->id);
    bind_text(st, 2, row->qname);
    bind_text(st, 3, id);
    bind_text(st, 4, row->kind);
    bind_text(st, 5, hash);
    sqlite3_bind_int64(st, 6, row->at.start);
    sqlite3_bind_int64(st, 7, row->at.end);
    run(s, st);
}

static void put_callsite(struct state_store *s, const struct module_file *file,
                         const struct callsite_row *row) {
    char id[QNAME_ID_SIZE];
    sqlite3_stmt *st = state_store_prepare(
        s, "INSERT OR IGNORE INTO rel_callsite_qname_v1 VALUES (?, ?, ?, ?, ?, ?, ?)");
    qname_id(str_from(row->qname), id);
    sqlite3_bind_int64(st, 1, file->id);
    sqlite3_bind_int64(st, 2, row->block);
    bind_text(st, 3, id);
    sqlite3_bind_int64(st, 4, row->at.start);
    sqlite3_bind_int64(st, 5, row->at.end);
    sqlite3_bind_int(st, 6, (int)row->kind);
    bind_text(st, 7, row->caller);
    run(s, st);
}

void state_store_put(struct state_store *s, const struct module_file *file, const char *hash,
                     const struct module_rows *rows) {
    state_store_remove(s, file->id);
    put_file(s, file, hash);
    for (size_t i = 0; i < rows->imports.len; i++)
        put_import(s, file, &rows->imports.items[i], rows->import_blocks.items[i]);
    for (size_t i = 0; i < rows->exports.len; i++) put_export(s, file, &rows->exports.items[i]);
    for (size_t i = 0; i < rows->callsites.len; i++)
        put_callsite(s, file, &rows->callsites.items[i]);
}

/* --- meta --- */

char *state_store_get_meta(struct state_store *s, const char *key) {
    sqlite3_stmt *st = state_store_prepare(s, "SELECT value FROM state_meta_v1 WHERE key = ?");
    char *value = NULL;
    bind_text(st, 1, key);
    while (state_store_step(s, st))
        if (!value) value = xstrdup((const char *)sqlite3_column_text(st, 0));
    return value;
}

void state_store_set_meta(struct state_store *s, const char *key, const char *value) {
    sqlite3_stmt *st = state_store_prepare(s, "INSERT OR REPLACE INTO state_meta_v1 VALUES (?, ?)");
    bind_text(st, 1, key);
    bind_text(st, 2, value);
    run(s, st);
}
