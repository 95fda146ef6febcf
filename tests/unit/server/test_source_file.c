/* SPDX-License-Identifier: Apache-2.0 */
/* test_source_file.c - Python source of any declared coding comes in as UTF-8. */
#include "server/source_file.h"

#include <unistd.h>

#include "tests/support/unit.h"

static char folder[] = "/tmp/relight-test-XXXXXX";

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    return rmdir(folder);
}

static void write_file(const char *name, struct str bytes) {
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    assert_int_equal(fclose(file), 0);
}

/* The text that a file of these bytes reads as, or "!" and the error. */
static void check(struct str bytes, struct str expected) {
    struct buf name = {0}, text = {0};
    struct err err = {0};
    char *path;
    buf_printf(&name, "%s/a.py", folder);
    write_file(buf_cstr(&name), bytes);
    if (source_file_read(name.ptr, &text, &path, &err) != ST_OK) {
        text.len = 0;
        buf_printf(&text, "!%s", err.msg);
    }
    unlink(name.ptr);
    free(path);
    buf_finish(&name);
    expect_str(bytes.ptr, buf_str(&text), expected);
    buf_finish(&text);
}

#define E_LATIN "\xE9"
#define E_UTF8  "\xC3\xA9"

static void check_same(struct str bytes) {
    check(bytes, bytes);
}

static void utf8_comes_as_it_is(void **state) {
    (void)state;
    check_same(STR(""));
    check_same(STR("x = '" E_UTF8 "'\r\n\0y"));
    check_same(STR("x = '" E_LATIN "'\n"));
    check_same(STR("\xEF\xBB\xBFx = 1\n"));
    check_same(STR("# coding: utf-8\n" E_UTF8));
    check_same(STR("# coding: UTF8\n" E_UTF8));
    check_same(STR("# coding: utf_8\n" E_UTF8));
    check_same(STR("# coding: utf-8-sig\n" E_UTF8));
    check_same(STR("# coding: utf-8-unix\n" E_UTF8)); /* as Emacs writes it */
}

/* A file that begins with `head` is in Latin-1. */
static void check_latin(const char *head) {
    struct buf bytes = {0}, expected = {0};
    buf_printf(&bytes, "%s" E_LATIN, head);
    buf_printf(&expected, "%s" E_UTF8, head);
    check(buf_str(&bytes), buf_str(&expected));
    buf_finish(&bytes);
    buf_finish(&expected);
}

static void declarations_are_found(void **state) {
    (void)state;
    check_latin("# -*- coding: iso-8859-1 -*-\n");
    check_latin("#!/usr/bin/python\n# vim: set fileencoding=iso-8859-1 :\n");
    check_latin("\n \t\f# coding=iso-8859-1\n");
    check_latin("# the coding of this file\n# coding: iso-8859-1\n");
    check_latin("# which coding? encoding: iso-8859-1\n");
    check_latin("# coding: iso-8859-1\r\n");
    check_latin("# a\r# coding: iso-8859-1\r");
}

static void names_are_those_of_python(void **state) {
    (void)state;
    check_latin("# coding: latin-1\n");
    check_latin("# coding: Latin_1\n");
    check_latin("# coding: latin1\n");
    check_latin("# coding: latin-1-unix\n");
    check_latin("# coding: iso-latin-1\n");
    check_latin("# coding: ISO_8859_1\n");
    check_latin("# coding: cp1252\n");
    check(STR("# coding: koi8_r\n\xC1"), STR("# coding: koi8_r\n\xD0\xB0"));
    check(STR("# coding: euc_jp\n\xA4\xA2"), STR("# coding: euc_jp\n\xE3\x81\x82"));
}

/* What looks like a declaration and is none: the bytes stay. */
static void check_none(const char *head) {
    struct buf bytes = {0};
    buf_printf(&bytes, "%s" E_LATIN, head);
    check_same(buf_str(&bytes));
    buf_finish(&bytes);
}

static void other_lines_declare_nothing(void **state) {
    (void)state;
    check_none("x = 1\n# coding: iso-8859-1\n");
    check_none("x = 1 # coding: iso-8859-1\n");
    check_none("\n\n# coding: iso-8859-1\n");
    check_none("# coding : iso-8859-1\n");
    check_none("# coding:\n");
    check_none("\xEF\xBB\xBF# hello\n# coding: iso-8859-1\n");
}

static void bad_codings_are_reported(void **state) {
    (void)state;
    check(STR("# coding: klingon\n"), STR("!unknown encoding: klingon"));
    check(STR("# coding: ascii\n" E_LATIN), STR("!byte 16 is not ascii"));
    check(STR("# coding: euc-jp\n\xA4"), STR("!byte 17 is not euc-jp"));
}

/* Expect an error that begins with `start`. */
static void check_unreadable(const char *name, const char *start) {
    struct buf text = {0};
    struct err err = {0};
    char *path = NULL;
    assert_int_equal(source_file_read(name, &text, &path, &err), ST_IO);
    if (strncmp(err.msg, start, strlen(start)) != 0) fail_msg("%s: %s", name, err.msg);
    buf_finish(&text);
    free(path);
}

static void unreadable_files_are_reported(void **state) {
    (void)state;
    check_unreadable("/nowhere/a.py", "cannot open '/nowhere/a.py': No such file");
    check_unreadable("", "cannot open '': No such file");
    check_unreadable("/", "cannot read '/': Is a directory");
}

static void paths_are_absolute(void **state) {
    (void)state;
    struct buf text = {0};
    struct err err = {0};
    char *path = NULL;
    assert_int_equal(source_file_read("/usr/../dev/null", &text, &path, &err), ST_OK);
    assert_string_equal(path, "/dev/null");
    buf_finish(&text);
    free(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_comes_as_it_is),
        cmocka_unit_test(declarations_are_found),
        cmocka_unit_test(names_are_those_of_python),
        cmocka_unit_test(other_lines_declare_nothing),
        cmocka_unit_test(bad_codings_are_reported),
        cmocka_unit_test(unreadable_files_are_reported),
        cmocka_unit_test(paths_are_absolute),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
