/* SPDX-License-Identifier: Apache-2.0 */
/* command_explain.c - `relight explain FILE[:LINE]`: why the last impact query named it.
 *
 * Each reason is followed back to the change it comes from, through the rows that the query kept.
 */
#include <stdio.h>
#include <stdlib.h>

#include "analysis/document.h"
#include "base/mem.h"
#include "server/cli.h"
#include "server/source_file.h"
#include "server/workspace.h"

enum { STEPS_MAX = 1000 };

struct step {
    char *path, *kind, *ref;
};

static void step_finish(struct step *s) {
    free(s->path);
    free(s->kind);
    free(s->ref);
    *s = (struct step){0};
}

static char *column_dup(struct sqlite3_stmt *st, int column) {
    const char *text = state_store_text(st, column);
    return text ? xstrdup(text) : NULL;
}

/* The step before `s`; all-zero at the change itself. */
static struct step step_before(struct state_store *store, const struct step *s) {
    struct step before = {0};
    struct sqlite3_stmt *st = state_store_prepare(
        store, "SELECT via_path, via_kind, via_ref FROM inc_impacted_files_v2 WHERE path = ?"
               " AND reason_kind = ? AND reason_ref = ?");
    state_store_bind_text(st, 1, s->path);
    state_store_bind_text(st, 2, s->kind);
    state_store_bind_text(st, 3, s->ref);
    while (state_store_step(store, st))
        if (!before.path)
            before = (struct step){column_dup(st, 0), column_dup(st, 1), column_dup(st, 2)};
    return before;
}

static void print_path(struct state_store *store, struct step s) {
    for (int i = 0; s.path && i < STEPS_MAX; i++) {
        printf("%s%-18s %s%s%s\n", i ? "    because " : "", s.kind, s.ref, i ? "  in " : "",
               i ? s.path : "");
        struct step before = step_before(store, &s);
        step_finish(&s);
        s = before;
    }
    step_finish(&s);
}

typedef VEC(struct step) step_vec;

/* The reasons of a file, or of one of its blocks and of the file as such. */
static void find_reasons(struct state_store *store, const char *path, uint32_t block,
                         step_vec *out) {
    struct sqlite3_stmt *st = state_store_prepare(
        store, "SELECT DISTINCT path, reason_kind, reason_ref FROM inc_impacted_files_v2"
               " WHERE path = ?1 AND (?2 = 0 OR block IS NULL OR block = ?2)");
    state_store_bind_text(st, 1, path);
    state_store_bind_number(st, 2, block);
    while (state_store_step(store, st))
        vec_push(out, ((struct step){column_dup(st, 0), column_dup(st, 1), column_dup(st, 2)}));
}

/* The number of the block at a line (1-based) of the file; 0, with an error, when there is none. */
static uint32_t block_at(const char *file, unsigned long line, struct err *err) {
    struct buf text = {0};
    char *path = NULL;
    uint32_t number = 0;
    if (source_file_read(file, &text, &path, err) == ST_OK) {
        struct document *doc = document_create(buf_str(&text));
        const struct block *block = document_block_at_line(doc, (uint32_t)line - 1);
        if (block) number = block->index + 1;
        document_destroy(doc);
        if (!number) err_set(err, ST_BAD_PARAMS, "no block at line %lu of '%s'", line, file);
    }
    buf_finish(&text);
    free(path);
    return number;
}

/* Cut ":LINE" off; 0 when there is none. */
static unsigned long take_line(char *file) {
    char *colon = strrchr(file, ':'), *end;
    if (!colon || !colon[1]) return 0;
    unsigned long line = strtoul(colon + 1, &end, 10);
    if (*end || line == 0 || line > UINT32_MAX) return 0;
    *colon = '\0';
    return line;
}

static void explain(struct workspace *w, const char *file, uint32_t block, struct err *err) {
    struct buf path = {0};
    step_vec reasons = {0};
    if (workspace_path(w, file, &path, err) == ST_OK)
        find_reasons(w->store, buf_cstr(&path), block, &reasons);
    if (err->code == ST_OK && !reasons.len) puts("not touched by the last change");
    for (size_t i = 0; i < reasons.len; i++) print_path(w->store, reasons.items[i]);
    vec_finish(&reasons);
    buf_finish(&path);
}

int command_explain(const struct cli_options *options) {
    struct workspace w = {0};
    struct err err = {0};
    char *file = xstrdup(options->file);
    unsigned long line = take_line(file);
    uint32_t block = line ? block_at(file, line, &err) : 0;
    if (err.code == ST_OK && workspace_open_as_is(&w, &err) == ST_OK)
        explain(&w, file, block, &err);
    if (w.store && err.code == ST_OK) state_store_check(w.store, &err);
    workspace_finish(&w);
    free(file);
    if (err.code == ST_OK) return CLI_OK;
    fprintf(stderr, "relight: %s\n", err.msg);
    return CLI_MISUSE;
}
