/* SPDX-License-Identifier: Apache-2.0 */
/* state_schema.h - the tables of the state store; for state_store.c only.
 *
 * Raise STATE_VERSION whenever a table, or what its rows mean, changes: older databases are then
 * emptied and filled anew. */
#ifndef ANALYSIS_STATE_SCHEMA_H
#define ANALYSIS_STATE_SCHEMA_H

#define STATE_VERSION 1

static const char state_schema[] =
    "CREATE TABLE state_meta_v1 (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"

    "CREATE TABLE py_module_index_v1 (file_id INTEGER PRIMARY KEY, path TEXT NOT NULL,"
    " module_fqn TEXT NOT NULL, is_init INTEGER NOT NULL, content_hash TEXT NOT NULL,"
    " mtime_ns INTEGER NOT NULL, size INTEGER NOT NULL);"

    "CREATE TABLE py_imports_resolved_v1 (importer_file_id INTEGER NOT NULL,"
    " importer_path TEXT NOT NULL, imported_module_fqn TEXT NOT NULL,"
    " imported_name TEXT NOT NULL, local_name TEXT NOT NULL, is_star INTEGER NOT NULL,"
    " level INTEGER NOT NULL, imported_file_id INTEGER, start_byte INTEGER NOT NULL,"
    " end_byte INTEGER NOT NULL, target TEXT NOT NULL, block INTEGER NOT NULL,"
    " is_type_checking INTEGER NOT NULL, is_optional INTEGER NOT NULL,"
    " is_deferred INTEGER NOT NULL, is_known INTEGER NOT NULL);"
    "CREATE INDEX imports_by_importer ON py_imports_resolved_v1 (importer_file_id);"
    "CREATE INDEX imports_by_file ON py_imports_resolved_v1 (imported_file_id)"
    " WHERE imported_file_id IS NOT NULL;"
    "CREATE INDEX imports_by_target ON py_imports_resolved_v1 (target)"
    " WHERE is_known AND target <> '';"

    "CREATE TABLE dim_exported_defs_v1 (file_id INTEGER NOT NULL, qname TEXT NOT NULL,"
    " qname_id TEXT NOT NULL, kind TEXT NOT NULL, definition_hash TEXT NOT NULL, symbol TEXT,"
    " start_byte INTEGER NOT NULL, end_byte INTEGER NOT NULL, PRIMARY KEY (file_id, qname))"
    " WITHOUT ROWID;"
    "CREATE INDEX defs_by_qname ON dim_exported_defs_v1 (qname_id);"

    "CREATE TABLE rel_callsite_qname_v1 (caller_file_id INTEGER NOT NULL, block INTEGER NOT NULL,"
    " qname_id TEXT NOT NULL, start_byte INTEGER NOT NULL, end_byte INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, caller_qname TEXT NOT NULL,"
    " PRIMARY KEY (caller_file_id, qname_id, caller_qname, kind, block)) WITHOUT ROWID;"
    "CREATE INDEX callsites_by_qname ON rel_callsite_qname_v1 (qname_id);"

    "CREATE TABLE rel_def_symbol_v1 (file_id INTEGER NOT NULL, qname_id TEXT NOT NULL,"
    " symbol TEXT NOT NULL, PRIMARY KEY (file_id, qname_id, symbol)) WITHOUT ROWID;"
    "CREATE INDEX def_symbols ON rel_def_symbol_v1 (symbol);"
    "CREATE TABLE rel_callsite_symbol_v1 (caller_file_id INTEGER NOT NULL, block INTEGER NOT NULL,"
    " symbol TEXT NOT NULL, start_byte INTEGER NOT NULL, end_byte INTEGER NOT NULL,"
    " caller_qname TEXT NOT NULL, PRIMARY KEY (caller_file_id, symbol, caller_qname, block,"
    " start_byte)) WITHOUT ROWID;"
    "CREATE INDEX callsite_symbols ON rel_callsite_symbol_v1 (symbol);"

    "CREATE TABLE inc_changed_exports_v1 (file_id INTEGER NOT NULL, qname_id TEXT NOT NULL,"
    " symbol TEXT, delta_kind TEXT NOT NULL, qname TEXT NOT NULL);"
    "CREATE TABLE inc_impacted_callers_v1 (file_id INTEGER NOT NULL, path TEXT NOT NULL,"
    " reason_kind TEXT NOT NULL, reason_ref TEXT NOT NULL);"
    "CREATE TABLE inc_impacted_importers_v1 (file_id INTEGER NOT NULL, path TEXT NOT NULL,"
    " reason_kind TEXT NOT NULL, reason_ref TEXT NOT NULL);"
    "CREATE TABLE inc_impacted_files_v2 (file_id INTEGER NOT NULL, path TEXT NOT NULL,"
    " reason_kind TEXT NOT NULL, reason_ref TEXT NOT NULL, block INTEGER, via_path TEXT,"
    " via_kind TEXT, via_ref TEXT);";

static const char state_drop[] =
    "DROP TABLE IF EXISTS state_meta_v1; DROP TABLE IF EXISTS py_module_index_v1;"
    "DROP TABLE IF EXISTS py_imports_resolved_v1; DROP TABLE IF EXISTS dim_exported_defs_v1;"
    "DROP TABLE IF EXISTS rel_callsite_qname_v1; DROP TABLE IF EXISTS rel_def_symbol_v1;"
    "DROP TABLE IF EXISTS rel_callsite_symbol_v1; DROP TABLE IF EXISTS inc_changed_exports_v1;"
    "DROP TABLE IF EXISTS inc_impacted_callers_v1; DROP TABLE IF EXISTS inc_impacted_importers_v1;"
    "DROP TABLE IF EXISTS inc_impacted_files_v2;";

#endif
