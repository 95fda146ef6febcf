/* SPDX-License-Identifier: Apache-2.0 */
/* source_file.c - reading and decoding Python source. */
#include "server/source_file.h"

#include <ctype.h>
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

/* The coding that a comment declares; empty for none. */
static struct str declared_coding(struct str comment) {
    const char *at;
    while (comment.len && (at = memmem(comment.ptr, comment.len, "coding", 6))) {
        struct str rest = str_slice(comment, (size_t)(at - comment.ptr) + 6, comment.len);
        comment = rest;
        if (rest.len == 0 || (rest.ptr[0] != ':' && rest.ptr[0] != '=')) continue;
        rest = str_trim(str_slice(rest, 1, rest.len));
        size_t len = 0;
        while (len < rest.len && coding_byte(rest.ptr[len])) len++;
        if (len) return str_slice(rest, 0, len);
    }
    return STR("");
}

static struct str take_line(struct str *text) {
    size_t len = 0;
    while (len < text->len && text->ptr[len] != '\n' && text->ptr[len] != '\r') len++;
    struct str line = str_slice(*text, 0, len);
    bool crlf = str_starts(str_slice(*text, len, text->len), STR("\r\n"));
    *text = str_slice(*text, len < text->len ? len + 1 + crlf : len, text->len);
    return line;
}

/* PEP 263: the first line may declare it, and the second if the first is a comment or blank. */
static struct str file_coding(struct str text) {
    if (str_starts(text, STR("\xEF\xBB\xBF"))) return STR(""); /* a BOM says it */
    for (int i = 0; i < 2; i++) {
        struct str line = str_trim(take_line(&text));
        if (line.len && line.ptr[0] != '#') break;
        struct str coding = declared_coding(line);
        if (coding.len) return coding;
    }
    return STR("");
}

/* The name that iconv knows for one of Python's, which may be written with '_' and end in Emacs's
 * line ends; empty for UTF-8.  New, free(). */
static char *coding_name_dup(struct str declared) {
    static const char *const ends[] = {"-unix", "-dos", "-mac", "-sig"};
    static const char *const latin[] = {"latin-1", "iso-latin-1", "iso8859-1"};
    char *name = str_dup(declared);
    for (char *c = name; *c; c++) *c = *c == '_' ? '-' : (char)tolower((unsigned char)*c);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (str_ends(str_from(name), str_from(ends[i]))) name[strlen(name) - strlen(ends[i])] = 0;
    for (size_t i = 0; i < sizeof latin / sizeof *latin; i++)
        if (strcmp(name, latin[i]) == 0) memcpy(name, "latin1", 7);
    if (strcmp(name, "utf-8") == 0 || strcmp(name, "utf8") == 0) name[0] = '\0';
    return name;
}

static iconv_t open_converter(struct str declared, const char *name) {
    iconv_t converter = iconv_open("UTF-8", name);
    if (converter != (iconv_t)-1) return converter;
    char *spelled = str_dup(declared); /* a few names have a '_' in iconv, too */
    converter = iconv_open("UTF-8", spelled);
    free(spelled);
    return converter;
}

static enum status decode(struct buf *text, struct str coding, const char *name, struct err *err) {
    iconv_t converter = open_converter(coding, name);
    if (converter == (iconv_t)-1)
        return err_set(err, ST_UNSUPPORTED, "unknown encoding: %.*s", STR_FMT(coding));
    struct buf out = {0};
    buf_reserve(&out, text->len * 4 + 16); /* no coding takes more in UTF-8 */
    char *from = text->ptr, *to = out.ptr;
    size_t left = text->len, room = out.cap;
    if (iconv(converter, &from, &left, &to, &room) == (size_t)-1)
        err_set(err, ST_IO, "byte %zu is not %s", text->len - left, name);
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
    char *iconv_name = coding_name_dup(declared);
    if (*iconv_name && text->len) decode(text, declared, iconv_name, err);
    free(iconv_name);
    return err->code;
}
