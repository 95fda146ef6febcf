/* SPDX-License-Identifier: Apache-2.0 */
/* freezer.c - see freezer.h. */
#include "exec/worker/freezer.h"

#include <stdio.h>
#include <unistd.h>

#include "exec/worker/handover.h"

static void remove_at(struct freezer *f, size_t i) {
    close(f->items.items[i].socket);
    vec_splice(&f->items, i, 1, 0);
}

void freezer_finish(struct freezer *f) {
    while (f->items.len > 0) remove_at(f, f->items.len - 1);
    vec_finish(&f->items);
}

bool freezer_take(struct freezer *f, uint32_t id, int cells) {
    struct frozen frozen = {.id = id};
    if (!handover_receive(cells, &frozen.pid, &frozen.socket, 1)) return false;
    vec_push(&f->items, frozen);
    return true;
}

const struct frozen *freezer_find(const struct freezer *f, uint32_t id) {
    for (size_t i = 0; i < f->items.len; i++)
        if (f->items.items[i].id == id) return &f->items.items[i];
    return NULL;
}

bool freezer_has(const void *freezer, pid_t pid) {
    const struct freezer *f = freezer;
    for (size_t i = 0; i < f->items.len; i++)
        if (f->items.items[i].pid == pid) return true;
    return false;
}

void freezer_drop(struct freezer *f, uint32_t id) {
    const struct frozen *frozen = freezer_find(f, id);
    if (frozen) remove_at(f, (size_t)(frozen - f->items.items));
}

uint32_t freezer_ended(struct freezer *f, pid_t pid) {
    for (size_t i = 0; i < f->items.len; i++) {
        uint32_t id = f->items.items[i].id;
        if (f->items.items[i].pid != pid) continue;
        remove_at(f, i);
        return id;
    }
    return 0;
}

uint64_t frozen_memory(const struct frozen *frozen) {
    char path[64], line[256];
    unsigned long long kib = 0;
    snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", (long)frozen->pid);
    FILE *rollup = fopen(path, "re");
    if (!rollup) return 0;
    while (fgets(line, sizeof line, rollup))
        if (sscanf(line, "Pss: %llu", &kib) == 1) break;
    fclose(rollup);
    return (uint64_t)kib * 1024;
}

void freezer_close_copies(const struct freezer *f) {
    for (size_t i = 0; i < f->items.len; i++) close(f->items.items[i].socket);
}
