/* SPDX-License-Identifier: Apache-2.0 */
/* documents.h - which documents are open, and for whom.
 *
 * A document is open while an editor has it open, or a client watches it.  One file is one
 * document: the editor's text counts as long as the editor has it, then the file's.  One that
 * nobody wants any more is closed at once when an editor closed it, and after UNWATCHED_MS when
 * the last page went away, which may be loading again. */
#ifndef SERVER_DOCUMENTS_H
#define SERVER_DOCUMENTS_H

#include "server/server.h"

enum { UNWATCHED_MS = 30000 };

/* The document of the file at `path`, or NULL. */
struct open_document *documents_find(const struct server *srv, struct str path);

/* --- The editor's. --- */
void documents_open(struct server *srv, const struct lsp_open *open);
void documents_close(struct open_document *od);

/* --- Those of a client that watches. --- */

/* Watch the document of the file at `path` (absolute), which is opened when it is not open yet.
 * NULL and err when the file cannot be read. */
struct watch *documents_watch(struct server *srv, struct client *c, struct str path,
                              struct err *err);
void documents_unwatch(struct watch *w);

/* It changes, or runs: what a full run said of it counts no more. */
void document_uncheck(struct open_document *od);

/* The file has changed: the document takes its text, unless an editor has another. */
void documents_file_changed(struct server *srv, struct str path);

/* Drop clients that have been away for too long, and close what nobody has watched for a while. */
void documents_tick(struct server *srv);

void documents_configure(struct server *srv); /* the settings have changed, or are settled */
void documents_close_all(struct server *srv);

#endif
