/* SPDX-License-Identifier: Apache-2.0 */
/* preview_ws.c - a page's WebSocket: messages in, packets out in pieces.
 *
 * INVARIANT: what waits for a client is at most CONGESTED_BYTES and one packet: one that is
 * congested is owed the rest (client_registry.h). */
#include "base/mem.h"
#include "server/handle_live.h"
#include "server/preview_internal.h"
#include "server/publish_live.h"

enum { CONGESTED_BYTES = 1 << 20 };

struct preview_socket {
    struct lws *wsi;
    struct live_connection live;
    struct buf in;
    VEC(struct packet *) queue; /* a reference each */
    size_t queued_bytes;
    size_t sent; /* of the first one */
    bool ending; /* nothing more is read or written */
};

/* --- The link of its client. --- */

static void socket_send(void *ctx, struct packet *packet) {
    struct preview_socket *s = ctx;
    vec_push(&s->queue, packet_ref(packet));
    s->queued_bytes += packet_bytes(packet).len;
    lws_callback_on_writable(s->wsi);
}

static bool socket_congested(const void *ctx) {
    return ((const struct preview_socket *)ctx)->queued_bytes > CONGESTED_BYTES;
}

/* The client has come back by another connection; this one may be dead. */
static void socket_replaced(void *ctx) {
    struct preview_socket *s = ctx;
    s->live.client = NULL;
    s->ending = true;
    lws_set_timeout(s->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

static const struct client_link socket_link = {.transport = LIVE_WEB,
                                               .send = socket_send,
                                               .congested = socket_congested,
                                               .replaced = socket_replaced};

/* --- Life. --- */

int preview_ws_confirm(struct preview_host *h, struct lws *wsi) {
    char address[PREVIEW_ADDRESS_MAX];
    struct err err = {0};
    struct str rest;
    int len = lws_hdr_copy(wsi, address, sizeof address, WSI_TOKEN_GET_URI);
    if (len <= 0) return -1;
    if (preview_allowed(h, wsi, (struct str){address, (size_t)len}, &rest, &err) &&
        str_eq(rest, STR("ws")))
        return 0;
    preview_refuse(wsi, 403, err.code == ST_OK ? "there is no WebSocket here" : err.msg);
    return 1;
}

void preview_ws_open(struct preview_host *h, struct lws *wsi, struct preview_connection *c) {
    struct preview_socket *s = xcalloc(1, sizeof *s);
    s->wsi = wsi;
    s->live = (struct live_connection){
        .server = h->server, .root = h->root, .token = h->token, .link = &socket_link, .ctx = s};
    c->socket = s;
}

void preview_ws_closed(struct preview_connection *c) {
    struct preview_socket *s = c->socket;
    if (!s) return;
    c->socket = NULL;
    if (s->live.client) registry_leave(s->live.client, uv_now(s->live.server->loop));
    for (size_t i = 0; i < s->queue.len; i++) packet_unref(s->queue.items[i]);
    vec_finish(&s->queue);
    buf_finish(&s->in);
    free(s);
}

/* --- Messages. --- */

int preview_ws_receive(struct preview_connection *c, struct str bytes) {
    static unsigned char reason[] = "the message is too big";
    struct preview_socket *s = c->socket;
    if (!s || s->ending) return -1;
    if (s->in.len + bytes.len > PREVIEW_MESSAGE_MAX) {
        lws_close_reason(s->wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, reason, sizeof reason - 1);
        return -1;
    }
    buf_append(&s->in, bytes);
    if (lws_remaining_packet_payload(s->wsi) || !lws_is_final_fragment(s->wsi)) return 0;
    handle_live(&s->live, buf_str(&s->in));
    buf_finish(&s->in);
    return 0;
}

static void drop_first(struct preview_socket *s) {
    struct packet *packet = s->queue.items[0];
    s->queued_bytes -= packet_bytes(packet).len;
    s->sent = 0;
    vec_splice(&s->queue, 0, 1, 0);
    packet_unref(packet);
}

/* The library writes its header into the bytes before a piece, so those are put back. */
static int write_piece(struct preview_socket *s) {
    struct str bytes = packet_bytes(s->queue.items[0]);
    size_t left = bytes.len - s->sent, piece = left < PREVIEW_PIECE ? left : PREVIEW_PIECE;
    unsigned char room[LWS_PRE + PREVIEW_PIECE];
    int mode = lws_write_ws_flags(LWS_WRITE_TEXT, s->sent == 0, piece == left);
    memcpy(room + LWS_PRE, bytes.ptr + s->sent, piece);
    if (lws_write(s->wsi, room + LWS_PRE, piece, (enum lws_write_protocol)mode) < 0) return -1;
    s->sent += piece;
    if (piece == left) drop_first(s);
    return 0;
}

int preview_ws_writable(struct preview_connection *c) {
    struct preview_socket *s = c->socket;
    if (!s || s->ending) return -1;
    if (s->queue.len && write_piece(s)) return -1;
    if (s->live.client && !socket_congested(s)) publish_catch_up(s->live.client);
    if (s->queue.len) lws_callback_on_writable(s->wsi);
    return 0;
}
