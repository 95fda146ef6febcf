/* SPDX-License-Identifier: Apache-2.0 */
/* feature_hover.c - on a name: its value at that point; on a block's last line: its result. */
#include "server/convert.h"
#include "server/features.h"
#include "server/summary.h"

enum { OUTPUT_CHARACTERS = 2000 };

static bool name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

/* The identifier around `byte`; empty for none, and for an attribute (`.name`). */
static struct span identifier_at(struct str text, uint32_t byte) {
    uint32_t start = byte, end = byte;
    while (start > 0 && name_byte(text.ptr[start - 1])) start--;
    while (end < text.len && name_byte(text.ptr[end])) end++;
    bool number = start < end && text.ptr[start] >= '0' && text.ptr[start] <= '9';
    bool attribute = start > 0 && text.ptr[start - 1] == '.';
    if (number || attribute) end = start;
    return (struct span){start, end};
}

/* The block whose run gave the name the value it has once `block` has run. */
static block_id value_provider(struct open_document *od, const struct block *block,
                               struct str name) {
    const struct trace *t = runner_trace(session_runner(od->session), block->id);
    if (t && trace_binds(t, name)) return block->id;
    const struct block_graph *graph = document_graph(session_document(od->session));
    const struct block *provider = graph_provider(graph, block, name);
    return provider ? provider->id : 0;
}

struct hover_target feature_hover_target(struct open_document *od, uint32_t byte) {
    const struct document *doc = session_document(od->session);
    struct str text = text_str(document_text(doc));
    uint32_t line = text_line_at(document_text(doc), byte);
    struct hover_target target = {.block = document_block_at_line(doc, line)};
    if (!target.block) return target;
    target.name = identifier_at(text, byte);
    struct str name = text_slice(document_text(doc), target.name);
    if (name.len) target.provider = value_provider(od, target.block, name);
    bool known = target.provider || graph_binds(document_graph(doc), name);
    if (!known) target.name.end = target.name.start;
    if (!known && line != target.block->code_line) target.block = NULL;
    return target;
}

static void append_names(struct buf *out, const char *label, const name_vec *names) {
    for (size_t i = 0; i < names->len; i++)
        buf_printf(out, "%s`%.*s`", i ? ", " : label, STR_FMT(names->items[i]));
    if (names->len) buf_append(out, STR("  \n"));
}

static void append_symbols(struct open_document *od, const struct block *block, struct buf *out) {
    name_vec provides = {0}, requires = {0}, mutates = {0};
    for (size_t i = 0; i < block->symbols.provides.len; i++)
        vec_push(&provides, block->symbols.provides.items[i].name);
    for (size_t i = 0; i < block->symbols.mutates.len; i++)
        vec_push(&mutates, block->symbols.mutates.items[i]);
    graph_requires(document_graph(session_document(od->session)), block, &requires);
    append_names(out, "provides ", &provides);
    append_names(out, "requires ", &requires);
    append_names(out, "mutates ", &mutates);
    vec_finish(&provides);
    vec_finish(&requires);
    vec_finish(&mutates);
}

static void append_state(struct open_document *od, const struct block *block, struct buf *out) {
    const struct runner *r = session_runner(od->session);
    const struct trace *t = runner_trace(r, block->id);
    buf_printf(out, "**%s**", block_status_text(runner_status(r, block)));
    if (t && t->held && trace_faulty(t, block->code))
        buf_printf(out, " — %.*s; runs when you save", STR_FMT(buf_str(&t->fault_error.evalue)));
    else if (t && t->valid && t->duration_us) {
        buf_append(out, STR(" in "));
        summary_duration(t->duration_us, out);
    }
    struct buf reason = {0};
    summary_reason(od->session, block, &reason);
    if (reason.len) buf_printf(out, " — ran because %.*s", STR_FMT(buf_str(&reason)));
    buf_finish(&reason);
    buf_append(out, STR("\n\n"));
}

/* A fence longer than any run of backticks in the text. */
static void append_fenced(struct buf *out, struct str text, const char *language) {
    size_t longest = 2, run = 0;
    for (size_t i = 0; i < text.len; i++) {
        run = text.ptr[i] == '`' ? run + 1 : 0;
        if (run > longest) longest = run;
    }
    for (size_t i = 0; i <= longest; i++) buf_append_byte(out, '`');
    buf_printf(out, "%s\n", language);
    bool cut = text.len > OUTPUT_CHARACTERS;
    buf_append_utf8(out, cut ? str_slice(text, 0, OUTPUT_CHARACTERS) : text);
    if (cut) buf_append(out, STR("…"));
    buf_append_byte(out, '\n');
    for (size_t i = 0; i <= longest; i++) buf_append_byte(out, '`');
    buf_append(out, STR("\n\n"));
}

static void append_output(struct open_document *od, const struct output *o, struct buf *out) {
    struct str png = output_mime(o, STR("image/png"));
    struct str markdown = output_mime(o, STR("text/markdown"));
    struct buf text = {0};
    if (output_is_stream(o)) {
        place_stream_text(session_document(od->session), o, &text);
        append_fenced(out, buf_str(&text), "text");
    } else if (o->kind == OUTPUT_ERROR) {
        convert_traceback(od->session, o, &text);
        append_fenced(out, buf_str(&text), "python-traceback");
    } else if (png.len && png.len < 400000) {
        buf_printf(out, "![figure](data:image/png;base64,%.*s)\n\n", STR_FMT(png));
    } else if (markdown.len) {
        buf_printf(out, "%.*s\n\n", STR_FMT(markdown));
    } else {
        append_fenced(out, output_mime(o, STR("text/plain")), "python");
    }
    buf_finish(&text);
}

void feature_hover_block(struct open_document *od, const struct block *block, struct buf *out) {
    const struct trace *t = runner_trace(session_runner(od->session), block->id);
    append_state(od, block, out);
    for (size_t i = 0; t && i < t->outputs.len; i++) append_output(od, &t->outputs.items[i], out);
    append_symbols(od, block, out);
}

void feature_hover_name(struct open_document *od, const struct hover_target *target,
                        struct buf *before, struct buf *after) {
    const struct document *doc = session_document(od->session);
    struct str name = text_slice(document_text(doc), target->name);
    const struct block *provider = document_block_by_id(doc, target->provider);
    buf_printf(before, "**`%.*s`**", STR_FMT(name));
    if (provider == target->block)
        buf_append(after, STR("\n\nset in this block"));
    else if (provider)
        buf_printf(after, "\n\nset at line %u", provider->line + 1);
    else
        buf_append(after, STR("\n\nnot defined above this point"));
}

void feature_hover_value(const struct worker_value *value, struct buf *out) {
    if (!value->found) return;
    buf_printf(out, " : `%.*s`", STR_FMT(value->type));
    if (value->shape.len) buf_printf(out, " %.*s", STR_FMT(value->shape));
    buf_append(out, STR("\n\n"));
    append_fenced(out, value->text, "python");
}
