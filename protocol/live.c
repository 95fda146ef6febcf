/* SPDX-License-Identifier: Apache-2.0 */
/* live.c - building live messages and nbformat output records. */
#include "protocol/live.h"

#include <stdio.h>

#include "protocol/framing.h"
#include "protocol/rpc.h"

/* --- On the wire. --- */

static const struct {
    const char *web, *lsp;
} kinds[] = {
#define KIND_AS_NAMES(name, web, lsp) [LIVE_##name] = {web, lsp},
    LIVE_KIND_MAP(KIND_AS_NAMES)};

static int append_chunk(const char *bytes, size_t size, void *out) {
    buf_append(out, (struct str){bytes, size});
    return 0;
}

/* The body is one object, whose text is put into another as it is. */
void live_write(struct buf *out, enum live_transport transport, enum live_kind kind,
                const json_t *body) {
    struct buf text = {0}, head = {0};
    json_dump_callback(body, append_chunk, &text, JSON_COMPACT);
    if (transport == LIVE_WEB) {
        buf_printf(out, "{\"type\":\"%s\",", kinds[kind].web);
        buf_append(out, str_slice(buf_str(&text), 1, text.len));
    } else {
        buf_printf(&head,
                   "{\"jsonrpc\":\"2.0\",\"method\":\"relight/%s\",\"params\":", kinds[kind].lsp);
        framing_header(out, head.len + text.len + 1);
        buf_append(out, buf_str(&head));
        buf_append(out, buf_str(&text));
        buf_append_byte(out, '}');
    }
    buf_finish(&head);
    buf_finish(&text);
}

void live_block_id(char out[16], uint32_t block) {
    snprintf(out, 16, "b%u", block);
}

uint32_t live_block_number(struct str id) {
    uint64_t number = 0;
    if (id.len < 2 || id.len > 11 || id.ptr[0] != 'b') return 0;
    for (size_t i = 1; i < id.len; i++) {
        if (id.ptr[i] < '0' || id.ptr[i] > '9') return 0;
        number = number * 10 + (uint64_t)(id.ptr[i] - '0');
    }
    return number <= UINT32_MAX ? (uint32_t)number : 0;
}

json_t *live_id(uint32_t block) {
    char id[16];
    live_block_id(id, block);
    return json_string(id);
}

/* --- Output records. --- */

json_t *live_stream(bool is_stderr, struct str text) {
    return json_pack("{s:s, s:s, s:o}", "output_type", "stream", "name",
                     is_stderr ? "stderr" : "stdout", "text", json_text(text));
}

json_t *live_bundle(void) {
    return json_object();
}

static bool is_json_type(struct str mime) {
    return str_eq(mime, STR("application/json")) || str_ends(mime, STR("+json"));
}

void live_bundle_add(json_t *bundle, struct str mime, struct str data) {
    json_t *value = is_json_type(mime)
                        ? json_loadb(data.ptr, data.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL)
                        : NULL;
    if (!value) value = json_text(data);
    json_t *key = json_text(mime); /* well-formed and without NULs in any case */
    json_object_set_new(bundle, json_string_value(key), value);
    json_decref(key);
}

json_t *live_display(json_t *bundle) {
    return json_pack("{s:s, s:o, s:{}}", "output_type", "display_data", "data", bundle, "metadata");
}

json_t *live_execute_result(uint32_t count, json_t *bundle) {
    return json_pack("{s:s, s:I, s:o, s:{}}", "output_type", "execute_result", "execution_count",
                     (json_int_t)count, "data", bundle, "metadata");
}

json_t *live_error(struct str ename, struct str evalue, json_t *traceback, json_t *frames) {
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "output_type", "error", "ename", json_text(ename),
                     "evalue", json_text(evalue), "traceback", traceback, "frames", frames);
}

json_t *live_frame(struct str file, uint32_t line, struct str function, struct str source) {
    return json_pack("{s:o, s:I, s:o, s:o}", "file", json_text(file), "line", (json_int_t)line,
                     "function", json_text(function), "source", json_text(source));
}

/* --- What a browser loads by itself. --- */

struct hash128 live_data_hash(struct str mime, struct str data) {
    struct buf both = {0};
    buf_append(&both, mime);
    buf_append_byte(&both, '\0');
    buf_append(&both, data);
    struct hash128 hash = hash128(buf_str(&both));
    buf_finish(&both);
    return hash;
}

static json_t *data_link(struct str mime, struct str data) {
    char hex[33];
    hash128_hex(live_data_hash(mime, data), hex);
    return json_string(hex);
}

static bool is_framed(struct str mime) {
    return str_eq(mime, STR("text/html")) || str_eq(mime, STR("image/svg+xml"));
}

static void link_bundle(json_t *record, json_t *bundle) {
    json_t *links = json_object(), *value;
    const char *key;
    void *next;
    json_object_foreach_safe(bundle, next, key, value) {
        struct str mime = str_from(key);
        struct str data = {json_string_value(value), json_string_length(value)};
        bool large = data.len > LIVE_INLINE_MAX;
        if (!json_is_string(value) || (!large && !is_framed(mime))) continue;
        json_object_set_new(links, key, data_link(mime, data));
        if (large) json_object_del(bundle, key);
    }
    if (json_object_size(links)) json_object_set(record, "links", links);
    json_decref(links);
}

static void link_record(json_t *record) {
    json_t *bundle = json_object_get(record, "data");
    if (bundle) link_bundle(record, bundle);
}

void live_link(json_t *message) {
    json_t *record;
    size_t i;
    json_array_foreach(json_object_get(message, "outputs"), i, record) link_record(record);
    link_record(json_object_get(message, "output"));
}

/* --- Messages. --- */

static json_t *message(struct live_target target) {
    return json_pack("{s:I, s:o}", "run", (json_int_t)target.run, "file",
                     json_text(str_from(target.file)));
}

json_t *live_run_start(struct live_target target, const char *uri, int64_t version, json_t *blocks,
                       json_t *dirty, json_t *reasons, const char *trigger) {
    json_t *m = message(target);
    json_object_set_new(m, "uri", json_text(str_from(uri)));
    json_object_set_new(m, "version", json_integer((json_int_t)version));
    json_object_set_new(m, "blocks", blocks);
    json_object_set_new(m, "dirty", dirty);
    json_object_set_new(m, "reasons", reasons);
    json_object_set_new(m, "trigger", json_string(trigger));
    return m;
}

json_t *live_blocks(struct live_target target, int64_t version, json_t *blocks) {
    json_t *m = message(target);
    json_object_set_new(m, "version", json_integer((json_int_t)version));
    json_object_set_new(m, "blocks", blocks);
    return m;
}

json_t *live_reason(const char *kind, struct str ref) {
    json_t *reason = json_pack("{s:s}", "kind", kind);
    if (ref.len) json_object_set_new(reason, "ref", json_text(ref));
    return reason;
}

static json_t *block_message(struct live_target target, uint32_t block) {
    json_t *m = message(target);
    json_object_set_new(m, "block", live_id(block));
    return m;
}

static json_t *range_encode(struct lsp_range r) {
    return json_pack("{s:{s:I, s:I}, s:{s:I, s:I}}", "start", "line", (json_int_t)r.start.line,
                     "character", (json_int_t)r.start.character, "end", "line",
                     (json_int_t)r.end.line, "character", (json_int_t)r.end.character);
}

json_t *live_block_start(struct live_target target, uint32_t block, struct lsp_range range) {
    json_t *m = block_message(target, block);
    json_object_set_new(m, "range", range_encode(range));
    return m;
}

json_t *live_block_output(struct live_target target, uint32_t block, json_t *output) {
    json_t *m = block_message(target, block);
    json_object_set_new(m, "output", output);
    return m;
}

static json_t *block_place(struct live_target target, const struct live_result *result) {
    json_t *m = block_message(target, result->block);
    json_object_set_new(m, "ordinal", json_integer(result->ordinal));
    json_object_set_new(m, "range", range_encode(result->range));
    json_object_set_new(m, "contentHash", json_string(result->content_hash));
    return m;
}

json_t *live_block_moved(struct live_target target, const struct live_result *result) {
    json_t *m = block_place(target, result);
    json_object_set_new(m, "unchanged", json_true());
    return m;
}

json_t *live_block_result(struct live_target target, const struct live_result *result) {
    json_t *m = block_place(target, result);
    json_object_set_new(m, "kind", json_string(result->kind));
    json_object_set_new(m, "status", json_string(result->status));
    json_object_set_new(m, "ok", json_boolean(result->ok));
    json_object_set_new(m, "title", json_text(result->title));
    json_object_set_new(m, "elements", result->elements);
    json_object_set_new(m, "hidden", result->hidden);
    if (result->blocked_by) json_object_set_new(m, "blockedBy", live_id(result->blocked_by));
    if (result->outputs)
        json_object_set_new(m, "outputs", result->outputs);
    else
        json_object_set_new(m, "unchanged", json_true());
    json_object_set_new(m, "truncated", json_boolean(result->truncated));
    json_object_set_new(m, "durationMs", json_real(result->duration_ms));
    json_object_set_new(m, "origin", json_string(result->origin));
    if (result->operation.len) json_object_set_new(m, "operation", json_text(result->operation));
    return m;
}

json_t *live_element(const char *type, struct lsp_range range, struct str value, bool show) {
    return json_pack("{s:s, s:o, s:o, s:b}", "type", type, "range", range_encode(range), "value",
                     json_text(value), "show", show);
}

json_t *live_cursor(const char *file, uint32_t line) {
    return json_pack("{s:o, s:I}", "file", json_text(str_from(file)), "line", (json_int_t)line);
}

json_t *live_pin(const char *file) {
    return json_pack("{s:o}", "file", json_text(str_from(file)));
}

json_t *live_graph(const char *file, json_t *blocks) {
    return json_pack("{s:o, s:o}", "file", json_text(str_from(file)), "blocks", blocks);
}

json_t *live_run_end(struct live_target target, const struct live_run_end *end) {
    json_t *m = message(target);
    json_object_set_new(m, "error", json_boolean(end->error));
    json_object_set_new(m, "cancelled", json_boolean(end->cancelled));
    json_object_set_new(m, "ran", json_integer(end->ran));
    json_object_set_new(m, "clean", json_integer(end->clean));
    json_object_set_new(m, "cached", json_integer(end->cached));
    json_object_set_new(m, "durationMs", json_real(end->duration_ms));
    return m;
}

json_t *live_welcome(const struct live_welcome *w) {
    return json_pack("{s:i, s:{s:s, s:s}, s:o, s:o, s:b, s:o, s:{s:b, s:b}}", "protocol",
                     LIVE_PROTOCOL, "server", "name", "relight", "version", RELIGHT_VERSION, "root",
                     json_text(str_from(w->root)), "clientId", json_text(str_from(w->client_id)),
                     "resumed", w->resumed, "watching", w->watching, "capabilities", "run", w->run,
                     "reveal", w->reveal);
}

json_t *live_directory_entry(const char *name, bool is_folder) {
    return json_pack("{s:o, s:s}", "name", json_text(str_from(name)), "kind",
                     is_folder ? "directory" : "file");
}

json_t *live_directory(struct str path, json_t *entries) {
    return json_pack("{s:o, s:o}", "path", json_text(path), "entries", entries);
}

json_t *live_file_changed(struct str path, bool watched) {
    return json_pack("{s:o, s:b}", "path", json_text(path), "watched", watched);
}

json_t *live_directory_changed(json_t *added, json_t *removed) {
    return json_pack("{s:o, s:o}", "added", added, "removed", removed);
}

json_t *live_failure(const char *code, const char *message, struct str about) {
    return json_pack("{s:s, s:o, s:o}", "code", code, "message", json_text(str_from(message)),
                     "about", json_text(about));
}
