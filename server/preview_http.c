/* SPDX-License-Identifier: Apache-2.0 */
/* preview_http.c - what the preview host serves over HTTP: the app, files, documents, outputs.
 *
 * Answers are made whole and written in pieces.  Outputs are named by their content, so a browser
 * may keep them for ever; HTML among them is the work of code that runs, so it gets an origin of
 * its own (CSP sandbox), wherever it is shown. */
#include <assert.h>
#include <stdlib.h>

#include "server/convert.h"
#include "server/documents.h"
#include "server/preview_assets.h"
#include "server/preview_internal.h"

#define PAGE_POLICY                                                                                \
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' "    \
    "data:; img-src 'self' data: blob:; frame-src 'self' blob:; base-uri 'none'; "                 \
    "form-action 'none'; frame-ancestors 'self' vscode-webview: vscode-file:; "                    \
    "connect-src 'self' ws://%.*s"
#define OUTPUT_POLICY                                                                              \
    "sandbox allow-scripts allow-popups; default-src 'none'; script-src 'unsafe-inline' "          \
    "'unsafe-eval' https: data: blob:; style-src 'unsafe-inline' https:; font-src https: data:; "  \
    "img-src https: data: blob:; media-src https: data: blob:; connect-src https:; "               \
    "worker-src blob:; frame-ancestors 'self' vscode-webview: vscode-file:"

/* --- Answers. --- */

struct answer {
    unsigned status;
    const char *mime, *cache, *etag;
    bool output, gzip;
    struct str body;  /* in `owned`, or for ever */
    struct buf owned; /* given to the connection */
};

struct headers {
    struct lws *wsi;
    unsigned char room[LWS_PRE + 4096], *at, *end;
    bool failed;
};

static void headers_add(struct headers *h, const char *name, struct str value) {
    h->failed |= lws_add_http_header_by_name(h->wsi, (const unsigned char *)name,
                                             (const unsigned char *)value.ptr, (int)value.len,
                                             &h->at, h->end) != 0;
}

static void add_policy(struct headers *h, bool output) {
    char room[256];
    struct buf policy = {0};
    struct str host = preview_host_header(h->wsi, room, sizeof room);
    if (output)
        buf_append(&policy, STR(OUTPUT_POLICY));
    else
        buf_printf(&policy, PAGE_POLICY, STR_FMT(host));
    headers_add(h, "content-security-policy:", buf_str(&policy));
    buf_finish(&policy);
}

static bool write_headers(struct lws *wsi, const struct answer *a) {
    struct headers h = {.wsi = wsi};
    h.at = h.room + LWS_PRE;
    h.end = h.room + sizeof h.room;
    h.failed = lws_add_http_common_headers(wsi, a->status, a->mime, a->body.len, &h.at, h.end) != 0;
    add_policy(&h, a->output);
    headers_add(&h, "x-content-type-options:", STR("nosniff"));
    headers_add(&h, "referrer-policy:", STR("no-referrer"));
    headers_add(&h, "cross-origin-resource-policy:", STR("same-origin"));
    headers_add(&h, "cache-control:", str_from(a->cache ? a->cache : "no-store"));
    if (a->etag) headers_add(&h, "etag:", str_from(a->etag));
    if (a->gzip) headers_add(&h, "content-encoding:", STR("gzip"));
    return !h.failed && !lws_finalize_write_http_header(wsi, h.room + LWS_PRE, &h.at, h.end);
}

static int complete(struct lws *wsi, struct preview_connection *c) {
    preview_http_finish(c);
    return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int send_answer(struct lws *wsi, struct preview_connection *c, struct answer *a) {
    preview_http_finish(c);
    c->owned = a->owned;
    c->body = a->owned.len ? buf_str(&c->owned) : a->body;
    a->body = c->body;
    if (!write_headers(wsi, a)) return -1;
    if (c->body.len == 0) return complete(wsi, c);
    lws_callback_on_writable(wsi);
    return 0;
}

int preview_http_writable(struct lws *wsi, struct preview_connection *c) {
    unsigned char room[LWS_PRE + PREVIEW_PIECE];
    size_t left = c->body.len - c->sent, piece = left < PREVIEW_PIECE ? left : PREVIEW_PIECE;
    bool last = piece == left;
    if (left == 0) return 0;
    memcpy(room + LWS_PRE, c->body.ptr + c->sent, piece);
    c->sent += piece;
    if (lws_write(wsi, room + LWS_PRE, piece, last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < 0)
        return -1;
    if (last) return complete(wsi, c);
    lws_callback_on_writable(wsi);
    return 0;
}

void preview_http_finish(struct preview_connection *c) {
    if (!c) return;
    buf_finish(&c->owned);
    c->body = STR("");
    c->sent = 0;
}

int preview_refuse(struct lws *wsi, unsigned status, const char *why) {
    return lws_return_http_status(wsi, status, why) ? -1 : lws_http_transaction_completed(wsi);
}

static void answer_json(struct answer *a, json_t *body) {
    char *text = json_dumps(body, JSON_COMPACT);
    a->status = 200;
    a->mime = "application/json";
    buf_append(&a->owned, str_from(text));
    free(text);
    json_decref(body);
}

/* --- The app. --- */

static int compare_asset(const void *path, const void *asset) {
    return strcmp(path, ((const struct preview_asset *)asset)->path);
}

static void answer_asset(struct answer *a, struct lws *wsi, const char *path) {
    char known[128];
    const struct preview_asset *asset = bsearch(*path ? path : "index.html", preview_assets,
                                                preview_asset_count, sizeof *preview_assets,
                                                compare_asset);
    if (!asset) return;
    int len = lws_hdr_copy(wsi, known, sizeof known, WSI_TOKEN_HTTP_IF_NONE_MATCH);
    a->status = len > 0 && strcmp(known, asset->etag) == 0 ? 304 : 200;
    a->mime = asset->mime;
    a->cache = "no-cache";
    a->etag = asset->etag;
    a->gzip = asset->gzip;
    a->body = (struct str){(const char *)asset->bytes, a->status == 200 ? asset->size : 0};
}

/* --- Documents. --- */

static json_t *document_state(struct open_document *od) {
    const struct document *doc = session_document(od->session);
    json_t *blocks = json_array();
    for (size_t i = 0; i < document_block_count(doc); i++) {
        json_t *result = convert_block_result(od->session, od->run, document_block(doc, i),
                                              POSITION_UTF16, "clean", NULL);
        live_link(result);
        json_array_append_new(blocks, result);
    }
    return json_pack("{s:o, s:I, s:b, s:o}", "file", json_text(str_from(session_path(od->session))),
                     "version", (json_int_t)od->version, "live", session_live(od->session),
                     "blocks", blocks);
}

static void answer_document(struct answer *a, const struct preview_host *h, struct str path) {
    struct err err = {0};
    char *resolved = preview_path_dup(h->root, path, &err);
    struct open_document *od = resolved ? documents_find(h->server, str_from(resolved)) : NULL;
    if (od) answer_json(a, document_state(od));
    free(resolved);
}

/* --- Outputs. --- */

static const struct mime_item *find_item(const struct output *o, const char *hash) {
    for (size_t i = 0; i < o->bundle.len; i++) {
        char hex[33];
        const struct mime_item *item = &o->bundle.items[i];
        hash128_hex(live_data_hash(buf_str(&item->mime), buf_str(&item->data)), hex);
        if (strcmp(hex, hash) == 0) return item;
    }
    return NULL;
}

static const struct mime_item *find_in_document(struct open_document *od, const char *hash) {
    const struct document *doc = session_document(od->session);
    for (size_t i = 0; i < document_block_count(doc); i++) {
        const struct trace *t = runner_trace(session_runner(od->session),
                                             document_block(doc, i)->id);
        for (size_t k = 0; t && k < t->outputs.len; k++) {
            const struct mime_item *item = find_item(&t->outputs.items[k], hash);
            if (item) return item;
        }
    }
    return NULL;
}

static const struct mime_item *find_in_documents(struct server *srv, const char *hash) {
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(&srv->documents, &cursor));) {
        const struct mime_item *item = find_in_document(e->value, hash);
        if (item) return item;
    }
    return NULL;
}

static bool is_binary(const char *mime) {
    static const char *const kinds[] = {"image/", "audio/", "video/", "application/pdf"};
    if (strcmp(mime, "image/svg+xml") == 0) return false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(mime, kinds[i], strlen(kinds[i])) == 0) return true;
    return false;
}

/* A bundle's data as bytes: binary types are base64, broken into lines by some. */
static void append_data(struct buf *out, struct str data, bool binary) {
    struct buf packed = {0};
    if (!binary) {
        buf_append(out, data);
        return;
    }
    for (size_t i = 0; i < data.len; i++)
        if (data.ptr[i] > ' ') buf_append_byte(&packed, data.ptr[i]);
    buf_reserve(out, packed.len + 4);
    int len = lws_b64_decode_string_len(packed.ptr, (int)packed.len, out->ptr, (int)out->cap);
    if (len > 0) out->len = (size_t)len;
    buf_finish(&packed);
}

static void answer_output(struct answer *a, const struct preview_host *h,
                          struct preview_connection *c, const char *hash) {
    const struct mime_item *item = find_in_documents(h->server, hash);
    if (!item) return;
    preview_http_finish(c);
    char *mime = str_dup(buf_str(&item->mime));
    assert(c);
    bool text = strncmp(mime, "text/", 5) == 0;
    snprintf(c->mime, sizeof c->mime, "%s%s", mime, text ? "; charset=utf-8" : "");
    free(mime);
    append_data(&a->owned, buf_str(&item->data), is_binary(c->mime));
    a->status = 200;
    a->mime = c->mime;
    a->cache = "private, max-age=31536000, immutable";
    a->output = true;
}

/* --- Requests. --- */

static void find_answer(struct answer *a, struct preview_host *h, struct lws *wsi,
                        struct preview_connection *c, const char *path) {
    static const char document[] = "api/document/", output[] = "api/output/";
    if (strcmp(path, "api/tree") == 0)
        answer_json(a, preview_tree(h->root));
    else if (strncmp(path, document, sizeof document - 1) == 0)
        answer_document(a, h, str_from(path + sizeof document - 1));
    else if (strncmp(path, output, sizeof output - 1) == 0)
        answer_output(a, h, c, path + sizeof output - 1);
    else
        answer_asset(a, wsi, path);
}

int preview_http_request(struct preview_host *h, struct lws *wsi, struct preview_connection *c,
                         struct str address) {
    struct err err = {0};
    struct str rest;
    struct answer a = {.status = 404, .mime = "text/plain", .body = STR("not found\n")};
    if (str_eq(address, STR("/frame.html"))) {
        /* What an output's script can read of its address must not have the token in it. */
        answer_asset(&a, wsi, "frame.html");
        a.output = true;
        return send_answer(wsi, c, &a);
    }
    if (!preview_allowed(h, wsi, address, &rest, &err)) return preview_refuse(wsi, 403, err.msg);
    if (lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) == 0)
        return preview_refuse(wsi, 405, "only GET");
    char *path = str_dup(rest);
    find_answer(&a, h, wsi, c, path);
    free(path);
    return send_answer(wsi, c, &a);
}
