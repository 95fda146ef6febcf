/* SPDX-License-Identifier: Apache-2.0 */
/* features.c - feature groups by name. */
#include "tests/oracle/features.h"

#include <stdio.h>

#define FEATURE_AS_TEXT(name, text) #text,
static const char *const names[] = {FEATURE_MAP(FEATURE_AS_TEXT)};

static unsigned find(struct str name) {
    for (int i = 0; i < FEATURE_COUNT; i++)
        if (str_eq(str_from(names[i]), name)) return 1u << i;
    return str_eq(name, STR("all")) ? FEATURE_ALL : 0;
}

enum status features_parse(struct str list, unsigned *mask, struct err *err) {
    *mask = 0;
    while (list.len) {
        const char *comma = memchr(list.ptr, ',', list.len);
        size_t len = comma ? (size_t)(comma - list.ptr) : list.len;
        struct str name = str_slice(list, 0, len);
        bool out = str_starts(name, STR("-"));
        unsigned bits = find(str_slice(name, out, name.len));
        if (!bits) return err_set(err, ST_BAD_PARAMS, "no feature '%.*s'", STR_FMT(name));
        *mask = out ? *mask & ~bits : *mask | bits;
        list = str_slice(list, comma ? len + 1 : len, list.len);
    }
    return ST_OK;
}

void features_print(unsigned mask) {
    const char *separator = "";
    for (int i = 0; i < FEATURE_COUNT; i++) {
        if (!(mask & 1u << i)) continue;
        printf("%s%s", separator, names[i]);
        separator = ",";
    }
}
