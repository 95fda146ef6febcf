/* SPDX-License-Identifier: Apache-2.0 */
/* ignore.c - rules as globs: one without a slash is tried at every depth. */
#include "analysis/ignore.h"

#include "analysis/file_read.h"
#include "analysis/glob.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/vec.h"

enum { IGNORE_FILE_MAX = 1 << 20 };

struct rule {
    char *glob;
    bool negated, folder_only;
};

struct ignore {
    const struct ignore *outer;
    char *base;
    VEC(struct rule) rules;
};

/* Blanks at the end do not count, unless a backslash stands before the last one. */
static struct str trim_rule(struct str line) {
    if (str_ends(line, STR("\r"))) line.len--;
    while (str_ends(line, STR(" ")) && !str_ends(line, STR("\\ "))) line.len--;
    return line;
}

static void add_rule(struct ignore *ignore, struct str line) {
    struct rule rule = {0};
    struct buf glob = {0};
    line = trim_rule(line);
    if (line.len == 0 || line.ptr[0] == '#') return;
    if (line.ptr[0] == '!') {
        rule.negated = true;
        line = str_slice(line, 1, line.len);
    }
    if (str_ends(line, STR("/"))) {
        rule.folder_only = true;
        line.len--;
    }
    if (line.len == 0) return;
    if (!memchr(line.ptr, '/', line.len)) buf_append(&glob, STR("**/"));
    if (line.ptr[0] == '/') line = str_slice(line, 1, line.len);
    buf_append(&glob, line);
    buf_cstr(&glob);
    rule.glob = buf_take(&glob);
    vec_push(&ignore->rules, rule);
}

struct ignore *ignore_create(struct str text, struct str base, const struct ignore *outer) {
    struct ignore *ignore = xcalloc(1, sizeof *ignore);
    ignore->outer = outer;
    ignore->base = str_dup(base);
    if (str_starts(text, STR("\xEF\xBB\xBF"))) text = str_slice(text, 3, text.len);
    while (text.len) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end ? (size_t)(end - text.ptr) : text.len;
        add_rule(ignore, str_slice(text, 0, len));
        text = str_slice(text, end ? len + 1 : len, text.len);
    }
    return ignore;
}

struct ignore *ignore_read(struct str base, struct ignore *outer) {
    struct buf path = {0}, text = {0};
    struct ignore *ignore = outer;
    buf_printf(&path, "%.*s/.gitignore", STR_FMT(base));
    if (file_read(buf_cstr(&path), IGNORE_FILE_MAX, &text))
        ignore = ignore_create(buf_str(&text), base, outer);
    buf_finish(&path);
    buf_finish(&text);
    return ignore;
}

void ignore_destroy(struct ignore *ignore, const struct ignore *outer) {
    while (ignore && ignore != outer) {
        struct ignore *next = (struct ignore *)ignore->outer;
        for (size_t i = 0; i < ignore->rules.len; i++) free(ignore->rules.items[i].glob);
        vec_finish(&ignore->rules);
        free(ignore->base);
        free(ignore);
        ignore = next;
    }
}

bool ignore_matches(const struct ignore *ignore, struct str path, bool folder) {
    for (; ignore; ignore = ignore->outer) {
        size_t base = strlen(ignore->base) + 1;
        if (path.len <= base) continue;
        struct str relative = str_slice(path, base, path.len);
        for (size_t i = ignore->rules.len; i-- > 0;) {
            const struct rule *rule = &ignore->rules.items[i];
            if (rule->folder_only && !folder) continue;
            if (glob_matches_whole(str_from(rule->glob), relative)) return !rule->negated;
        }
    }
    return false;
}
