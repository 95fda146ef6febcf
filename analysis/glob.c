/* SPDX-License-Identifier: Apache-2.0 */
/* glob.c - matching of globs, part by part. */
#include "analysis/glob.h"

#include <fnmatch.h>
#include <stdlib.h>

/* Take the part before the next '/' off `rest`. */
static struct str take_part(struct str *rest) {
    const char *slash = rest->len ? memchr(rest->ptr, '/', rest->len) : NULL;
    size_t len = slash ? (size_t)(slash - rest->ptr) : rest->len;
    struct str part = str_slice(*rest, 0, len);
    *rest = str_slice(*rest, slash ? len + 1 : len, rest->len);
    return part;
}

static bool part_matches(struct str glob, struct str part) {
    char *pattern = str_dup(glob), *text = str_dup(part);
    bool matches = fnmatch(pattern, text, 0) == 0;
    free(pattern);
    free(text);
    return matches;
}

/* After a mismatch, the last `**` takes one part of the path more: no other choice can help. */
static bool matches(struct str glob, struct str path, bool whole) {
    struct str after_stars = STR(""), retry = STR("");
    bool stars = false;
    if (glob.len == 0) return false;
    while (glob.len ? path.len || stars : whole && path.len) {
        struct str rest = path, ahead = glob, pattern = take_part(&ahead);
        if (str_eq(pattern, STR("**"))) {
            if (ahead.len == 0) return path.len > 0 || !whole;
            stars = true;
            after_stars = glob = ahead;
            retry = path;
        } else if (glob.len && path.len && part_matches(pattern, take_part(&rest))) {
            glob = ahead;
            path = rest;
        } else if (stars && retry.len) {
            take_part(&retry);
            path = retry;
            glob = after_stars;
        } else {
            return false;
        }
    }
    return glob.len == 0;
}

bool glob_matches(struct str glob, struct str path) {
    return matches(glob, path, false);
}

bool glob_matches_whole(struct str glob, struct str path) {
    return matches(glob, path, true);
}
