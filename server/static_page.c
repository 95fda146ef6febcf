/* SPDX-License-Identifier: Apache-2.0 */
/* static_page.c - the template, the app and the document's state put together.
 *
 * Parts of the app that only some documents need go in when the state has one of their marks: a
 * part too many costs room, one too few would leave a chart out. */
#include "server/static_page.h"

#include <stdlib.h>

#include "protocol/rpc.h"
#include "server/convert.h"
#include "server/preview_assets.h"
#include "server/relations.h"

static struct str asset(const char *path) {
    for (size_t i = 0; i < preview_asset_count; i++)
        if (strcmp(preview_assets[i].path, path) == 0)
            return (struct str){(const char *)preview_assets[i].bytes, preview_assets[i].size};
    return STR("");
}

/* --- The state. --- */

static void add_message(json_t *messages, const char *type, json_t *body) {
    json_object_set_new(body, "type", json_string(type));
    json_array_append_new(messages, body);
}

static json_t *state_messages(struct session *s, const struct run_summary *end) {
    const struct document *doc = session_document(s);
    struct live_target target = {end->run, session_path(s)};
    struct live_run_end over = {.error = end->error,
                                .cancelled = end->cancelled,
                                .ran = end->ran,
                                .clean = end->clean,
                                .duration_ms = (double)end->duration_us / 1000.0};
    json_t *messages = json_array();
    add_message(messages, "run-start",
                live_run_start(target, "", 0, convert_block_ids(doc), json_array(),
                               convert_known_reasons(s), "command"));
    for (size_t i = 0; i < document_block_count(doc); i++)
        add_message(
            messages, "block-result",
            convert_block_result(s, end->run, document_block(doc, i), POSITION_UTF16, "ran", NULL));
    add_message(messages, "run-end", live_run_end(target, &over));
    add_message(messages, "graph", live_graph(target.file, relations_graph(doc)));
    return messages;
}

static int append_chunk(const char *bytes, size_t size, void *out) {
    buf_append(out, (struct str){bytes, size});
    return 0;
}

/* Below the folder of the file there is nothing else that the page could show. */
static void append_state(struct session *s, const struct run_summary *end, struct buf *out) {
    const char *path = session_path(s), *slash = strrchr(path, '/');
    struct str root = {path, (size_t)(slash - path)};
    json_t *state = json_pack("{s:o, s:o, s:o}", "root", json_text(root), "path",
                              json_text(str_from(path)), "messages", state_messages(s, end));
    json_dump_callback(state, append_chunk, out, JSON_COMPACT);
    json_decref(state);
}

/* --- The page. --- */

/* Text that ends no element of HTML: in JSON a "<" stands within strings only. */
static void append_escaped(struct buf *out, struct str json) {
    for (size_t i = 0; i < json.len; i++) {
        if (json.ptr[i] == '<')
            buf_append(out, STR("\\u003c"));
        else
            buf_append_byte(out, json.ptr[i]);
    }
}

static void append_text(struct buf *out, struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '<')
            buf_append(out, STR("&lt;"));
        else if (text.ptr[i] == '&')
            buf_append(out, STR("&amp;"));
        else
            buf_append_byte(out, text.ptr[i]);
    }
}

static const struct part {
    const char *path;
    const char *mark; /* in the state of a document that needs it */
} parts[] = {
    {"math.js", "$"},        {"math.js", "math"},         {"math.js", "text/latex"},
    {"vega.js", "vnd.vega"}, {"plotly.js", "vnd.plotly"},
};

static void append_script(struct buf *out, const char *path) {
    buf_append(out, STR("<script>"));
    buf_append(out, asset(path));
    buf_append(out, STR("</script>\n"));
}

static void append_scripts(struct buf *out, struct str state) {
    const char *last = "";
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const struct part *p = &parts[i];
        if (strcmp(p->path, last) == 0) continue;
        if (!memmem(state.ptr, state.len, p->mark, strlen(p->mark))) continue;
        append_script(out, p->path);
        last = p->path;
    }
    append_script(out, "app.js");
}

/* --- The template: text with slots between two "@", and no other "@". --- */

struct page {
    struct buf *out;
    struct str title, state;
};

static void fill_title(const struct page *p) {
    append_text(p->out, p->title);
}

static void fill_style(const struct page *p) {
    buf_append(p->out, asset("app.css"));
}

static void fill_state(const struct page *p) {
    append_escaped(p->out, p->state);
}

static void fill_scripts(const struct page *p) {
    append_scripts(p->out, p->state);
}

static const struct slot {
    const char *name;
    void (*fill)(const struct page *p);
} slots[] = {
    {"TITLE", fill_title},
    {"STYLE", fill_style},
    {"STATE", fill_state},
    {"SCRIPTS", fill_scripts},
};

static void fill_slot(const struct page *p, struct str name) {
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
        if (str_eq(name, str_from(slots[i].name))) slots[i].fill(p);
}

void static_page_make(struct session *s, const struct run_summary *end, struct buf *out) {
    struct buf state = {0};
    struct str rest = asset("static.html");
    append_state(s, end, &state);
    struct page page = {out, str_from(strrchr(session_path(s), '/') + 1), buf_str(&state)};
    for (bool slot = false; rest.len; slot = !slot) {
        const char *at = memchr(rest.ptr, '@', rest.len);
        struct str piece = str_slice(rest, 0, at ? (size_t)(at - rest.ptr) : rest.len);
        if (slot)
            fill_slot(&page, piece);
        else
            buf_append(out, piece);
        rest = str_slice(rest, piece.len + (at ? 1 : 0), rest.len);
    }
    buf_finish(&state);
}
