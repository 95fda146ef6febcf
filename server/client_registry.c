/* SPDX-License-Identifier: Apache-2.0 */
/* client_registry.c - clients and their watches. */
#include "server/client_registry.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

static void watch_destroy(struct watch *w) {
    vec_finish(&w->owed);
    free(w);
}

void watch_settle(struct watch *w) {
    w->behind = w->start_owed = w->end_owed = false;
    vec_finish(&w->owed);
    w->paid = 0;
}

static void client_destroy(struct client *c) {
    for (size_t i = 0; i < c->watches.len; i++) watch_destroy(c->watches.items[i]);
    vec_finish(&c->watches);
    free(c->id);
    free(c);
}

void registry_finish(struct client_registry *r) {
    for (size_t i = 0; i < r->clients.len; i++) client_destroy(r->clients.items[i]);
    vec_finish(&r->clients);
}

static struct client *find_client(const struct client_registry *r, struct str id) {
    for (size_t i = 0; i < r->clients.len; i++)
        if (str_eq(str_from(r->clients.items[i]->id), id)) return r->clients.items[i];
    return NULL;
}

/* An id that no other client has. */
static char *fresh_id_dup(struct client_registry *r) {
    char id[32];
    do {
        snprintf(id, sizeof id, "client-%u", ++r->last_id);
    } while (find_client(r, str_from(id)));
    return xstrdup(id);
}

struct client *registry_join(struct client_registry *r, struct str id,
                             const struct client_link *link, void *ctx, bool *resumed,
                             struct err *err) {
    struct client *c = id.len ? find_client(r, id) : NULL;
    *resumed = c != NULL;
    if (!c && r->clients.len >= CLIENT_MAX) {
        err_set(err, ST_TOO_BIG, "there are %d clients already", CLIENT_MAX);
        return NULL;
    }
    if (c && c->link) c->link->replaced(c->ctx);
    if (!c) {
        c = xcalloc(1, sizeof *c);
        c->id = id.len ? str_dup(id) : fresh_id_dup(r);
        vec_push(&r->clients, c);
    }
    c->link = link;
    c->ctx = ctx;
    return c;
}

void registry_leave(struct client *c, uint64_t now_ms) {
    c->link = NULL;
    c->away_since_ms = now_ms;
    for (size_t i = 0; i < c->watches.len; i++) watch_settle(c->watches.items[i]);
}

struct client *registry_expired(const struct client_registry *r, uint64_t now_ms) {
    for (size_t i = 0; i < r->clients.len; i++) {
        struct client *c = r->clients.items[i];
        if (!c->link && now_ms - c->away_since_ms >= CLIENT_RESUME_MS) return c;
    }
    return NULL;
}

void registry_drop(struct client_registry *r, struct client *c) {
    for (size_t i = 0; i < r->clients.len; i++) {
        if (r->clients.items[i] != c) continue;
        vec_splice(&r->clients, i, 1, 0);
        client_destroy(c);
        return;
    }
}

/* --- Watches. --- */

struct watch *client_watch(struct client *c, struct open_document *document, watch_vec *audience) {
    struct watch *w = xcalloc(1, sizeof *w);
    w->client = c;
    w->document = document;
    vec_push(&c->watches, w);
    vec_push(audience, w);
    return w;
}

struct watch *client_find_watch(const struct client *c, const struct open_document *document) {
    for (size_t i = 0; i < c->watches.len; i++)
        if (c->watches.items[i]->document == document) return c->watches.items[i];
    return NULL;
}

static void remove_watch(watch_vec *list, const struct watch *w) {
    for (size_t i = 0; i < list->len; i++) {
        if (list->items[i] != w) continue;
        vec_splice(list, i, 1, 0);
        return;
    }
}

void client_unwatch(struct watch *w, watch_vec *audience) {
    remove_watch(&w->client->watches, w);
    remove_watch(audience, w);
    watch_destroy(w);
}

void watch_owe(struct watch *w, block_id block, const char *known) {
    w->behind = true;
    for (size_t i = w->paid; i < w->owed.len; i++)
        if (w->owed.items[i].block == block) return;
    struct owed owed = {.block = block};
    if (known) snprintf(owed.known, sizeof owed.known, "%s", known);
    vec_push(&w->owed, owed);
}

void client_send(struct client *c, struct packet *packet) {
    if (c->link) c->link->send(c->ctx, packet);
}

bool client_congested(const struct client *c) {
    return c->link && c->link->congested(c->ctx);
}
