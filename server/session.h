/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - one open document: its text and blocks, and, once it is live, its worker.
 *
 * Joins analysis (document), exec (runner) and the loop (process, timers).  Says what happens to
 * one observer; knows no protocol.  Used by the language server and by `relight run` alike. */
#ifndef SERVER_SESSION_H
#define SERVER_SESSION_H

#include <uv.h>

#include "exec/runner.h"
#include "server/launcher.h"
#include "server/watcher.h"

enum session_trigger { TRIGGER_TYPE, TRIGGER_SAVE, TRIGGER_MANUAL };

struct session_options {
    enum session_trigger trigger;
    struct str cwd;        /* of the code; empty: the file's folder */
    uint32_t output_bytes; /* for each block */
    uint32_t output_lines;
    bool hold; /* effects never happen: they wait for a save that does not come */
    struct launch_options launch;
};

struct session;

/* What a session tells.  Borrowed arguments; no call back into the session but reads. */
struct session_observer {
    void (*run_start)(void *ctx, struct session *s, uint32_t run, const struct plan *plan);
    void (*block_start)(void *ctx, struct session *s, uint32_t run, const struct block *block);
    void (*block_output)(void *ctx, struct session *s, uint32_t run, const struct block *block,
                         const struct output *piece);
    void (*block_result)(void *ctx, struct session *s, uint32_t run, const struct block *block);
    void (*run_end)(void *ctx, struct session *s, const struct run_summary *summary);
    void (*inspected)(void *ctx, struct session *s, const struct worker_value *value);
    void (*stale)(void *ctx, struct session *s); /* results are of old data, and nothing runs */
    void (*failed)(void *ctx, struct session *s, struct str message); /* no worker to be had */
};

/* `path` is absolute and may name a file that does not exist.  Copies everything. */
struct session *session_create(uv_loop_t *loop, const struct session_observer *observer, void *ctx,
                               struct str path, struct str text,
                               const struct session_options *options);
/* Have the data files that blocks read watched from now on.  Borrows the watcher. */
void session_watch(struct session *s, struct watcher *watcher);
void session_close(struct session *s); /* says nothing more; frees itself later.  NULL: no-op */

struct document *session_document(struct session *s);
struct runner *session_runner(struct session *s);
const char *session_path(const struct session *s);
bool session_live(const struct session *s);

/* Why there is no worker, for the user; empty while there is one, or none is needed. */
struct str session_failure(const struct session *s);

/* How the current or last run came about: "live", "type", "save", "file", "command". */
const char *session_run_trigger(const struct session *s);

/* The document's text was edited: refresh it, and run what is dirty when the trigger says so. */
void session_changed(struct session *s);
void session_saved(struct session *s);
void session_file_changed(struct session *s); /* both: the text is what a file holds now */

/* Files on disk changed: run what has read them when the trigger says so. */
void session_files_changed(struct session *s, const struct watch_event *events, size_t count);

/* --- Commands.  Except for session_go_live() they do nothing while it is not live. --- */
void session_go_live(struct session *s);             /* the caller has made sure of trust */
void session_run(struct session *s, block_id block); /* 0: what is dirty, and always-eval */
void session_run_all(struct session *s);             /* in a fresh interpreter */
void session_interrupt(struct session *s);

/* The settings changed.  Where that can change results, all that has run runs again. */
void session_configure(struct session *s, const struct session_options *options);

#endif
