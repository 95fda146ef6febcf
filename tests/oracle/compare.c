/* SPDX-License-Identifier: Apache-2.0 */
/* compare.c - each block as text, and the texts compared. */
#include "tests/oracle/compare.h"

#include <assert.h>
#include <ctype.h>

#include "exec/history.h"
#include "exec/place.h"

static const struct trace *trace_of(const struct lane *lane, const struct block *block) {
    return runner_trace(lane->runner, block->id);
}

/* --- What rests on unfinished text. --- */

static bool flag_of(const struct lane *lane, const flag_vec *flags, block_id id) {
    const struct block *block = document_block_by_id(lane->doc, id);
    return block && block->index < flags->len && flags->items[block->index];
}

/* Whether it requires a name that a flagged block above bound when its text was whole: the text
 * may not show that any more, and the value is still there. */
static bool reads_left_over(const struct lane *lane, const flag_vec *flags,
                            const struct block *block) {
    bool any = false;
    assert(flags->items); /* one for each block */
    name_vec names = {0};
    const struct trace *own = trace_of(lane, block);
    graph_requires(document_graph(lane->doc), block, &names);
    for (size_t i = 0; own && i < own->reads.len; i++)
        vec_push(&names, own->reads.items[i].name->text);
    for (size_t i = 0; i < block->index; i++) {
        const struct trace *t = trace_of(lane, document_block(lane->doc, i));
        for (size_t k = 0; flags->items[i] && k < names.len; k++)
            any |= t && trace_writes(t, names.items[k]);
    }
    vec_finish(&names);
    return any;
}

static bool reads_flagged(const struct lane *lane, const flag_vec *flags,
                          const struct block *block) {
    assert(flags->items);
    const struct trace *t = trace_of(lane, block);
    block_vec up = {0};
    bool any = t && t->status == RUN_BLOCKED && flag_of(lane, flags, t->blocked_by);
    graph_upstream(document_graph(lane->doc), block, &up);
    for (size_t i = 0; i < up.len; i++) any |= flags->items[up.items[i]->index];
    any |= runner_status(lane->runner, block) == STATUS_STALE;
    vec_finish(&up);
    return any || reads_left_over(lane, flags, block);
}

void compare_tainted(const struct lane *lane, flag_vec *by_index) {
    vec_clear(by_index);
    for (size_t i = 0; i < document_block_count(lane->doc); i++) {
        const struct block *block = document_block(lane->doc, i);
        bool broken = runner_status(lane->runner, block) == STATUS_SYNTAX_ERROR;
        vec_push(by_index, broken || block->symbols.syntax_error);
    }
    for (size_t i = 0; i < by_index->len; i++)
        by_index->items[i] |= reads_flagged(lane, by_index, document_block(lane->doc, i));
}

/* --- A block as text. --- */

/* Append without the digits and letters that follow each `mark`. */
static void put_without(struct buf *out, struct str s, struct str mark) {
    while (s.len) {
        const char *at = memmem(s.ptr, s.len, mark.ptr, mark.len);
        size_t n = at ? (size_t)(at - s.ptr) + mark.len : s.len;
        buf_append(out, str_slice(s, 0, n));
        while (at && n < s.len && isalnum((unsigned char)s.ptr[n])) n++;
        s = str_slice(s, n, s.len);
    }
}

/* Memory addresses differ from run to run, and each lane has a folder of its own. */
static void put_text(struct buf *out, struct str s) {
    struct buf text = {0};
    put_without(&text, s, STR(" 0x"));
    put_without(out, buf_str(&text), STR("relight-oracle-"));
    buf_finish(&text);
}

static void put_frame(struct buf *out, const struct lane *lane, const struct output *o,
                      const struct frame *f) {
    struct place at = place_of_frame(lane->doc, o, f);
    buf_printf(out, "    %s:%u in %.*s: %.*s\n", at.in_document ? "document" : "elsewhere",
               at.line + 1, STR_FMT(buf_str(&f->function)), STR_FMT(at.source));
}

static void put_stream(struct buf *out, const struct lane *lane, const struct output *o) {
    struct buf text = {0};
    place_stream_text(lane->doc, o, &text);
    put_text(out, buf_str(&text));
    buf_finish(&text);
}

static void put_output(struct buf *out, const struct lane *lane, const struct output *o) {
    static const char *const kinds[] = {"stream", "display", "result", "error", "warning"};
    buf_printf(out, "  %s%s: ", kinds[o->kind], o->is_stderr ? " (stderr)" : "");
    if (output_is_stream(o)) put_stream(out, lane, o);
    put_text(out, output_mime(o, STR("text/plain")));
    put_text(out, buf_str(&o->ename));
    buf_append(out, STR(" "));
    put_without(out, buf_str(&o->evalue), STR(" line "));
    buf_append_byte(out, '\n');
    for (size_t i = 0; i < o->frames.len; i++) put_frame(out, lane, o, &o->frames.items[i]);
}

static void put_block(struct buf *out, const struct lane *lane, const struct block *block) {
    enum block_status status = runner_status(lane->runner, block);
    const struct trace *t = trace_of(lane, block);
    const struct block *by = t ? document_block_by_id(lane->doc, t->blocked_by) : NULL;
    buf_printf(out, "  %s", block_status_text(status));
    if (status == STATUS_BLOCKED && by) buf_printf(out, " by block %u", by->index);
    buf_append_byte(out, '\n');
    if (t && status == STATUS_SYNTAX_ERROR) put_output(out, lane, &t->fault_error);
    for (size_t i = 0; t && status != STATUS_SYNTAX_ERROR && i < t->outputs.len; i++)
        put_output(out, lane, &t->outputs.items[i]);
}

/* --- Comparing. --- */

static void explain(struct buf *why, const struct lane *lane, const struct block *block,
                    const struct buf *edited, const struct buf *full) {
    buf_printf(why, "block %u, line %u:\n", block->index, block->line + 1);
    buf_append(why, document_block_text(lane->doc, block));
    buf_printf(why, "after the edits:\n%.*sin a full run:\n%.*s", STR_FMT(buf_str(edited)),
               STR_FMT(buf_str(full)));
}

static bool same_block(const struct lane *edited, const struct lane *full, size_t index,
                       struct buf *why) {
    struct buf a = {0}, b = {0};
    const struct block *block = document_block(edited->doc, index);
    put_block(&a, edited, block);
    put_block(&b, full, document_block(full->doc, index));
    bool same = str_eq(buf_str(&a), buf_str(&b));
    if (!same) explain(why, edited, block, &a, &b);
    buf_finish(&a);
    buf_finish(&b);
    return same;
}

static bool same_shape(const struct lane *edited, const struct lane *full, size_t index) {
    const struct block *a = document_block(edited->doc, index);
    const struct block *b = document_block(full->doc, index);
    return a->kind == b->kind && a->span.start == b->span.start && a->span.end == b->span.end &&
           hash128_eq(a->code, b->code);
}

/* Blocks that need not agree: what rests on unfinished text keeps its results, and a block that
 * is blocked may not compile either: the engine shows what it found out first. */
static bool may_differ(const struct lane *edited, const struct lane *full, size_t index,
                       const flag_vec *tainted) {
    enum block_status a = runner_status(edited->runner, document_block(edited->doc, index));
    enum block_status b = runner_status(full->runner, document_block(full->doc, index));
    if (a == STATUS_SYNTAX_ERROR) return b == STATUS_BLOCKED;
    return tainted->items[index];
}

bool compare_lanes(const struct lane *edited, const struct lane *full, struct buf *why) {
    flag_vec tainted = {0};
    size_t count = document_block_count(full->doc);
    bool same = document_block_count(edited->doc) == count;
    for (size_t i = 0; same && i < count; i++) same = same_shape(edited, full, i);
    if (!same) buf_append(why, STR("the blocks are not those of a fresh analysis\n"));
    compare_tainted(edited, &tainted);
    for (size_t i = 0; same && i < count; i++)
        same = may_differ(edited, full, i, &tainted) || same_block(edited, full, i, why);
    vec_finish(&tainted);
    return same;
}
