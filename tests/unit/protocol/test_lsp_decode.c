/* SPDX-License-Identifier: Apache-2.0 */
/* test_lsp_decode.c - each decoder: what it takes out, and what it says about what is wrong.
 *
 * A decoder is written as a function that appends what it found to a buffer; JSON is written with
 * ' for ". */
#include "protocol/lsp_decode.h"

#include "tests/support/unit.h"

typedef void show_fn(struct buf *out, const json_t *params, struct err *err);

static json_t *parse(const char *quoted) {
    char *text = xstrdup(quoted);
    for (char *c = text; (c = strchr(c, '\'')); *c = '"') continue;
    json_error_t where;
    json_t *json = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, &where);
    if (!json) fail_msg("%s: %s", quoted, where.text);
    free(text);
    return json;
}

/* `expected` is what is shown, or "!" and the error. */
static void check(show_fn *show, const char *params, const char *expected) {
    struct buf out = {0};
    struct err err = {0};
    json_t *json = parse(params);
    show(&out, json, &err);
    assert_true(err.code == ST_OK || err.code == ST_BAD_PARAMS);
    if (err.code != ST_OK) {
        out.len = 0;
        buf_printf(&out, "!%s", err.msg);
    }
    json_decref(json);
    expect_buf(params, &out, expected);
}

static void show_position(struct buf *out, struct lsp_position p) {
    buf_printf(out, "%u:%u", p.line, p.character);
}

static void show_range(struct buf *out, struct lsp_range range) {
    show_position(out, range.start);
    buf_append_byte(out, '-');
    show_position(out, range.end);
}

static void document(struct buf *out, const json_t *params, struct err *err) {
    struct str uri = STR("");
    lsp_decode_document(&uri, params, err);
    buf_append(out, uri);
}

static void document_parameters(void **state) {
    (void)state;
    check(document, "{'textDocument':{'uri':'u'}}", "u");
    check(document, "{'textDocument':{}}", "!textDocument.uri: expected a string, got nothing");
    check(document, "{'textDocument':{'uri':1}}",
          "!textDocument.uri: expected a string, got an integer");
    check(document, "{'textDocument':{'uri':1.5}}",
          "!textDocument.uri: expected a string, got a number");
    check(document, "{'textDocument':{'uri':{}}}",
          "!textDocument.uri: expected a string, got an object");
    check(document, "{'textDocument':{'uri':null}}",
          "!textDocument.uri: expected a string, got null");
    check(document, "{'textDocument':{'uri':[]}}",
          "!textDocument.uri: expected a string, got an array");
    check(document, "{'textDocument':{'uri':true}}",
          "!textDocument.uri: expected a string, got true");
    check(document, "{'textDocument':3}", "!textDocument.uri: expected a string, got nothing");
    check(document, "[]", "!textDocument.uri: expected a string, got nothing");
    check(document, "null", "!textDocument.uri: expected a string, got nothing");
}

static void opened(struct buf *out, const json_t *params, struct err *err) {
    struct lsp_open o;
    if (lsp_decode_open(&o, params, err) != ST_OK) return;
    buf_printf(out, "%.*s %.*s %d \"%.*s\"", STR_FMT(o.uri), STR_FMT(o.language), (int)o.version,
               STR_FMT(o.text));
}

static void did_open_parameters(void **state) {
    (void)state;
    check(opened, "{'textDocument':{'uri':'u','languageId':'python','version':-1,'text':'x = 1'}}",
          "u python -1 \"x = 1\"");
    check(opened, "{'textDocument':{'uri':'u','languageId':'python','version':1}}",
          "!textDocument.text: expected a string, got nothing");
    check(opened, "{'textDocument':{'uri':'u','languageId':'python','version':'1','text':''}}",
          "!textDocument.version: expected an integer, got a string");
    check(opened, "{'textDocument':{'uri':'u','languageId':false,'version':1,'text':''}}",
          "!textDocument.languageId: expected a string, got false");
}

static void changed(struct buf *out, const json_t *params, struct err *err) {
    struct lsp_changes c;
    lsp_decode_changes(&c, params, err);
    if (err->code == ST_OK) buf_printf(out, "%.*s %d", STR_FMT(c.uri), (int)c.version);
    for (size_t i = 0; i < c.changes.len && err->code == ST_OK; i++) {
        const struct lsp_change *change = &c.changes.items[i];
        buf_append_byte(out, ' ');
        if (change->whole)
            buf_append(out, STR("whole"));
        else
            show_range(out, change->range);
        buf_printf(out, "=\"%.*s\"", STR_FMT(change->text));
    }
    vec_finish(&c.changes);
}

#define CHANGES(list) "{'textDocument':{'uri':'u','version':7},'contentChanges':" list "}"
#define RANGE(end)    "{'start':{'line':1,'character':2},'end':" end "}"

static void did_change_parameters(void **state) {
    (void)state;
    check(changed, CHANGES("[]"), "u 7");
    check(changed,
          CHANGES("[{'text':'a'},{'text':'','range':" RANGE("{'line':3,'character':4}") "}]"),
          "u 7 whole=\"a\" 1:2-3:4=\"\"");
    check(changed, CHANGES("[{'text':'a','range':null}]"), "u 7 whole=\"a\"");
    check(changed, CHANGES("{}"), "!contentChanges: expected an array, got an object");
    check(changed, "{'textDocument':{'uri':'u','version':7}}",
          "!contentChanges: expected an array, got nothing");
    check(changed, "{'textDocument':{'uri':'u','version':null},'contentChanges':[]}",
          "!textDocument.version: expected an integer, got null");
    check(changed, CHANGES("[{'text':'a'},{}]"),
          "!contentChanges[1].text: expected a string, got nothing");
    check(changed, CHANGES("[3]"), "!contentChanges[0].text: expected a string, got nothing");
    check(changed, CHANGES("[{'text':'a','range':3}]"),
          "!contentChanges[0].range.start.line: expected an integer, got nothing");
    check(changed, CHANGES("[{'text':'a','range':" RANGE("{'line':3}") "}]"),
          "!contentChanges[0].range.end.character: expected an integer, got nothing");
    check(changed, CHANGES("[{'text':'a','range':" RANGE("{'line':-1,'character':0}") "}]"),
          "!contentChanges[0].range.end.line: out of range");
    check(changed, CHANGES("[{'text':'a','range':" RANGE("{'line':1,'character':4294967296}") "}]"),
          "!contentChanges[0].range.end.character: out of range");
}

static void positioned(struct buf *out, const json_t *params, struct err *err) {
    struct str uri = STR("");
    struct lsp_position at = {0};
    lsp_decode_position(&uri, &at, params, err);
    buf_printf(out, "%.*s ", STR_FMT(uri));
    show_position(out, at);
}

static void position_parameters(void **state) {
    (void)state;
    check(positioned, "{'textDocument':{'uri':'u'},'position':{'line':4294967295,'character':0}}",
          "u 4294967295:0");
    check(positioned, "{'position':{'line':1,'character':0}}",
          "!textDocument.uri: expected a string, got nothing");
    check(positioned, "{'textDocument':{'uri':'u'},'position':{'line':1}}",
          "!position.character: expected an integer, got nothing");
    check(positioned, "{'textDocument':{'uri':'u'},'position':{'line':1.0,'character':0}}",
          "!position.line: expected an integer, got a number");
}

static void ranged(struct buf *out, const json_t *params, struct err *err) {
    struct str uri = STR("");
    struct lsp_range range = {0};
    lsp_decode_range(&uri, &range, params, err);
    buf_printf(out, "%.*s ", STR_FMT(uri));
    show_range(out, range);
}

static void range_parameters(void **state) {
    (void)state;
    check(ranged, "{'textDocument':{'uri':'u'},'range':" RANGE("{'line':3,'character':4}") "}",
          "u 1:2-3:4");
    check(ranged, "{'textDocument':{'uri':'u'}}",
          "!range.start.line: expected an integer, got nothing");
    check(ranged, "{'textDocument':{'uri':'u'},'range':" RANGE("{'line':'x','character':4}") "}",
          "!range.end.line: expected an integer, got a string");
}

static void command(struct buf *out, const json_t *params, struct err *err) {
    struct lsp_command c;
    lsp_decode_command(&c, params, err);
    buf_printf(out, "%.*s(%.*s,%.*s)", STR_FMT(c.name), STR_FMT(c.uri), STR_FMT(c.block));
}

static void command_parameters(void **state) {
    (void)state;
    check(command, "{'command':'relight.run','arguments':['u','b3']}", "relight.run(u,b3)");
    check(command, "{'command':'relight.run','arguments':['u']}", "relight.run(u,)");
    check(command, "{'command':'relight.run'}", "relight.run(,)");
    check(command, "{'command':'relight.run','arguments':[1,{}]}", "relight.run(,)");
    check(command, "{'command':'relight.run','arguments':null}", "relight.run(,)");
    check(command, "{'arguments':[]}", "!command: expected a string, got nothing");
}

static void flag(struct buf *out, const char *name, bool on) {
    if (on) buf_printf(out, " %s", name);
}

static void initialized(struct buf *out, const json_t *params, struct err *err) {
    struct lsp_initialize i;
    if (lsp_decode_initialize(&i, params, err) != ST_OK) return;
    buf_printf(out, "%d '%.*s' %s", (int)i.process_id, STR_FMT(i.root_uri),
               position_encoding_name(i.client.encoding));
    flag(out, "inlay", i.client.refresh_inlay);
    flag(out, "lens", i.client.refresh_lens);
    flag(out, "diagnostics", i.client.refresh_diagnostics);
    flag(out, "progress", i.client.progress);
    flag(out, "document", i.client.show_document);
    flag(out, "configuration", i.client.configuration);
    flag(out, "hierarchical", i.client.hierarchical_symbols);
    flag(out, "related", i.client.related_information);
    flag(out, "options", i.options);
}

static void initialize_parameters(void **state) {
    (void)state;
    check(initialized, "{'capabilities':{}}", "0 '' utf-16");
    check(initialized, "{}", "!capabilities: expected an object, got nothing");
    check(initialized, "{'capabilities':[]}", "!capabilities: expected an object, got an array");
    check(initialized,
          "{'processId':null,'rootUri':null,'workspaceFolders':null,'capabilities':{}}",
          "0 '' utf-16");
    check(initialized, "{'processId':12,'rootUri':'file:///r','capabilities':{}}",
          "12 'file:///r' utf-16");
    check(initialized,
          "{'rootUri':'file:///r','workspaceFolders':[{'uri':'file:///w'}],'capabilities':{}}",
          "0 'file:///w' utf-16");
    check(initialized, "{'rootUri':'file:///r','workspaceFolders':[],'capabilities':{}}",
          "0 'file:///r' utf-16");
    check(initialized, "{'capabilities':{},'initializationOptions':{}}", "0 '' utf-16 options");
}

static void client_capabilities(void **state) {
    (void)state;
    check(initialized, "{'capabilities':{'general':{'positionEncodings':['utf-16',3,'utf-8']}}}",
          "0 '' utf-8");
    check(initialized, "{'capabilities':{'general':{'positionEncodings':'utf-8'}}}", "0 '' utf-16");
    check(initialized,
          "{'capabilities':{'workspace':{'inlayHint':{'refreshSupport':true},'codeLens':"
          "{'refreshSupport':true},'diagnostics':{'refreshSupport':true},'configuration':true},"
          "'window':{'workDoneProgress':true,'showDocument':{'support':true}},'textDocument':"
          "{'documentSymbol':{'hierarchicalDocumentSymbolSupport':true},'publishDiagnostics':"
          "{'relatedInformation':true}}}}",
          "0 '' utf-16 inlay lens diagnostics progress document configuration hierarchical"
          " related");
    check(initialized,
          "{'capabilities':{'workspace':{'inlayHint':{'refreshSupport':1},'codeLens':true,"
          "'configuration':'true'},'window':[]}}",
          "0 '' utf-16");
}

static void paths_lead_into_objects(void **state) {
    (void)state;
    json_t *json = parse("{'a':{'b':{'c':1}},'d':[1]}");
    assert_int_equal(json_integer_value(json_at(json, "a.b.c")), 1);
    assert_true(json_is_object(json_at(json, "a.b")));
    assert_ptr_equal(json_at(json, ""), json);
    assert_null(json_at(json, "a.x.c"));
    assert_null(json_at(json, "a.b.c.d"));
    assert_null(json_at(json, "d.0"));
    assert_null(json_at(NULL, "a"));
    json_decref(json);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(document_parameters),     cmocka_unit_test(did_open_parameters),
        cmocka_unit_test(did_change_parameters),   cmocka_unit_test(position_parameters),
        cmocka_unit_test(range_parameters),        cmocka_unit_test(command_parameters),
        cmocka_unit_test(initialize_parameters),   cmocka_unit_test(client_capabilities),
        cmocka_unit_test(paths_lead_into_objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
