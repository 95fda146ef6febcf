/* SPDX-License-Identifier: Apache-2.0 */
/* preview_internal.h - what the files of the preview host share; for preview_*.c only. */
#ifndef SERVER_PREVIEW_INTERNAL_H
#define SERVER_PREVIEW_INTERNAL_H

#include <libwebsockets.h>

#include "server/preview_host.h"

enum {
    PREVIEW_TOKEN_SIZE = 33,       /* hexadecimal digits and a NUL */
    PREVIEW_ADDRESS_MAX = 4096,    /* of a request */
    PREVIEW_MESSAGE_MAX = 1 << 20, /* from a client */
    PREVIEW_PIECE = 32 << 10,      /* written at a time */
};

struct preview_host {
    struct server *server;
    struct lws_context *context;
    struct lws_vhost *vhost;
    char token[PREVIEW_TOKEN_SIZE];
    char *root, *url; /* owned; NULL until it listens */
};

/* What the library keeps for each connection: zeroed when it begins. */
struct preview_connection {
    struct preview_socket *socket; /* of a WebSocket */
    struct buf owned;              /* of an HTTP answer ... */
    struct str body;               /* ... in it, or for ever */
    char mime[128];
    size_t sent;
};

/* preview_auth.c: who may ask. */
void preview_token_make(char out[PREVIEW_TOKEN_SIZE]);

/* The part of the address after the token.  False: the answer is 403, for the reason in err. */
bool preview_allowed(const struct preview_host *h, struct lws *wsi, struct str address,
                     struct str *rest, struct err *err);

/* The request's Host header, which has been looked at; empty: none. */
struct str preview_host_header(struct lws *wsi, char *room, size_t size);

/* preview_http.c.  Return what the library wants: non-zero ends the connection. */
int preview_http_request(struct preview_host *h, struct lws *wsi, struct preview_connection *c,
                         struct str address);
int preview_http_writable(struct lws *wsi, struct preview_connection *c);
void preview_http_finish(struct preview_connection *c);
int preview_refuse(struct lws *wsi, unsigned status, const char *why);

/* preview_ws.c */
int preview_ws_confirm(struct preview_host *h, struct lws *wsi); /* 1: refused */
void preview_ws_open(struct preview_host *h, struct lws *wsi, struct preview_connection *c);
int preview_ws_receive(struct preview_connection *c, struct str bytes);
int preview_ws_writable(struct preview_connection *c);
void preview_ws_closed(struct preview_connection *c);

/* preview_paths.c */

/* The file or folder that a client means by `path`, absolute or relative to the root, with links
 * resolved; new, free().  It may be one that does not exist yet.  NULL and err unless it is below
 * the root. */
char *preview_path_dup(const char *root, struct str path, struct err *err);

/* The Python files below the root: {"root", "files", "truncated"}. */
json_t *preview_tree(const char *root);

/* The folders and Python files in a folder.  NULL and err when it is none. */
json_t *preview_folder(const char *path, struct err *err);

/* Whether the preview leaves the name out: hidden, a cache, other people's code. */
bool preview_skips(struct str name);

#endif
