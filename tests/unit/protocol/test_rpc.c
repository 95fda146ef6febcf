/* SPDX-License-Identifier: Apache-2.0 */
/* test_rpc.c - what is a request, a notification, a response, or none of them; and what we send. */
#include "protocol/rpc.h"

#include "tests/support/unit.h"

/* As compact JSON; "-" for NULL. */
static void show(struct buf *out, const char *label, const json_t *value) {
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    buf_printf(out, "%s=%s", label, text ? text : "-");
    free(text);
}

static void describe(const struct rpc_message *m, const struct err *err, struct buf *out) {
    static const char *const kinds[] = {[RPC_REQUEST] = "request",
                                        [RPC_NOTIFICATION] = "notification",
                                        [RPC_RESPONSE] = "response",
                                        [RPC_INVALID] = "invalid"};
    buf_printf(out, "%s", kinds[m->kind]);
    if (m->kind == RPC_INVALID) buf_printf(out, " (%s: %s)", status_text(err->code), err->msg);
    show(out, " id", m->id);
    if (m->kind == RPC_INVALID) return;
    if (m->method) buf_printf(out, " method=%s", m->method);
    if (m->params) show(out, " params", m->params);
    if (m->result) show(out, " result", m->result);
    if (m->error) show(out, " error", m->error);
}

static void check_parse(const char *body, const char *expected) {
    struct rpc_message m;
    struct err err = {0};
    struct buf out = {0};
    rpc_parse(&m, str_from(body), &err);
    assert_int_equal(m.kind == RPC_INVALID, err.code != ST_OK);
    describe(&m, &err, &out);
    rpc_message_finish(&m);
    expect_buf(body, &out, expected);
}

#define RPC "{\"jsonrpc\":\"2.0\","

static void each_kind_is_known(void **state) {
    (void)state;
    check_parse(RPC "\"id\":1,\"method\":\"m\"}", "request id=1 method=m");
    check_parse(RPC "\"id\":\"a\",\"method\":\"m\",\"params\":[1]}",
                "request id=\"a\" method=m params=[1]");
    check_parse(RPC "\"id\":null,\"method\":\"m\",\"params\":null}",
                "request id=null method=m params=null");
    check_parse(RPC "\"method\":\"m\",\"params\":{}}", "notification id=- method=m params={}");
    check_parse(RPC "\"id\":1,\"result\":null}", "response id=1 result=null");
    check_parse(RPC "\"id\":1,\"error\":{\"code\":1}}", "response id=1 error={\"code\":1}");
    check_parse(RPC "\"id\":null,\"error\":{}}", "response id=null error={}");
}

#define NO_RPC     "invalid (invalid parameters: not a JSON-RPC 2.0 message) "
#define NO_MESSAGE "invalid (invalid parameters: a message needs a method, a result or an error) "

static void invalid_messages_keep_a_usable_id(void **state) {
    (void)state;
    check_parse("{}", NO_RPC "id=-");
    check_parse("{\"id\":1,\"method\":\"m\"}", NO_RPC "id=1");
    check_parse("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"m\"}", NO_RPC "id=1");
    check_parse("{\"jsonrpc\":2.0,\"id\":\"x\",\"method\":\"m\"}", NO_RPC "id=\"x\"");
    check_parse(RPC "\"id\":1,\"method\":2}", NO_RPC "id=1");
    check_parse(RPC "\"id\":1.5,\"method\":\"m\"}", NO_RPC "id=-");
    check_parse(RPC "\"id\":[1],\"method\":\"m\"}", NO_RPC "id=-");
    check_parse(RPC "\"id\":true,\"result\":1}", NO_RPC "id=-");
    check_parse(RPC "\"id\":1,\"method\":\"m\",\"params\":3}", NO_RPC "id=1");
    check_parse(RPC "\"id\":1,\"method\":\"exit\\u0000x\"}", NO_RPC "id=1");
    check_parse(RPC "\"id\":1}", NO_MESSAGE "id=1");
    check_parse(RPC "\"result\":1}", NO_MESSAGE "id=-");
    check_parse("[" RPC "\"method\":\"m\"}]",
                "invalid (invalid parameters: a message must be an object) id=-");
}

static void check_not_json(struct str body) {
    struct rpc_message m;
    struct err err = {0};
    rpc_parse(&m, body, &err);
    assert_int_equal(m.kind, RPC_INVALID);
    assert_int_equal(err.code, ST_BAD_MESSAGE);
    assert_null(m.root);
    assert_null(m.id);
    rpc_message_finish(&m);
}

static void what_is_not_json_is_refused(void **state) {
    (void)state;
    check_not_json(STR(""));
    check_not_json((struct str){0});
    check_not_json(STR("{"));
    check_not_json(STR("3"));
    check_not_json(STR("{} {}"));
    check_not_json(STR("{\"a\":\"\xFF\"}"));
    check_not_json(STR("{}\0"));
    struct buf deep = {0};
    for (int i = 0; i < 1000000; i++) buf_append_byte(&deep, '[');
    check_not_json(buf_str(&deep));
    buf_finish(&deep);
}

static void strings_may_hold_nuls(void **state) {
    (void)state;
    struct rpc_message m;
    struct err err = {0};
    rpc_parse(&m, STR(RPC "\"method\":\"m\",\"params\":[\"a\\u0000b\"]}"), &err);
    assert_int_equal(m.kind, RPC_NOTIFICATION);
    const json_t *text = json_array_get(m.params, 0);
    expect_str("params", (struct str){json_string_value(text), json_string_length(text)},
               STR("a\0b"));
    rpc_message_finish(&m);
}

static void check_write(json_t *message_take, const char *body) {
    struct buf out = {0}, expected = {0};
    buf_printf(&expected, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
    rpc_write(&out, message_take);
    json_decref(message_take);
    expect_buf("written", &out, buf_cstr(&expected));
    buf_finish(&expected);
}

static void messages_are_written(void **state) {
    (void)state;
    json_t *id = json_integer(7);
    check_write(rpc_request(1, "m", NULL), RPC "\"id\":1,\"method\":\"m\"}");
    check_write(rpc_notification("m", json_pack("[i]", 1)), RPC "\"method\":\"m\",\"params\":[1]}");
    check_write(rpc_result(id, json_text(STR("a\0\xC3\xA9"))),
                RPC "\"id\":7,\"result\":\"a\\u0000\xC3\xA9\"}");
    check_write(rpc_result(id, json_real(12.345)), RPC "\"id\":7,\"result\":12.345}");
    check_write(rpc_result(id, NULL), RPC "\"id\":7,\"result\":null}");
    check_write(rpc_error(id, RPC_INVALID_PARAMS, "no \"x\""),
                RPC "\"id\":7,\"error\":{\"code\":-32602,\"message\":\"no \\\"x\\\"\"}}");
    check_write(rpc_error(NULL, RPC_PARSE_ERROR, "\xC3"),
                RPC "\"id\":null,\"error\":{\"code\":-32700,\"message\":\"\xEF\xBF\xBD\"}}");
    json_decref(id);
}

static void every_status_has_a_code(void **state) {
    (void)state;
    for (int st = 0; st < ST_COUNT; st++) assert_true(rpc_code_from_status(st) < 0);
    assert_int_equal(rpc_code_from_status(ST_BAD_PARAMS), RPC_INVALID_PARAMS);
    assert_int_equal(rpc_code_from_status(ST_STALE), RPC_CONTENT_MODIFIED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_known),
        cmocka_unit_test(invalid_messages_keep_a_usable_id),
        cmocka_unit_test(what_is_not_json_is_refused),
        cmocka_unit_test(strings_may_hold_nuls),
        cmocka_unit_test(messages_are_written),
        cmocka_unit_test(every_status_has_a_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
