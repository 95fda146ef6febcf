/* SPDX-License-Identifier: Apache-2.0 */
/* test_live.c - live messages and nbformat records, by their JSON text (' stands for "). */
#include "protocol/live.h"

#include "tests/support/unit.h"

static void check(json_t *made_take, const char *quoted) {
    char *text = made_take ? json_dumps(made_take, JSON_COMPACT) : NULL;
    struct buf got = {0};
    buf_append(&got, str_from(text ? text : "nothing"));
    for (size_t i = 0; i < got.len; i++)
        if (got.ptr[i] == '"') got.ptr[i] = '\'';
    free(text);
    json_decref(made_take);
    expect_buf("message", &got, quoted);
}

static json_t *bundle_of(struct str mime, struct str data) {
    json_t *bundle = live_bundle();
    live_bundle_add(bundle, mime, data);
    return bundle;
}

static void streams(void **state) {
    (void)state;
    check(live_stream(false, STR("a\n")), "{'output_type':'stream','name':'stdout','text':'a\\n'}");
    check(live_stream(true, STR("a\0\xFF")),
          "{'output_type':'stream','name':'stderr','text':'a\\u0000\xEF\xBF\xBD'}");
    check(live_stream(false, (struct str){0}),
          "{'output_type':'stream','name':'stdout','text':''}");
}

static void displays_and_results(void **state) {
    (void)state;
    check(live_display(live_bundle()), "{'output_type':'display_data','data':{},'metadata':{}}");
    check(live_execute_result(4294967295u, bundle_of(STR("text/plain"), STR("3"))),
          "{'output_type':'execute_result','execution_count':4294967295,"
          "'data':{'text/plain':'3'},'metadata':{}}");
}

/* `data` under a JSON type. */
static void check_json(struct str data, const char *embedded) {
    struct buf expected = {0};
    buf_printf(&expected, "{'application/vnd.vegalite.v5+json':%s}", embedded);
    check(bundle_of(STR("application/vnd.vegalite.v5+json"), data), buf_cstr(&expected));
    buf_finish(&expected);
}

static void json_types_are_embedded(void **state) {
    (void)state;
    check(bundle_of(STR("application/json"), STR("{\"a\": [1, 2.5]}")),
          "{'application/json':{'a':[1,2.5]}}");
    check(bundle_of(STR("text/plain"), STR("{}")), "{'text/plain':'{}'}");
    check_json(STR("3"), "3");
    check_json(STR("null"), "null");
    check_json(STR("[\"a\\u0000b\"]"), "['a\\u0000b']");
    check_json(STR("{\"a\":"), "'{\\'a\\':'"); /* not JSON: shown as text */
    check_json(STR("NaN"), "'NaN'");
    check_json(STR(""), "''");
    check_json((struct str){0}, "''");
}

static void bundles_take_any_bytes(void **state) {
    (void)state;
    check(bundle_of(STR("text/\xFF"), STR("\xC3")), "{'text/\xEF\xBF\xBD':'\xEF\xBF\xBD'}");
    json_t *bundle = bundle_of(STR("text/plain"), STR("old"));
    live_bundle_add(bundle, STR("text/plain"), STR("new"));
    check(bundle, "{'text/plain':'new'}");
}

static void errors(void **state) {
    (void)state;
    json_t *frame = live_frame(STR("/a\xFF.py"), 3, STR("<module>"), STR("1/0"));
    check(live_error(STR("E"), STR("bad\xFF"), json_pack("[s]", "line"), json_pack("[o]", frame)),
          "{'output_type':'error','ename':'E','evalue':'bad\xEF\xBF\xBD','traceback':['line'],"
          "'frames':[{'file':'/a\xEF\xBF\xBD.py','line':3,'function':'<module>',"
          "'source':'1/0'}]}");
}

static const struct live_target target = {7, "/a.py"};

static void run_messages(void **state) {
    (void)state;
    json_t *reasons = json_pack("{s:[o,o]}", "b1", live_reason("new", STR("")),
                                live_reason("requires", STR("b2")));
    check(live_run_start(target, "file:///a.py", 2, json_pack("[s]", "b1"), json_array(), reasons,
                         "save"),
          "{'run':7,'file':'/a.py','uri':'file:///a.py','version':2,'blocks':['b1'],'dirty':[],"
          "'reasons':{'b1':[{'kind':'new'},{'kind':'requires','ref':'b2'}]},'trigger':'save'}");
    check(live_run_end(target,
                       &(struct live_run_end){
                           .error = true, .ran = 1, .clean = 2, .cached = 3, .duration_ms = 1.5}),
          "{'run':7,'file':'/a.py','error':true,'cancelled':false,'ran':1,'clean':2,'cached':3,"
          "'durationMs':1.5}");
}

static void block_messages(void **state) {
    (void)state;
    struct lsp_range range = {{1, 0}, {2, 3}};
    struct live_result result = {.block = 4,
                                 .ordinal = 5,
                                 .range = range,
                                 .kind = "code",
                                 .status = "ok",
                                 .origin = "ran",
                                 .ok = true,
                                 .duration_ms = 12.25,
                                 .content_hash = "ab",
                                 .title = STR("Prices"),
                                 .blocked_by = 2,
                                 .hidden = json_pack("[s]", "code"),
                                 .elements = json_array(),
                                 .outputs = json_array()};
    check(live_block_start(target, 3, (struct lsp_range){{1, 0}, {2, 5}}),
          "{'run':7,'file':'/a.py','block':'b3','range':{'start':{'line':1,'character':0},"
          "'end':{'line':2,'character':5}}}");
    check(live_block_output(target, 3, live_stream(false, STR("x"))),
          "{'run':7,'file':'/a.py','block':'b3','output':"
          "{'output_type':'stream','name':'stdout','text':'x'}}");
    check(
        live_block_result(target, &result),
        "{'run':7,'file':'/a.py','block':'b4','ordinal':5,'range':{'start':{'line':1,"
        "'character':0},'end':{'line':2,'character':3}},'contentHash':'ab','kind':'code',"
        "'status':'ok','ok':true,'title':'Prices','elements':[],'hidden':['code'],'blockedBy':'b2',"
        "'outputs':[],'truncated':false,"
        "'durationMs':12.25,'origin':'ran'}");
    check(live_block_moved(target, &result),
          "{'run':7,'file':'/a.py','block':'b4','ordinal':5,'range':{'start':{'line':1,"
          "'character':0},'end':{'line':2,'character':3}},'contentHash':'ab','unchanged':true}");
    check(live_element("prose", range, STR("# \xFF"), true),
          "{'type':'prose','range':{'start':{'line':1,'character':0},'end':{'line':2,"
          "'character':3}},'value':'# \xEF\xBF\xBD','show':true}");
}

static void block_ids_go_there_and_back(void **state) {
    (void)state;
    static const struct {
        struct str id;
        uint32_t block;
    } cases[] = {
        {STR_INIT("b1"), 1},
        {STR_INIT("b4294967295"), UINT32_MAX},
        {STR_INIT("b4294967296"), 0},
        {STR_INIT("b99999999999"), 0},
        {STR_INIT("b0"), 0},
        {STR_INIT("b"), 0},
        {STR_INIT(""), 0},
        {STR_INIT("1"), 0},
        {STR_INIT("b-1"), 0},
        {STR_INIT("b1x"), 0},
        {STR_INIT("b1\0"), 0},
        {STR_INIT("B1"), 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char id[16];
        assert_int_equal(live_block_number(cases[i].id), cases[i].block);
        if (!cases[i].block) continue;
        live_block_id(id, cases[i].block);
        expect_str("id", str_from(id), cases[i].id);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams),
        cmocka_unit_test(displays_and_results),
        cmocka_unit_test(json_types_are_embedded),
        cmocka_unit_test(bundles_take_any_bytes),
        cmocka_unit_test(errors),
        cmocka_unit_test(run_messages),
        cmocka_unit_test(block_messages),
        cmocka_unit_test(block_ids_go_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
