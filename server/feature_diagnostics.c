/* SPDX-License-Identifier: Apache-2.0 */
/* feature_diagnostics.c - what is wrong, where: errors, syntax, blocked blocks, pragmas, names
 * that are defined only below. */
#include "analysis/document_imports.h"
#include "protocol/uri.h"
#include "server/convert.h"
#include "server/features.h"
#include "server/summary.h"

struct finder {
    struct open_document *od;
    const struct document *doc;
    const struct text *text;
    enum position_encoding encoding;
    json_t *found;
};

static struct lsp_range line_range(const struct finder *f, uint32_t line) {
    return convert_range(f->text, convert_line_content(f->text, line), f->encoding);
}

static struct lsp_range span_range(const struct finder *f, const struct block *block,
                                   struct span relative) {
    struct span span = {block->span.start + relative.start, block->span.start + relative.end};
    return convert_range(f->text, span, f->encoding);
}

static json_t *add(struct finder *f, struct lsp_range range, enum lsp_severity severity,
                   const char *code, struct str message) {
    json_t *diagnostic = lsp_diagnostic(range, severity, code, message);
    json_array_append_new(f->found, diagnostic);
    return diagnostic;
}

/* The innermost frame in this document: where the user can mend it. */
static uint32_t error_line(const struct finder *f, const struct block *block,
                           const struct output *error) {
    uint32_t line = block->line;
    for (size_t i = 0; i < error->frames.len; i++) {
        struct place at = place_of_frame(f->doc, error, &error->frames.items[i]);
        if (at.in_document) line = at.line;
    }
    return line;
}

static void relate_frames(struct finder *f, json_t *diagnostic, const struct output *error) {
    for (size_t i = 0; i < error->frames.len && f->od->server->client.related_information; i++) {
        const struct frame *frame = &error->frames.items[i];
        struct buf message = {0};
        struct place at = place_of_frame(f->doc, error, frame);
        if (frame->block && !at.in_document) continue;
        char *other = at.in_document ? NULL : uri_from_path_dup(buf_str(&frame->file));
        struct lsp_range range = {{at.line, 0}, {at.line, 0}};
        if (at.in_document) range = line_range(f, at.line);
        buf_printf(&message, "in %.*s", STR_FMT(buf_str(&frame->function)));
        lsp_diagnostic_relate(diagnostic, other ? other : f->od->uri, range, buf_str(&message));
        buf_finish(&message);
        free(other);
    }
}

static void name_below(const struct finder *f, const struct block *block, struct buf *message) {
    const struct block_graph *graph = document_graph(f->doc);
    for (size_t i = 0; i < block->symbols.requires.len; i++) {
        struct str name = block->symbols.requires.items[i].name;
        const struct block *below = graph_provider_below(graph, block, name);
        char quoted[128];
        snprintf(quoted, sizeof quoted, "'%.*s'", STR_FMT(name));
        if (!below || graph_provider(graph, block, name) || !strstr(buf_cstr(message), quoted))
            continue;
        buf_printf(message, "; it is defined below, at line %u", below->line + 1);
        return;
    }
}

static void add_error(struct finder *f, const struct block *block, const struct output *error,
                      const char *code) {
    struct buf message = {0};
    buf_append(&message, buf_str(&error->ename));
    if (error->evalue.len) buf_printf(&message, ": %.*s", STR_FMT(buf_str(&error->evalue)));
    if (str_eq(buf_str(&error->ename), STR("NameError"))) name_below(f, block, &message);
    struct lsp_range range = line_range(f, error_line(f, block, error));
    json_t *diagnostic = add(f, range, LSP_ERROR, code, buf_str(&message));
    if (error->frames.len > 1) relate_frames(f, diagnostic, error);
    buf_finish(&message);
}

static void add_blocked(struct finder *f, const struct block *block, const struct trace *t) {
    struct buf message = {0};
    const struct block *by = document_block_by_id(f->doc, t->blocked_by);
    bool held = by && runner_status(session_runner(f->od->session), by) == STATUS_HELD;
    buf_append(&message, STR("not run: "));
    if (by)
        buf_printf(&message, "line %u %s, and this needs what it makes", by->line + 1,
                   held ? "is held" : "failed");
    add(f, line_range(f, block->line), LSP_INFORMATION, "blocked", buf_str(&message));
    buf_finish(&message);
}

static void add_held(struct finder *f, const struct block *block, const struct trace *t) {
    struct buf message = {0};
    summary_held(t, &message);
    struct lsp_range range = line_range(f, error_line(f, block, &t->fault_error));
    add(f, range, LSP_INFORMATION, "held", buf_str(&message));
    buf_finish(&message);
}

static void add_trace(struct finder *f, const struct block *block, const struct trace *t,
                      enum block_status status) {
    if (status == STATUS_SYNTAX_ERROR) add_error(f, block, &t->fault_error, "syntaxError");
    if (status == STATUS_BLOCKED) add_blocked(f, block, t);
    if (status == STATUS_HELD) add_held(f, block, t);
    for (size_t i = 0; status == STATUS_ERROR && i < t->outputs.len; i++)
        if (t->outputs.items[i].kind == OUTPUT_ERROR)
            add_error(f, block, &t->outputs.items[i], "error");
}

/* Documents that are not live have no compiler's word: the parser's must do. */
static void add_unparsed(struct finder *f, const struct block *block) {
    struct str message = block->unfinished ? STR("a bracket or quote is not closed")
                                           : STR("this is not complete Python");
    add(f, line_range(f, block->line), LSP_ERROR, "syntaxError", message);
}

/* It should never happen. */
static void add_different(struct finder *f, const struct block *block) {
    add(f, line_range(f, block->line), LSP_WARNING, "verify",
        STR("a full run of this file shows something else here; please report it"));
}

static void add_block(struct finder *f, const struct block *block) {
    const struct runner *r = session_runner(f->od->session);
    const struct trace *t = runner_trace(r, block->id);
    for (size_t i = 0; i < block->pragmas.diagnostics.len; i++) {
        const struct pragma_diagnostic *d = &block->pragmas.diagnostics.items[i];
        add(f, span_range(f, block, d->at), LSP_WARNING, "pragma", str_from(d->message));
    }
    if (id_vec_has(&f->od->different, block->id)) add_different(f, block);
    if (t)
        add_trace(f, block, t, runner_status(r, block));
    else if (block->symbols.syntax_error && !session_live(f->od->session))
        add_unparsed(f, block);
}

/* No worker could be started: said where the first block stands that would run. */
static void add_failure(struct finder *f) {
    struct str failure = session_failure(f->od->session);
    struct buf message = {0};
    buf_printf(&message, "not run: Relight %.*s", STR_FMT(failure));
    for (size_t i = 0; failure.len && i < document_block_count(f->doc); i++) {
        const struct block *block = document_block(f->doc, i);
        if (!block_executes(block)) continue;
        add(f, line_range(f, block->line), LSP_ERROR, "worker", buf_str(&message));
        break;
    }
    buf_finish(&message);
}

/* Imports that should reach a file of the workspace, and do not. */
static void add_missing(struct finder *f) {
    struct document_imports imports = {0};
    const struct module_index *index = project_index(f->od->server->modules);
    if (!index) return;
    document_imports_build(&imports, index, str_from(f->od->path), f->doc);
    for (size_t i = 0; i < imports.rows.len; i++) {
        const struct import_row *row = &imports.rows.items[i];
        struct buf message = {0};
        if (!document_imports_missing(index, row)) continue;
        buf_printf(&message, "no module '%s' in this workspace", row->module);
        add(f, convert_range(f->text, row->at, f->encoding), LSP_WARNING, "unresolvedImport",
            buf_str(&message));
        buf_finish(&message);
    }
    document_imports_finish(&imports);
}

json_t *feature_diagnostics(struct open_document *od) {
    struct finder f = {.od = od,
                       .doc = session_document(od->session),
                       .encoding = od->server->client.encoding,
                       .found = json_array()};
    f.text = document_text(f.doc);
    for (size_t i = 0; i < document_block_count(f.doc); i++)
        add_block(&f, document_block(f.doc, i));
    add_failure(&f);
    add_missing(&f);
    return f.found;
}
