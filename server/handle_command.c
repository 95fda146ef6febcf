/* SPDX-License-Identifier: Apache-2.0 */
/* handle_command.c - workspace/executeCommand: what a user can ask for.
 *
 * Arguments are the document's URI and, for a block's command, its id ("b3"). */
#include <stdlib.h>

#include "base/mem.h"
#include "protocol/live.h"
#include "protocol/lsp_encode.h"
#include "server/features.h"
#include "server/handlers.h"
#include "server/kept_results.h"
#include "server/preview_host.h"
#include "server/publish_live.h"

typedef void command_fn(struct open_document *od, struct str block, struct reply *re,
                        struct err *err);

static void go_live(struct open_document *od, struct str block, struct reply *re, struct err *err) {
    (void)block;
    od->go_live = od->server->settings.trusted;
    od->results_changed = true;
    if (!od->go_live)
        err_set(err, ST_UNSUPPORTED, "this workspace is not trusted, so its code is not run");
    else if (settings_settled(od->server))
        session_go_live(od->session);
    else if (!od->go_live_id)
        od->go_live_id = reply_defer(re);
}

static enum status require_live(const struct open_document *od, struct err *err) {
    if (session_live(od->session)) return ST_OK;
    return err_set(err, ST_IO, "the document is not live: use Go live first");
}

static void run(struct open_document *od, struct str block, struct reply *re, struct err *err) {
    (void)block, (void)re;
    if (require_live(od, err) == ST_OK) session_run(od->session, 0);
}

static void run_block(struct open_document *od, struct str block, struct reply *re,
                      struct err *err) {
    (void)re;
    block_id id = live_block_number(block);
    if (!document_block_by_id(session_document(od->session), id))
        err_set(err, ST_NOT_FOUND, "there is no block '%.*s'", STR_FMT(block));
    else if (require_live(od, err) == ST_OK)
        session_run(od->session, id);
}

static void run_all(struct open_document *od, struct str block, struct reply *re, struct err *err) {
    (void)block, (void)re;
    if (require_live(od, err) == ST_OK) session_run_all(od->session);
}

static void interrupt(struct open_document *od, struct str block, struct reply *re,
                      struct err *err) {
    (void)block, (void)re, (void)err;
    session_interrupt(od->session);
}

static void explain(struct open_document *od, struct str block, struct reply *re, struct err *err) {
    const struct document *doc = session_document(od->session);
    const struct block *found = document_block_by_id(doc, live_block_number(block));
    struct buf text = {0};
    if (!found) {
        err_set(err, ST_NOT_FOUND, "there is no block '%.*s'", STR_FMT(block));
        return;
    }
    feature_hover_block(od, found, &text);
    reply_take(re, json_text(buf_str(&text)));
    buf_finish(&text);
}

/* The preview is started when it is first asked for. */
static enum status ensure_preview(const struct open_document *od, struct err *err) {
    struct server *srv = od->server;
    char *folder = xstrdup(srv->root ? srv->root : od->path);
    if (!srv->root) *strrchr(folder, '/') = '\0';
    preview_host_start(srv, *folder ? folder : "/", (uint16_t)srv->settings.preview_port, err);
    free(folder);
    return err->code;
}

/* Answers the address at which a browser shows the document; with `preview.open` it opens there. */
static void open_preview(struct open_document *od, struct str block, struct reply *re,
                         struct err *err) {
    (void)block;
    if (ensure_preview(od, err) != ST_OK) return;
    char *url = preview_host_document_url_dup(od->server->preview, od->path);
    const struct server *srv = od->server;
    if (url && srv->settings.preview_open && srv->client.show_document)
        server_request_take(od->server, "window/showDocument", lsp_show_external(url));
    if (url)
        reply_take(re, json_text(str_from(url)));
    else
        err_set(err, ST_UNSUPPORTED, "the file is outside the workspace folder");
    free(url);
}

static void clear_cache(struct open_document *od, struct str block, struct reply *re,
                        struct err *err) {
    (void)block, (void)re, (void)err;
    kept_results_clear(od->server);
    block_cache_clear(od->server->cache);
}

/* Pages go to the file and stay there, whatever changes elsewhere; the same again: they go on. */
static void pin(struct open_document *od, struct str block, struct reply *re, struct err *err) {
    (void)block, (void)re;
    const struct server *srv = od->server;
    size_t pages = 0;
    for (size_t i = 0; i < srv->clients.clients.len; i++) {
        struct client *c = srv->clients.clients.items[i];
        if (c == srv->editor || !c->link) continue;
        publish_to(c, LIVE_PIN, live_pin(od->path));
        pages++;
    }
    if (pages == 0) err_set(err, ST_NOT_FOUND, "no preview is open: use Open preview first");
}

static const struct command {
    const char *name;
    command_fn *run;
} commands[] = {
    /* in the order of command_names */
    {"relight.clearCache", clear_cache},   {"relight.explain", explain},
    {"relight.goLive", go_live},           {"relight.interrupt", interrupt},
    {"relight.openPreview", open_preview}, {"relight.pin", pin},
    {"relight.restart", run_all},          {"relight.run", run},
    {"relight.runAll", run_all},           {"relight.runBlock", run_block},
};

const char *const command_names[] = {
    "relight.clearCache",  "relight.explain",  "relight.goLive",  "relight.interrupt",
    "relight.openPreview", "relight.pin",      "relight.restart", "relight.run",
    "relight.runAll",      "relight.runBlock",
};
const size_t command_count = sizeof command_names / sizeof *command_names;
_Static_assert(sizeof command_names / sizeof *command_names == sizeof commands / sizeof *commands,
               "every command is announced");

static int compare(const void *name, const void *command) {
    return strcmp(name, ((const struct command *)command)->name);
}

void on_execute_command(struct server *srv, const json_t *params, struct reply *re,
                        struct err *err) {
    struct lsp_command call;
    if (lsp_decode_command(&call, params, err) != ST_OK) return;
    const struct command *command = bsearch(call.name.ptr, commands, command_count,
                                            sizeof *commands, compare);
    struct open_document *od = server_document(srv, call.uri);
    if (!command)
        err_set(err, ST_BAD_PARAMS, "there is no command '%.*s'", STR_FMT(call.name));
    else if (!od)
        err_set(err, ST_BAD_PARAMS, "arguments: expected the URI of an open document");
    else
        command->run(od, call.block, re, err);
}
