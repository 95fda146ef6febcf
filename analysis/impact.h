/* SPDX-License-Identifier: Apache-2.0 */
/* impact.h - which files a change reaches, and why.
 *
 * Breadth first from the changed names along the rows of the state store: callsites say who rests
 * on a name; imports carry a name on under another one (re-exports, aliases, stars).  A hit is one
 * reason for one file, with the hit that it came from: following those back is the explanation. */
#ifndef ANALYSIS_IMPACT_H
#define ANALYSIS_IMPACT_H

#include "analysis/index_refresh.h"
#include "analysis/state_store.h"

#define IMPACT_REASON_MAP(X)                                                                       \
    X(CHANGED_FILE, "changed_file")                                                                \
    X(DELETED_FILE, "deleted_file")                                                                \
    X(CALLER_QNAME, "caller_qname")                                                                \
    X(CALLER_SYMBOL, "caller_symbol")                                                              \
    X(IMPORT_NAME, "import_name")                                                                  \
    X(IMPORT_STAR, "import_star")                                                                  \
    X(IMPORT_MODULE, "import_module")                                                              \
    X(IMPORT_CLOSURE, "import_closure")                                                            \
    X(IMPORT_SIDE_EFFECT, "import_side_effect")                                                    \
    X(REEXPORT, "reexport")                                                                        \
    X(DYNAMIC_IMPORT, "dynamic_import")                                                            \
    X(DATA_FILE, "data_file")                                                                      \
    X(FULL_REFRESH, "full_refresh")

#define IMPACT_AS_ENUM(name, text) IMPACT_##name,
enum impact_reason { IMPACT_REASON_MAP(IMPACT_AS_ENUM) IMPACT_REASON_COUNT };

enum impact_strategy { IMPACT_HYBRID, IMPACT_SYMBOLS, IMPACT_IMPORTS };

#define IMPACT_NO_HIT UINT32_MAX

struct impact_hit {
    int64_t file_id;
    char *path;
    enum impact_reason kind;
    char *ref;      /* what it rests on: "pkg.mod.f", or a path */
    uint32_t block; /* as `relight blocks` numbers them; 0 for the file as such */
    uint32_t via;   /* the hit it follows from, or IMPACT_NO_HIT */
};

struct impact {
    VEC(struct impact_hit) hits; /* in the order of discovery: nearest first */
};

/* `changed`: paths (from the workspace) that the caller says changed, whatever the delta says: one
 * that has no delta counts as changed in all that it exports.  One that is no Python file reaches
 * the files whose text names it. */
struct impact_query {
    const char *workspace;
    enum impact_strategy strategy;
    const struct index_delta *delta;
    const char *const *changed;
    size_t changed_count;
};

enum status impact_compute(struct state_store *store, const struct impact_query *query,
                           struct impact *out, struct err *err);
void impact_finish(struct impact *impact);

/* Keep the answer in the store's inc_* tables, in place of the last one. */
enum status impact_store(struct state_store *store, const struct index_delta *delta,
                         const struct impact *impact, struct err *err);

const char *impact_reason_text(enum impact_reason kind);

/* "hybrid", "symbol_closure", "import_closure"; false for anything else. */
bool impact_strategy_parse(const char *text, enum impact_strategy *out);

#endif
