/* SPDX-License-Identifier: Apache-2.0 */
/* identity.c - matching old blocks with new ones. */
#include "analysis/identity.h"

#include "base/mem.h"

/* How many past keys are kept, how many new blocks may ask for one in one matching, and how big a
 * gap may be for its blocks to be told apart by the past. */
enum { PAST_MAX = 4096, RECALL_MAX = 4096, GAP_MAX = 64 };

/* One matching; the arrays are borrowed. */
struct matching {
    struct identity *identity;
    const struct identity_entry *old;
    struct identity_entry *fresh;
    size_t old_count, fresh_count;
    bool *taken; /* of the old ones */
};

static void pair(struct matching *m, size_t old, size_t fresh) {
    m->fresh[fresh].old = (uint32_t)old;
    m->fresh[fresh].id = m->old[old].id;
    m->taken[old] = true;
}

static bool is_free(const struct matching *m, size_t fresh) {
    return m->fresh[fresh].old == IDENTITY_NONE;
}

/* --- equal keys --- */

struct keyed {
    struct hash128 key;
    uint32_t index;
};

static int keyed_cmp(const void *left, const void *right) {
    const struct keyed *a = left, *b = right;
    if (a->key.high != b->key.high) return a->key.high < b->key.high ? -1 : 1;
    if (a->key.low != b->key.low) return a->key.low < b->key.low ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static struct keyed *sort_by_key(const struct identity_entry *entries, size_t start, size_t end) {
    struct keyed *sorted = xmalloc((end - start + 1) * sizeof *sorted);
    for (size_t i = start; i < end; i++)
        sorted[i - start] = (struct keyed){entries[i].key, (uint32_t)i};
    qsort(sorted, end - start, sizeof *sorted, keyed_cmp);
    return sorted;
}

/* The first of equals with the first, the second with the second, ... */
static void pair_equal(struct matching *m, size_t start, size_t old_end, size_t fresh_end) {
    struct keyed *olds = sort_by_key(m->old, start, old_end);
    struct keyed *news = sort_by_key(m->fresh, start, fresh_end);
    size_t i = 0, j = 0;
    while (i < old_end - start && j < fresh_end - start) {
        if (hash128_eq(olds[i].key, news[j].key)) {
            pair(m, olds[i++].index, news[j++].index);
            continue;
        }
        struct keyed a = olds[i], b = news[j];
        a.index = b.index = 0;
        if (keyed_cmp(&a, &b) < 0)
            i++;
        else
            j++;
    }
    free(olds);
    free(news);
}

/* Mark a longest rising run of old indexes among the pairs: those stayed, the others moved. */
static void mark_in_order(struct matching *m, size_t start, size_t fresh_end) {
    size_t count = fresh_end - start, longest = 0;
    uint32_t *tails = xmalloc((count + 1) * sizeof *tails); /* by length: the least last one */
    uint32_t *previous = xmalloc((count + 1) * sizeof *previous);
    for (size_t i = start; i < fresh_end; i++) {
        if (is_free(m, i)) continue;
        size_t low = 0, high = longest;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (m->fresh[tails[middle]].old < m->fresh[i].old)
                low = middle + 1;
            else
                high = middle;
        }
        previous[i - start] = low ? tails[low - 1] : IDENTITY_NONE;
        tails[low] = (uint32_t)i;
        if (low == longest) longest++;
    }
    uint32_t at = longest ? tails[longest - 1] : IDENTITY_NONE;
    for (; at != IDENTITY_NONE; at = previous[at - start]) m->fresh[at].in_order = true;
    free(tails);
    free(previous);
}

/* Equal blocks at both ends stay where they are: so a duplicate made of a block is the new one. */
static void match_equal(struct matching *m) {
    size_t start = 0, old_end = m->old_count, fresh_end = m->fresh_count;
    while (start < old_end && start < fresh_end &&
           hash128_eq(m->old[start].key, m->fresh[start].key)) {
        pair(m, start, start);
        m->fresh[start++].in_order = true;
    }
    while (old_end > start && fresh_end > start &&
           hash128_eq(m->old[old_end - 1].key, m->fresh[fresh_end - 1].key)) {
        pair(m, --old_end, --fresh_end);
        m->fresh[fresh_end].in_order = true;
    }
    pair_equal(m, start, old_end, fresh_end);
    mark_in_order(m, start, fresh_end);
}

/* --- the memory --- */

static void remember(struct identity *identity, struct hash128 key, block_id id) {
    struct identity_past past = {key, id};
    if (identity->past.len < PAST_MAX) {
        vec_push(&identity->past, past);
    } else {
        identity->past.items[identity->oldest] = past;
        identity->oldest = (identity->oldest + 1) % PAST_MAX;
    }
}

typedef bool wanted_fn(void *context, block_id id);

/* Who had `key` and is wanted, newest first; 0 when nobody. */
static block_id recall(const struct identity *identity, struct hash128 key, wanted_fn *wanted,
                       void *context) {
    for (size_t n = identity->past.len; n > 0; n--) {
        const struct identity_past *past =
            &identity->past.items[(identity->oldest + n - 1) % identity->past.len];
        if (hash128_eq(past->key, key) && wanted(context, past->id)) return past->id;
    }
    return 0;
}

/* --- the rest --- */

/* A stretch between two blocks matched in order. */
struct gap {
    struct matching *m;
    size_t old_start, old_end, fresh_start, fresh_end;
    size_t found; /* by the last is_free_in_gap() */
};

static bool is_free_in_gap(void *context, block_id id) {
    struct gap *gap = context;
    for (size_t i = gap->old_start; i < gap->old_end; i++) {
        if (gap->m->taken[i] || gap->m->old[i].id != id) continue;
        gap->found = i;
        return true;
    }
    return false;
}

static size_t count_free(const struct gap *gap) {
    size_t count = 0;
    for (size_t j = gap->fresh_start; j < gap->fresh_end; j++) count += is_free(gap->m, j);
    return count;
}

/* A new block with a key that an old one of this gap had before is that one. */
static void pair_recalled(struct gap *gap) {
    struct matching *m = gap->m;
    size_t count = count_free(gap);
    if (count < 2 || count > GAP_MAX || gap->old_end - gap->old_start > GAP_MAX) return;
    for (size_t j = gap->fresh_start; j < gap->fresh_end; j++)
        if (is_free(m, j) && recall(m->identity, m->fresh[j].key, is_free_in_gap, gap))
            pair(m, gap->found, j);
}

static void pair_in_order(struct gap *gap, bool any_kind, bool prose) {
    struct matching *m = gap->m;
    size_t i = gap->old_start;
    for (size_t j = gap->fresh_start; j < gap->fresh_end; j++) {
        if (!is_free(m, j) || (!any_kind && m->fresh[j].prose != prose)) continue;
        while (i < gap->old_end && (m->taken[i] || (!any_kind && m->old[i].prose != prose))) i++;
        if (i == gap->old_end) return;
        pair(m, i++, j);
    }
}

static void match_gap(struct gap *gap) {
    if (gap->old_start == gap->old_end || gap->fresh_start == gap->fresh_end) return;
    pair_recalled(gap);
    pair_in_order(gap, false, false);
    pair_in_order(gap, false, true);
    pair_in_order(gap, true, false);
}

static void match_gaps(struct matching *m) {
    struct gap gap = {.m = m};
    for (size_t j = 0; j <= m->fresh_count; j++) {
        if (j < m->fresh_count && !m->fresh[j].in_order) continue;
        gap.fresh_end = j;
        gap.old_end = j < m->fresh_count ? m->fresh[j].old : m->old_count;
        match_gap(&gap);
        gap.old_start = gap.old_end + 1;
        gap.fresh_start = j + 1;
    }
}

/* --- ids for blocks without an old one --- */

static bool is_live(const struct identity *identity, block_id id) {
    return identity->live.items[id / 8] & 1 << id % 8;
}

static void set_live(struct identity *identity, block_id id, bool live) {
    while (identity->live.len <= id / 8) vec_push(&identity->live, 0);
    uint8_t bit = (uint8_t)(1 << id % 8), *byte = &identity->live.items[id / 8];
    *byte = (uint8_t)(live ? *byte | bit : *byte & ~bit);
}

static bool is_vanished(void *context, block_id id) {
    return !is_live(context, id);
}

/* Remember every old key that is gone: its block changed, or vanished. */
static void remember_old(struct matching *m) {
    struct identity *identity = m->identity;
    for (size_t i = 0; i < m->old_count; i++) {
        if (m->taken[i]) continue;
        set_live(identity, m->old[i].id, false);
        remember(identity, m->old[i].key, m->old[i].id);
    }
    for (size_t j = 0; j < m->fresh_count; j++) {
        if (is_free(m, j)) continue;
        const struct identity_entry *old = &m->old[m->fresh[j].old];
        if (!hash128_eq(old->key, m->fresh[j].key)) remember(identity, old->key, old->id);
    }
}

static void name_new(struct matching *m) {
    struct identity *identity = m->identity;
    size_t recalls = 0;
    for (size_t j = 0; j < m->fresh_count; j++) {
        struct identity_entry *fresh = &m->fresh[j];
        if (!is_free(m, j)) continue;
        if (identity->past.len && recalls++ < RECALL_MAX)
            fresh->id = recall(identity, fresh->key, is_vanished, identity);
        if (!fresh->id) fresh->id = ++identity->last;
        set_live(identity, fresh->id, true);
    }
}

void identity_match(struct identity *identity, const struct identity_entry *old, size_t old_count,
                    struct identity_entry *fresh, size_t fresh_count) {
    struct matching m = {identity, old, fresh, old_count, fresh_count, NULL};
    m.taken = xcalloc(old_count + 1, sizeof *m.taken);
    for (size_t j = 0; j < fresh_count; j++) {
        fresh[j].old = IDENTITY_NONE;
        fresh[j].id = 0;
        fresh[j].in_order = false;
    }
    match_equal(&m);
    match_gaps(&m);
    name_new(&m);
    remember_old(&m);
    free(m.taken);
}

void identity_finish(struct identity *identity) {
    vec_finish(&identity->past);
    vec_finish(&identity->live);
    *identity = (struct identity){0};
}
