/* SPDX-License-Identifier: Apache-2.0 */
/* summary.c - one-line texts about blocks and their results. */
#include "server/summary.h"

#include <inttypes.h>

/* Bytes of the first `max` characters of s. */
static size_t characters(struct str s, size_t max) {
    size_t i = 0;
    for (size_t n = 0; i < s.len; i++) {
        bool starts = ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
        if (starts && n++ == max) break;
    }
    return i;
}

static struct str first_line(struct str s) {
    size_t len = 0;
    while (len < s.len && s.ptr[len] != '\n' && s.ptr[len] != '\r') len++;
    return str_slice(s, 0, len);
}

void summary_line(struct buf *out, struct str s, size_t max) {
    s = str_trim(s);
    struct str line = str_trim(first_line(s));
    size_t cut = characters(line, max);
    buf_append_utf8(out, str_slice(line, 0, cut));
    if (cut < s.len) buf_append(out, STR("…"));
}

void summary_duration(uint64_t us, struct buf *out) {
    if (us < 1000)
        buf_printf(out, "%.1f ms", (double)us / 1e3);
    else if (us < 1000000)
        buf_printf(out, "%" PRIu64 " ms", us / 1000);
    else
        buf_printf(out, "%.1f s", (double)us / 1e6);
}

static void summary_display(const struct output *o, size_t max, struct buf *out) {
    struct str text = output_mime(o, STR("text/plain"));
    bool image = output_mime(o, STR("image/png")).len || output_mime(o, STR("image/svg+xml")).len;
    if (image) buf_append(out, STR("🖼 "));
    summary_line(out, text, max);
}

static void summary_output(const struct output *o, size_t max, struct buf *out) {
    if (o->kind == OUTPUT_ERROR) {
        buf_append(out, buf_str(&o->ename));
        if (o->evalue.len) buf_append(out, STR(": "));
        summary_line(out, buf_str(&o->evalue), max);
    } else if (output_is_stream(o)) {
        summary_line(out, buf_str(&o->text), max);
    } else {
        summary_display(o, max, out);
    }
}

/* An error says most; then the value; then a display; then what was printed. */
static int weight(const struct output *o) {
    switch (o->kind) {
    case OUTPUT_ERROR:
        return 4;
    case OUTPUT_RESULT:
        return 3;
    case OUTPUT_DISPLAY:
        return 2;
    default:
        return 1;
    }
}

static void summary_blocked(struct session *s, const struct trace *t, struct buf *out) {
    const struct document *doc = session_document(s);
    const struct block *by = document_block_by_id(doc, t->blocked_by);
    buf_append(out, STR("blocked"));
    if (by) buf_printf(out, " by line %u", by->line + 1);
}

void summary_held(const struct trace *t, struct buf *out) {
    buf_printf(out, "held: %.*s; runs when you save", STR_FMT(buf_str(&t->fault_error.evalue)));
}

void summary_result(struct session *s, const struct block *block, size_t max, struct buf *out) {
    const struct runner *r = session_runner(s);
    const struct trace *t = runner_trace(r, block->id);
    enum block_status status = runner_status(r, block);
    if (!t) return;
    if (status == STATUS_SYNTAX_ERROR) {
        summary_output(&t->fault_error, max, out);
        return;
    }
    if (status == STATUS_HELD) {
        summary_held(t, out);
        return;
    }
    if (status == STATUS_BLOCKED) summary_blocked(s, t, out);
    const struct output *best = NULL;
    for (size_t i = 0; i < t->outputs.len; i++) {
        const struct output *o = &t->outputs.items[i];
        if (!best || weight(o) >= weight(best)) best = o;
    }
    if (best) summary_output(best, max, out);
}

static void summary_reference(const struct document *doc, block_id ref, struct buf *out) {
    const struct block *block = document_block_by_id(doc, ref);
    if (!block) return;
    buf_printf(out, " (line %u: ", block->line + 1);
    summary_name(doc, block, out);
    buf_append(out, STR(")"));
}

void summary_reason(struct session *s, const struct block *block, struct buf *out) {
    static const char *const texts[] = {
        [REASON_NEW] = "it had not run",
        [REASON_CODE] = "its code changed",
        [REASON_REQUIRES] = "what it reads changed",
        [REASON_ASKED] = "you asked for it",
        [REASON_ALWAYS] = "it is marked always-eval",
        [REASON_DATA_FILE] = "a file changed",
        [REASON_RESTORE] = "its values were needed",
    };
    const reason_vec *reasons = runner_reasons(session_runner(s), block->id);
    if (!reasons || reasons->len == 0) return;
    const struct reason *first = &reasons->items[0];
    buf_append(out, str_from(texts[first->kind]));
    if (first->file) buf_printf(out, ": %.*s", STR_FMT(name_file(first->file)));
    if (first->ref) summary_reference(session_document(s), first->ref, out);
    if (reasons->len > 1) buf_printf(out, " and %zu more", reasons->len - 1);
}

/* The first line that says something, without comment signs, cell markers, and heading signs. */
static struct str first_words(struct str text) {
    while (text.len) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end ? (size_t)(end - text.ptr) : text.len;
        struct str line = str_slice(text, 0, len);
        while (line.len && strchr("#%= \t|\r", line.ptr[0])) line = str_slice(line, 1, line.len);
        if (line.len) return line;
        text = str_slice(text, end ? len + 1 : len, text.len);
    }
    return text;
}

/* The first words of the block's prose, if it begins with some; a comment above the docstring
 * (a licence, say) names nothing. */
static void summary_prose(const struct document *doc, const struct block *block, struct buf *out) {
    element_vec elements = {0};
    struct str words = STR("");
    document_block_elements(doc, block, &elements);
    for (size_t i = 0; i < elements.len && elements.items[i].type == ELEMENT_PROSE; i++)
        if (block->docstring || words.len == 0) words = first_words(elements.items[i].value);
    summary_line(out, words, 60);
    element_vec_finish(&elements);
}

void summary_name(const struct document *doc, const struct block *block, struct buf *out) {
    size_t start = out->len;
    if (block->title.len) summary_line(out, block->title, 60);
    for (size_t i = 0; out->len == start && i < block->symbols.provides.len; i++) {
        const struct definition *d = &block->symbols.provides.items[i];
        if (d->kind == DEF_FUNCTION || d->kind == DEF_CLASS) buf_append(out, d->name);
    }
    if (out->len == start) summary_prose(doc, block, out);
    if (out->len == start) summary_line(out, first_words(document_block_text(doc, block)), 60);
}
