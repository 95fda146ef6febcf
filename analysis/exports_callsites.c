/* SPDX-License-Identifier: Apache-2.0 */
/* exports_callsites.c - who rests on whom, across the modules of the workspace. */
#include "analysis/exports_internal.h"

struct emitter {
    struct exports *e;
    uint32_t u;
    const struct module_unit *unit;
    const char *owner; /* whose names rest on what the unit uses */
    struct buf text;
};

static const char *own_qname(struct emitter *m, struct str name) {
    m->text.len = 0;
    buf_printf(&m->text, "%s.%.*s", m->e->file->name, STR_FMT(name));
    return exports__intern(m->e, buf_str(&m->text));
}

static void emit(struct emitter *m, const char *qname, const char *caller, enum callsite_kind kind,
                 struct span at) {
    vec_push(&m->e->rows->callsites,
             ((struct callsite_row){qname, caller, kind, m->unit->block, at}));
}

/* --- owners --- */

static bool makes(const struct export_name *name, uint32_t unit) {
    for (size_t i = 0; i < name->makers.len; i++)
        if (name->makers.items[i] == unit) return true;
    return false;
}

static bool add_owner(struct emitter *m, struct str text, const char **first, unsigned *count) {
    uint32_t name = exports__name(m->e, text);
    if (name == EXPORT_NONE || !makes(&m->e->names.items[name], m->u)) return false;
    const char *qname = own_qname(m, text);
    if (*first == qname) return false;
    if (!*first) *first = qname;
    ++*count;
    return true;
}

/* Every name that the unit makes; `emit_to` is NULL while they are only counted. */
static unsigned visit_owners(struct emitter *m, const char **first, const char *group) {
    const struct symbols *s = &m->unit->symbols;
    unsigned count = 0;
    const symbol_vec *lists[] = {&s->mutates, &s->deletes, &s->definition_effects};
    for (size_t i = 0; i < s->provides.len; i++) {
        bool added = add_owner(m, s->provides.items[i].name, first, &count);
        if (group && (added || i == 0))
            emit(m, group, own_qname(m, s->provides.items[i].name), CALLSITE_USE, m->unit->span);
    }
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
        for (size_t i = 0; i < lists[l]->len; i++)
            if (add_owner(m, lists[l]->items[i], first, &count) && group)
                emit(m, group, own_qname(m, lists[l]->items[i]), CALLSITE_USE, m->unit->span);
    return count;
}

static void find_owner(struct emitter *m) {
    const char *first = NULL;
    bool effect = m->e->effects.items[m->u];
    unsigned count = visit_owners(m, &first, NULL);
    if (count == 0) {
        m->owner = own_qname(m, effect ? STR("<effects>") : STR("<main>"));
        return;
    }
    m->owner = first;
    if (count > 1) {
        struct str name = str_from(first + strlen(m->e->file->name) + 1);
        m->text.len = 0;
        buf_printf(&m->text, "%s.<%.*s...>", m->e->file->name, STR_FMT(name));
        m->owner = exports__intern(m->e, buf_str(&m->text));
        emit(m, m->owner, first, CALLSITE_USE, m->unit->span);
        visit_owners(m, &first, m->owner);
    }
    if (effect) emit(m, m->owner, own_qname(m, STR("<effects>")), CALLSITE_USE, m->unit->span);
}

/* --- uses --- */

/* A row for each prefix of `base` and the parts of `rest`; `rest` is empty or begins with a dot. */
static void emit_chain(struct emitter *m, struct str base, struct str rest, struct span at) {
    size_t part = 0;
    m->text.len = 0;
    buf_append(&m->text, base);
    for (;;) {
        bool last = part == rest.len;
        const char *qname = exports__intern(m->e, buf_str(&m->text));
        emit(m, qname, m->owner, last ? CALLSITE_VALUE : CALLSITE_USE, at);
        if (last) return;
        size_t end = part + 1;
        while (end < rest.len && rest.ptr[end] != '.') end++;
        buf_append(&m->text, str_slice(rest, part, end));
        part = end;
    }
}

static bool is_dynamic(struct str chain, struct str written, unsigned flags) {
    static const char *const importers[] = {
        "__import__",
        "builtins.__import__",
        "importlib.import_module",
        "importlib.__import__",
        "importlib.reload",
        "runpy.run_module",
        "runpy.run_path",
        "importlib.util.spec_from_file_location",
    };
    bool found = false;
    for (size_t i = 0; i < sizeof importers / sizeof *importers; i++)
        found |= str_eq(chain, str_from(importers[i]));
    bool understood = str_eq(written, STR("__import__")) || str_eq(written, STR("import_module")) ||
                      str_eq(written, STR("importlib.import_module"));
    return found && (flags & USE_COMPUTED || !understood);
}

static void check_dynamic(struct emitter *m, struct str base, const struct module_use *use) {
    struct str written = module_use_chain(m->e->facts, use);
    m->text.len = 0;
    buf_append(&m->text, base);
    buf_append(&m->text, str_slice(written, use->root_len, written.len));
    if (is_dynamic(buf_str(&m->text), written, use->flags))
        emit(m, exports__intern(m->e, STR("*")), m->owner, CALLSITE_DYNAMIC, use->at);
}

static bool in_symbols(const symbol_vec *names, struct str name) {
    for (size_t i = 0; i < names->len; i++)
        if (str_eq(names->items[i], name)) return true;
    return false;
}

static bool is_submodule(const struct exports *e, const struct import_row *row) {
    for (size_t i = 0; i < e->rows->imports.len; i++) {
        const struct import_row *other = &e->rows->imports.items[i];
        if (other->submodule && strcmp(other->target, row->target) == 0) return true;
    }
    return false;
}

/* A statement that changes another module's object: whoever reads that object rests on it.  A
 * module that is merely handed on is taken to stay as it is, and so is a function that is called.
 */
static void emit_change(struct emitter *m, const struct import_row *row, struct str rest,
                        const struct module_use *use) {
    bool module = !*row->name || is_submodule(m->e, row);
    size_t end = rest.len ? 1 : 0;
    while (end < rest.len && rest.ptr[end] != '.') end++;
    if (!rest.len) return;
    if (module && end == rest.len && !(use->flags & (USE_STORED | USE_SUBSCRIPT))) return;
    m->text.len = 0;
    buf_append(&m->text, str_from(row->target));
    if (module) buf_append(&m->text, str_slice(rest, 0, end));
    emit(m, m->owner, exports__intern(m->e, buf_str(&m->text)), CALLSITE_CHANGES, use->at);
}

/* A call hands things to a function that may keep them, in its module's state. */
static void emit_call(struct emitter *m, struct str base, struct str rest, struct span at) {
    m->text.len = 0;
    buf_append(&m->text, base);
    buf_append(&m->text, rest);
    buf_append(&m->text, STR(".<calls>"));
    emit(m, m->owner, exports__intern(m->e, buf_str(&m->text)), CALLSITE_CHANGES, at);
}

static bool runs_on_import(enum unit_role role) {
    return role == UNIT_EFFECT || role == UNIT_MUTATES;
}

/* A decorator is called with the definition, and may keep it: in its module's state, or, when it is
 * a method, in its object. */
static void emit_decoration(struct emitter *m, struct str base, struct str rest, bool object,
                            struct span at) {
    m->text.len = 0;
    buf_append(&m->text, base);
    if (object && rest.len)
        emit(m, m->owner, exports__intern(m->e, buf_str(&m->text)), CALLSITE_CHANGES, at);
    emit_call(m, base, rest, at);
}

static void use_import(struct emitter *m, const struct import_row *row,
                       const struct module_use *use) {
    struct str chain = module_use_chain(m->e->facts, use);
    struct str rest = str_slice(chain, use->root_len, chain.len);
    struct str root = module_use_root(m->e->facts, use);
    check_dynamic(m, str_from(row->target), use);
    if (!row->known || row->type_checking) return;
    emit_chain(m, str_from(row->target), rest, use->at);
    if (use->flags & USE_DECORATOR)
        emit_decoration(m, str_from(row->target), rest, *row->name && !is_submodule(m->e, row),
                        use->at);
    if (!runs_on_import(m->unit->role)) return;
    if (use->flags & USE_CALLED) emit_call(m, str_from(row->target), rest, use->at);
    if (in_symbols(&m->unit->symbols.mutates, root)) emit_change(m, row, rest, use);
}

/* The first import row whose local name is not below `local`. */
static size_t lower_bound(const struct exports *e, struct str local) {
    size_t low = 0, high = e->by_local.len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const char *at = e->rows->imports.items[e->by_local.items[middle]].local;
        if (str_cmp(str_from(at), local) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool same_target(const struct import_row *a, const struct import_row *b) {
    return a && strcmp(a->target, b->target) == 0 && a->known == b->known;
}

static void use_imports(struct emitter *m, const struct module_use *use) {
    struct str root = module_use_root(m->e->facts, use);
    const struct import_row *previous = NULL;
    for (size_t i = lower_bound(m->e, root); i < m->e->by_local.len; i++) {
        uint32_t index = m->e->by_local.items[i];
        const struct import_row *row = &m->e->rows->imports.items[index];
        if (!str_eq(str_from(row->local), root)) break;
        if (row->unit != m->u && !m->e->module_level.items[index]) continue;
        if (!same_target(previous, row)) use_import(m, row, use);
        previous = row;
    }
}

/* A name that the module does not bind may come from any star import. */
static void use_stars(struct emitter *m, const struct module_use *use) {
    const import_row_vec *imports = &m->e->rows->imports;
    struct str chain = module_use_chain(m->e->facts, use);
    for (size_t i = 0; i < imports->len; i++) {
        const struct import_row *row = &imports->items[i];
        if (!row->star || !row->known || row->type_checking) continue;
        struct buf base = {0};
        buf_printf(&base, "%s.%.*s", row->module, STR_FMT(module_use_root(m->e->facts, use)));
        emit_chain(m, buf_str(&base), str_slice(chain, use->root_len, chain.len), use->at);
        buf_finish(&base);
    }
}

static void emit_use(struct emitter *m, const struct module_use *use) {
    struct str root = module_use_root(m->e->facts, use);
    bool own = exports__name(m->e, root) != EXPORT_NONE;
    use_imports(m, use);
    if (own && symbols_requirement(&m->unit->symbols, root))
        emit(m, own_qname(m, root), m->owner, CALLSITE_USE, use->at);
    if (own && use->flags & USE_DECORATOR) {
        struct str chain = module_use_chain(m->e->facts, use);
        const char *qname = own_qname(m, root);
        bool object = m->e->names.items[exports__name(m->e, root)].own;
        emit_decoration(m, str_from(qname), str_slice(chain, use->root_len, chain.len), object,
                        use->at);
    }
    if (own) return;
    check_dynamic(m, root, use);
    use_stars(m, use);
}

/* exec, eval and globals() may read any name of the module. */
static void emit_wild(struct emitter *m) {
    if (!(m->unit->symbols.wild & (WILD_EXEC | WILD_GLOBALS | WILD_SIZE))) return;
    for (size_t i = 0; i < m->e->names.len; i++)
        emit(m, own_qname(m, m->e->names.items[i].text), m->owner, CALLSITE_USE, m->unit->span);
}

/* --- imports --- */

static void emit_import(struct exports *e, size_t index, struct emitter *m) {
    const struct import_row *row = &e->rows->imports.items[index];
    if (!row->known || row->type_checking || row->star) return;
    bool binds = e->module_level.items[index];
    const char *caller = binds ? own_qname(m, str_from(row->local)) : m->owner;
    if (!row->submodule) /* the module as such: it may come into being, or vanish */
        emit(m, exports__intern(e, str_from(row->module)), caller, CALLSITE_IMPORT, row->at);
    if (*row->target)
        emit(m, exports__intern(e, str_from(row->target)), caller, CALLSITE_IMPORT, row->at);
}

/* --- all of them, unique --- */

static int compare_callsites(const void *a, const void *b) {
    const struct callsite_row *x = a, *y = b;
    int order = strcmp(x->qname, y->qname);
    if (!order) order = strcmp(x->caller, y->caller);
    if (!order) order = (int)x->kind - (int)y->kind;
    if (!order) order = x->block < y->block ? -1 : x->block > y->block;
    if (!order) order = x->at.start < y->at.start ? -1 : x->at.start > y->at.start;
    return order;
}

static void make_unique(struct exports *e) {
    struct callsite_row *items = e->rows->callsites.items;
    size_t kept = 0, len = e->rows->callsites.len;
    if (len) qsort(items, len, sizeof *items, compare_callsites);
    for (size_t i = 0; i < len; i++) {
        const struct callsite_row *last = kept ? &items[kept - 1] : NULL;
        if (items[i].qname == items[i].caller) continue;
        if (last && last->qname == items[i].qname && last->caller == items[i].caller &&
            last->kind == items[i].kind && last->block == items[i].block)
            continue;
        items[kept++] = items[i];
    }
    e->rows->callsites.len = kept;
}

static void emit_calls(struct emitter *m) {
    call_effect_vec effects = {0};
    exports__call_effects(m->e, &effects);
    for (size_t i = 0; i < effects.len; i++) {
        const struct export_name *called = &m->e->names.items[effects.items[i].called];
        const char *changed = own_qname(m, m->e->names.items[effects.items[i].changed].text);
        m->unit = &m->e->facts->units.items[called->makers.items[0]];
        m->text.len = 0;
        buf_printf(&m->text, "%s.%.*s.<calls>", m->e->file->name, STR_FMT(called->text));
        emit(m, exports__intern(m->e, buf_str(&m->text)), changed, CALLSITE_CHANGES, called->at);
    }
    vec_finish(&effects);
}

void exports__callsites(struct exports *e) {
    struct emitter m = {.e = e};
    size_t import = 0;
    for (m.u = 0; m.u < e->facts->units.len; m.u++) {
        m.unit = &e->facts->units.items[m.u];
        find_owner(&m);
        for (uint32_t i = 0; i < m.unit->uses_len; i++)
            emit_use(&m, &e->facts->uses.items[m.unit->uses_start + i]);
        emit_wild(&m);
        while (import < e->rows->imports.len && e->rows->imports.items[import].unit == m.u)
            emit_import(e, import++, &m);
    }
    emit_calls(&m);
    buf_finish(&m.text);
    make_unique(e);
}
