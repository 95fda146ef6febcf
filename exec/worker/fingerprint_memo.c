/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint_memo.c - open addressing by address; see fingerprint_memo.h. */
#include "exec/worker/fingerprint_memo.h"

#include <stdlib.h>

#include "base/mem.h"

void memo_finish(struct memo *m) {
    for (size_t i = 0; i < m->cap; i++)
        if (m->slots[i].owned) Py_DECREF(m->slots[i].object);
    free(m->slots);
    *m = (struct memo){0};
}

/* Objects that were made together lie together, and are met together: within 64 KB neighbours stay
 * neighbours, so that the walk finds their slots in the processor's cache. */
static size_t slot_of(const struct memo *m, const PyObject *object) {
    uint64_t address = (uint64_t)(uintptr_t)object;
    uint64_t region = (address >> 16) * 0x9E3779B97F4A7C15u >> 24;
    return (size_t)((address >> 4) + region) & (m->cap - 1);
}

static struct memo_entry *find(const struct memo *m, const PyObject *object) {
    size_t at = slot_of(m, object);
    while (m->slots[at].object && m->slots[at].object != object) at = (at + 1) & (m->cap - 1);
    return &m->slots[at];
}

static void grow(struct memo *m) {
    struct memo old = *m;
    m->cap = old.cap ? old.cap * 2 : 256;
    m->slots = xcalloc(m->cap, sizeof *m->slots);
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i].object) *find(m, old.slots[i].object) = old.slots[i];
    free(old.slots);
}

struct memo_entry *memo_note(struct memo *m, uintptr_t object, bool *found) {
    if ((m->len + 1) * 2 > m->cap) grow(m);
    struct memo_entry *entry = find(m,
                                    (const PyObject *)object); // NOLINT(performance-no-int-to-ptr)
    *found = entry->object != NULL;
    if (!*found) {
        entry->object = (PyObject *)object; // NOLINT(performance-no-int-to-ptr)
        m->len++;
    }
    return entry;
}

struct memo_entry *memo_slot(struct memo *m, PyObject *object, bool *found) {
    struct memo_entry *entry = memo_note(m, (uintptr_t)object, found);
    if (*found) return entry;
    entry->owned = true;
    Py_INCREF(object);
    return entry;
}

bool memo_has(const struct memo *m, uintptr_t object) {
    return m->cap && find(m, (const PyObject *)object)->object; // NOLINT(performance-no-int-to-ptr)
}
