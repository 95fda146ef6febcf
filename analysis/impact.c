/* SPDX-License-Identifier: Apache-2.0 */
/* impact.c - the closures. */
#include "analysis/impact.h"

#include <sqlite3.h>
#include <stdio.h>

#include "analysis/file_read.h"
#include "analysis/text.h"
#include "base/map.h"
#include "base/mem.h"

/* A name that is affected.  `own` is how much of it is the module's name. */
struct affected {
    char *qname;
    int64_t file_id; /* whose name it is; 0 when that is not known */
    uint32_t hit;    /* why */
    bool imported;   /* it is an import's name: its users get it re-exported */
};

struct search {
    struct state_store *store;
    const struct impact_query *query;
    struct impact *out;
    VEC(struct affected) queue;
    struct map names;   /* qnames that were queued */
    struct map reasons; /* hits by file, kind, reference and block: index + 1 */
    struct map values;  /* modules whose uses as a value were reached */
    struct map aliases; /* by what they stand for: found_vec, owned */
    struct map closed;  /* files whose importers were all reached */
    bool symbols;       /* there are rows of a SCIP index */
};

static const char *const reason_names[] = {
#define IMPACT_AS_TEXT(name, text) text,
    IMPACT_REASON_MAP(IMPACT_AS_TEXT)};

const char *impact_reason_text(enum impact_reason kind) {
    return reason_names[kind];
}

bool impact_strategy_parse(const char *text, enum impact_strategy *out) {
    static const char *const names[] = {
        [IMPACT_HYBRID] = "hybrid",
        [IMPACT_SYMBOLS] = "symbol_closure",
        [IMPACT_IMPORTS] = "import_closure",
    };
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(names[i], text) != 0) continue;
        *out = (enum impact_strategy)i;
        return true;
    }
    return false;
}

/* --- rows --- */

static sqlite3_stmt *query_id(struct search *s, const char *sql, int64_t id) {
    sqlite3_stmt *st = state_store_prepare(s->store, sql);
    sqlite3_bind_int64(st, 1, id);
    return st;
}

static sqlite3_stmt *query_qname(struct search *s, const char *sql, struct str qname) {
    char id[QNAME_ID_SIZE];
    sqlite3_stmt *st = state_store_prepare(s->store, sql);
    qname_id(qname, id);
    sqlite3_bind_text(st, 1, id, -1, SQLITE_TRANSIENT);
    return st;
}

static struct str column(sqlite3_stmt *st, int index) {
    const char *text = (const char *)sqlite3_column_text(st, index);
    return text ? str_from(text) : STR("");
}

static char *text_of_file(struct search *s, const char *sql, int64_t id) {
    char *text = NULL;
    sqlite3_stmt *st = query_id(s, sql, id);
    while (state_store_step(s->store, st))
        if (!text) text = str_dup(column(st, 0));
    return text;
}

static char *path_of(struct search *s, int64_t id) {
    return text_of_file(s, "SELECT path FROM py_module_index_v1 WHERE file_id = ?", id);
}

static char *module_of(struct search *s, int64_t id) {
    return text_of_file(s, "SELECT module_fqn FROM py_module_index_v1 WHERE file_id = ?", id);
}

/* --- hits --- */

/* Takes the path. */
static uint32_t push_hit(struct search *s, int64_t file_id,
                         char *path, // NOLINT(readability-non-const-parameter): it is taken
                         enum impact_reason kind, const char *ref, uint32_t block, uint32_t via) {
    vec_push(&s->out->hits, ((struct impact_hit){file_id, path, kind, xstrdup(ref), block, via}));
    return (uint32_t)s->out->hits.len - 1;
}

/* The hit with that reason, made when it is new; IMPACT_NO_HIT for a file that is gone. */
static uint32_t add_hit(struct search *s, int64_t file_id, enum impact_reason kind, const char *ref,
                        uint32_t block, uint32_t via) {
    struct buf key = {0};
    buf_printf(&key, "%lld %d %u %s", (long long)file_id, (int)kind, block, ref);
    void **slot = map_slot(&s->reasons, buf_str(&key));
    buf_finish(&key);
    if (*slot) return (uint32_t)(uintptr_t)*slot - 1;
    char *path = path_of(s, file_id);
    if (!path) return IMPACT_NO_HIT;
    uint32_t hit = push_hit(s, file_id, path, kind, ref, block, via);
    *slot = (void *)(uintptr_t)(hit + 1);
    return hit;
}

static void visit(struct search *s, struct str qname, int64_t file_id, uint32_t hit,
                  bool imported) {
    void **slot = map_slot(&s->names, qname);
    if (*slot) return;
    *slot = s;
    vec_push(&s->queue, ((struct affected){str_dup(qname), file_id, hit, imported}));
}

/* --- importers of a whole file --- */

static void visit_importers(struct search *s, int64_t file_id, const char *ref, uint32_t via,
                            bool direct) {
    VEC(struct impact_hit) found = {0};
    sqlite3_stmt *st = query_id(
        s,
        "SELECT importer_file_id, min(block) FROM py_imports_resolved_v1"
        " WHERE imported_file_id = ?1 AND importer_file_id <> ?1 AND NOT is_type_checking"
        " GROUP BY importer_file_id",
        file_id);
    while (state_store_step(s->store, st))
        vec_push(&found, ((struct impact_hit){.file_id = sqlite3_column_int64(st, 0),
                                              .block = (uint32_t)sqlite3_column_int64(st, 1)}));
    bool effects = direct && s->query->strategy != IMPACT_IMPORTS;
    for (size_t i = 0; i < found.len; i++)
        add_hit(s, found.items[i].file_id,
                effects ? IMPACT_IMPORT_SIDE_EFFECT : IMPACT_IMPORT_CLOSURE, ref,
                found.items[i].block, via);
    vec_finish(&found);
}

/* All that import the file, directly or not.  New hits at the end of the list are its queue. */
static void close_imports(struct search *s, int64_t file_id, const char *ref, uint32_t via) {
    char key[32];
    size_t next = s->out->hits.len;
    visit_importers(s, file_id, ref, via, true);
    if (s->query->strategy == IMPACT_SYMBOLS) return;
    for (; next < s->out->hits.len; next++) {
        int64_t importer = s->out->hits.items[next].file_id;
        snprintf(key, sizeof key, "%lld", (long long)importer);
        void **slot = map_slot(&s->closed, str_from(key));
        if (*slot) continue;
        *slot = s;
        char *module = module_of(s, importer);
        visit_importers(s, importer, module ? module : "", (uint32_t)next, false);
        free(module);
    }
}

/* --- names --- */

struct found {
    int64_t file_id;
    uint32_t block;
    enum callsite_kind kind;
    char *name;
};
typedef VEC(struct found) found_vec;

static void gather(struct search *s, sqlite3_stmt *st, found_vec *out) {
    while (state_store_step(s->store, st))
        vec_push(out, ((struct found){
                          sqlite3_column_int64(st, 0), (uint32_t)sqlite3_column_int64(st, 1),
                          (enum callsite_kind)sqlite3_column_int(st, 2), str_dup(column(st, 3))}));
}

static void found_vec_finish(found_vec *found) {
    for (size_t i = 0; i < found->len; i++) free(found->items[i].name);
    vec_finish(found);
}

static bool names_itself(struct str qname) {
    return qname.len && qname.ptr[qname.len - 1] == '>';
}

static void reach_callers(struct search *s, const struct affected *a, struct str qname,
                          sqlite3_stmt *st, enum impact_reason kind) {
    found_vec found = {0};
    char *ref = str_dup(qname);
    gather(s, st, &found);
    for (size_t i = 0; i < found.len; i++) {
        const struct found *f = &found.items[i];
        enum impact_reason why = kind;
        uint32_t hit = a->hit;
        if (f->kind == CALLSITE_IMPORT && kind == IMPACT_CALLER_QNAME) why = IMPACT_IMPORT_NAME;
        if (a->imported && why == IMPACT_CALLER_QNAME) why = IMPACT_REEXPORT;
        if (f->kind == CALLSITE_DYNAMIC) why = IMPACT_DYNAMIC_IMPORT;
        bool changes = f->kind == CALLSITE_CHANGES;
        if (f->file_id != a->file_id && !changes)
            hit = add_hit(s, f->file_id, why, ref, f->block, a->hit);
        if (hit == IMPACT_NO_HIT && !changes) continue;
        visit(s, str_from(f->name), changes ? 0 : f->file_id, hit, f->kind == CALLSITE_IMPORT);
    }
    free(ref);
    found_vec_finish(&found);
}

static const char *const callers_sql =
    "SELECT caller_file_id, block, kind, caller_qname FROM rel_callsite_qname_v1"
    " WHERE qname_id = ?";
static const char *const values_sql =
    "SELECT caller_file_id, block, kind, caller_qname FROM rel_callsite_qname_v1"
    " WHERE qname_id = ? AND kind = 1";
static const char *const symbols_sql =
    "SELECT c.caller_file_id, c.block, 0, c.caller_qname FROM rel_def_symbol_v1 d"
    " JOIN rel_callsite_symbol_v1 c ON c.symbol = d.symbol WHERE d.qname_id = ?";

/* Whether another file uses the name under which one file imports it. */
static bool used_elsewhere(struct search *s, struct str qname, int64_t file_id) {
    bool found = false;
    sqlite3_stmt *st = query_qname(
        s, "SELECT 1 FROM rel_callsite_qname_v1 WHERE qname_id = ? AND caller_file_id <> ? LIMIT 1",
        qname);
    sqlite3_bind_int64(st, 2, file_id);
    while (state_store_step(s->store, st)) found = true;
    return found;
}

/* Append "n.k" + rest for each file n that binds `prefix` to a name k through which others go. */
static void find_aliases(struct search *s, struct str prefix, struct str rest, struct map *seen,
                         found_vec *out) {
    found_vec all = {0};
    sqlite3_stmt *st = state_store_prepare(
        s->store, "SELECT DISTINCT importer_file_id, 0, 0, module_fqn || '.' || local_name FROM"
                  " py_imports_resolved_v1 JOIN py_module_index_v1 ON file_id = importer_file_id"
                  " WHERE target = ? AND is_known AND target <> '' AND NOT is_type_checking");
    sqlite3_bind_text(st, 1, prefix.ptr, (int)prefix.len, SQLITE_TRANSIENT);
    gather(s, st, &all);
    for (size_t i = 0; i < all.len; i++) {
        struct buf name = {0};
        buf_printf(&name, "%s%.*s", all.items[i].name, STR_FMT(rest));
        void **slot = map_slot(seen, buf_str(&name));
        if (!*slot && used_elsewhere(s, buf_str(&name), all.items[i].file_id))
            vec_push(out, ((struct found){.file_id = all.items[i].file_id,
                                          .name = str_dup(buf_str(&name))}));
        *slot = s;
        buf_finish(&name);
    }
    found_vec_finish(&all);
}

/* The other names, used by other files, that lead to the module `prefix`: `import m as k` in n
 * makes m.x reachable as n.k.x, `import n` in p as p.n.k.x.  Only names that somebody uses are
 * followed, so that circular imports end.  Looked up once for each module, kept until the search is
 * over. */
static const found_vec *aliases_of(struct search *s, const struct affected *a, struct str prefix) {
    void **slot = map_slot(&s->aliases, prefix);
    if (*slot) return *slot;
    struct map seen = {0};
    found_vec *found = xcalloc(1, sizeof *found);
    *slot = found;
    *map_slot(&seen, prefix) = s;
    for (struct str p = prefix; p.len; p = module_parent(p))
        find_aliases(s, p, str_slice(prefix, p.len, prefix.len), &seen, found);
    for (size_t i = 0; i < found->len; i++) {
        struct str name = str_from(found->items[i].name);
        for (struct str p = name; p.len; p = module_parent(p))
            find_aliases(s, p, str_slice(name, p.len, name.len), &seen, found);
    }
    for (size_t i = 0; i < found->len; i++) /* who hands it on may reach any of its names */
        reach_callers(s, a, str_from(a->qname),
                      query_qname(s, values_sql, str_from(found->items[i].name)),
                      IMPACT_IMPORT_MODULE);
    map_finish(&seen);
    return found;
}

static void reach_aliases(struct search *s, const struct affected *a, struct str module,
                          struct str rest) {
    const found_vec *aliases = aliases_of(s, a, module);
    for (size_t i = 0; i < aliases->len; i++) {
        struct buf name = {0};
        struct affected alias = {
            .file_id = aliases->items[i].file_id, .hit = a->hit, .imported = true};
        buf_printf(&name, "%s%.*s", aliases->items[i].name, STR_FMT(rest));
        reach_callers(s, &alias, buf_str(&name), query_qname(s, callers_sql, buf_str(&name)),
                      IMPACT_CALLER_QNAME);
        buf_finish(&name);
    }
}

static struct str last_part(struct str qname) {
    struct str parent = module_parent(qname);
    return parent.len ? str_slice(qname, parent.len + 1, qname.len) : qname;
}

/* What is changed through an import's name is what the name stands for. */
static void reach_targets(struct search *s, const struct affected *a) {
    struct str qname = str_from(a->qname), rest = STR("");
    found_vec found = {0};
    if (str_ends(qname, STR(".<calls>"))) {
        rest = STR(".<calls>");
        qname.len -= rest.len;
    }
    struct str module = module_parent(qname), local = last_part(qname);
    sqlite3_stmt *st = state_store_prepare(
        s->store, "SELECT DISTINCT file_id, 0, 0, target FROM py_module_index_v1 JOIN"
                  " py_imports_resolved_v1 ON importer_file_id = file_id WHERE module_fqn = ?"
                  " AND local_name = ? AND is_known AND target <> ''");
    sqlite3_bind_text(st, 1, module.ptr, (int)module.len, SQLITE_TRANSIENT);
    sqlite3_bind_text(st, 2, local.ptr, (int)local.len, SQLITE_TRANSIENT);
    gather(s, st, &found);
    for (size_t i = 0; i < found.len; i++) {
        struct buf target = {0};
        buf_printf(&target, "%s%.*s", found.items[i].name, STR_FMT(rest));
        visit(s, buf_str(&target), 0, a->hit, false);
        buf_finish(&target);
    }
    found_vec_finish(&found);
}

static bool lists_all(struct search *s, int64_t file_id) {
    bool found = false;
    sqlite3_stmt *st = query_id(s,
                                "SELECT 1 FROM dim_exported_defs_v1 WHERE file_id = ? AND"
                                " qname LIKE '%.\\_\\_all\\_\\_' ESCAPE '\\' LIMIT 1",
                                file_id);
    while (state_store_step(s->store, st)) found = true;
    return found;
}

/* `from m import *` in n makes m.x reachable as n.x. */
static void reach_stars(struct search *s, const struct affected *a, struct str name) {
    found_vec found = {0};
    if (!a->file_id || (str_starts(name, STR("_")) && !lists_all(s, a->file_id))) return;
    gather(s,
           query_id(s,
                    "SELECT DISTINCT importer_file_id, i.block, 0, module_fqn FROM"
                    " py_imports_resolved_v1 i JOIN py_module_index_v1 ON file_id ="
                    " importer_file_id WHERE imported_file_id = ? AND is_star AND"
                    " NOT is_type_checking",
                    a->file_id),
           &found);
    for (size_t i = 0; i < found.len; i++) {
        struct buf qname = {0};
        uint32_t hit = add_hit(s, found.items[i].file_id, IMPACT_IMPORT_STAR, a->qname,
                               found.items[i].block, a->hit);
        buf_printf(&qname, "%s.%.*s", found.items[i].name, STR_FMT(name));
        if (hit != IMPACT_NO_HIT) visit(s, buf_str(&qname), found.items[i].file_id, hit, true);
        buf_finish(&qname);
    }
    found_vec_finish(&found);
}

static void follow(struct search *s, struct affected a) {
    struct str qname = str_from(a.qname), name = last_part(qname);
    reach_callers(s, &a, qname, query_qname(s, callers_sql, qname), IMPACT_CALLER_QNAME);
    if (s->symbols)
        reach_callers(s, &a, qname, query_qname(s, symbols_sql, qname), IMPACT_CALLER_SYMBOL);
    if (str_eq(name, STR("<effects>")) && a.file_id) close_imports(s, a.file_id, a.qname, a.hit);
    if (!a.file_id) reach_targets(s, &a);
    if (names_itself(qname)) return;
    struct str module = module_parent(qname);
    for (struct str prefix = module; prefix.len; prefix = module_parent(prefix)) {
        void **reached = map_slot(&s->values, prefix);
        if (*reached) continue;
        *reached = s;
        reach_callers(s, &a, qname, query_qname(s, values_sql, prefix), IMPACT_IMPORT_MODULE);
    }
    if (module.len) reach_aliases(s, &a, module, str_slice(qname, module.len, qname.len));
    reach_stars(s, &a, name);
}

static void follow_all(struct search *s) {
    for (size_t i = 0; i < s->queue.len; i++) follow(s, s->queue.items[i]);
}

/* --- where it starts --- */

static uint32_t hit_of_file(const struct search *s, int64_t file_id) {
    for (size_t i = 0; i < s->out->hits.len; i++)
        if (s->out->hits.items[i].file_id == file_id && s->out->hits.items[i].via == IMPACT_NO_HIT)
            return (uint32_t)i;
    return IMPACT_NO_HIT;
}

static void start_file(struct search *s, const struct changed_file *file) {
    if (file->kind == FILE_REWIRED) return;
    if (file->kind == FILE_DELETED) {
        push_hit(s, file->id, xstrdup(file->path), IMPACT_DELETED_FILE, file->path, 0,
                 IMPACT_NO_HIT);
        return;
    }
    uint32_t hit = add_hit(s, file->id, IMPACT_CHANGED_FILE, file->path, 0, IMPACT_NO_HIT);
    char *module = file->kind == FILE_ADDED ? module_of(s, file->id) : NULL;
    if (module) visit(s, str_from(module), file->id, hit, false);
    free(module);
}

/* A rewired file is impacted where its names are: the reason is what its import means now. */
static uint32_t start_rewired(struct search *s, const struct changed_export *export) {
    return add_hit(s, export->file_id, IMPACT_IMPORT_MODULE, export->qname, 0, IMPACT_NO_HIT);
}

static void start_delta(struct search *s) {
    const struct index_delta *delta = s->query->delta;
    for (size_t i = 0; i < delta->files.len; i++) start_file(s, &delta->files.items[i]);
    for (size_t i = 0; i < delta->exports.len; i++) {
        const struct changed_export *export = &delta->exports.items[i];
        uint32_t hit = hit_of_file(s, export->file_id);
        if (hit == IMPACT_NO_HIT) hit = start_rewired(s, export);
        visit(s, str_from(export->qname), export->file_id, hit, false);
    }
    for (size_t i = 0; i < delta->callers.len; i++) {
        const struct old_caller *old = &delta->callers.items[i];
        enum impact_reason kind = *old->caller ? IMPACT_CALLER_QNAME : IMPACT_IMPORT_MODULE;
        uint32_t hit = add_hit(s, old->file_id, kind, old->ref, old->block, IMPACT_NO_HIT);
        if (*old->caller && hit != IMPACT_NO_HIT)
            visit(s, str_from(old->caller), old->file_id, hit, false);
    }
}

static void start_all_exports(struct search *s, int64_t file_id, uint32_t hit) {
    found_vec found = {0};
    gather(s,
           query_id(s, "SELECT file_id, 0, 0, qname FROM dim_exported_defs_v1 WHERE file_id = ?",
                    file_id),
           &found);
    for (size_t i = 0; i < found.len; i++)
        visit(s, str_from(found.items[i].name), file_id, hit, false);
    found_vec_finish(&found);
}

static bool in_delta(const struct search *s, int64_t file_id) {
    for (size_t i = 0; i < s->query->delta->files.len; i++)
        if (s->query->delta->files.items[i].id == file_id) return true;
    return false;
}

/* A data file reaches the files whose text has its name. */
static void start_data_file(struct search *s, const char *path) {
    found_vec files = {0};
    struct str folder = module_folder(str_from(path));
    const char *name = folder.len ? path + folder.len + 1 : path;
    sqlite3_stmt *st = state_store_prepare(s->store,
                                           "SELECT file_id, 0, 0, path FROM py_module_index_v1");
    gather(s, st, &files);
    for (size_t i = 0; i < files.len; i++) {
        struct buf full = {0}, text = {0};
        buf_printf(&full, "%s/%s", s->query->workspace, files.items[i].name);
        file_read(buf_cstr(&full), TEXT_MAX, &text);
        if (text.len && memmem(text.ptr, text.len, name, strlen(name)))
            start_all_exports(
                s, files.items[i].file_id,
                add_hit(s, files.items[i].file_id, IMPACT_DATA_FILE, path, 0, IMPACT_NO_HIT));
        buf_finish(&full);
        buf_finish(&text);
    }
    found_vec_finish(&files);
}

static void start_named(struct search *s, const char *path) {
    struct str name = str_from(path);
    int64_t id = module_file_id(name);
    if (!str_ends(name, STR(".py")) && !str_ends(name, STR(".pyi"))) {
        start_data_file(s, path);
        return;
    }
    if (in_delta(s, id)) return;
    uint32_t hit = add_hit(s, id, IMPACT_CHANGED_FILE, path, 0, IMPACT_NO_HIT);
    if (hit != IMPACT_NO_HIT) start_all_exports(s, id, hit);
}

/* With nothing to compare with, everything may have changed. */
static void start_everything(struct search *s) {
    found_vec files = {0};
    sqlite3_stmt *st = state_store_prepare(
        s->store, "SELECT file_id, 0, 0, path FROM py_module_index_v1 ORDER BY path");
    gather(s, st, &files);
    for (size_t i = 0; i < files.len; i++)
        add_hit(s, files.items[i].file_id, IMPACT_FULL_REFRESH, files.items[i].name, 0,
                IMPACT_NO_HIT);
    found_vec_finish(&files);
}

static void start(struct search *s) {
    start_delta(s);
    for (size_t i = 0; i < s->query->changed_count; i++) start_named(s, s->query->changed[i]);
    if (s->query->delta->first && !s->query->changed_count) start_everything(s);
    if (s->out->hits.len) visit(s, STR("*"), 0, 0, false);
}

static void close_all_imports(struct search *s) {
    size_t changed = s->out->hits.len;
    for (size_t i = 0; i < changed; i++) {
        struct impact_hit hit = s->out->hits.items[i];
        char *module = module_of(s, hit.file_id);
        close_imports(s, hit.file_id, module ? module : hit.ref, (uint32_t)i);
        free(module);
    }
    struct affected dynamic = {.qname = NULL, .hit = 0};
    if (!changed) return;
    reach_callers(s, &dynamic, STR("*"), query_qname(s, callers_sql, STR("*")),
                  IMPACT_DYNAMIC_IMPORT);
    for (size_t i = changed; i < s->out->hits.len; i++)
        if (s->out->hits.items[i].kind == IMPACT_DYNAMIC_IMPORT)
            close_imports(s, s->out->hits.items[i].file_id, s->out->hits.items[i].path,
                          (uint32_t)i);
}

static bool any_row(struct search *s, const char *sql) {
    bool found = false;
    sqlite3_stmt *st = state_store_prepare(s->store, sql);
    while (state_store_step(s->store, st)) found = true;
    return found;
}

enum status impact_compute(struct state_store *store, const struct impact_query *query,
                           struct impact *out, struct err *err) {
    struct search s = {.store = store, .query = query, .out = out};
    s.symbols = any_row(&s, "SELECT 1 FROM rel_callsite_symbol_v1 LIMIT 1");
    start(&s);
    if (query->strategy == IMPACT_IMPORTS)
        close_all_imports(&s);
    else
        follow_all(&s);
    for (size_t i = 0; i < s.queue.len; i++) free(s.queue.items[i].qname);
    vec_finish(&s.queue);
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&s.aliases, &cursor));) {
        found_vec_finish(e->value);
        free(e->value);
    }
    map_finish(&s.aliases);
    map_finish(&s.values);
    map_finish(&s.names);
    map_finish(&s.reasons);
    map_finish(&s.closed);
    return state_store_check(store, err);
}

void impact_finish(struct impact *impact) {
    for (size_t i = 0; i < impact->hits.len; i++) {
        free(impact->hits.items[i].path);
        free(impact->hits.items[i].ref);
    }
    vec_finish(&impact->hits);
}
