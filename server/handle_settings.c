/* SPDX-License-Identifier: Apache-2.0 */
/* handle_settings.c - settings as they come: with initialize, from pyproject.toml, pushed by the
 * editor, or asked of it.
 *
 * Until all that was asked for has been answered, documents do not go live: their first run shall
 * be with the right settings. */
#include "protocol/lsp_encode.h"
#include "server/documents.h"
#include "server/handlers.h"
#include "server/log.h"
#include "server/publisher.h"

enum { ANSWER_MS = 5000 }; /* an editor that says it can be asked, but does not answer */

static void warn_setting(void *ctx, const char *line) {
    log_line(LOG_WARNING, "%s", line);
    publisher_show_message(ctx, LSP_WARNING, str_from(line));
}

static void set_trace(struct server *srv, unsigned trace) {
    log_set_debug(trace != TRACE_OFF);
    if (srv->peer) peer_set_trace(srv->peer, trace != TRACE_OFF, trace == TRACE_VERBOSE);
}

static void apply(struct server *srv, enum settings_source source, const json_t *object) {
    unsigned trace = srv->settings.trace;
    settings_apply(&srv->settings, source, object, warn_setting, srv);
    if (srv->settings.trace != trace) set_trace(srv, srv->settings.trace);
    documents_configure(srv);
}

static void on_project_read(void *ctx, const json_t *settings, const char *error) {
    struct server *srv = ctx;
    struct buf line = {0};
    if (error) {
        buf_printf(&line, "pyproject.toml: %s", error);
        warn_setting(srv, buf_cstr(&line));
        documents_configure(srv); /* with what was set before */
    } else {
        apply(srv, SETTINGS_PROJECT, settings);
    }
    buf_finish(&line);
}

void settings_begin(struct server *srv, const json_t *initialization_options) {
    apply(srv, SETTINGS_INITIALIZATION, initialization_options);
    if (!srv->root) return;
    srv->project = project_settings_create(srv->loop, str_from(srv->root), on_project_read, srv);
    watcher_add_file(srv->watcher, str_from(project_settings_path(srv->project)));
}

void settings_ask(struct server *srv) {
    if (!srv->client.configuration) return;
    server_request_take(srv, "workspace/configuration", lsp_configuration("relight", NULL));
    srv->settings_asked = srv->last_request;
    srv->settings_deadline_ms = uv_now(srv->loop) + ANSWER_MS;
    server_expect_tick(srv);
}

void settings_answered(struct server *srv, const struct rpc_message *message) {
    bool ours = json_is_integer(message->id) && srv->settings_asked &&
                (uint64_t)json_integer_value(message->id) == srv->settings_asked;
    if (!ours) return;
    const json_t *section = json_array_get(message->result, 0);
    srv->settings_asked = 0;
    if (section && !json_is_null(section))
        apply(srv, SETTINGS_CLIENT, section);
    else
        documents_configure(srv); /* nothing is set: what was pushed counts */
}

void settings_tick(struct server *srv) {
    if (!srv->settings_asked || uv_now(srv->loop) < srv->settings_deadline_ms) return;
    log_line(LOG_WARNING, "the editor does not answer workspace/configuration");
    srv->settings_asked = 0;
    documents_configure(srv);
}

bool settings_settled(const struct server *srv) {
    return !srv->settings_asked && !project_settings_pending(srv->project);
}

void on_configuration(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    (void)re, (void)err;
    const json_t *section = json_at(params, "settings.relight");
    if (section) apply(srv, SETTINGS_CLIENT, section);
    settings_ask(srv);
}

void on_set_trace(struct server *srv, const json_t *params, struct reply *re, struct err *err) {
    (void)re;
    const char *value = json_string_value(json_at(params, "value"));
    if (value)
        set_trace(srv, strcmp(value, "off") == 0       ? TRACE_OFF
                       : strcmp(value, "verbose") == 0 ? TRACE_VERBOSE
                                                       : TRACE_MESSAGES);
    else
        err_set(err, ST_BAD_PARAMS, "value: expected a string");
}
