/* SPDX-License-Identifier: Apache-2.0 */
/* index_refresh.c - what changed on disk, analysed, compared and written. */
#include "analysis/index_refresh.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include "analysis/file_read.h"
#include "analysis/index_internal.h"
#include "analysis/text.h"
#include "base/mem.h"

enum { THREADS_MAX = 4, ATTEMPTS = 8 };

struct job {
    const struct module_file *file;
    const struct stored_file *old; /* NULL: added */
    bool rewire;                   /* even if the content is the same */
    bool unchanged;                /* it is: only time and size are new */
    char hash[33];
    struct module_rows rows;
};

struct refresh {
    struct state_store *store;
    const struct module_index *index;
    struct index_delta *delta;
    struct map stored; /* path to struct stored_file */
    VEC(const struct stored_file *) gone;
    VEC(struct job) jobs;
    struct map queued;  /* path to job index + 1 */
    struct map words;   /* parts of the names of files that came or went */
    struct map folders; /* of theirs that were looked at */
    pthread_mutex_t lock;
    size_t next_job;
};

/* --- what to look at --- */

static void queue_file(struct refresh *r, const struct module_file *file, bool rewire) {
    void **slot = map_slot(&r->queued, str_from(file->path));
    if (!*slot) {
        vec_push(&r->jobs,
                 ((struct job){.file = file, .old = map_get(&r->stored, str_from(file->path))}));
        *slot = (void *)(uintptr_t)r->jobs.len;
    }
    r->jobs.items[(uintptr_t)*slot - 1].rewire |= rewire;
}

static void add_word(struct refresh *r, struct str word) {
    *map_slot(&r->words, word) = r;
}

static struct str base_name(struct str path) {
    struct str folder = module_folder(path);
    return folder.len ? str_slice(path, folder.len + 1, path.len) : path;
}

/* A stub's rows depend on whether there is a module beside it; whether a folder is a package
 * decides where its files look first. */
static void rewire_neighbours(struct refresh *r, struct str path) {
    struct buf stub = {0};
    buf_printf(&stub, "%.*si", STR_FMT(path));
    const struct module_file *beside = module_index_file(r->index, buf_str(&stub));
    if (beside) queue_file(r, beside, true);
    buf_finish(&stub);
    if (!str_eq(base_name(path), STR("__init__.py"))) return;
    for (size_t i = 0; i < r->index->files.len; i++) {
        const struct module_file *file = r->index->files.items[i];
        if (str_eq(module_folder(str_from(file->path)), module_folder(path)))
            queue_file(r, file, true);
    }
}

static bool stored_folder(const struct refresh *r, struct str folder) {
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&r->stored, &cursor));) {
        struct str path = {e->key, e->key_len};
        if (str_starts(path, folder) && path.len > folder.len && path.ptr[folder.len] == '/')
            return true;
    }
    return false;
}

/* The names under which imports may mean a file that came or went, with the folders that did. */
static void note_arrival(struct refresh *r, struct str path, bool arrived) {
    struct str name = base_name(path), folder = module_folder(path);
    const char *dot = memchr(name.ptr, '.', name.len);
    name.len = dot ? (size_t)(dot - name.ptr) : name.len;
    add_word(r, str_eq(name, STR("__init__")) ? base_name(folder) : name);
    rewire_neighbours(r, path);
    for (; folder.len; folder = module_folder(folder)) {
        void **asked = map_slot(&r->folders, folder);
        if (*asked) break;
        *asked = r;
        bool was = !arrived || stored_folder(r, folder);
        bool is = arrived || map_get(&r->index->folders, folder);
        if (was != is) add_word(r, base_name(folder));
    }
}

static bool has_word(const struct refresh *r, struct str name) {
    while (name.len) {
        const char *dot = memchr(name.ptr, '.', name.len);
        size_t len = dot ? (size_t)(dot - name.ptr) : name.len;
        if (map_get(&r->words, str_slice(name, 0, len))) return true;
        name = str_slice(name, dot ? len + 1 : len, name.len);
    }
    return false;
}

static struct str column_str(sqlite3_stmt *st, int column) {
    const char *text = (const char *)sqlite3_column_text(st, column);
    return text ? str_from(text) : STR("");
}

static void queue_importers(struct refresh *r) {
    if (!r->words.len) return;
    sqlite3_stmt *st = state_store_prepare(
        r->store, "SELECT importer_path, imported_module_fqn, imported_name"
                  " FROM py_imports_resolved_v1");
    while (state_store_step(r->store, st)) {
        if (!has_word(r, column_str(st, 1)) && !has_word(r, column_str(st, 2))) continue;
        const struct module_file *file = module_index_file(r->index, column_str(st, 0));
        if (file) queue_file(r, file, true);
    }
}

static void compare_with_disk(struct refresh *r) {
    size_t cursor = 0;
    for (size_t i = 0; i < r->index->files.len; i++) {
        const struct module_file *file = r->index->files.items[i];
        const struct stored_file *old = map_get(&r->stored, str_from(file->path));
        if (!old || old->mtime_ns != file->mtime_ns || old->size != file->size)
            queue_file(r, file, false);
        if (!old && !r->delta->first) note_arrival(r, str_from(file->path), true);
    }
    for (const struct map_entry *e; (e = map_next(&r->stored, &cursor));) {
        struct str path = {e->key, e->key_len};
        if (module_index_file(r->index, path)) continue;
        vec_push(&r->gone, (const struct stored_file *)e->value);
        note_arrival(r, path, false);
    }
    queue_importers(r);
}

/* --- analysis --- */

static void do_job(const struct refresh *r, struct job *job) {
    struct buf path = {0}, text = {0};
    buf_printf(&path, "%s/%s", r->index->root, job->file->path);
    if (file_read(buf_cstr(&path), TEXT_MAX, &text)) {
        hash128_hex(hash128(buf_str(&text)), job->hash);
        job->unchanged = !job->rewire && job->old && strcmp(job->old->hash, job->hash) == 0;
        if (!job->unchanged) module_rows_build(&job->rows, r->index, job->file, buf_str(&text));
    } else {
        job->unchanged = job->old && !*job->old->hash;
    }
    buf_finish(&path);
    buf_finish(&text);
}

static void *work(void *context) {
    struct refresh *r = context;
    for (;;) {
        pthread_mutex_lock(&r->lock);
        size_t job = r->next_job++;
        pthread_mutex_unlock(&r->lock);
        if (job >= r->jobs.len) return NULL;
        do_job(r, &r->jobs.items[job]);
    }
}

static void do_jobs(struct refresh *r) {
    pthread_t threads[THREADS_MAX];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t started = 0, wanted = cores > THREADS_MAX ? THREADS_MAX : cores > 1 ? (size_t)cores : 1;
    if (r->jobs.len < 16) wanted = 1;
    while (started + 1 < wanted && pthread_create(&threads[started], NULL, work, r) == 0) started++;
    work(r);
    while (started) pthread_join(threads[--started], NULL);
}

/* --- the delta --- */

static void keep_callers(struct refresh *r, const char *qname) {
    char id[QNAME_ID_SIZE];
    qname_id(str_from(qname), id);
    sqlite3_stmt *st = state_store_prepare(
        r->store, "SELECT caller_file_id, block, caller_qname FROM rel_callsite_qname_v1"
                  " WHERE qname_id = ? AND kind < 4");
    sqlite3_bind_text(st, 1, id, -1, SQLITE_STATIC);
    while (state_store_step(r->store, st))
        vec_push(
            &r->delta->callers,
            ((struct old_caller){sqlite3_column_int64(st, 0), (uint32_t)sqlite3_column_int64(st, 1),
                                 str_dup(column_str(st, 2)), xstrdup(qname)}));
}

static void compare_export(struct refresh *r, const struct job *job, size_t *next,
                           const char *qname, const char *hash) {
    const struct export_row *rows = job->rows.exports.items;
    char hex[33];
    while (*next < job->rows.exports.len && strcmp(rows[*next].qname, qname) < 0)
        index__add_export(r->delta, job->file->id, rows[(*next)++].qname, DELTA_ADDED);
    if (*next == job->rows.exports.len || strcmp(rows[*next].qname, qname) != 0) {
        index__add_export(r->delta, job->file->id, qname, DELTA_REMOVED);
        return;
    }
    hash128_hex(rows[(*next)++].hash, hex);
    if (strcmp(hex, hash) != 0) index__add_export(r->delta, job->file->id, qname, DELTA_CHANGED);
}

/* Stored exports against new ones; both are sorted by qname. */
static void compare_exports(struct refresh *r, const struct job *job) {
    size_t next = 0, first = r->delta->exports.len;
    sqlite3_stmt *st = state_store_prepare(
        r->store,
        "SELECT qname, definition_hash FROM dim_exported_defs_v1 WHERE file_id = ? ORDER BY qname");
    sqlite3_bind_int64(st, 1, job->file->id);
    while (state_store_step(r->store, st))
        compare_export(r, job, &next, (const char *)sqlite3_column_text(st, 0),
                       (const char *)sqlite3_column_text(st, 1));
    for (; next < job->rows.exports.len; next++)
        index__add_export(r->delta, job->file->id, job->rows.exports.items[next].qname,
                          DELTA_ADDED);
    for (size_t i = first, end = r->delta->exports.len; i < end; i++)
        if (r->delta->exports.items[i].kind == DELTA_REMOVED)
            keep_callers(r, r->delta->exports.items[i].qname);
}

static void keep_importers(struct refresh *r, int64_t file_id, const char *ref) {
    sqlite3_stmt *st = state_store_prepare(
        r->store, "SELECT DISTINCT importer_file_id, block FROM py_imports_resolved_v1"
                  " WHERE imported_file_id = ? AND NOT is_type_checking");
    sqlite3_bind_int64(st, 1, file_id);
    while (state_store_step(r->store, st))
        vec_push(&r->delta->callers, ((struct old_caller){sqlite3_column_int64(st, 0),
                                                          (uint32_t)sqlite3_column_int64(st, 1),
                                                          xstrdup(""), xstrdup(ref)}));
}

static void delete_file(struct refresh *r, const struct stored_file *file) {
    struct job job = {.file = &(struct module_file){.id = file->id}};
    char *name = NULL;
    compare_exports(r, &job);
    sqlite3_stmt *st = state_store_prepare(
        r->store, "SELECT module_fqn FROM py_module_index_v1 WHERE file_id = ?");
    sqlite3_bind_int64(st, 1, file->id);
    while (state_store_step(r->store, st)) name = name ? name : str_dup(column_str(st, 0));
    keep_importers(r, file->id, name ? name : "");
    free(name);
    index__add_change(r->delta, file->id, file->path, FILE_DELETED);
    state_store_remove(r->store, file->id);
}

/* --- imports that run another module's effects, or no longer do --- */

static bool imports_file(const struct module_rows *rows, int64_t id) {
    for (size_t i = 0; i < rows->imports.len; i++) {
        const struct import_row *row = &rows->imports.items[i];
        if (row->file && row->file->id == id && !row->type_checking && !row->deferred) return true;
    }
    return false;
}

static bool stored_import(struct refresh *r, int64_t importer, int64_t imported) {
    sqlite3_stmt *st = state_store_prepare(
        r->store, "SELECT 1 FROM py_imports_resolved_v1 WHERE importer_file_id = ? AND"
                  " imported_file_id = ? AND NOT is_type_checking AND NOT is_deferred LIMIT 1");
    bool found = false;
    sqlite3_bind_int64(st, 1, importer);
    sqlite3_bind_int64(st, 2, imported);
    while (state_store_step(r->store, st)) found = true;
    return found;
}

/* Whether an import of the file runs a statement that others may notice, there or further on. */
static bool has_effects(struct refresh *r, int64_t id) {
    bool found = false;
    sqlite3_stmt *st = state_store_prepare(
        r->store,
        "WITH RECURSIVE reached(id) AS (VALUES (?) UNION SELECT imported_file_id FROM"
        " py_imports_resolved_v1 JOIN reached ON importer_file_id = reached.id"
        " WHERE imported_file_id IS NOT NULL AND NOT is_type_checking AND NOT is_deferred)"
        " SELECT 1 FROM reached JOIN dim_exported_defs_v1 d ON d.file_id = reached.id"
        " WHERE d.kind = 'effects' LIMIT 1");
    sqlite3_bind_int64(st, 1, id);
    while (state_store_step(r->store, st)) found = true;
    return found;
}

static void add_effects(struct refresh *r, const struct module_file *file) {
    struct buf qname = {0};
    buf_printf(&qname, "%s.<effects>", file->name);
    index__add_export(r->delta, file->id, buf_cstr(&qname), DELTA_CHANGED);
    buf_finish(&qname);
}

/* Before the new rows are written: what is no longer imported.  After: what is imported now. */
static bool dropped_effects(struct refresh *r, const struct job *job) {
    VEC(int64_t) dropped = {0};
    sqlite3_stmt *st = state_store_prepare(
        r->store, "SELECT DISTINCT imported_file_id FROM py_imports_resolved_v1 WHERE"
                  " importer_file_id = ? AND imported_file_id IS NOT NULL AND"
                  " NOT is_type_checking AND NOT is_deferred");
    sqlite3_bind_int64(st, 1, job->file->id);
    while (state_store_step(r->store, st))
        if (!imports_file(&job->rows, sqlite3_column_int64(st, 0)))
            vec_push(&dropped, sqlite3_column_int64(st, 0));
    bool effects = false;
    for (size_t i = 0; i < dropped.len && !effects; i++) effects = has_effects(r, dropped.items[i]);
    vec_finish(&dropped);
    return effects;
}

/* The files that are imported now and were not, as long as the old rows are there. */
static void note_new_imports(struct refresh *r, const struct job *job, size_t job_index,
                             struct map *added) {
    for (size_t i = 0; i < job->rows.imports.len; i++) {
        const struct import_row *row = &job->rows.imports.items[i];
        if (!row->file || row->type_checking || row->deferred) continue;
        if (stored_import(r, job->file->id, row->file->id)) continue;
        char key[64];
        snprintf(key, sizeof key, "%zu %lld", job_index, (long long)row->file->id);
        *map_slot(added, str_from(key)) = r;
    }
}

static void add_new_effects(struct refresh *r, const struct map *added) {
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(added, &cursor));) {
        size_t job = 0;
        long long id = 0;
        if (sscanf(e->key, "%zu %lld", &job, &id) != 2) continue; // NOLINT(cert-err34-c): ours
        if (has_effects(r, id)) add_effects(r, r->jobs.items[job].file);
    }
}

/* --- writing --- */

static void write_job(struct refresh *r, size_t index, struct map *added) {
    struct job *job = &r->jobs.items[index];
    if (job->unchanged) {
        state_store_touch(r->store, job->file);
        return;
    }
    if (!r->delta->first) {
        bool same = job->old && strcmp(job->old->hash, job->hash) == 0;
        compare_exports(r, job);
        if (dropped_effects(r, job)) add_effects(r, job->file);
        note_new_imports(r, job, index, added);
        if (same)
            index__add_change(r->delta, job->file->id, job->file->path, FILE_REWIRED);
        else
            index__add_change(r->delta, job->file->id, job->file->path,
                              job->old ? FILE_CHANGED : FILE_ADDED);
    }
    state_store_put(r->store, job->file, job->hash, &job->rows);
}

static void write_all(struct refresh *r) {
    struct map added = {0};
    for (size_t i = 0; i < r->gone.len; i++) delete_file(r, r->gone.items[i]);
    for (size_t i = 0; i < r->jobs.len; i++) write_job(r, i, &added);
    add_new_effects(r, &added);
    map_finish(&added);
}

/* The names of all files hang on the roots. */
static char *roots_dup(const struct module_index *index) {
    struct buf text = {0};
    for (size_t i = 0; i < index->roots.len; i++) buf_printf(&text, "%s\n", index->roots.items[i]);
    buf_cstr(&text);
    return buf_take(&text);
}

static void refresh_finish(struct refresh *r) {
    for (size_t i = 0; i < r->jobs.len; i++) module_rows_finish(&r->jobs.items[i].rows);
    vec_finish(&r->jobs);
    vec_finish(&r->gone);
    stored_files_finish(&r->stored);
    map_finish(&r->queued);
    map_finish(&r->words);
    map_finish(&r->folders);
    pthread_mutex_destroy(&r->lock);
}

static void clear_delta(struct index_delta *delta) {
    index_delta_finish(delta);
    *delta = (struct index_delta){0};
}

/* One look at everything; false when another process wrote meanwhile. */
static bool refresh_once(struct state_store *store, const struct module_index *index,
                         struct index_delta *delta) {
    struct refresh r = {.store = store, .index = index, .delta = delta};
    char *roots = roots_dup(index), *old_roots = state_store_get_meta(store, "roots");
    int64_t generation = state_store_generation(store);
    pthread_mutex_init(&r.lock, NULL);
    clear_delta(delta);
    bool renamed = !old_roots || strcmp(old_roots, roots) != 0;
    if (!renamed) state_store_files(store, &r.stored);
    delta->first = r.stored.len == 0;
    compare_with_disk(&r);
    do_jobs(&r);
    bool work_to_do = r.jobs.len || r.gone.len || renamed, done = !work_to_do;
    if (work_to_do && state_store_begin(store)) {
        done = state_store_generation(store) == generation;
        if (renamed && done) state_store_clear(store);
        if (renamed && done) state_store_set_meta(store, "roots", roots);
        if (done) write_all(&r);
        if (done)
            state_store_commit(store, true);
        else
            state_store_rollback(store);
    }
    free(roots);
    free(old_roots);
    refresh_finish(&r);
    return done;
}

enum status index_refresh(struct state_store *store, const struct refresh_options *options,
                          struct index_delta *delta, struct buf *message, struct err *err) {
    struct module_index *index = module_index_scan(options->workspace, options->roots,
                                                   options->root_count, err);
    bool renewed = false, done = false;
    for (int i = 0; index && i < ATTEMPTS && !done && err->code == ST_OK; i++) {
        done = refresh_once(store, index, delta);
        if (state_store_check(store, err) == ST_OK) continue;
        done = false;
        if (err->code != ST_INTERNAL || renewed) break;
        *err = (struct err){0};
        renewed = true;
        state_store_renew(store, message, err);
    }
    if (index && !done && err->code == ST_OK)
        err_set(err, ST_NOT_READY, "another process keeps changing the state; try again");
    module_index_destroy(index);
    return err->code;
}
