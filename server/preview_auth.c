/* SPDX-License-Identifier: Apache-2.0 */
/* preview_auth.c - who may ask the preview host: pages that it served itself.
 *
 * The token keeps out other users and programs of this machine; Host keeps out names that were
 * pointed at this machine (DNS rebinding); Origin keeps out other sites' pages, should one come to
 * know the token. */
#include <sys/random.h>

#include "server/preview_internal.h"

void preview_token_make(char out[PREVIEW_TOKEN_SIZE]) {
    struct hash128 random;
    if (getrandom(&random, sizeof random, 0) != sizeof random) abort();
    hash128_hex(random, out);
}

/* In a time that says nothing of where they differ. */
static bool token_equal(struct str given, const char *token) {
    unsigned difference = 0;
    if (given.len != PREVIEW_TOKEN_SIZE - 1) return false;
    for (size_t i = 0; i < given.len; i++)
        difference |= (unsigned char)given.ptr[i] ^ (unsigned char)token[i];
    return difference == 0;
}

static struct str header(struct lws *wsi, enum lws_token_indexes name, char *room, size_t size) {
    int len = lws_hdr_copy(wsi, room, (int)size, name);
    return len > 0 ? (struct str){room, (size_t)len} : STR("");
}

struct str preview_host_header(struct lws *wsi, char *room, size_t size) {
    return header(wsi, WSI_TOKEN_HOST, room, size);
}

/* A name for this machine that nobody else can define; the port may be a forwarded one. */
static bool host_is_local(struct str host) {
    static const char *const names[] = {"127.0.0.1", "localhost"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str name = str_from(names[i]);
        if (!str_starts(host, name)) continue;
        struct str port = str_slice(host, name.len, host.len);
        size_t digits = 1;
        while (digits < port.len && port.ptr[digits] >= '0' && port.ptr[digits] <= '9') digits++;
        if (port.len == 0 || (port.ptr[0] == ':' && port.len > 1 && digits == port.len))
            return true;
    }
    return false;
}

/* No Origin: not a page's script, or the page's own navigation. */
static bool origin_is_ours(struct lws *wsi, struct str host) {
    char room[300];
    if (lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) == 0) return true;
    struct str origin = header(wsi, WSI_TOKEN_ORIGIN, room, sizeof room);
    return str_starts(origin, STR("http://")) && str_eq(str_slice(origin, 7, origin.len), host);
}

bool preview_allowed(const struct preview_host *h, struct lws *wsi, struct str address,
                     struct str *rest, struct err *err) {
    char room[256];
    struct str host = preview_host_header(wsi, room, sizeof room);
    if (!host_is_local(host)) {
        err_set(err, ST_BAD_PARAMS, "this host name is not mine");
    } else if (!origin_is_ours(wsi, host)) {
        err_set(err, ST_BAD_PARAMS, "another site's page asks");
    } else {
        size_t end = 1;
        while (end < address.len && address.ptr[end] != '/') end++;
        if (address.len < 2 || end == address.len ||
            !token_equal(str_slice(address, 1, end), h->token))
            return err_set(err, ST_BAD_PARAMS, "the address has no token, or a wrong one"), false;
        *rest = str_slice(address, end + 1, address.len);
    }
    return err->code == ST_OK;
}
