/* SPDX-License-Identifier: Apache-2.0 */
/* test_settings.c - what settings take over, what they warn about, and which files are live.
 *
 * Settings are written with ' for ". */
#include "server/settings.h"

#include "tests/support/unit.h"

static json_t *parse(const char *quoted) {
    char *text = xstrdup(quoted);
    for (char *c = text; (c = strchr(c, '\'')); *c = '"') continue;
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
    if (!json) fail_msg("%s is not JSON", quoted);
    free(text);
    return json;
}

static void collect(void *ctx, const char *line) {
    buf_printf(ctx, "%s|", line);
}

static void show(const struct settings *s, struct buf *out) {
    buf_printf(out, "trusted=%d trigger=%d limit=%llu cwd=%s live=", s->trusted, (int)s->trigger,
               (unsigned long long)s->output_limit, s->cwd ? s->cwd : "-");
    for (size_t i = 0; i < s->live.len; i++) buf_printf(out, "%s,", s->live.items[i]);
}

static void check(const char *json, bool initialization, const char *warnings, const char *result) {
    struct settings s;
    struct buf warned = {0}, shown = {0};
    json_t *object = parse(json);
    settings_init(&s);
    settings_apply(&s, initialization ? SETTINGS_INITIALIZATION : SETTINGS_CLIENT, object, collect,
                   &warned);
    show(&s, &shown);
    settings_finish(&s);
    json_decref(object);
    expect_buf(json, &warned, warnings);
    expect_buf(json, &shown, result);
}

#define DEFAULTS "trusted=0 trigger=0 limit=8388608 cwd=- live="

static void defaults_need_no_setting(void **state) {
    (void)state;
    check("{}", true, "", DEFAULTS);
    check("null", true, "", DEFAULTS);
    check("{'trusted':null,'live':null,'output':{'limit':null}}", true, "", DEFAULTS);
}

static void keys_are_a_sorted_table(void **state) {
    (void)state;
    for (size_t i = 1; settings_key(i); i++)
        if (strcmp(settings_key(i - 1), settings_key(i)) >= 0)
            fail_msg("%s comes too late", settings_key(i));
}

/* A setting of each kind beside those of the other tests. */
static void other_keys(void **state) {
    (void)state;
    struct settings s;
    struct buf warned = {0};
    json_t *object = parse("{'python':'py','worker':{'command':['ssh','host']},'cache.diskLimit':7,"
                           "'preview':{'port':8080,'open':true},'impact.strategy':'import_closure',"
                           "'verify':'idle','stateDir':'/s','trace':'verbose','roots':['src']}");
    settings_init(&s);
    assert_int_equal(s.cache_memory_limit, 500 << 20);
    settings_apply(&s, SETTINGS_CLIENT, object, collect, &warned);
    assert_string_equal(s.python, "py");
    assert_int_equal(s.worker_command.len, 2);
    assert_string_equal(s.worker_command.items[1], "host");
    assert_int_equal(s.cache_disk_limit, 7);
    assert_int_equal(s.preview_port, 8080);
    assert_true(s.preview_open);
    assert_int_equal(s.impact_strategy, STRATEGY_IMPORT_CLOSURE);
    assert_int_equal(s.verify, VERIFY_IDLE);
    assert_string_equal(s.state_dir, "/s");
    assert_int_equal(s.trace, TRACE_VERBOSE);
    assert_string_equal(s.roots.items[0], "src");
    settings_finish(&s);
    json_decref(object);
    expect_buf("warnings", &warned, "");
}

static void every_key_is_taken_over(void **state) {
    (void)state;
    check("{'trusted':true,'trigger':'save','output.limit':1024,'cwd':'/w','live':['a','b']}", true,
          "", "trusted=1 trigger=1 limit=1024 cwd=/w live=a,b,");
    check("{'trigger':'manual','output':{'limit':50331648},'live':[]}", false, "",
          "trusted=0 trigger=2 limit=50331648 cwd=- live=");
    check("{'trusted':true}", false, "", DEFAULTS); /* only at the start */
}

#define MUST_BE(key, what) "setting relight." key " must be " what "|"

static void wrong_types_are_named(void **state) {
    (void)state;
    check("{'trusted':1}", true, MUST_BE("trusted", "true or false"), DEFAULTS);
    check("{'trusted':{}}", true, MUST_BE("trusted", "true or false"), DEFAULTS);
    check("{'live':'a'}", true, MUST_BE("live", "a list of globs"), DEFAULTS);
    check("{'live':['a',1]}", true, MUST_BE("live", "a list of globs"), DEFAULTS);
    check("{'live':{'a':1}}", true, MUST_BE("live", "a list of globs"), DEFAULTS);
    check("{'trigger':'often'}", true, MUST_BE("trigger", "\"type\", \"save\" or \"manual\""),
          DEFAULTS);
    check("{'trigger':0}", true, MUST_BE("trigger", "\"type\", \"save\" or \"manual\""), DEFAULTS);
    check("{'cwd':'relative'}", true, MUST_BE("cwd", "an absolute path"), DEFAULTS);
    check("{'cwd':''}", true, MUST_BE("cwd", "an absolute path"), DEFAULTS);
    check("{'python':''}", true, MUST_BE("python", "the path or the name of an interpreter"),
          DEFAULTS);
    check("{'worker':{'command':'ssh'}}", true, MUST_BE("worker.command", "a list of words"),
          DEFAULTS);
    check("{'preview.port':65536}", true, MUST_BE("preview.port", "a port from 0 to 65535"),
          DEFAULTS);
    check("[]", true, "the relight settings must be an object|", DEFAULTS);
    check("'x'", true, "the relight settings must be an object|", DEFAULTS);
}

static void limits_have_limits(void **state) {
    (void)state;
    const char *expected = MUST_BE("output.limit", "a number of bytes from 1024 to 50331648");
    check("{'output.limit':1023}", true, expected, DEFAULTS);
    check("{'output.limit':50331649}", true, expected, DEFAULTS);
    check("{'output.limit':-1}", true, expected, DEFAULTS);
    check("{'output.limit':2000.5}", true, expected, DEFAULTS);
    check("{'output':{'limit':{'bytes':2000}}}", true, expected, DEFAULTS);
}

#define UNKNOWN(key) "setting relight." key " is not known|"

static void unknown_keys_are_named(void **state) {
    (void)state;
    check("{'Live':[]}", true, UNKNOWN("Live"), DEFAULTS);
    check("{'output':{'limits':1}}", true, UNKNOWN("output.limits"), DEFAULTS);
    check("{'output':3}", true, UNKNOWN("output"), DEFAULTS);
    check("{'output.limit.x':3}", true, UNKNOWN("output.limit.x"), DEFAULTS);
    check("{'':1,'bad':2,'cwd':'/w'}", true, UNKNOWN("") UNKNOWN("bad"),
          "trusted=0 trigger=0 limit=8388608 cwd=/w live=");
}

static void a_later_setting_replaces(void **state) {
    (void)state;
    struct settings s;
    struct buf shown = {0};
    json_t *first = parse("{'live':['a','b'],'cwd':'/one','trigger':'save'}");
    json_t *second = parse("{'live':['c'],'cwd':'/two','trigger':'never'}");
    settings_init(&s);
    settings_apply(&s, SETTINGS_INITIALIZATION, first, collect, &shown);
    settings_apply(&s, SETTINGS_CLIENT, second, collect, &shown);
    shown.len = 0;
    show(&s, &shown);
    settings_finish(&s);
    json_decref(first);
    json_decref(second);
    expect_buf("later", &shown, "trusted=0 trigger=1 limit=8388608 cwd=/two live=c,");
}

/* What an editor sets wins over what the project sets, and gives way when it is taken back. */
static void sources_have_an_order(void **state) {
    (void)state;
    struct settings s;
    struct buf shown = {0};
    json_t *project = parse("{'trigger':'manual','cwd':'/project','trusted':true}");
    json_t *client = parse("{'trigger':'save'}"), *empty = parse("{}");
    settings_init(&s);
    settings_apply(&s, SETTINGS_CLIENT, client, collect, &shown);
    settings_apply(&s, SETTINGS_PROJECT, project, collect, &shown);
    expect_buf("trust", &shown,
               "setting relight.trusted is for the editor to give (in pyproject.toml)|");
    show(&s, &shown);
    expect_buf("both", &shown, "trusted=0 trigger=1 limit=8388608 cwd=/project live=");
    settings_apply(&s, SETTINGS_CLIENT, empty, collect, &shown);
    show(&s, &shown);
    expect_buf("taken back", &shown, "trusted=0 trigger=2 limit=8388608 cwd=/project live=");
    settings_apply(&s, SETTINGS_PROJECT, NULL, collect, &shown);
    show(&s, &shown);
    settings_finish(&s);
    json_decref(project);
    json_decref(client);
    json_decref(empty);
    expect_buf("file is gone", &shown, DEFAULTS);
}

static void check_live(const char *glob, const char *path, bool live) {
    struct settings s;
    settings_init(&s);
    vec_push(&s.live, xstrdup(glob));
    bool got = settings_file_live(&s, str_from(path), STR("/w"));
    settings_finish(&s);
    if (got != live) fail_msg("%s is %slive by %s", path, got ? "" : "not ", glob);
}

static void globs_within_a_folder(void **state) {
    (void)state;
    check_live("a.py", "/w/a.py", true);
    check_live("a.py", "/w/b/a.py", false);
    check_live("*.py", "/w/a.py", true);
    check_live("*.py", "/w/b/a.py", false);
    check_live("b/*.py", "/w/b/a.py", true);
    check_live("b/*.py", "/w/b/c/a.py", false);
    check_live("?.py", "/w/a.py", true);
    check_live("b?a.py", "/w/b/a.py", false);
    check_live("[ab].py", "/w/a.py", true);
    check_live("[!ab].py", "/w/a.py", false);
}

static void globs_across_folders(void **state) {
    (void)state;
    check_live("**/*.py", "/w/a.py", true);
    check_live("**/*.py", "/w/b/c/a.py", true);
    check_live("**/*.py", "/w/b/a.txt", false);
    check_live("**/a.py", "/w/aa.py", false);
    check_live("**/test_*.py", "/w/b/test_a.py", true);
    check_live("**/test_*.py", "/w/test_a/other.py", false);
    check_live("b/**/*.py", "/w/b/a.py", true);
    check_live("b/**/*.py", "/w/b/c/d/a.py", true);
    check_live("b/**/*.py", "/w/c/b/a.py", false);
    check_live("b/**", "/w/b/c/a.py", true);
    check_live("b/**", "/w/bb/a.py", false);
    check_live("*/c/**", "/w/b/c/a.py", true);
    check_live("*/c/**", "/w/b/d/c/a.py", false);
    check_live("**", "/w/b/a.py", true);
}

static void globs_name_folders_and_absolute_paths(void **state) {
    (void)state;
    check_live("b", "/w/b/c/a.py", true);
    check_live("b/", "/w/b/c/a.py", true);
    check_live("b", "/w/bc/a.py", false);
    check_live("/w/b/*.py", "/w/b/a.py", true);
    check_live("/elsewhere/*.py", "/elsewhere/a.py", true);
    check_live("**/a.py", "/elsewhere/a.py", true);
    check_live("*.py", "/ww/a.py", false); /* not below /w */
    check_live("", "/w/a.py", false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_need_no_setting),
        cmocka_unit_test(every_key_is_taken_over),
        cmocka_unit_test(wrong_types_are_named),
        cmocka_unit_test(limits_have_limits),
        cmocka_unit_test(unknown_keys_are_named),
        cmocka_unit_test(a_later_setting_replaces),
        cmocka_unit_test(keys_are_a_sorted_table),
        cmocka_unit_test(other_keys),
        cmocka_unit_test(sources_have_an_order),
        cmocka_unit_test(globs_within_a_folder),
        cmocka_unit_test(globs_across_folders),
        cmocka_unit_test(globs_name_folders_and_absolute_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
