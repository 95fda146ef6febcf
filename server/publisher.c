/* SPDX-License-Identifier: Apache-2.0 */
/* publisher.c - what sessions say, passed on; diagnostics, refreshes and progress to the editor. */
#include "server/publisher.h"

#include <stdio.h>

#include "base/mem.h"
#include "protocol/rpc.h"
#include "server/convert.h"
#include "server/documents.h"
#include "server/features.h"
#include "server/log.h"
#include "server/publish_live.h"
#include "server/summary.h"

enum {
    PROGRESS_AFTER_MS = 400,
    BUSY_INTERVAL_MS = 150, /* between refreshes during a run: each costs the whole document */
};

/* --- Live messages. --- */

static void on_run_start(void *ctx, struct session *s, uint32_t run, const struct plan *plan) {
    (void)s;
    struct open_document *od = ctx;
    document_uncheck(od);
    od->run_started_ms = uv_now(od->server->loop);
    od->run_planned = (uint32_t)plan->items.len;
    od->run_done = 0;
    od->results_changed = true;
    server_expect_tick(od->server);
    publish_live(&(struct live_event){LIVE_RUN_START, od, run, .plan = plan});
}

static void on_block_start(void *ctx, struct session *s, uint32_t run, const struct block *block) {
    (void)s;
    publish_live(&(struct live_event){LIVE_BLOCK_START, ctx, run, .block = block});
}

static void on_block_output(void *ctx, struct session *s, uint32_t run, const struct block *block,
                            const struct output *piece) {
    (void)s;
    publish_live(&(struct live_event){LIVE_BLOCK_OUTPUT, ctx, run, .block = block, .piece = piece});
}

static void send_result(struct open_document *od, uint32_t run, const struct block *block,
                        const char *origin) {
    publish_live(
        &(struct live_event){LIVE_BLOCK_RESULT, od, run, .block = block, .origin = origin});
}

/* Whether the result is of a run, and not of what kept the block from running. */
static bool has_run(const struct open_document *od, const struct block *block) {
    enum block_status status = runner_status(session_runner(od->session), block);
    return status == STATUS_OK || status == STATUS_ERROR;
}

static void on_block_result(void *ctx, struct session *s, uint32_t run, const struct block *block) {
    (void)s;
    struct open_document *od = ctx;
    od->results_changed = true;
    od->run_done++;
    send_result(od, run, block, has_run(od, block) ? "ran" : "clean");
}

static void end_progress(struct open_document *od) {
    if (!od->progress) return;
    server_notify_take(od->server, "$/progress", lsp_progress_end(str_from(od->progress)));
    free(od->progress);
    od->progress = NULL;
}

static void on_run_end(void *ctx, struct session *s, const struct run_summary *summary) {
    (void)s;
    struct open_document *od = ctx;
    od->results_changed = true;
    od->run_started_ms = 0;
    od->last_end = *summary;
    end_progress(od);
    publish_live(&(struct live_event){.kind = LIVE_RUN_END, .document = od, .run = summary->run});
}

static void on_stale(void *ctx, struct session *s) {
    (void)s;
    struct open_document *od = ctx;
    od->results_changed = true;
}

static void on_failed(void *ctx, struct session *s, struct str message) {
    (void)s;
    struct open_document *od = ctx;
    struct buf text = {0};
    od->results_changed = true;
    buf_printf(&text, "Relight cannot run this file: %.*s", STR_FMT(message));
    publisher_show_message(od->server, LSP_ERROR, buf_str(&text));
    buf_finish(&text);
}

/* --- The answer to a hover that waited for a value. --- */

static void answer_hover(struct server *srv, size_t index, const struct worker_value *value) {
    struct pending_hover *h = &srv->hovers.items[index];
    struct buf text = {0};
    buf_append(&text, str_from(h->before));
    if (value) feature_hover_value(value, &text);
    buf_append(&text, str_from(h->after));
    peer_send_take(srv->peer, rpc_result(h->id, lsp_hover(buf_str(&text), NULL)));
    buf_finish(&text);
    server_drop_hover(srv, index);
}

static void on_inspected(void *ctx, struct session *s, const struct worker_value *value) {
    (void)s;
    struct server *srv = ((struct open_document *)ctx)->server;
    for (size_t i = 0; i < srv->hovers.len; i++) {
        if (srv->hovers.items[i].request != value->request) continue;
        answer_hover(srv, i, value);
        return;
    }
}

const struct session_observer publisher_observer = {
    .run_start = on_run_start,
    .block_start = on_block_start,
    .block_output = on_block_output,
    .block_result = on_block_result,
    .run_end = on_run_end,
    .inspected = on_inspected,
    .stale = on_stale,
    .failed = on_failed,
};

/* --- Once a turn: results that stand, of blocks whose text or place is another. --- */

/* Whether a line that its outputs name may be another since then. */
static bool names_moved_line(const struct open_document *od, const struct trace *t,
                             uint64_t since) {
    const struct document *doc = session_document(od->session);
    for (size_t i = 0; t && i < t->outputs.len; i++) {
        const struct output *o = &t->outputs.items[i];
        for (size_t k = 0; k < o->frames.len; k++) {
            const struct block *at = document_block_by_id(doc, o->frames.items[k].block);
            if (at && (at->moved_at > since || at->edited_at > since)) return true;
        }
    }
    return false;
}

/* What a run tells is not told here. */
static void tell_block(struct open_document *od, const struct block *block, uint64_t since) {
    const struct runner *r = session_runner(od->session);
    const struct trace *t = runner_trace(r, block->id);
    enum block_status status = runner_status(r, block);
    bool comes = status == STATUS_QUEUED || status == STATUS_RUNNING;
    if (block->changed_at > since && runner_busy(r) && block_executes(block)) return;
    if (block->edited_at > since || block->changed_at > since || names_moved_line(od, t, since))
        send_result(od, 0, block, "clean");
    else if (block->moved_at > since && t && t->outputs.len && !comes)
        publish_live(&(struct live_event){
            .kind = LIVE_BLOCK_RESULT, .document = od, .block = block, .moved = true});
}

void publisher_introduce(struct open_document *od) {
    const struct document *doc = session_document(od->session);
    for (size_t i = 0; i < document_block_count(doc); i++) {
        const struct block *block = document_block(doc, i);
        const struct trace *t = runner_trace(session_runner(od->session), block->id);
        if (t && t->kept) send_result(od, 0, block, "cache");
    }
}

static void tell_blocks(struct open_document *od) {
    const struct document *doc = session_document(od->session);
    uint64_t revision = document_revision(doc);
    bool introduce = session_live(od->session) && !od->introduced;
    if (revision == od->told_revision && !introduce) return;
    for (size_t i = 0; i < document_block_count(doc); i++) {
        const struct block *block = document_block(doc, i);
        if (introduce && !block_executes(block))
            send_result(od, 0, block, "clean");
        else
            tell_block(od, block, od->told_revision);
    }
    publish_block_list(od);
    od->introduced |= introduce;
    od->told_revision = revision;
}

/* --- Once a turn: the rest. --- */

static void publish_diagnostics(struct open_document *od) {
    json_t *found = feature_diagnostics(od);
    server_notify_take(od->server, "textDocument/publishDiagnostics",
                       lsp_publish_diagnostics(od->uri, od->version, found));
}

/* At once when the document is quiet; during a run now and then. */
static bool publish_due(const struct open_document *od) {
    uint64_t since_ms = uv_now(od->server->loop) - od->published_ms;
    bool busy = runner_busy(session_runner(od->session));
    return od->results_changed && (!busy || since_ms >= BUSY_INTERVAL_MS);
}

void publisher_flush(struct server *srv) {
    bool any = false;
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&srv->documents, &cursor));)
        tell_blocks(e->value);
    if (!srv->peer || peer_congested(srv->peer)) return;
    cursor = 0;
    for (const struct map_entry *e; (e = map_next(&srv->documents, &cursor));) {
        struct open_document *od = e->value;
        if (!od->edited || !publish_due(od)) continue;
        od->results_changed = false;
        od->published_ms = uv_now(srv->loop);
        any = true;
        if (!srv->pulls_diagnostics) publish_diagnostics(od);
    }
    if (!any || srv->phase != PHASE_READY) return;
    if (srv->client.refresh_inlay) server_request_take(srv, "workspace/inlayHint/refresh", NULL);
    if (srv->client.refresh_lens) server_request_take(srv, "workspace/codeLens/refresh", NULL);
    if (srv->pulls_diagnostics && srv->client.refresh_diagnostics)
        server_request_take(srv, "workspace/diagnostic/refresh", NULL);
}

/* --- Progress. --- */

static void begin_progress(struct open_document *od) {
    static uint32_t last_token;
    struct buf title = {0};
    const char *slash = strrchr(session_path(od->session), '/');
    buf_printf(&title, "Running %s", slash ? slash + 1 : session_path(od->session));
    char token[32];
    snprintf(token, sizeof token, "relight-run-%u", ++last_token);
    od->progress = xstrdup(token);
    server_request_take(od->server, "window/workDoneProgress/create",
                        lsp_progress_create(str_from(token)));
    server_notify_take(od->server, "$/progress",
                       lsp_progress_begin(str_from(token), buf_str(&title)));
    buf_finish(&title);
}

static void report_progress(struct open_document *od) {
    struct buf message = {0};
    buf_printf(&message, "%u of %u blocks", od->run_done, od->run_planned);
    uint32_t percentage = od->run_planned ? od->run_done * 100 / od->run_planned : 0;
    server_notify_take(od->server, "$/progress",
                       lsp_progress_report(str_from(od->progress), buf_str(&message),
                                           percentage < 100 ? percentage : 99));
    buf_finish(&message);
}

static void tick_hovers(struct server *srv) {
    for (size_t i = srv->hovers.len; i-- > 0;) {
        if (srv->hovers.items[i].deadline_ms > uv_now(srv->loop)) continue;
        server_stop_hover(srv, &srv->hovers.items[i]);
        answer_hover(srv, i, NULL);
    }
}

static void tick_progress(struct open_document *od) {
    uint64_t lasted_ms = uv_now(od->server->loop) - od->run_started_ms;
    if (!od->edited || !od->server->client.progress || lasted_ms < PROGRESS_AFTER_MS) return;
    if (!od->progress) begin_progress(od);
    report_progress(od);
}

bool publisher_tick(struct server *srv) {
    size_t cursor = 0;
    tick_hovers(srv);
    bool pending = srv->hovers.len > 0;
    for (const struct map_entry *e; (e = map_next(&srv->documents, &cursor));) {
        struct open_document *od = e->value;
        if (od->run_started_ms == 0) continue;
        pending = true;
        tick_progress(od);
    }
    return pending;
}

void publisher_forget(struct open_document *od) {
    end_progress(od);
    if (od->server->pulls_diagnostics) return;
    server_notify_take(od->server, "textDocument/publishDiagnostics",
                       lsp_publish_diagnostics(od->uri, od->version, json_array()));
}

void publisher_show_message(struct server *srv, enum lsp_severity type, struct str message) {
    server_notify_take(srv, "window/showMessage", lsp_log_message(type, message));
}
