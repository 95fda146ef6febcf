/* SPDX-License-Identifier: Apache-2.0 */
/* impact_store.c - the answer of an impact query, kept for those who ask later. */
#include <sqlite3.h>

#include "analysis/impact.h"

static void run(struct state_store *store, sqlite3_stmt *st) {
    while (state_store_step(store, st)) {
    }
}

static void clear(struct state_store *store) {
    run(store, state_store_prepare(store, "DELETE FROM inc_changed_exports_v1"));
    run(store, state_store_prepare(store, "DELETE FROM inc_impacted_callers_v1"));
    run(store, state_store_prepare(store, "DELETE FROM inc_impacted_importers_v1"));
    run(store, state_store_prepare(store, "DELETE FROM inc_impacted_files_v2"));
}

static void put_export(struct state_store *store, const struct changed_export *export) {
    static const char *const kinds[] = {"added", "removed", "changed"};
    char id[QNAME_ID_SIZE];
    sqlite3_stmt *st = state_store_prepare(
        store, "INSERT INTO inc_changed_exports_v1 VALUES (?1, ?2, (SELECT min(symbol) FROM"
               " rel_def_symbol_v1 WHERE file_id = ?1 AND qname_id = ?2), ?3, ?4)");
    qname_id(str_from(export->qname), id);
    sqlite3_bind_int64(st, 1, export->file_id);
    sqlite3_bind_text(st, 2, id, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 3, kinds[export->kind], -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 4, export->qname, -1, SQLITE_STATIC);
    run(store, st);
}

static void bind_hit(sqlite3_stmt *st, const struct impact_hit *hit) {
    sqlite3_bind_int64(st, 1, hit->file_id);
    sqlite3_bind_text(st, 2, hit->path, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 3, impact_reason_text(hit->kind), -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 4, hit->ref, -1, SQLITE_STATIC);
}

static void put_closure(struct state_store *store, const struct impact_hit *hit) {
    const char *sql = NULL;
    switch (hit->kind) {
    case IMPACT_CALLER_QNAME:
    case IMPACT_CALLER_SYMBOL:
    case IMPACT_REEXPORT:
        sql = "INSERT INTO inc_impacted_callers_v1 VALUES (?, ?, ?, ?)";
        break;
    case IMPACT_IMPORT_NAME:
    case IMPACT_IMPORT_STAR:
    case IMPACT_IMPORT_MODULE:
    case IMPACT_IMPORT_CLOSURE:
    case IMPACT_IMPORT_SIDE_EFFECT:
    case IMPACT_DYNAMIC_IMPORT:
        sql = "INSERT INTO inc_impacted_importers_v1 VALUES (?, ?, ?, ?)";
        break;
    default:
        return;
    }
    sqlite3_stmt *st = state_store_prepare(store, sql);
    bind_hit(st, hit);
    run(store, st);
}

static void put_file(struct state_store *store, const struct impact *impact,
                     const struct impact_hit *hit) {
    sqlite3_stmt *st = state_store_prepare(
        store, "INSERT INTO inc_impacted_files_v2 VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    bind_hit(st, hit);
    if (hit->block) sqlite3_bind_int64(st, 5, hit->block);
    if (hit->via != IMPACT_NO_HIT) {
        const struct impact_hit *via = &impact->hits.items[hit->via];
        sqlite3_bind_text(st, 6, via->path, -1, SQLITE_STATIC);
        sqlite3_bind_text(st, 7, impact_reason_text(via->kind), -1, SQLITE_STATIC);
        sqlite3_bind_text(st, 8, via->ref, -1, SQLITE_STATIC);
    }
    run(store, st);
}

enum status impact_store(struct state_store *store, const struct index_delta *delta,
                         const struct impact *impact, struct err *err) {
    if (!state_store_begin(store)) return state_store_check(store, err);
    clear(store);
    for (size_t i = 0; i < delta->exports.len; i++) put_export(store, &delta->exports.items[i]);
    for (size_t i = 0; i < impact->hits.len; i++) {
        put_closure(store, &impact->hits.items[i]);
        put_file(store, impact, &impact->hits.items[i]);
    }
    state_store_commit(store, false);
    return state_store_check(store, err);
}
