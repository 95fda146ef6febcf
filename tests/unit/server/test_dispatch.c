/* SPDX-License-Identifier: Apache-2.0 */
/* test_dispatch.c - the tables, and what a conversation of messages is answered.
 *
 * A conversation is written into a pipe before the server starts; it ends with the pipe.  In its
 * messages ' stands for ". */
#include "server/dispatch.h"

#include <unistd.h>

#include "protocol/framing.h"
#include "server/handlers.h"
#include "tests/support/unit.h"

static void methods_are_a_sorted_table(void **state) {
    (void)state;
    size_t count;
    const struct lsp_method *methods = dispatch_methods(&count);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(methods[i].handler);
        if (i > 0) assert_true(strcmp(methods[i - 1].name, methods[i].name) < 0);
    }
}

/* What executeCommand says to a name when no document is open: whether it knows it. */
static void check_command(const char *name, bool known) {
    struct server srv = {0};
    struct reply re = {.server = &srv};
    struct err err = {0};
    json_t *params = json_pack("{s:s, s:[s]}", "command", name, "arguments", "file:///a.py");
    on_execute_command(&srv, params, &re, &err);
    json_decref(params);
    assert_int_equal(err.code, ST_BAD_PARAMS);
    assert_int_equal(strncmp(err.msg, "arguments:", 10) == 0, known);
}

static void announced_commands_are_the_ones_there_are(void **state) {
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        check_command(command_names[i], true);
        if (i > 0) assert_true(strcmp(command_names[i - 1], command_names[i]) < 0);
    }
    check_command("relight.", false);
    check_command("relight.runX", false);
    check_command("", false);
}

static void write_message(int fd, struct str quoted) {
    struct buf out = {0};
    framing_header(&out, quoted.len);
    size_t body = out.len;
    buf_append(&out, quoted);
    for (size_t i = body; i < out.len; i++)
        if (out.ptr[i] == '\'') out.ptr[i] = '"';
    assert_int_equal(write(fd, out.ptr, out.len), out.len);
    buf_finish(&out);
}

/* Append "id:code" for a reply (code 0: a result); everything else is passed over. */
static void show_reply(struct buf *out, struct str body) {
    struct rpc_message m;
    struct err err = {0};
    rpc_parse(&m, body, &err);
    assert_int_not_equal(m.kind, RPC_INVALID);
    if (m.kind == RPC_RESPONSE) {
        char *id = json_dumps(m.id, JSON_ENCODE_ANY);
        int code = (int)json_integer_value(json_object_get(m.error, "code"));
        buf_printf(out, "%s%s:%d", out->len ? " " : "", id, code);
        free(id);
    }
    rpc_message_finish(&m);
}

static void show_replies(struct buf *out, int fd) {
    char chunk[4096];
    struct splitter sp = {0};
    struct str body;
    struct err err = {0};
    for (ssize_t n; (n = read(fd, chunk, sizeof chunk)) > 0;) {
        splitter_feed(&sp, (struct str){chunk, (size_t)n});
        while (splitter_next(&sp, &body, &err) == SPLIT_MESSAGE) show_reply(out, body);
    }
    splitter_finish(&sp);
}

/* `messages`: one a line.  The server must end by itself, with `exit_code`. */
static void check_talk(const char *messages, const char *replies, int exit_code) {
    int in[2], out[2];
    struct buf shown = {0};
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    for (const char *line = messages, *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        write_message(in[1], (struct str){line, (size_t)(end - line)});
    }
    close(in[1]);
    assert_int_equal(server_run(in[0], out[1]), exit_code);
    show_replies(&shown, out[0]);
    close(out[0]);
    expect_buf(messages, &shown, replies);
}

#define CALL(id, method, params)                                                                   \
    "{'jsonrpc':'2.0','id':" id ",'method':'" method "','params':" params "}\n"
#define TELL(method, params) "{'jsonrpc':'2.0','method':'" method "','params':" params "}\n"
#define INITIALIZE           CALL("1", "initialize", "{'capabilities':{}}")
#define SHUTDOWN             CALL("99", "shutdown", "null")
#define EXIT                 TELL("exit", "null")

static void lifecycle_by_the_book(void **state) {
    (void)state;
    check_talk(INITIALIZE SHUTDOWN EXIT, "1:0 99:0", 0);
    check_talk(INITIALIZE SHUTDOWN, "1:0 99:0", 0);
    check_talk(INITIALIZE EXIT, "1:0", 1);
    check_talk(EXIT, "", 1);
    check_talk("", "", 1);
    check_talk(INITIALIZE SHUTDOWN EXIT SHUTDOWN, "1:0 99:0", 0);
}

static void phases_are_kept(void **state) {
    (void)state;
    check_talk(SHUTDOWN INITIALIZE INITIALIZE, "99:-32002 1:0 1:-32600", 1);
    check_talk(TELL("textDocument/didOpen", "{}") CALL("2", "nothing", "{}"), "2:-32002", 1);
    check_talk(INITIALIZE SHUTDOWN SHUTDOWN CALL("2", "nothing", "{}") EXIT,
               "1:0 99:0 99:-32600 2:-32600", 0);
    check_talk(CALL("1", "initialize", "{}") INITIALIZE, "1:-32602 1:0", 1);
}

static void unknown_methods_are_answered(void **state) {
    (void)state;
    check_talk(INITIALIZE CALL("2", "nothing", "{}") CALL("'x'", "$/nothing", "{}")
                   TELL("nothing", "{}") TELL("$/nothing", "{}"),
               "1:0 2:-32601 \"x\":-32601", 1);
    /* a notification asked as a request, and a request told as a notification */
    check_talk(INITIALIZE CALL("2", "initialized", "{}") TELL("textDocument/hover", "{}"),
               "1:0 2:-32601", 1);
}

static void what_is_no_message_is_answered(void **state) {
    (void)state;
    check_talk("{\n[]\n{'jsonrpc':'2.0','id':7}\n{'jsonrpc':'2.0','id':8,'method':1}\n"
               "{'jsonrpc':'2.0','id':9,'result':null}\n",
               "null:-32700 null:-32600 7:-32600 8:-32600", 1);
}

/* Every request of the table with these parameters: one error for each. */
static void check_every_request(const char *params) {
    size_t count;
    struct buf messages = {0}, replies = {0};
    const struct lsp_method *methods = dispatch_methods(&count);
    buf_append(&messages, STR(INITIALIZE));
    buf_append(&replies, STR("1:0"));
    for (size_t i = 0; i < count; i++) {
        bool shutdown = strcmp(methods[i].name, "shutdown") == 0;
        if (methods[i].kind != METHOD_REQUEST || methods[i].when != WHEN_READY || shutdown)
            continue;
        buf_printf(&messages, "{'jsonrpc':'2.0','id':%zu,'method':'%s','params':%s}\n", 100 + i,
                   methods[i].name, params);
        buf_printf(&replies, " %zu:%d", 100 + i, RPC_INVALID_PARAMS);
    }
    check_talk(buf_cstr(&messages), buf_cstr(&replies), 1);
    buf_finish(&messages);
    buf_finish(&replies);
}

/* Every notification, likewise: no reply, and the server goes on. */
static void check_every_notification(const char *params) {
    size_t count;
    struct buf messages = {0};
    const struct lsp_method *methods = dispatch_methods(&count);
    buf_append(&messages, STR(INITIALIZE));
    for (size_t i = 0; i < count; i++) {
        if (methods[i].kind != METHOD_NOTIFICATION || strcmp(methods[i].name, "exit") == 0)
            continue;
        buf_printf(&messages, "{'jsonrpc':'2.0','method':'%s','params':%s}\n", methods[i].name,
                   params);
    }
    buf_append(&messages, STR(SHUTDOWN));
    check_talk(buf_cstr(&messages), "1:0 99:0", 0);
    buf_finish(&messages);
}

static void wrong_parameters_never_silence_it(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "null",
        "[]",
        "{}",
        "[[1]]",
        "{'textDocument':7,'position':[],'command':{},'settings':1}",
        "{'textDocument':{'uri':1,'text':2},'contentChanges':[1],'command':'','id':[1]}",
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        check_every_request(wrong[i]);
        check_every_notification(wrong[i]);
    }
    check_every_notification("{'textDocument':{'uri':'file:///a.py','languageId':1,'text':''}}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods_are_a_sorted_table),
        cmocka_unit_test(announced_commands_are_the_ones_there_are),
        cmocka_unit_test(lifecycle_by_the_book),
        cmocka_unit_test(phases_are_kept),
        cmocka_unit_test(unknown_methods_are_answered),
        cmocka_unit_test(what_is_no_message_is_answered),
        cmocka_unit_test(wrong_parameters_never_silence_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
