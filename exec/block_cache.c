/* SPDX-License-Identifier: Apache-2.0 */
/* block_cache.c - the cache: chains of variants by code, two lists by use, files by name. */
#include "exec/block_cache.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"

struct cached_file {
    uint64_t marked_ms; /* 0: it is watched */
    size_t entries;
};

struct entry {
    struct entry *newer, *older; /* in its list */
    struct entry *next;          /* variant of the same code */
    struct list *list;
    struct cached_file *file;
    struct buf key, reads, result;
    VEC(struct cache_read) names; /* views of `reads` */
    uint64_t bytes;
};

struct list { /* by use */
    struct entry *newest, *oldest;
    uint64_t bytes;
};

struct block_cache {
    uint64_t limit;
    struct map variants; /* file and code -> struct entry, newest first */
    struct map files;    /* name -> struct cached_file, owned */
    struct list cold, hot;
    struct cache_stats stats;
};

/* --- Lists. --- */

static void list_remove(struct entry *e) {
    struct list *l = e->list;
    *(e->newer ? &e->newer->older : &l->newest) = e->older;
    *(e->older ? &e->older->newer : &l->oldest) = e->newer;
    l->bytes -= e->bytes;
    e->newer = e->older = NULL;
    e->list = NULL;
}

static void list_add(struct list *l, struct entry *e) {
    e->list = l;
    e->older = l->newest;
    e->newer = NULL;
    *(l->newest ? &l->newest->newer : &l->oldest) = e;
    l->newest = e;
    l->bytes += e->bytes;
}

/* --- Entries. --- */

static void entry_destroy(struct entry *e) {
    buf_finish(&e->key);
    buf_finish(&e->reads);
    buf_finish(&e->result);
    vec_finish(&e->names);
    free(e);
}

static void unchain(struct block_cache *c, struct entry *e) {
    struct entry *first = map_get(&c->variants, buf_str(&e->key));
    if (first == e && !e->next) {
        map_remove(&c->variants, buf_str(&e->key));
    } else if (first == e) {
        *map_slot(&c->variants, buf_str(&e->key)) = e->next;
    } else {
        while (first->next != e) first = first->next;
        first->next = e->next;
    }
}

static void drop(struct block_cache *c, struct entry *e) {
    unchain(c, e);
    list_remove(e);
    e->file->entries--;
    c->stats.entries--;
    c->stats.bytes -= e->bytes;
    entry_destroy(e);
}

/* Hot entries beyond their share count as cold again; the oldest cold one goes. */
static void keep_limit(struct block_cache *c) {
    uint64_t share = c->limit / 100 * CACHE_HOT_PERCENT;
    while (c->hot.bytes > share) {
        struct entry *e = c->hot.oldest;
        list_remove(e);
        list_add(&c->cold, e);
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): drop() takes it out of its list */
    while (c->stats.bytes > c->limit) drop(c, c->cold.oldest ? c->cold.oldest : c->hot.oldest);
}

static struct entry *entry_create(const struct cache_read *reads, size_t count, struct str result) {
    struct entry *e = xcalloc(1, sizeof *e);
    for (size_t i = 0; i < count; i++) buf_append(&e->reads, reads[i].name);
    buf_append(&e->result, result);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        struct cache_read read = reads[i];
        read.name = str_slice(buf_str(&e->reads), at, at + read.name.len);
        at += read.name.len;
        vec_push(&e->names, read);
    }
    return e;
}

static void make_key(struct buf *key, struct str file, struct hash128 code) {
    buf_append(key, (struct str){(const char *)&code, sizeof code});
    buf_append(key, file);
}

static struct cached_file *file_of(struct block_cache *c, struct str name) {
    void **slot = map_slot(&c->files, name);
    if (!*slot) *slot = xcalloc(1, sizeof(struct cached_file));
    return *slot;
}

static void drop_surplus(struct block_cache *c, struct entry *first) {
    size_t variants = 1;
    for (struct entry *e = first, *next; e; e = next) {
        next = e->next;
        if (variants++ > CACHE_VARIANTS) drop(c, e);
    }
}

void block_cache_put(struct block_cache *c, struct str file, struct hash128 code,
                     const struct cache_read *reads, size_t count, struct str result) {
    struct entry *e = entry_create(reads, count, result);
    make_key(&e->key, file, code);
    e->bytes = sizeof *e + e->key.cap + e->reads.cap + e->result.cap +
               e->names.cap * sizeof *e->names.items;
    if (e->bytes > c->limit) {
        entry_destroy(e);
        return;
    }
    void **chain = map_slot(&c->variants, buf_str(&e->key));
    e->next = *chain;
    *chain = e;
    e->file = file_of(c, file);
    e->file->entries++;
    list_add(&c->cold, e);
    c->stats.entries++;
    c->stats.bytes += e->bytes;
    drop_surplus(c, e);
    keep_limit(c);
}

static bool all_match(const struct entry *e, cache_match_fn *matches, void *ctx) {
    for (size_t i = 0; i < e->names.len; i++)
        if (!matches(ctx, &e->names.items[i])) return false;
    return true;
}

bool block_cache_find(struct block_cache *c, struct str file, struct hash128 code,
                      cache_match_fn *matches, void *ctx, struct str *result) {
    struct buf key = {0};
    make_key(&key, file, code);
    struct entry *e = map_get(&c->variants, buf_str(&key));
    buf_finish(&key);
    while (e && !all_match(e, matches, ctx)) e = e->next;
    if (e) {
        c->stats.hits++;
        list_remove(e);
        list_add(&c->hot, e);
        *result = buf_str(&e->result);
        keep_limit(c);
    } else {
        c->stats.misses++;
    }
    return e != NULL;
}

/* --- Files. --- */

void block_cache_mark(struct block_cache *c, struct str file, uint64_t now_ms) {
    struct cached_file *f = map_get(&c->files, file);
    if (f && !f->marked_ms) f->marked_ms = now_ms ? now_ms : 1;
}

void block_cache_unmark(struct block_cache *c, struct str file) {
    struct cached_file *f = map_get(&c->files, file);
    if (f) f->marked_ms = 0;
}

static void evict_from(struct block_cache *c, const struct list *list, uint64_t now_ms) {
    for (struct entry *e = list->oldest, *newer; e; e = newer) {
        newer = e->newer;
        uint64_t marked = e->file->marked_ms;
        if (marked && now_ms - marked >= CACHE_MARKED_MS) drop(c, e);
    }
}

void block_cache_evict(struct block_cache *c, uint64_t now_ms) {
    evict_from(c, &c->cold, now_ms);
    evict_from(c, &c->hot, now_ms);
}

/* --- Life. --- */

struct block_cache *block_cache_create(uint64_t limit) {
    struct block_cache *c = xcalloc(1, sizeof *c);
    c->limit = limit;
    return c;
}

void block_cache_clear(struct block_cache *c) {
    while (c->cold.oldest) drop(c, c->cold.oldest);
    while (c->hot.oldest) drop(c, c->hot.oldest);
}

void block_cache_destroy(struct block_cache *c) {
    if (!c) return;
    block_cache_clear(c);
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&c->files, &cursor));) free(e->value);
    map_finish(&c->files);
    map_finish(&c->variants);
    free(c);
}

void block_cache_set_limit(struct block_cache *c, uint64_t limit) {
    c->limit = limit;
    keep_limit(c);
}

struct cache_stats block_cache_stats(const struct block_cache *c) {
    return c->stats;
}
