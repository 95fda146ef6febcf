/* SPDX-License-Identifier: Apache-2.0 */
/* exports_internal.h - the names of one module and the units that make them; for exports*.c.
 *
 * Nodes are the units, in order, and behind them the names.  A unit rests on the names it reads, a
 * name on the units that bind, delete or change it: flow is not followed between units, so that a
 * name means all its bindings together. */
#ifndef ANALYSIS_EXPORTS_INTERNAL_H
#define ANALYSIS_EXPORTS_INTERNAL_H

#include "analysis/exports.h"

#define EXPORT_NONE UINT32_MAX

struct export_name {
    struct str text;      /* borrowed from the units' symbols */
    VEC(uint32_t) makers; /* units, ascending */
    enum definition_kind kind;
    struct span at;
    bool bound; /* and not only changed or deleted here */
    bool own;   /* bound by something else than an import */
};

struct exports {
    const struct module_index *index;
    const struct module_file *file;
    const struct module_facts *facts;
    struct module_rows *rows;
    VEC(struct export_name) names; /* sorted by text */
    VEC(bool) effects;             /* for each unit: importers may notice that it runs */
    VEC(uint32_t) by_local;        /* import rows with a local name, sorted by it */
    VEC(bool) module_level;        /* for each import row: it binds a name of the module */
};

uint32_t exports__name(const struct exports *e, struct str text); /* its index, or EXPORT_NONE */
const char *exports__intern(struct exports *e, struct str text);

/* Whether the unit stores into the object of `name`, or calls a container's method on it: a method
 * that is merely called (`logger.info()`) is taken to leave it alone. */
bool exports__changes_object(const struct module_facts *facts, const struct module_unit *unit,
                             struct str name);

/* exports_hash.c: the definition hash of each name, in order, then that of <effects>. */
void exports__hashes(const struct exports *e, struct hash128 *out);

/* exports_callsites.c */
void exports__callsites(struct exports *e);

/* exports_calls.c: append (maker, changed) pairs of names: calling the first changes the second. */
struct call_effect {
    uint32_t called, changed;
};
typedef VEC(struct call_effect) call_effect_vec;
void exports__call_effects(const struct exports *e, call_effect_vec *out);

#endif
