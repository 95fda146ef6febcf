/* SPDX-License-Identifier: Apache-2.0 */
/* exports.c - gathers the names of a module and who makes them. */
#include "analysis/exports.h"

#include <stdio.h>

#include "analysis/exports_internal.h"
#include "base/mem.h"

void qname_id(struct str qname, char out[QNAME_ID_SIZE]) {
    snprintf(out, QNAME_ID_SIZE, "qname%016llx", (unsigned long long)hash64(qname));
}

const char *exports__intern(struct exports *e, struct str text) {
    *map_slot(&e->rows->strings, text) = e;
    return map_key(&e->rows->strings, text).ptr;
}

uint32_t exports__name(const struct exports *e, struct str text) {
    size_t low = 0, high = e->names.len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_cmp(e->names.items[middle].text, text);
        if (order == 0) return (uint32_t)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return EXPORT_NONE;
}

/* --- names --- */

struct mention {
    struct str text;
    uint32_t unit;
    const struct definition *definition; /* NULL: it is changed or deleted only */
};
typedef VEC(struct mention) mention_vec;

static int compare_mentions(const void *a, const void *b) {
    const struct mention *x = a, *y = b;
    int order = str_cmp(x->text, y->text);
    if (order) return order;
    return x->unit < y->unit ? -1 : x->unit > y->unit;
}

bool exports__changes_object(const struct module_facts *facts, const struct module_unit *unit,
                             struct str name) {
    for (uint32_t i = 0; i < unit->uses_len; i++) {
        const struct module_use *use = &facts->uses.items[unit->uses_start + i];
        struct str chain = module_use_chain(facts, use);
        if (!str_eq(module_use_root(facts, use), name)) continue;
        if (use->flags & (USE_STORED | USE_SUBSCRIPT)) return true;
        size_t dot = use->root_len + 1;
        if (chain.len > dot && is_container_mutator(str_slice(chain, dot, chain.len))) return true;
    }
    return false;
}

static void mention_unit(const struct module_facts *facts, uint32_t index, mention_vec *out) {
    const struct module_unit *unit = &facts->units.items[index];
    const struct symbols *s = &unit->symbols;
    for (size_t i = 0; i < s->provides.len; i++) {
        const struct definition *d = &s->provides.items[i];
        vec_push(out, ((struct mention){d->name, index, d}));
        for (uint32_t k = 0; k < d->effects_len; k++) {
            struct str changed = s->definition_effects.items[d->effects_start + k];
            if (exports__changes_object(facts, unit, changed))
                vec_push(out, ((struct mention){changed, index, NULL}));
        }
    }
    for (size_t i = 0; i < s->mutates.len; i++)
        if (unit->role == UNIT_MUTATES || exports__changes_object(facts, unit, s->mutates.items[i]))
            vec_push(out, ((struct mention){s->mutates.items[i], index, NULL}));
    for (size_t i = 0; i < s->deletes.len; i++)
        vec_push(out, ((struct mention){s->deletes.items[i], index, NULL}));
}

static void add_mention(struct exports *e, const struct mention *m) {
    if (!e->names.len || !str_eq(e->names.items[e->names.len - 1].text, m->text))
        vec_push(&e->names, ((struct export_name){.text = m->text}));
    struct export_name *name = &e->names.items[e->names.len - 1];
    if (!name->makers.len || name->makers.items[name->makers.len - 1] != m->unit)
        vec_push(&name->makers, m->unit);
    if (!m->definition) return;
    uint32_t start = e->facts->units.items[m->unit].span.start;
    name->bound = true;
    name->own |= m->definition->kind != DEF_IMPORT;
    name->kind = m->definition->kind;
    name->at = (struct span){start + m->definition->span.start, start + m->definition->span.end};
}

/* Only names that the module binds somewhere: what else it changes is a builtin's or a star's. */
static void drop_unbound(struct exports *e) {
    size_t kept = 0;
    for (size_t i = 0; i < e->names.len; i++) {
        if (e->names.items[i].bound)
            e->names.items[kept++] = e->names.items[i];
        else
            vec_finish(&e->names.items[i].makers);
    }
    e->names.len = kept;
}

static void gather_names(struct exports *e) {
    mention_vec mentions = {0};
    for (size_t u = 0; u < e->facts->units.len; u++) mention_unit(e->facts, (uint32_t)u, &mentions);
    if (mentions.len) qsort(mentions.items, mentions.len, sizeof *mentions.items, compare_mentions);
    for (size_t i = 0; i < mentions.len; i++) add_mention(e, &mentions.items[i]);
    drop_unbound(e);
    vec_finish(&mentions);
}

/* --- imports --- */

static void gather_imports(struct exports *e) {
    for (size_t u = 0; u < e->facts->units.len; u++) {
        const struct module_unit *unit = &e->facts->units.items[u];
        for (size_t i = 0; i < unit->symbols.imports.len; i++)
            import_resolve(e->index, e->file, &unit->symbols.imports.items[i], (uint32_t)u,
                           unit->span.start, &e->rows->imports);
    }
    for (size_t i = 0; i < e->rows->imports.len; i++) {
        const struct import_row *row = &e->rows->imports.items[i];
        const struct module_unit *unit = &e->facts->units.items[row->unit];
        vec_push(&e->rows->import_blocks, unit->block);
        vec_push(&e->module_level,
                 *row->local && symbols_definition(&unit->symbols, str_from(row->local)));
        if (*row->local) vec_push(&e->by_local, (uint32_t)i);
    }
}

static int compare_locals(const void *a, const void *b, void *rows) {
    const struct import_row *items = rows;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = strcmp(items[x].local, items[y].local);
    return order ? order : x < y ? -1 : x > y;
}

/* --- effects --- */

static void find_effects(struct exports *e) {
    for (size_t u = 0; u < e->facts->units.len; u++) {
        const struct module_unit *unit = &e->facts->units.items[u];
        vec_push(&e->effects, unit->role == UNIT_EFFECT);
    }
}

/* --- rows --- */

static const char *qname_intern(struct exports *e, struct str name) {
    struct buf text = {0};
    buf_printf(&text, "%s.%.*s", e->file->name, STR_FMT(name));
    const char *qname = exports__intern(e, buf_str(&text));
    buf_finish(&text);
    return qname;
}

static bool any_effect(const struct exports *e) {
    for (size_t u = 0; u < e->effects.len; u++)
        if (e->effects.items[u]) return true;
    return false;
}

static int compare_exports(const void *a, const void *b) {
    return strcmp(((const struct export_row *)a)->qname, ((const struct export_row *)b)->qname);
}

static void list_exports(struct exports *e) {
    static const char *const kinds[] = {"variable", "function", "class", "import", "type"};
    struct hash128 *hashes = xcalloc(e->names.len + 1, sizeof *hashes);
    exports__hashes(e, hashes);
    for (size_t i = 0; i < e->names.len; i++) {
        const struct export_name *n = &e->names.items[i];
        vec_push(&e->rows->exports,
                 ((struct export_row){qname_intern(e, n->text), kinds[n->kind], hashes[i], n->at}));
    }
    if (any_effect(e))
        vec_push(&e->rows->exports,
                 ((struct export_row){
                     qname_intern(e, STR("<effects>")), "effects", hashes[e->names.len], {0, 0}}));
    if (e->rows->exports.len)
        qsort(e->rows->exports.items, e->rows->exports.len, sizeof *e->rows->exports.items,
              compare_exports);
    free(hashes);
}

/* A stub beside a module reaches no run. */
static bool is_shadowed_stub(const struct module_index *index, const struct module_file *file) {
    struct str path = str_from(file->path);
    return file->stub && module_index_file(index, str_slice(path, 0, path.len - 1));
}

static void exports_finish(struct exports *e) {
    for (size_t i = 0; i < e->names.len; i++) vec_finish(&e->names.items[i].makers);
    vec_finish(&e->names);
    vec_finish(&e->effects);
    vec_finish(&e->by_local);
    vec_finish(&e->module_level);
}

void module_rows_build(struct module_rows *out, const struct module_index *index,
                       const struct module_file *file, struct str text) {
    struct module_facts facts = {0};
    struct exports e = {.index = index, .file = file, .facts = &facts, .rows = out};
    if (is_shadowed_stub(index, file)) return;
    module_facts_analyse(&facts, text);
    gather_names(&e);
    gather_imports(&e);
    if (e.by_local.len)
        qsort_r(e.by_local.items, e.by_local.len, sizeof *e.by_local.items, compare_locals,
                out->imports.items);
    find_effects(&e);
    list_exports(&e);
    exports__callsites(&e);
    exports_finish(&e);
    module_facts_finish(&facts);
}

void module_rows_finish(struct module_rows *rows) {
    import_row_vec_finish(&rows->imports);
    vec_finish(&rows->import_blocks);
    vec_finish(&rows->exports);
    vec_finish(&rows->callsites);
    map_finish(&rows->strings);
    rows->unreadable = false;
}
