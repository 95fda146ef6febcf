/* SPDX-License-Identifier: Apache-2.0 */
/* publish_live.c - live messages: who gets them, and what one that was slow is owed. */
#include "server/publish_live.h"

#include <stdio.h>

#include "server/convert.h"

/* --- Bodies. --- */

static struct live_target target(const struct live_event *e) {
    return (struct live_target){e->run, session_path(e->document->session)};
}

/* What is running or queued now, as if it had just been planned. */
static json_t *pending_ids(struct session *s) {
    const struct document *doc = session_document(s);
    json_t *ids = json_array();
    for (size_t i = 0; i < document_block_count(doc); i++) {
        const struct block *block = document_block(doc, i);
        enum block_status status = runner_status(session_runner(s), block);
        if (status == STATUS_RUNNING || status == STATUS_QUEUED)
            json_array_append_new(ids, live_id(block->id));
    }
    return ids;
}

static json_t *start_body(const struct live_event *e) {
    struct open_document *od = e->document;
    struct session *s = od->session;
    json_t *blocks = convert_block_ids(session_document(s));
    if (e->plan)
        return live_run_start(target(e), od->uri, od->version, blocks, convert_plan_ids(e->plan),
                              convert_reasons(e->plan), session_run_trigger(s));
    return live_run_start(target(e), od->uri, od->version, blocks, pending_ids(s),
                          convert_known_reasons(s), "load");
}

static json_t *end_body(const struct live_event *e) {
    const struct run_summary *summary = &e->document->last_end;
    struct live_run_end end = {.error = summary->error,
                               .cancelled = summary->cancelled,
                               .ran = summary->ran,
                               .clean = summary->clean,
                               .cached = summary->cached,
                               .duration_ms = (double)summary->duration_us / 1000.0};
    return live_run_end(target(e), &end);
}

static json_t *event_body(const struct live_event *e, enum position_encoding encoding) {
    struct session *s = e->document->session;
    switch (e->kind) {
    case LIVE_RUN_START:
        return start_body(e);
    case LIVE_BLOCK_START:
        return live_block_start(
            target(e), e->block->id,
            convert_range(document_text(session_document(s)), e->block->span, encoding));
    case LIVE_BLOCK_OUTPUT:
        return live_block_output(target(e), e->block->id, convert_output(s, e->piece));
    case LIVE_BLOCKS:
        return live_blocks(target(e), e->document->version, convert_block_ids(session_document(s)));
    case LIVE_BLOCK_RESULT:
        if (e->moved) return convert_block_moved(s, e->block, encoding);
        return convert_block_result(s, e->run, e->block, encoding, e->origin, e->known);
    default:
        return end_body(e);
    }
}

static struct packet *encode(const struct live_event *e, enum live_transport transport) {
    bool web = transport == LIVE_WEB;
    json_t *body = event_body(e, web ? POSITION_UTF16 : e->document->server->client.encoding);
    if (web) live_link(body);
    return packet_create(transport, e->kind, body);
}

/* --- To those who watch. --- */

/* Whether the client is behind with the document, or is so from now on; then it is noted. */
static bool owe(struct watch *w, const struct live_event *e) {
    if (!w->behind && !client_congested(w->client)) return false;
    w->behind = true;
    if (e->kind == LIVE_RUN_START || e->kind == LIVE_BLOCKS)
        w->start_owed = true;
    else if (e->kind == LIVE_RUN_END)
        w->end_owed = true;
    else if (e->kind == LIVE_BLOCK_RESULT)
        watch_owe(w, e->block->id, NULL);
    return true; /* pieces of output are left out: the result has them */
}

static struct hash128 block_list_hash(struct session *s) {
    const struct document *doc = session_document(s);
    VEC(block_id) ids = {0};
    for (size_t i = 0; i < document_block_count(doc); i++)
        vec_push(&ids, document_block(doc, i)->id);
    struct hash128 hash = hash128((struct str){(char *)ids.items, ids.len * sizeof *ids.items});
    vec_finish(&ids);
    return hash;
}

static void note_told(const struct live_event *e) {
    struct open_document *od = e->document;
    if (e->run > od->run) od->run = e->run;
    if (e->kind == LIVE_RUN_START) od->told_blocks = block_list_hash(od->session);
}

void publish_block_list(struct open_document *od) {
    struct hash128 blocks = block_list_hash(od->session);
    if (hash128_eq(blocks, od->told_blocks)) return;
    od->told_blocks = blocks;
    publish_live(&(struct live_event){.kind = LIVE_BLOCKS, .document = od});
}

void publish_live(const struct live_event *e) {
    struct packet *packets[LIVE_TRANSPORT_COUNT] = {0};
    const watch_vec *audience = &e->document->audience;
    note_told(e);
    for (size_t i = 0; i < audience->len; i++) {
        struct watch *w = audience->items[i];
        if (!w->client->link || owe(w, e)) continue;
        struct packet **packet = &packets[w->client->link->transport];
        if (!*packet) *packet = encode(e, w->client->link->transport);
        client_send(w->client, *packet);
    }
    for (size_t i = 0; i < LIVE_TRANSPORT_COUNT; i++) packet_unref(packets[i]);
}

/* --- What is owed. --- */

static const char *origin_of(const struct open_document *od, const struct block *block) {
    const struct trace *t = runner_trace(session_runner(od->session), block->id);
    return t && t->run == od->run ? "ran" : "clean";
}

static void send_event(struct client *c, const struct live_event *e) {
    struct packet *packet = encode(e, c->link->transport);
    client_send(c, packet);
    packet_unref(packet);
}

static void pay_block(struct watch *w) {
    struct open_document *od = w->document;
    struct owed owed = w->owed.items[w->paid++];
    const struct block *block = document_block_by_id(session_document(od->session), owed.block);
    if (!block) return;
    send_event(w->client, &(struct live_event){.kind = LIVE_BLOCK_RESULT,
                                               .document = od,
                                               .run = od->run,
                                               .block = block,
                                               .known = owed.known,
                                               .origin = origin_of(od, block)});
}

static void pay_one(struct watch *w) {
    struct live_event e = {.document = w->document, .run = w->document->run};
    if (w->start_owed) {
        w->start_owed = false;
        e.kind = LIVE_RUN_START;
        send_event(w->client, &e);
    } else if (w->paid < w->owed.len) {
        pay_block(w);
    } else {
        bool end = w->end_owed && !runner_busy(session_runner(w->document->session));
        e.kind = LIVE_RUN_END;
        if (end) send_event(w->client, &e);
        watch_settle(w);
    }
}

void publish_catch_up(struct client *c) {
    for (size_t i = 0; c->link && i < c->watches.len; i++) {
        struct watch *w = c->watches.items[i];
        while (w->behind && !client_congested(c)) pay_one(w);
    }
}

void publish_load(struct watch *w, const json_t *have) {
    const struct document *doc = session_document(w->document->session);
    watch_settle(w);
    for (size_t i = 0; i < document_block_count(doc); i++) {
        char id[16];
        const struct block *block = document_block(doc, i);
        live_block_id(id, block->id);
        const char *known = json_string_value(json_object_get(have, id));
        struct owed owed = {.block = block->id};
        if (known) snprintf(owed.known, sizeof owed.known, "%s", known);
        vec_push(&w->owed, owed);
    }
    w->behind = w->start_owed = w->end_owed = true;
    publish_catch_up(w->client);
}

/* --- Other messages. --- */

void publish_to(struct client *c, enum live_kind kind, json_t *body) {
    if (!c->link) {
        json_decref(body);
        return;
    }
    struct packet *packet = packet_create(c->link->transport, kind, body);
    client_send(c, packet);
    packet_unref(packet);
}

void publish_to_all(struct server *srv, enum live_kind kind, json_t *body) {
    for (size_t i = 0; i < srv->clients.clients.len; i++) {
        struct client *c = srv->clients.clients.items[i];
        if (!client_congested(c)) publish_to(c, kind, json_incref(body));
    }
    json_decref(body);
}
