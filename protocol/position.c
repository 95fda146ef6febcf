/* SPDX-License-Identifier: Apache-2.0 */
/* position.c - UTF-8, UTF-16 and UTF-32 columns. */
#include "protocol/position.h"

#include "base/buf.h"

static const char *const names[] = {
    [POSITION_UTF16] = "utf-16", [POSITION_UTF8] = "utf-8", [POSITION_UTF32] = "utf-32"};

/* Bytes of the character at s; a stray byte is a character of its own. */
static size_t character_len(struct str s) {
    size_t len = utf8_character(s);
    return len ? len : 1;
}

static uint32_t character_units(size_t len, enum position_encoding encoding) {
    if (encoding == POSITION_UTF8) return (uint32_t)len;
    return encoding == POSITION_UTF16 && len == 4 ? 2 : 1;
}

uint32_t position_units(struct str bytes, enum position_encoding encoding) {
    if (encoding == POSITION_UTF8) return (uint32_t)bytes.len;
    uint32_t units = 0;
    while (bytes.len) {
        size_t len = character_len(bytes);
        units += character_units(len, encoding);
        bytes = str_slice(bytes, len, bytes.len);
    }
    return units;
}

uint32_t position_byte(struct str line, uint32_t units, enum position_encoding encoding) {
    struct str rest = line;
    uint32_t at = 0;
    while (rest.len) {
        size_t len = character_len(rest);
        at += character_units(len, encoding);
        if (at > units) break;
        rest = str_slice(rest, len, rest.len);
    }
    return (uint32_t)(line.len - rest.len);
}

bool position_encoding_offer(const char *name, enum position_encoding *out) {
    static const enum position_encoding by_preference[] = {POSITION_UTF16, POSITION_UTF32,
                                                           POSITION_UTF8};
    size_t current = 0, offered = 0;
    for (size_t i = 0; i < 3; i++) {
        if (by_preference[i] == *out) current = i;
        if (strcmp(names[by_preference[i]], name) == 0) offered = i;
    }
    if (offered <= current) return false;
    *out = by_preference[offered];
    return true;
}

const char *position_encoding_name(enum position_encoding encoding) {
    return names[encoding];
}
