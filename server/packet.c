/* SPDX-License-Identifier: Apache-2.0 */
/* packet.c - a live message as it travels. */
#include "server/packet.h"

#include "base/mem.h"

struct packet *packet_create(enum live_transport transport, enum live_kind kind, json_t *body) {
    struct packet *p = xcalloc(1, sizeof *p);
    p->references = 1;
    buf_reserve(&p->room, PACKET_HEADROOM);
    memset(p->room.ptr, 0, PACKET_HEADROOM);
    p->room.len = PACKET_HEADROOM;
    live_write(&p->room, transport, kind, body);
    json_decref(body);
    return p;
}

struct packet *packet_ref(struct packet *p) {
    p->references++;
    return p;
}

void packet_unref(struct packet *p) {
    if (!p || --p->references) return;
    buf_finish(&p->room);
    free(p);
}
