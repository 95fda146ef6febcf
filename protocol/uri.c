/* SPDX-License-Identifier: Apache-2.0 */
/* uri.c - RFC 8089 file URIs, as editors write them. */
#include "protocol/uri.h"

#include <stdlib.h>
#include <strings.h>

#include "base/buf.h"

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Decode one byte at s[*at]; -1 when damaged or NUL. */
static int decode_byte(struct str s, size_t *at) {
    char c = s.ptr[(*at)++];
    if (c == '\0') return -1;
    if (c != '%') return (unsigned char)c;
    if (s.len - *at < 2) return -1;
    int high = hex_value(s.ptr[*at]), low = hex_value(s.ptr[*at + 1]);
    *at += 2;
    return high < 0 || low < 0 || high + low == 0 ? -1 : high * 16 + low;
}

/* Take `prefix` off the front, whatever its case. */
static bool skip(struct str *s, struct str prefix) {
    bool found = s->len >= prefix.len && strncasecmp(s->ptr, prefix.ptr, prefix.len) == 0;
    if (found) *s = str_slice(*s, prefix.len, s->len);
    return found;
}

char *uri_to_path_dup(struct str uri) {
    struct str rest = uri;
    if (!skip(&rest, STR("file:"))) return NULL;
    if (skip(&rest, STR("//"))) skip(&rest, STR("localhost"));
    if (rest.len == 0 || rest.ptr[0] != '/') return NULL;
    struct buf path = {0};
    for (size_t at = 0; at < rest.len;) {
        int byte = decode_byte(rest, &at);
        if (byte < 0) {
            buf_finish(&path);
            return NULL;
        }
        buf_append_byte(&path, (char)byte);
    }
    return buf_take(&path);
}

/* Characters that stay as they are: unreserved ones and '/'. */
static bool plain(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("/-._~", c));
}

char *uri_from_path_dup(struct str path) {
    struct buf uri = {0};
    buf_append(&uri, STR("file://"));
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.ptr[i];
        if (plain(c))
            buf_append_byte(&uri, (char)c);
        else
            buf_printf(&uri, "%%%02X", c);
    }
    return buf_take(&uri);
}
