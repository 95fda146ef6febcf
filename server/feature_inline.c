/* SPDX-License-Identifier: Apache-2.0 */
/* feature_inline.c - inlay hints (the short result after a block) and code lenses (its state). */
#include "server/convert.h"
#include "server/features.h"
#include "server/summary.h"

enum { HINT_CHARACTERS = 80 };

static bool overlaps(const struct block *block, struct lsp_range range) {
    return block->line <= range.end.line && block->line + block->line_count > range.start.line;
}

static struct lsp_position line_end(const struct open_document *od, uint32_t line) {
    const struct text *text = document_text(session_document(od->session));
    return convert_position(text, text_line_span(text, line).end, od->server->client.encoding);
}

static void hint_label(struct open_document *od, const struct block *block, struct buf *label) {
    static const char *const signs[] = {
        [STATUS_ERROR] = "✗ ",  [STATUS_SYNTAX_ERROR] = "✗ ", [STATUS_BLOCKED] = "⊘ ",
        [STATUS_HELD] = "⏸ ", [STATUS_STALE] = "(old) ",    [STATUS_RUNNING] = "… ",
        [STATUS_QUEUED] = "… ", [STATUS_SKIPPED] = NULL,
    };
    enum block_status status = runner_status(session_runner(od->session), block);
    struct buf result = {0};
    summary_result(od->session, block, HINT_CHARACTERS, &result);
    if (result.len) {
        buf_append(label, str_from(signs[status] ? signs[status] : "→ "));
        buf_append(label, buf_str(&result));
    }
    buf_finish(&result);
}

json_t *feature_inlay_hints(struct open_document *od, struct lsp_range range) {
    const struct document *doc = session_document(od->session);
    json_t *hints = json_array();
    for (size_t i = 0; i < document_block_count(doc); i++) {
        const struct block *block = document_block(doc, i);
        struct buf label = {0};
        if (overlaps(block, range) && block_executes(block)) hint_label(od, block, &label);
        if (label.len)
            json_array_append_new(
                hints, lsp_inlay_hint(line_end(od, block->code_line), buf_str(&label), STR("")));
        buf_finish(&label);
    }
    return hints;
}

static void lens_title(struct open_document *od, const struct block *block, struct buf *title) {
    static const char *const texts[] = {
        [STATUS_OK] = "✓",
        [STATUS_ERROR] = "✗ error",
        [STATUS_BLOCKED] = "⊘ blocked",
        [STATUS_HELD] = "⏸ held",
        [STATUS_STALE] = "▶ run",
        [STATUS_RUNNING] = "■ interrupt",
        [STATUS_QUEUED] = "… queued",
        [STATUS_SYNTAX_ERROR] = "✗ syntax error",
        [STATUS_SKIPPED] = "skipped",
    };
    const struct runner *r = session_runner(od->session);
    enum block_status status = runner_status(r, block);
    const struct trace *t = runner_trace(r, block->id);
    buf_append(title, str_from(texts[status]));
    if (t && t->valid && t->duration_us && (status == STATUS_OK || status == STATUS_ERROR)) {
        buf_append(title, STR(" "));
        summary_duration(t->duration_us, title);
    }
    if (t && status == STATUS_HELD)
        buf_printf(title, ": %.*s · run", STR_FMT(buf_str(&t->fault_error.evalue)));
    struct buf reason = {0};
    summary_reason(od->session, block, &reason);
    bool old = status == STATUS_STALE || status == STATUS_SYNTAX_ERROR ||
               status == STATUS_SKIPPED || status == STATUS_HELD;
    if (reason.len && !old) buf_printf(title, " · %.*s", STR_FMT(buf_str(&reason)));
    buf_finish(&reason);
}

static json_t *block_lens(struct open_document *od, const struct block *block) {
    char id[16];
    struct buf title = {0};
    enum block_status status = runner_status(session_runner(od->session), block);
    const char *command = status == STATUS_RUNNING ? "relight.interrupt" : "relight.runBlock";
    struct lsp_range range = {{block->line, 0}, {block->line, 0}};
    live_block_id(id, block->id);
    lens_title(od, block, &title);
    json_t *lens = lsp_code_lens(range, buf_str(&title), command, od->uri, id);
    buf_finish(&title);
    return lens;
}

static json_t *go_live_lens(const struct open_document *od) {
    struct lsp_range top = {{0, 0}, {0, 0}};
    return lsp_code_lens(top, STR("▶ Go live: run this file as you edit"), "relight.goLive",
                         od->uri, NULL);
}

json_t *feature_code_lenses(struct open_document *od) {
    const struct document *doc = session_document(od->session);
    json_t *lenses = json_array();
    if (!session_live(od->session)) {
        json_array_append_new(lenses, go_live_lens(od));
        return lenses;
    }
    for (size_t i = 0; i < document_block_count(doc); i++) {
        const struct block *block = document_block(doc, i);
        if (block->kind == BLOCK_CODE) json_array_append_new(lenses, block_lens(od, block));
    }
    return lenses;
}
