/* SPDX-License-Identifier: Apache-2.0 */
/* case_file.c - cases read and printed. */
#include "tests/oracle/case_file.h"

#include <errno.h>
#include <stdio.h>

void case_cut(struct case_file *c, size_t count) {
    while (c->texts.len > count) free(c->texts.items[--c->texts.len]);
}

void case_finish(struct case_file *c) {
    case_cut(c, 0);
    vec_finish(&c->texts);
    buf_finish(&c->about);
}

void case_push(struct case_file *c, struct str text) {
    vec_push(&c->texts, str_dup(text));
}

void case_copy(struct case_file *to, const struct case_file *from) {
    *to = (struct case_file){0};
    buf_append(&to->about, buf_str(&from->about));
    for (size_t i = 0; i < from->texts.len; i++) case_push(to, str_from(from->texts.items[i]));
}

static struct str take_line(struct str *rest) {
    const char *end = memchr(rest->ptr, '\n', rest->len);
    size_t len = end ? (size_t)(end - rest->ptr) + 1 : rest->len;
    struct str line = str_slice(*rest, 0, len);
    *rest = str_slice(*rest, len, rest->len);
    return line;
}

static void parse(struct case_file *c, struct str rest) {
    struct buf text = {0};
    bool inside = false;
    while (rest.len) {
        struct str line = take_line(&rest);
        bool marker = str_starts(line, STR("==="));
        if (marker && inside) case_push(c, buf_str(&text));
        if (marker) text.len = 0;
        if (!marker) buf_append(inside ? &text : &c->about, line);
        inside |= marker;
    }
    if (inside) case_push(c, buf_str(&text));
    buf_finish(&text);
}

enum status case_read(struct case_file *c, const char *path, struct err *err) {
    struct buf bytes = {0};
    FILE *file = fopen(path, "re");
    *c = (struct case_file){0};
    if (!file) return err_set(err, ST_IO, "cannot open '%s': %s", path, strerror(errno));
    for (int byte; (byte = getc(file)) != EOF;) buf_append_byte(&bytes, (char)byte);
    fclose(file);
    parse(c, buf_str(&bytes));
    buf_finish(&bytes);
    if (c->texts.len == 0) return err_set(err, ST_BAD_PARAMS, "'%s' has no document", path);
    return ST_OK;
}

void case_print(const struct case_file *c) {
    printf("%.*s", STR_FMT(buf_str(&c->about)));
    for (size_t i = 0; i < c->texts.len; i++)
        printf("%s\n%s", i ? "=== edit" : "=== document", c->texts.items[i]);
}

struct str case_field(const struct case_file *c, const char *word) {
    struct str rest = buf_str(&c->about), name = str_from(word);
    while (rest.len) {
        struct str line = take_line(&rest);
        bool found = str_starts(line, name) && line.len > name.len && line.ptr[name.len] == ':';
        if (found) return str_trim(str_slice(line, name.len + 1, line.len));
    }
    return STR("");
}
