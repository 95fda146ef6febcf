/* SPDX-License-Identifier: Apache-2.0 */
/* command_impact.c - `relight impact`: which files a change reaches, and why. */
#include <stdio.h>
#include <stdlib.h>

#include "analysis/impact.h"
#include "base/mem.h"
#include "protocol/rpc.h"
#include "server/cli.h"
#include "server/git.h"
#include "server/impact_bundle.h"
#include "server/workspace.h"

struct answer {
    struct workspace w;
    enum impact_strategy strategy;
    VEC(char *) changed;
    struct impact impact;
    VEC(size_t) order; /* hits by path, then as they were found */
};

/* --- what changed --- */

static void name_changed(struct answer *a, const struct cli_options *options, struct err *err) {
    for (size_t i = 0; i < options->changed_count && err->code == ST_OK; i++) {
        struct buf path = {0};
        if (workspace_path(&a->w, options->changed[i], &path, err) == ST_OK)
            vec_push(&a->changed, xstrdup(buf_cstr(&path)));
        buf_finish(&path);
    }
}

static void compare_file(struct answer *a, const struct module_index *index, const char *revision,
                         const char *path) {
    struct str name = str_from(path);
    struct buf text = {0};
    if (!str_ends(name, STR(".py")) && !str_ends(name, STR(".pyi"))) {
        vec_push(&a->changed, xstrdup(path));
        return;
    }
    bool existed = git_text(a->w.root, revision, path, &text);
    struct str before = buf_str(&text);
    if (existed || module_index_file(index, name))
        index_delta_since(&a->w.delta, a->w.store, index, name, existed ? &before : NULL);
    buf_finish(&text);
}

/* The state is fresh by now; what changed is what git says. */
static void compare_revision(struct answer *a, const char *revision, struct err *err) {
    struct buf paths = {0};
    const string_vec *roots = &a->w.settings.settings.roots;
    struct module_index *index = module_index_scan(a->w.root, (const char *const *)roots->items,
                                                   roots->len, err);
    index_delta_finish(&a->w.delta);
    if (index && git_changed(a->w.root, revision, &paths, err) == ST_OK)
        for (size_t at = 0; at < paths.len; at += strlen(paths.ptr + at) + 1)
            compare_file(a, index, revision, paths.ptr + at);
    module_index_destroy(index);
    buf_finish(&paths);
}

static enum impact_strategy strategy_set(const struct settings *s) {
    static const enum impact_strategy strategies[] = {
        [STRATEGY_HYBRID] = IMPACT_HYBRID,
        [STRATEGY_SYMBOL_CLOSURE] = IMPACT_SYMBOLS,
        [STRATEGY_IMPORT_CLOSURE] = IMPACT_IMPORTS,
    };
    return strategies[s->impact_strategy];
}

static void compute(struct answer *a, const struct cli_options *options, struct err *err) {
    if (options->strategy && !impact_strategy_parse(options->strategy, &a->strategy)) {
        err_set(err, ST_BAD_PARAMS,
                "unknown strategy '%s': hybrid, symbol_closure or import_closure",
                options->strategy);
        return;
    }
    if (workspace_open(&a->w, err) != ST_OK) return;
    if (!options->strategy) a->strategy = strategy_set(&a->w.settings.settings);
    name_changed(a, options, err);
    if (err->code == ST_OK && options->since) compare_revision(a, options->since, err);
    if (err->code != ST_OK) return;
    struct impact_query query = {a->w.root, a->strategy, &a->w.delta,
                                 (const char *const *)a->changed.items, a->changed.len};
    if (impact_compute(a->w.store, &query, &a->impact, err) == ST_OK)
        impact_store(a->w.store, &a->w.delta, &a->impact, err);
}

/* --- showing it --- */

static int compare_hits(const void *a, const void *b, void *hits) {
    const struct impact_hit *items = hits;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    int order = strcmp(items[x].path, items[y].path);
    return order ? order : x < y ? -1 : x > y;
}

static void sort_hits(struct answer *a) {
    for (size_t i = 0; i < a->impact.hits.len; i++) vec_push(&a->order, i);
    if (a->order.len)
        qsort_r(a->order.items, a->order.len, sizeof *a->order.items, compare_hits,
                a->impact.hits.items);
}

static const struct impact_hit *hit_at(const struct answer *a, size_t place) {
    return &a->impact.hits.items[a->order.items[place]];
}

static bool same_file(const struct answer *a, size_t place) {
    return place && strcmp(hit_at(a, place)->path, hit_at(a, place - 1)->path) == 0;
}

static json_t *text_json(const char *text) {
    return json_text(str_from(text));
}

static json_t *exports_json(const struct index_delta *delta) {
    static const char *const kinds[] = {"added", "removed", "changed"};
    json_t *array = json_array();
    for (size_t i = 0; i < delta->exports.len; i++)
        json_array_append_new(array, json_pack("{s:o, s:s}", "name",
                                               text_json(delta->exports.items[i].qname), "kind",
                                               kinds[delta->exports.items[i].kind]));
    return array;
}

static json_t *files_json(const struct answer *a) {
    json_t *files = json_array(), *reasons = NULL;
    for (size_t i = 0; i < a->order.len; i++) {
        const struct impact_hit *hit = hit_at(a, i);
        if (!same_file(a, i)) {
            reasons = json_array();
            json_array_append_new(
                files, json_pack("{s:o, s:o}", "path", text_json(hit->path), "reasons", reasons));
        }
        json_t *reason = json_pack("{s:s, s:o}", "kind", impact_reason_text(hit->kind), "ref",
                                   text_json(hit->ref));
        if (hit->block) json_object_set_new(reason, "block", json_integer(hit->block));
        json_array_append_new(reasons, reason);
    }
    return files;
}

static void print_json(const struct answer *a) {
    static const char *const strategies[] = {"hybrid", "symbol_closure", "import_closure"};
    json_t *report = json_pack("{s:o, s:s, s:o, s:o}", "workspace", text_json(a->w.root),
                               "strategy", strategies[a->strategy], "exports",
                               exports_json(&a->w.delta), "files", files_json(a));
    json_dumpf(report, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(report);
}

static void print_text(const struct answer *a) {
    if (!a->order.len) puts("nothing changed");
    for (size_t i = 0; i < a->order.len; i++) {
        const struct impact_hit *hit = hit_at(a, i);
        bool again = same_file(a, i);
        if (!again) puts(hit->path);
        if (again && strcmp(hit_at(a, i - 1)->ref, hit->ref) == 0 &&
            hit_at(a, i - 1)->kind == hit->kind)
            continue;
        printf("    %-18s %s\n", impact_reason_text(hit->kind), hit->ref);
    }
}

static void answer_finish(struct answer *a) {
    for (size_t i = 0; i < a->changed.len; i++) free(a->changed.items[i]);
    vec_finish(&a->changed);
    vec_finish(&a->order);
    impact_finish(&a->impact);
    workspace_finish(&a->w);
}

int command_impact(const struct cli_options *options) {
    struct answer a = {0};
    struct err err = {0};
    compute(&a, options, &err);
    if (err.code == ST_OK && options->bundle) impact_bundle_write(a.w.store, options->bundle, &err);
    if (err.code == ST_OK) {
        sort_hits(&a);
        if (options->json)
            print_json(&a);
        else
            print_text(&a);
    }
    answer_finish(&a);
    if (err.code == ST_OK) return CLI_OK;
    fprintf(stderr, "relight: %s\n", err.msg);
    return CLI_MISUSE;
}
