/* SPDX-License-Identifier: Apache-2.0 */
/* lsp_decode.h - parameters of the LSP messages that we handle, out of JSON.
 *
 * Strings in the results are borrowed from the message.  A wrong type or a missing field is
 * ST_BAD_PARAMS with the field's path: "textDocument.uri: expected a string, got an integer". */
#ifndef PROTOCOL_LSP_DECODE_H
#define PROTOCOL_LSP_DECODE_H

#include <jansson.h>

#include "base/err.h"
#include "base/vec.h"
#include "protocol/position.h"

/* What the client said it can do, as far as we make use of it. */
struct lsp_client {
    enum position_encoding encoding;
    bool refresh_inlay, refresh_lens, refresh_diagnostics;
    bool progress;      /* window.workDoneProgress */
    bool show_document; /* window.showDocument */
    bool configuration; /* workspace.configuration */
    bool watch_files;   /* workspace.didChangeWatchedFiles, registered later */
    bool hierarchical_symbols;
    bool related_information;
};

struct lsp_initialize {
    int64_t process_id;  /* 0: none */
    struct str root_uri; /* may be empty */
    struct lsp_client client;
    json_t *options; /* initializationOptions; borrowed, may be NULL */
};

struct lsp_open {
    struct str uri, language, text;
    int64_t version;
};

struct lsp_change {
    bool whole; /* no range: `text` is the whole document */
    struct lsp_range range;
    struct str text;
};

struct lsp_changes {
    struct str uri;
    int64_t version;
    VEC(struct lsp_change) changes;
};

struct lsp_command {
    struct str name;
    struct str uri;   /* first argument, or empty */
    struct str block; /* second argument, or empty */
};

enum status lsp_decode_initialize(struct lsp_initialize *out, const json_t *params,
                                  struct err *err);
enum status lsp_decode_open(struct lsp_open *out, const json_t *params, struct err *err);
/* `out->changes` is the caller's to finish, also on failure. */
enum status lsp_decode_changes(struct lsp_changes *out, const json_t *params, struct err *err);
enum status lsp_decode_document(struct str *uri, const json_t *params, struct err *err);
enum status lsp_decode_position(struct str *uri, struct lsp_position *out, const json_t *params,
                                struct err *err);
enum status lsp_decode_range(struct str *uri, struct lsp_range *out, const json_t *params,
                             struct err *err);
enum status lsp_decode_command(struct lsp_command *out, const json_t *params, struct err *err);

/* The value at a dotted path of object keys; NULL when any part is missing. */
json_t *json_at(const json_t *root, const char *path);

#endif
