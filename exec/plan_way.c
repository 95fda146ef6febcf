/* SPDX-License-Identifier: Apache-2.0 */
/* plan_way.c - the way back to the state that the blocks of a plan must find.
 *
 * Names, objects and ambient state are put right in place.  What blocks set inside modules is not:
 * when a block is about to run that can see it, and the interpreter holds other changes than those
 * of the blocks above, another interpreter must take over. */
#include "exec/plan_internal.h"

/* Whether the block uses a name that was imported, by its text. */
static bool uses_imports(const struct plan_request *request, const struct block *block) {
    read_vec reads = {0};
    bool uses = block->symbols.wild || block->symbols.imports.len > 0;
    plan_static_reads(&reads, request->doc, request->history, block);
    for (size_t i = 0; !uses && i < reads.len; i++) {
        struct str name = reads.items[i].name->text;
        const struct block *from = graph_provider(document_graph(request->doc), block, name);
        const struct definition *d = from ? symbols_definition(&from->symbols, name) : NULL;
        uses = d && d->kind == DEF_IMPORT;
    }
    vec_finish(&reads);
    return uses;
}

/* Its last run knows; of other code only the text is known. */
bool plan__sees_modules(const struct plan_request *request, const struct block *block) {
    const struct name *modules = history_modules(request->history);
    if (!modules) return false;
    const struct trace *t = trace_get(request->traces, block->id);
    if (t && trace_find_read(t, modules)) return true;
    bool known = t && t->valid && hash128_eq(t->code, block->code);
    return !known && uses_imports(request, block);
}

/* Whose doing the modules must show to a block at `index`; 0: nobody's. */
static block_id modules_wanted(struct history *h, struct name *modules, uint32_t index) {
    struct trace *maker;
    return history_binding(h, modules, index, &maker) ? maker->block : 0;
}

bool plan_modules_differ(const struct plan_request *request, uint32_t index) {
    struct name *modules = history_modules(request->history);
    return modules && modules->current &&
           modules->current != modules_wanted(request->history, modules, index);
}

static bool writes_modules(const struct plan_request *request, const struct block *block,
                           const struct name *modules) {
    const struct trace *t = trace_get(request->traces, block->id);
    return t && hash128_eq(t->code, block->code) && trace_find_write(t, modules);
}

struct plan_way plan_choose_way(const struct plan *plan, size_t next,
                                const struct plan_request *request) {
    struct name *modules = history_modules(request->history);
    block_id holds = modules ? modules->current : 0;
    for (size_t i = next; holds && i < plan->items.len; i++) {
        const struct plan_item *item = &plan->items.items[i];
        const struct block *block = document_block_by_id(request->doc, item->block);
        if (!block || (item->predicted && !item->needed_by)) continue; /* when its turn comes */
        if (!plan__sees_modules(request, block)) continue;
        if (holds != modules_wanted(request->history, modules, block->index))
            return (struct plan_way){WAY_FRESH, holds};
        if (writes_modules(request, block, modules)) holds = block->id;
    }
    return (struct plan_way){WAY_IN_PLACE, 0};
}
