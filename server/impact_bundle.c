/* SPDX-License-Identifier: Apache-2.0 */
/* impact_bundle.c - rows to CSV and JSON Lines. */
#include "server/impact_bundle.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "protocol/rpc.h"

static const struct table {
    const char *name, *sql;
} tables[] = {
    {"inc_changed_exports_v1",
     "SELECT file_id, qname_id, symbol, delta_kind, qname FROM inc_changed_exports_v1"
     " ORDER BY qname, delta_kind"},
    {"inc_impacted_callers_v1",
     "SELECT * FROM inc_impacted_callers_v1 ORDER BY path, reason_kind, reason_ref"},
    {"inc_impacted_importers_v1",
     "SELECT * FROM inc_impacted_importers_v1 ORDER BY path, reason_kind, reason_ref"},
    {"inc_impacted_files_v2",
     "SELECT * FROM inc_impacted_files_v2 ORDER BY path, reason_kind, reason_ref, block"},
};

struct bundle {
    const char *folder;
    struct err *err;
};

static FILE *open_file(const struct bundle *b, const char *table, const char *ending) {
    struct buf path = {0};
    buf_printf(&path, "%s/%s.%s", b->folder, table, ending);
    FILE *file = fopen(buf_cstr(&path), "wb");
    if (!file) err_set(b->err, ST_IO, "cannot write '%s': %s", buf_cstr(&path), strerror(errno));
    buf_finish(&path);
    return file;
}

static void put_csv(FILE *out, const char *text, bool last) {
    bool quoted = strpbrk(text, ",\"\r\n");
    if (quoted) putc('"', out);
    for (; *text; text++) {
        if (*text == '"') putc('"', out);
        putc(*text, out);
    }
    if (quoted) putc('"', out);
    fputs(last ? "\r\n" : ",", out);
}

static void put_csv_row(FILE *out, struct sqlite3_stmt *st) {
    int count = state_store_width(st);
    for (int i = 0; i < count; i++) {
        const char *text = state_store_text(st, i);
        put_csv(out, text ? text : "", i + 1 == count);
    }
}

static json_t *value_json(struct sqlite3_stmt *st, int column) {
    int64_t number;
    if (state_store_number(st, column, &number)) return json_integer(number);
    const char *text = state_store_text(st, column);
    return text ? json_text(str_from(text)) : json_null();
}

static void put_json_row(FILE *out, struct sqlite3_stmt *st) {
    json_t *row = json_object();
    for (int i = 0; i < state_store_width(st); i++)
        json_object_set_new(row, state_store_name(st, i), value_json(st, i));
    json_dumpf(row, out, JSON_COMPACT);
    putc('\n', out);
    json_decref(row);
}

static void close_file(const struct bundle *b, FILE *file, const char *table) {
    bool failed = file && ferror(file);
    if (file && (fclose(file) != 0 || failed))
        err_set(b->err, ST_IO, "cannot write '%s' in '%s'", table, b->folder);
}

static void write_table(const struct bundle *b, struct state_store *store,
                        const struct table *table) {
    FILE *csv = open_file(b, table->name, "csv");
    FILE *json = csv ? open_file(b, table->name, "jsonl") : NULL;
    struct sqlite3_stmt *st = json ? state_store_prepare(store, table->sql) : NULL;
    for (int i = 0, count = state_store_width(st); i < count; i++)
        put_csv(csv, state_store_name(st, i), i + 1 == count);
    while (state_store_step(store, st)) {
        put_csv_row(csv, st);
        put_json_row(json, st);
    }
    close_file(b, csv, table->name);
    close_file(b, json, table->name);
}

enum status impact_bundle_write(struct state_store *store, const char *folder, struct err *err) {
    struct bundle b = {folder, err};
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return err_set(err, ST_IO, "cannot make '%s': %s", folder, strerror(errno));
    for (size_t i = 0; i < sizeof tables / sizeof *tables && err->code == ST_OK; i++)
        write_table(&b, store, &tables[i]);
    if (err->code != ST_OK) return err->code;
    return state_store_check(store, err);
}
