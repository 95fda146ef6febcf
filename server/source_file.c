/* SPDX-License-Identifier: Apache-2.0 */
/* source_file.c - reading and decoding Python source. */
#include "server/source_file.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/text.h"
#include "base/mem.h"

static enum status read_all(const char *path, struct buf *out, struct err *err) {
    FILE *file = fopen(path, "rb");
    if (!file) return err_set(err, ST_IO, "cannot open '%s': %s", path, strerror(errno));
    char chunk[65536];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0 && out->len <= TEXT_MAX)
        buf_append(out, (struct str){chunk, n});
    if (ferror(file)) err_set(err, ST_IO, "cannot read '%s': %s", path, strerror(errno));
    if (out->len > TEXT_MAX) err_set(err, ST_TOO_BIG, "'%s' is too big", path);
    fclose(file);
    return err->code;
}

static bool coding_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-_.", c));
}

/* The coding that one comment line declares (PEP 263); empty for none. */
static struct str declared_coding(struct str line) {
    struct str trimmed = str_trim(line);
    if (trimmed.len == 0 || trimmed.ptr[0] != '#') return STR("");
    const char *at = memmem(trimmed.ptr, trimmed.len, "coding", 6);
    if (!at) return STR("");
    struct str rest = str_slice(trimmed, (size_t)(at - trimmed.ptr) + 6, trimmed.len);
    if (rest.len == 0 || (rest.ptr[0] != ':' && rest.ptr[0] != '=')) return STR("");
    rest = str_trim(str_slice(rest, 1, rest.len));
    size_t len = 0;
    while (len < rest.len && coding_byte(rest.ptr[len])) len++;
    return str_slice(rest, 0, len);
}

static struct str file_coding(struct str text) {
    for (int i = 0; i < 2; i++) {
        const char *end = text.len ? memchr(text.ptr, '\n', text.len) : NULL;
        size_t len = end ? (size_t)(end - text.ptr) : text.len;
        struct str coding = declared_coding(str_slice(text, 0, len));
        if (coding.len) return coding;
        text = str_slice(text, end ? len + 1 : len, text.len);
    }
    return STR("");
}

static enum status decode(struct buf *text, const char *coding, struct err *err) {
    iconv_t converter = iconv_open("UTF-8", coding);
    if (converter == (iconv_t)-1)
        return err_set(err, ST_UNSUPPORTED, "unknown encoding: %s", coding);
    struct buf out = {0};
    buf_reserve(&out, text->len * 4 + 16); /* no coding takes more in UTF-8 */
    char *from = text->ptr, *to = out.ptr;
    size_t left = text->len, room = out.cap;
    if (iconv(converter, &from, &left, &to, &room) == (size_t)-1)
        err_set(err, ST_IO, "byte %zu is not %s", text->len - left, coding);
    iconv_close(converter);
    out.len = out.cap - room;
    buf_finish(text);
    *text = out;
    return err->code;
}

enum status source_file_read(const char *name, struct buf *text, char **path, struct err *err) {
    *path = realpath(name, NULL);
    if (!*path) return err_set(err, ST_IO, "cannot open '%s': %s", name, strerror(errno));
    if (read_all(*path, text, err) != ST_OK) return err->code;
    struct str declared = file_coding(buf_str(text));
    if (declared.len == 0) return ST_OK;
    char *coding = str_dup(declared);
    if (strcasecmp(coding, "utf-8") != 0 && strcasecmp(coding, "utf8") != 0 && text->len)
        decode(text, coding, err);
    free(coding);
    return err->code;
}
