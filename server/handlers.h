/* SPDX-License-Identifier: Apache-2.0 */
/* handlers.h - the handlers that dispatch.c's table names, by family. */
#ifndef SERVER_HANDLERS_H
#define SERVER_HANDLERS_H

#include "server/dispatch.h"

/* handle_lifecycle.c */
lsp_handler on_initialize, on_initialized, on_shutdown, on_exit_notification, on_cancel,
    on_progress_cancel;
void lifecycle_check_parent(struct server *srv); /* the client's process is gone: stop */

/* handle_settings.c */
lsp_handler on_configuration, on_set_trace;
void settings_begin(struct server *srv, const json_t *initialization_options);
void settings_ask(struct server *srv); /* the editor, if it can be asked */
void settings_answered(struct server *srv, const struct rpc_message *message);
void settings_tick(struct server *srv);          /* do not wait for ever */
bool settings_settled(const struct server *srv); /* all that was asked for has been answered */

/* handle_text.c */
lsp_handler on_did_open, on_did_change, on_did_save, on_did_close, on_cursor;

/* handle_files.c */
lsp_handler on_watched_files;
void files_register(struct server *srv); /* ask the editor to watch, if it can */
/* Look through the workspace's folders for Python files, on a thread: the settings are settled, or
 * files came or went. */
void files_index(struct server *srv);
extern const struct watcher_events files_watcher_events;

/* handle_features.c */
lsp_handler on_hover, on_inlay_hint, on_code_lens, on_document_symbol, on_folding_range,
    on_diagnostic, on_document_link;

/* handle_command.c */
lsp_handler on_execute_command;
extern const char *const command_names[];
extern const size_t command_count;

#endif
