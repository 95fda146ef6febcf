/* SPDX-License-Identifier: Apache-2.0 */
/* convert.c - bytes and traces into what editors understand. */
#include "server/convert.h"

#include "protocol/rpc.h"

/* --- Positions. --- */

struct lsp_position convert_position(const struct text *text, uint32_t byte,
                                     enum position_encoding encoding) {
    uint32_t line = text_line_at(text, byte);
    struct span span = text_line_span(text, line);
    uint32_t end = byte < span.end ? byte : span.end;
    struct str before = text_slice(text, (struct span){span.start, end});
    return (struct lsp_position){line, position_units(before, encoding)};
}

struct lsp_range convert_range(const struct text *text, struct span span,
                               enum position_encoding encoding) {
    return (struct lsp_range){convert_position(text, span.start, encoding),
                              convert_position(text, span.end, encoding)};
}

uint32_t convert_to_byte(const struct text *text, struct lsp_position position,
                         enum position_encoding encoding) {
    if (position.line >= text_line_count(text)) return text_len(text);
    struct span line = text_line_span(text, position.line);
    return line.start + position_byte(text_slice(text, line), position.character, encoding);
}

struct span convert_line_content(const struct text *text, uint32_t line) {
    struct span span = text_line_span(text, line);
    struct str content = str_trim(text_slice(text, span));
    if (content.len == 0) return span;
    uint32_t start = (uint32_t)(content.ptr - text_str(text).ptr);
    return (struct span){start, start + (uint32_t)content.len};
}

/* --- Errors. --- */

void convert_traceback(struct session *s, const struct output *error, struct buf *out) {
    if (error->frames.len) buf_append(out, STR("Traceback (most recent call last):\n"));
    for (size_t i = 0; i < error->frames.len; i++) {
        const struct frame *f = &error->frames.items[i];
        struct place at = place_of_frame(session_document(s), error, f);
        buf_printf(out, "  File \"%.*s\", line %u, in %.*s\n", STR_FMT(buf_str(&f->file)),
                   at.line + 1, STR_FMT(buf_str(&f->function)));
        if (at.source.len) buf_printf(out, "    %.*s\n", STR_FMT(at.source));
    }
    buf_append(out, buf_str(&error->ename));
    if (error->evalue.len) buf_printf(out, ": %.*s", STR_FMT(buf_str(&error->evalue)));
}

static json_t *convert_error(struct session *s, const struct output *error) {
    json_t *frames = json_array();
    for (size_t i = 0; i < error->frames.len; i++) {
        const struct frame *f = &error->frames.items[i];
        struct place at = place_of_frame(session_document(s), error, f);
        json_array_append_new(
            frames, live_frame(buf_str(&f->file), at.line, buf_str(&f->function), at.source));
    }
    struct buf text = {0};
    convert_traceback(s, error, &text);
    json_t *traceback = json_pack("[o]", json_text(buf_str(&text)));
    buf_finish(&text);
    return live_error(buf_str(&error->ename), buf_str(&error->evalue), traceback, frames);
}

/* --- Outputs. --- */

static json_t *convert_bundle(const struct output *output) {
    json_t *bundle = live_bundle();
    for (size_t i = 0; i < output->bundle.len; i++)
        live_bundle_add(bundle, buf_str(&output->bundle.items[i].mime),
                        buf_str(&output->bundle.items[i].data));
    return bundle;
}

static json_t *convert_stream(struct session *s, const struct output *output) {
    struct buf text = {0};
    place_stream_text(session_document(s), output, &text);
    json_t *stream = live_stream(output->is_stderr, buf_str(&text));
    buf_finish(&text);
    return stream;
}

json_t *convert_output(struct session *s, const struct output *output) {
    if (output_is_stream(output)) return convert_stream(s, output);
    if (output->kind == OUTPUT_ERROR) return convert_error(s, output);
    json_t *bundle = convert_bundle(output);
    return output->kind == OUTPUT_DISPLAY ? live_display(bundle) : live_execute_result(0, bundle);
}

json_t *convert_outputs(struct session *s, const struct block *block) {
    json_t *outputs = json_array();
    const struct trace *t = runner_trace(session_runner(s), block->id);
    bool fault = runner_status(session_runner(s), block) == STATUS_SYNTAX_ERROR;
    if (fault) {
        json_array_append_new(outputs, convert_output(s, &t->fault_error));
        return outputs;
    }
    for (size_t i = 0; t && i < t->outputs.len; i++)
        json_array_append_new(outputs, convert_output(s, &t->outputs.items[i]));
    return outputs;
}

static json_t *convert_elements(const struct document *doc, const struct block *block,
                                enum position_encoding encoding) {
    static const char *const types[] = {[ELEMENT_PROSE] = "prose", [ELEMENT_CODE] = "code"};
    element_vec elements = {0};
    json_t *array = json_array();
    document_block_elements(doc, block, &elements);
    for (size_t i = 0; i < elements.len; i++) {
        const struct element *e = &elements.items[i];
        json_array_append_new(array,
                              live_element(types[e->type],
                                           convert_range(document_text(doc), e->span, encoding),
                                           e->value, e->shown));
    }
    element_vec_finish(&elements);
    return array;
}

/* Whether the outputs name lines, of which the content hash says nothing. */
static bool names_lines(const struct trace *t) {
    for (size_t i = 0; i < t->outputs.len; i++)
        if (t->outputs.items[i].frames.len) return true;
    return false;
}

static json_t *convert_hidden(const struct document *doc, const struct block *block) {
    static const char *const names[] = {[SHOW_CODE] = "code",
                                        [SHOW_STATEMENTS] = "statements",
                                        [SHOW_VISUALS] = "visuals",
                                        [SHOW_PROSE] = "prose"};
    json_t *hidden = json_array();
    uint8_t mask = document_hidden(doc, block);
    for (unsigned i = 0; i < PRAGMA_CATEGORIES; i++)
        if (mask & 1u << i) json_array_append_new(hidden, json_string(names[i]));
    return hidden;
}

json_t *convert_block_result(struct session *s, uint32_t run, const struct block *block,
                             enum position_encoding encoding, const char *origin,
                             const char *known) {
    const struct document *doc = session_document(s);
    const struct trace *t = runner_trace(session_runner(s), block->id);
    enum block_status status = runner_status(session_runner(s), block);
    char content_hash[33] = "";
    if (t) hash128_hex(t->content, content_hash);
    bool unchanged = t && known && strcmp(known, content_hash) == 0 && !names_lines(t);
    struct live_result result = {
        .block = block->id,
        .ordinal = block->index,
        .range = convert_range(document_text(doc), block->span, encoding),
        .kind = block->kind == BLOCK_PROSE ? "prose" : "code",
        .status = block_status_text(status),
        .origin = t && (t->kept || t->cached) ? "cache" : origin,
        .ok = status == STATUS_OK || status == STATUS_SKIPPED,
        .truncated = t && t->truncated,
        .duration_ms = t ? (double)t->duration_us / 1000.0 : 0,
        .content_hash = content_hash,
        .operation = t && status == STATUS_HELD ? buf_str(&t->fault_error.evalue) : STR(""),
        .blocked_by = t && status == STATUS_BLOCKED ? t->blocked_by : 0,
        .title = block->title,
        .hidden = convert_hidden(doc, block),
        .elements = convert_elements(doc, block, encoding),
        .outputs = unchanged ? NULL : convert_outputs(s, block),
    };
    return live_block_result((struct live_target){run, session_path(s)}, &result);
}

json_t *convert_block_moved(struct session *s, const struct block *block,
                            enum position_encoding encoding) {
    const struct trace *t = runner_trace(session_runner(s), block->id);
    char content_hash[33] = "";
    if (t) hash128_hex(t->content, content_hash);
    struct live_result result = {
        .block = block->id,
        .ordinal = block->index,
        .range = convert_range(document_text(session_document(s)), block->span, encoding),
        .content_hash = content_hash,
    };
    return live_block_moved((struct live_target){0, session_path(s)}, &result);
}

/* --- Plans. --- */

static json_t *id_text(block_id id) {
    char text[16];
    live_block_id(text, id);
    return json_string(text);
}

static void add_reasons(json_t *reasons, block_id block, const reason_vec *why) {
    json_t *list = json_array();
    char id[16], ref[16];
    for (size_t i = 0; i < why->len; i++) {
        const struct reason *r = &why->items[i];
        live_block_id(ref, r->ref);
        struct str to = r->ref ? str_from(ref) : STR("");
        if (r->file) to = name_file(r->file);
        json_array_append_new(list, live_reason(reason_text(r->kind), to));
    }
    live_block_id(id, block);
    json_object_set_new(reasons, id, list);
}

json_t *convert_reasons(const struct plan *plan) {
    json_t *reasons = json_object();
    for (size_t i = 0; i < plan->items.len; i++)
        add_reasons(reasons, plan->items.items[i].block, &plan->items.items[i].reasons);
    return reasons;
}

json_t *convert_known_reasons(struct session *s) {
    const struct document *doc = session_document(s);
    json_t *reasons = json_object();
    for (size_t i = 0; i < document_block_count(doc); i++) {
        block_id id = document_block(doc, i)->id;
        const reason_vec *why = runner_reasons(session_runner(s), id);
        if (why && why->len) add_reasons(reasons, id, why);
    }
    return reasons;
}

json_t *convert_plan_ids(const struct plan *plan) {
    json_t *ids = json_array();
    for (size_t i = 0; i < plan->items.len; i++)
        json_array_append_new(ids, id_text(plan->items.items[i].block));
    return ids;
}

json_t *convert_block_ids(const struct document *doc) {
    json_t *ids = json_array();
    for (size_t i = 0; i < document_block_count(doc); i++)
        json_array_append_new(ids, id_text(document_block(doc, i)->id));
    return ids;
}
