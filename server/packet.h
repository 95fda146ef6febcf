/* SPDX-License-Identifier: Apache-2.0 */
/* packet.h - a live message as it travels, shared by all the clients that it goes to. */
#ifndef SERVER_PACKET_H
#define SERVER_PACKET_H

#include "protocol/live.h"

enum { PACKET_HEADROOM = 16 }; /* before the bytes: the WebSocket library writes its header there */

struct packet {
    uint32_t references;
    struct buf room; /* headroom and bytes */
};

struct packet *packet_create(enum live_transport transport, enum live_kind kind,
                             json_t *body_take); /* one reference, the caller's */
struct packet *packet_ref(struct packet *p);
void packet_unref(struct packet *p); /* NULL: no-op */

static inline struct str packet_bytes(const struct packet *p) {
    return str_slice(buf_str(&p->room), PACKET_HEADROOM, p->room.len);
}

#endif
