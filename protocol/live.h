/* SPDX-License-Identifier: Apache-2.0 */
/* live.h - the live messages: results as they come, for editors and the preview alike.
 *
 * One encoder for both transports: the params of a `relight/...` notification, and the fields of
 * a WebSocket frame.  Output records are those of nbformat 4.  docs/live-protocol.md describes
 * them.  Every function that returns JSON returns a new reference; `_take` arguments are stolen. */
#ifndef PROTOCOL_LIVE_H
#define PROTOCOL_LIVE_H

#include <jansson.h>

#include "base/buf.h"
#include "base/hash.h"
#include "protocol/position.h"

#define LIVE_PROTOCOL 1 /* what hello and welcome agree on */

#define LIVE_KIND_MAP(X)                                                                           \
    X(RUN_START, "run-start", "runStart")                                                          \
    X(BLOCK_START, "block-start", "blockStart")                                                    \
    X(BLOCK_OUTPUT, "block-output", "blockOutput")                                                 \
    X(BLOCK_RESULT, "block-result", "blockResult")                                                 \
    X(BLOCKS, "blocks", "blocks")                                                                  \
    X(RUN_END, "run-end", "runEnd")                                                                \
    X(GRAPH, "graph", "graph")                                                                     \
    X(CURSOR, "cursor", "cursor")                                                                  \
    X(PIN, "pin", "pin")                                                                           \
    X(WELCOME, "welcome", "welcome")                                                               \
    X(DIRECTORY, "directory", "directory")                                                         \
    X(FILE_CHANGED, "file-changed", "fileChanged")                                                 \
    X(DIRECTORY_CHANGED, "directory-changed", "directoryChanged")                                  \
    X(ERROR, "error", "error")

#define LIVE_KIND_AS_ENUM(name, web, lsp) LIVE_##name,
enum live_kind { LIVE_KIND_MAP(LIVE_KIND_AS_ENUM) LIVE_KIND_COUNT };

enum live_transport { LIVE_LSP, LIVE_WEB, LIVE_TRANSPORT_COUNT };

/* Append the message as it travels: a notification with its header, or a WebSocket's text. */
void live_write(struct buf *out, enum live_transport transport, enum live_kind kind,
                const json_t *body);

/* Block ids are "b<number>". */
void live_block_id(char out[16], uint32_t block);
uint32_t live_block_number(struct str id); /* 0 when it is not one */
json_t *live_id(uint32_t block);

/* --- Output records. --- */
json_t *live_stream(bool is_stderr, struct str text);

/* A MIME bundle, item by item; JSON types are embedded as JSON. */
json_t *live_bundle(void);
void live_bundle_add(json_t *bundle, struct str mime, struct str data);
json_t *live_display(json_t *bundle_take);
json_t *live_execute_result(uint32_t count, json_t *bundle_take);

/* `traceback` is an array of strings, as in Jupyter; `frames` ours, of live_frame(). */
json_t *live_error(struct str ename, struct str evalue, json_t *traceback_take,
                   json_t *frames_take);
json_t *live_frame(struct str file, uint32_t line, struct str function, struct str source);

/* What a browser loads by itself: HTML and SVG, and data of more than LIVE_INLINE_MAX bytes.  Each
 * such item of a record is named by its hash in the record's `links`; large ones are left out. */
enum { LIVE_INLINE_MAX = 64 << 10 };
void live_link(json_t *message);
struct hash128 live_data_hash(struct str mime, struct str data);

/* --- Messages. --- */
struct live_target { /* fields that every message of a run has */
    uint32_t run;
    const char *file;
};

json_t *live_run_start(struct live_target target, const char *uri, int64_t version,
                       json_t *blocks_take, json_t *dirty_take, json_t *reasons_take,
                       const char *trigger);
json_t *live_blocks(struct live_target target, int64_t version, json_t *blocks_take);
json_t *live_reason(const char *kind, struct str ref); /* ref may be empty */
json_t *live_block_start(struct live_target target, uint32_t block, struct lsp_range range);
json_t *live_block_output(struct live_target target, uint32_t block, json_t *output_take);

struct live_result {
    uint32_t block, ordinal;
    struct lsp_range range;
    const char *kind, *status, *origin;
    bool ok, truncated;
    double duration_ms;
    const char *content_hash;
    struct str title;     /* of a cell */
    struct str operation; /* that a held block waits with; empty otherwise */
    uint32_t blocked_by;  /* or 0 */
    json_t *hidden;       /* stolen: categories that pragmas hide */
    json_t *elements;     /* stolen */
    json_t *outputs;      /* stolen; NULL: the client has them (`unchanged`) */
};
json_t *live_block_result(struct live_target target, const struct live_result *result);
/* The light form: block, place and content hash; the client has the rest. */
json_t *live_block_moved(struct live_target target, const struct live_result *result);
json_t *live_element(const char *type, struct lsp_range range, struct str value, bool show);

json_t *live_cursor(const char *file, uint32_t line);
json_t *live_pin(const char *file); /* pages go there and stay; the same again: they go on */
json_t *live_graph(const char *file, json_t *blocks_take); /* {id: relations} */

struct live_run_end {
    bool error, cancelled;
    uint32_t ran, clean, cached;
    double duration_ms;
};
json_t *live_run_end(struct live_target target, const struct live_run_end *end);

struct live_welcome {
    const char *root, *client_id;
    bool resumed;
    json_t *watching; /* stolen: files that the client watched when it left */
    bool run, reveal; /* capabilities: code may be run; there is an editor to show things in */
};
json_t *live_welcome(const struct live_welcome *welcome);
json_t *live_directory(struct str path, json_t *entries_take);
json_t *live_directory_entry(const char *name, bool is_folder);
json_t *live_file_changed(struct str path, bool watched);
json_t *live_directory_changed(json_t *added_take, json_t *removed_take);
json_t *live_failure(const char *code, const char *message, struct str about);

#endif
