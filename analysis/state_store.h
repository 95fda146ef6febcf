/* SPDX-License-Identifier: Apache-2.0 */
/* state_store.h - what is known of a workspace's files, in one SQLite database.
 *
 * The tables' names and columns are public: people query them (docs/using.md).  Write-ahead log;
 * every change is one short transaction, so that a crash leaves the state before it or after it,
 * and other processes wait instead of failing.  A database that is damaged, or made by a newer
 * Relight, is set aside under another name and built anew, with a message.
 * One thread at a time. */
#ifndef ANALYSIS_STATE_STORE_H
#define ANALYSIS_STATE_STORE_H

#include "analysis/exports.h"
#include "analysis/module_index.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"

struct sqlite3;
struct sqlite3_stmt;
struct state_store;

/* Open or create; missing folders are made.  `message` gets a line when a database was set aside
 * (the caller says it to the user). */
struct state_store *state_store_open(const char *path, struct buf *message, struct err *err);
void state_store_close(struct state_store *store); /* NULL is a no-op */

/* After ST_INTERNAL from any call below, which a damaged database gives: set it aside, and open a
 * new one in its place. */
enum status state_store_renew(struct state_store *store, struct buf *message, struct err *err);

/* `DIR/state.db` under the user's cache folder, DIR a hash of the workspace.  New, free(); NULL
 * without a home. */
char *state_store_default_path(const char *workspace);
char *state_store_path_in(const char *folder, const char *workspace); /* the same in `folder` */

/* A prepared statement for `sql` (a literal: kept by its address), reset, without bindings.
 * Damage is noted in the store and shows as a statement that yields no rows. */
struct sqlite3_stmt *state_store_prepare(struct state_store *store, const char *sql);
bool state_store_step(struct state_store *store, struct sqlite3_stmt *st); /* true: a row */

/* For those who do not know SQLite: parameters from 1, columns from 0.  A text is borrowed until
 * the next step (a parameter: until the statement's last); NULL is a NULL. */
void state_store_bind_text(struct sqlite3_stmt *st, int index, const char *text);
void state_store_bind_number(struct sqlite3_stmt *st, int index, int64_t number);
int state_store_width(struct sqlite3_stmt *st);
const char *state_store_name(struct sqlite3_stmt *st, int column);
const char *state_store_text(struct sqlite3_stmt *st, int column);
bool state_store_number(struct sqlite3_stmt *st, int column, int64_t *out); /* false: a text */

/* The first failure since the last call, if any. */
enum status state_store_check(struct state_store *store, struct err *err);

/* --- transactions.  A generation is counted up by each that changed something. --- */
int64_t state_store_generation(struct state_store *store);
bool state_store_begin(struct state_store *store); /* false: busy for too long, or damaged */
void state_store_commit(struct state_store *store, bool changed);
void state_store_rollback(struct state_store *store);

/* --- rows --- */
struct stored_file {
    int64_t id, mtime_ns, size;
    char hash[33];
    char path[]; /* the map's key, too */
};

/* All files by path: values are struct stored_file, free() each. */
void state_store_files(struct state_store *store, struct map *out);
void stored_files_finish(struct map *files);

void state_store_touch(struct state_store *store, const struct module_file *file);
void state_store_remove(struct state_store *store, int64_t file_id);
void state_store_put(struct state_store *store, const struct module_file *file, const char *hash,
                     const struct module_rows *rows);
void state_store_clear(struct state_store *store); /* all files and their rows */

/* A short text kept under a key: what the whole content was built with. */
char *state_store_get_meta(struct state_store *store, const char *key); /* new, free(); or NULL */
void state_store_set_meta(struct state_store *store, const char *key, const char *value);

#endif
