/* SPDX-License-Identifier: Apache-2.0 */
/* test_uri.c - file URIs of editors to paths and back. */
#include "protocol/uri.h"

#include "tests/support/unit.h"

/* `path` is NULL when the URI names no local file. */
static void check_path(struct str uri, const char *path) {
    char *got = uri_to_path_dup(uri);
    expect_str(uri.ptr, str_from(got ? got : "none"), str_from(path ? path : "none"));
    free(got);
}

static void check_round_trip(const char *path, const char *uri) {
    char *got = uri_from_path_dup(str_from(path));
    assert_string_equal(got, uri);
    check_path(str_from(got), path);
    free(got);
}

static void paths_go_there_and_back(void **state) {
    (void)state;
    check_round_trip("/", "file:///");
    check_round_trip("/home/a-b_c.d~/x.py", "file:///home/a-b_c.d~/x.py");
    check_round_trip("/a b/100%.py", "file:///a%20b/100%25.py");
    check_round_trip("/caf\xC3\xA9/\xE4\xBD\xA0.py", "file:///caf%C3%A9/%E4%BD%A0.py");
    check_round_trip("/?#[]&=+:@!$'()*,;\\\"<>", "file:///%3F%23%5B%5D%26%3D%2B%3A%40%21%24%27%28"
                                                 "%29%2A%2C%3B%5C%22%3C%3E");
    check_round_trip("/not\xFFutf8", "file:///not%FFutf8");
    check_round_trip("/line\nend", "file:///line%0Aend");
}

static void what_editors_write_is_understood(void **state) {
    (void)state;
    check_path(STR("file:///a/b.py"), "/a/b.py");
    check_path(STR("FILE:///a"), "/a");
    check_path(STR("file://localhost/a"), "/a");
    check_path(STR("file://LocalHost/a"), "/a");
    check_path(STR("file:/a/b"), "/a/b"); /* RFC 8089; Java's File.toURI() */
    check_path(STR("file:///a%2Fb"), "/a/b");
    check_path(STR("file:///%c3%A9"), "/\xC3\xA9");
    check_path(STR("file:///caf\xC3\xA9 x"), "/caf\xC3\xA9 x"); /* left unescaped */
}

static void everything_else_is_not_a_file(void **state) {
    (void)state;
    check_path((struct str){0}, NULL);
    check_path(STR("/a"), NULL);
    check_path(STR("file"), NULL);
    check_path(STR("file:"), NULL);
    check_path(STR("file:a"), NULL);
    check_path(STR("file://"), NULL);
    check_path(STR("file://localhost"), NULL);
    check_path(STR("file://other/a"), NULL);
    check_path(STR("file://localhost.evil/a"), NULL);
    check_path(STR("untitled:Untitled-1"), NULL);
    check_path(STR("git:/a/b.py"), NULL);
    check_path(STR("https://localhost/a"), NULL);
    check_path(STR("vscode-notebook-cell:///a"), NULL);
}

static void damage_is_refused(void **state) {
    (void)state;
    check_path(STR("file:///a%"), NULL);
    check_path(STR("file:///a%2"), NULL);
    check_path(STR("file:///a%zz"), NULL);
    check_path(STR("file:///a%2g"), NULL);
    check_path(STR("file:///a%00b"), NULL);
    check_path(STR("file:///a\0b"), NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_go_there_and_back),
        cmocka_unit_test(what_editors_write_is_understood),
        cmocka_unit_test(everything_else_is_not_a_file),
        cmocka_unit_test(damage_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
