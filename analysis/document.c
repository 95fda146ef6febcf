/* SPDX-License-Identifier: Apache-2.0 */
/* document.c - keeps blocks, symbols and graph in step with the text.
 *
 * A refresh splits anew from the first block whose reach the damage touches, up to an old block
 * that starts behind the damage in the same state; matches old and new blocks of that stretch;
 * analyses those whose text changed; and shifts the blocks below.
 * Owns everything.  Blocks live on the heap, so the graph may borrow them across refreshes. */
#include "analysis/document.h"

#include "analysis/block_graph.h"
#include "analysis/code_hash.h"
#include "analysis/split.h"
#include "base/mem.h"

struct entry {
    struct block block; /* first: a block is cast back to its entry */
    struct hash128 text;
    uint32_t reach; /* relative to the start: an edit up to there may change the block's extent */
    bool code, quote_cut; /* of struct piece */
    bool future_above;    /* a block above has `from __future__ import annotations` */
};
typedef VEC(struct entry *) entry_vec;

/* The hull of all replacements since the last refresh. */
struct damage {
    bool any;
    uint32_t start;
    uint32_t old_end; /* in the text of the last refresh */
    uint32_t new_end; /* in the text as it is */
};

struct document {
    struct text text;
    enum document_style style;
    uint64_t revision;
    entry_vec entries; /* in document order */
    entry_vec by_id;   /* NULL: no such block any more */
    struct block_graph *graph;
    struct identity identity;
    struct damage damage;
    uint32_t old_second_line;                 /* where line 1 started at the last refresh */
    uint32_t marker_lines[MARKER_BANNER + 1]; /* lines that look like markers, by kind */
    uint8_t hide_all;                         /* file-level pragmas */
    struct buf scratch;
};

/* --- marker lines: whether the text can be in percent style at all --- */

/* Add `sign` for each marker line among the lines that an edit of `span` touches. */
static void count_markers(struct document *doc, struct span span, uint32_t sign) {
    const struct text *text = &doc->text;
    uint32_t line = text_line_at(text, span.start ? span.start - 1 : 0);
    uint32_t last = text_line_at(text, span.end < text_len(text) ? span.end + 1 : span.end);
    for (; line <= last; line++)
        doc->marker_lines[marker_at(text_str(text), text->line_starts.items[line])] += sign;
}

static bool may_be_percent(const struct document *doc) {
    if (doc->marker_lines[MARKER_CELL]) return true;
    return doc->marker_lines[MARKER_BANNER] && scan_starts_with_docstring(text_str(&doc->text));
}

static uint32_t second_line(const struct text *text) {
    return text_line_count(text) > 1 ? text->line_starts.items[1] : text_len(text);
}

/* --- planning: which old blocks give way to which pieces --- */

struct plan {
    const struct document *doc;
    enum document_style style;
    size_t first, old_end; /* the old blocks to replace */
    piece_vec pieces;
    bool unsettled; /* an old block of the stretch depends on the text's end */
    bool met;       /* the split met the old block `old_end` */
};

static uint32_t entry_start(const struct entry *e) {
    return e->block.span.start;
}

/* What a split that starts at block `index` takes from the text above it. */
static struct split_point point_above(const struct document *doc, size_t index) {
    struct split_point point = {0};
    if (index > 0) point.at = entry_start(doc->entries.items[index]);
    for (size_t i = 0; i < index && !point.code_above; i++) {
        point.code_above = doc->entries.items[i]->code;
        point.docstring_above = doc->entries.items[i]->block.docstring;
    }
    return point;
}

/* The last block always reaches to the end of the text, so some block is touched, if any is. */
static size_t first_touched(const struct document *doc) {
    size_t i = 0;
    for (; i + 1 < doc->entries.len; i++) {
        const struct entry *e = doc->entries.items[i];
        if (entry_start(e) + e->reach >= doc->damage.start) break;
    }
    if (doc->style == STYLE_PERCENT)
        while (i > 0 && !doc->entries.items[i]->block.cell) i--;
    return i;
}

/* Whether an old block starts at this point behind the damage, in the same state. */
static bool meets_old_block(void *context, struct split_point point) {
    struct plan *plan = context;
    const struct document *doc = plan->doc;
    const struct damage *damage = &doc->damage;
    if (point.at < damage->new_end || point.at <= second_line(&doc->text)) return false;
    uint32_t old_at = point.at - damage->new_end + damage->old_end;
    if (old_at <= doc->old_second_line) return false;
    while (plan->old_end < doc->entries.len) {
        const struct entry *e = doc->entries.items[plan->old_end];
        if (entry_start(e) >= old_at) break;
        plan->unsettled |= e->quote_cut;
        plan->old_end++;
    }
    if (plan->unsettled || plan->old_end == doc->entries.len) return false;
    if (entry_start(doc->entries.items[plan->old_end]) != old_at) return false;
    struct split_point old = point_above(doc, plan->old_end);
    plan->met = old.code_above == point.code_above && old.docstring_above == point.docstring_above;
    return plan->met;
}

static void plan_all(struct plan *plan, enum document_style style) {
    struct str src = text_str(&plan->doc->text);
    plan->style = style;
    plan->first = 0;
    vec_clear(&plan->pieces);
    split_text(src, style == STYLE_PERCENT, (struct split_point){0}, NULL, NULL, &plan->pieces);
    plan->old_end = plan->doc->entries.len;
}

static void plan_touched(struct plan *plan) {
    const struct document *doc = plan->doc;
    plan->style = doc->style;
    plan->first = plan->old_end = first_touched(doc);
    plan->unsettled = plan->met = false;
    vec_clear(&plan->pieces);
    split_text(text_str(&doc->text), doc->style == STYLE_PERCENT, point_above(doc, plan->first),
               meets_old_block, plan, &plan->pieces);
    if (!plan->met) plan->old_end = doc->entries.len;
}

static bool has_cells(const struct plan *plan) {
    for (size_t i = 0; i < plan->pieces.len; i++)
        if (plan->pieces.items[i].cell) return true;
    for (size_t i = 0; i < plan->doc->entries.len; i++)
        if ((i < plan->first || i >= plan->old_end) && plan->doc->entries.items[i]->block.cell)
            return true;
    return false;
}

/* A file that could be in percent style is, if a marker turns out to stand outside of strings and
 * brackets; only such files pay for trying. */
static void make_plan(struct plan *plan) {
    const struct document *doc = plan->doc;
    if (may_be_percent(doc)) {
        if (doc->style == STYLE_PERCENT)
            plan_touched(plan);
        else
            plan_all(plan, STYLE_PERCENT);
        if (has_cells(plan)) return;
    }
    if (doc->style == STYLE_PARAGRAPH)
        plan_touched(plan);
    else
        plan_all(plan, STYLE_PARAGRAPH);
}

/* --- reading the pieces --- */

/* What a piece says of the block it becomes; the rest follows from its place. */
struct draft {
    struct piece piece;
    struct hash128 text, code;
    enum block_kind kind;
    struct span code_extent, title; /* relative to the piece */
    struct pragmas pragmas;
};
typedef VEC(struct draft) draft_vec;

struct draft_reading {
    struct draft *draft;
    struct str source; /* of the piece */
    struct marker_info marker;
};

static void read_pragma(void *context, struct span comment, bool after_code) {
    struct draft_reading *r = context;
    struct pragmas *pragmas = &r->draft->pragmas;
    uint8_t hide_all = pragmas->hide_all;
    if (comment.start == 0 && r->draft->piece.cell) {
        struct span rest = r->marker.rest;
        pragma_parse_marker(pragmas, str_slice(r->source, rest.start, rest.end), rest.start);
    } else {
        struct str text = str_slice(r->source, comment.start, comment.end);
        pragma_parse_comment(pragmas, text, comment.start);
    }
    if (after_code) pragmas->hide_all = hide_all;
}

static void read_piece(struct document *doc, struct draft *draft) {
    struct str source = text_slice(&doc->text, draft->piece.span);
    struct draft_reading r = {.draft = draft, .source = source};
    if (draft->piece.cell) r.marker = marker_read(source, 0);
    struct code_summary summary = code_summarize(source, read_pragma, &r, &doc->scratch);
    bool prose = draft->piece.docstring || r.marker.markdown || !summary.any;
    draft->kind = prose ? BLOCK_PROSE : BLOCK_CODE;
    draft->text = hash128(source);
    draft->code = summary.hash;
    if (prose && !draft->piece.docstring) draft->code = prose_hash(source, &doc->scratch);
    draft->code_extent = summary.extent;
    draft->title = r.marker.title;
}

static void read_pieces(struct document *doc, const struct plan *plan, draft_vec *drafts) {
    vec_reserve(drafts, plan->pieces.len);
    for (size_t i = 0; i < plan->pieces.len; i++) {
        vec_push(drafts, ((struct draft){.piece = plan->pieces.items[i]}));
        read_piece(doc, &drafts->items[i]);
    }
}

/* --- putting the new blocks in place --- */

static void match(struct document *doc, const struct plan *plan, const draft_vec *drafts,
                  struct identity_entry *fresh) {
    size_t old_count = plan->old_end - plan->first;
    struct identity_entry *old = xcalloc(old_count + 1, sizeof *old);
    for (size_t i = 0; i < old_count; i++) {
        const struct block *b = &doc->entries.items[plan->first + i]->block;
        old[i] = (struct identity_entry){b->code, b->kind == BLOCK_PROSE, b->id, 0, false};
    }
    for (size_t i = 0; i < drafts->len; i++) {
        fresh[i].key = drafts->items[i].code;
        fresh[i].prose = drafts->items[i].kind == BLOCK_PROSE;
    }
    identity_match(&doc->identity, old, old_count, fresh, drafts->len);
    free(old);
}

static bool same_block(const struct entry *e, const struct draft *d) {
    return hash128_eq(e->text, d->text) && e->block.kind == d->kind &&
           e->block.docstring == d->piece.docstring && e->block.cell == d->piece.cell;
}

static void entry_destroy(struct entry *e) {
    symbols_finish(&e->block.symbols);
    pragmas_finish(&e->block.pragmas);
    free((char *)e->block.title.ptr);
    free(e);
}

/* Take the text's part of the draft over; the entry is new, or its text changed. */
static void entry_rewrite(struct document *doc, struct entry *e, struct draft *d) {
    struct block *b = &e->block;
    struct str source = text_slice(&doc->text, d->piece.span);
    struct str title = str_slice(source, d->title.start, d->title.end);
    if (!hash128_eq(b->code, d->code) || b->kind != d->kind ||
        !pragmas_equal(&b->pragmas, &d->pragmas))
        b->changed_at = doc->revision;
    b->edited_at = doc->revision;
    b->kind = d->kind;
    b->docstring = d->piece.docstring;
    b->cell = d->piece.cell;
    b->code = d->code;
    free((char *)b->title.ptr);
    b->title = (struct str){str_dup(title), title.len};
    pragmas_finish(&b->pragmas);
    b->pragmas = d->pragmas;
    d->pragmas = (struct pragmas){0};
    e->text = d->text;
}

/* What follows from the piece's place, also for an entry whose text is the same. */
static void entry_place(struct document *doc, struct entry *e, const struct draft *d) {
    struct block *b = &e->block;
    const struct text *text = &doc->text;
    uint32_t line = text_line_at(text, d->piece.span.start);
    uint32_t last_line = text_line_at(text, d->piece.span.end - 1);
    uint32_t code_end = d->piece.span.start + d->code_extent.end;
    if (line != b->line || b->moved_at == 0) b->moved_at = doc->revision;
    if (b->unfinished != d->piece.unfinished) b->changed_at = doc->revision;
    b->unfinished = d->piece.unfinished;
    b->span = d->piece.span;
    b->line = line;
    b->line_count = last_line - line + 1;
    b->code_line = b->kind == BLOCK_CODE ? text_line_at(text, code_end - 1) : last_line;
    e->reach = d->piece.reach - d->piece.span.start;
    e->code = d->piece.code;
    e->quote_cut = d->piece.quote_cut;
}

static struct entry *entry_create(struct document *doc, block_id id) {
    struct entry *e = xcalloc(1, sizeof *e);
    e->block.id = id;
    while (doc->by_id.len <= id) vec_push(&doc->by_id, NULL);
    doc->by_id.items[id] = e;
    return e;
}

/* Take out of the graph what vanishes, changes or moves, while all indexes are still in order. */
static void retire(struct document *doc, const struct plan *plan, const draft_vec *drafts,
                   const struct identity_entry *fresh) {
    size_t old_count = plan->old_end - plan->first;
    struct entry **old = doc->entries.items + plan->first;
    bool *stays = xcalloc(old_count + 1, sizeof *stays);
    bool *kept = xcalloc(old_count + 1, sizeof *kept);
    for (size_t i = 0; i < drafts->len; i++) {
        if (fresh[i].old == IDENTITY_NONE) continue;
        kept[fresh[i].old] = true;
        stays[fresh[i].old] = fresh[i].in_order && same_block(old[fresh[i].old], &drafts->items[i]);
    }
    for (size_t i = 0; i < old_count; i++)
        if (!stays[i]) graph_remove(doc->graph, &old[i]->block);
    for (size_t i = 0; i < old_count; i++) {
        if (kept[i]) continue;
        doc->by_id.items[old[i]->block.id] = NULL;
        entry_destroy(old[i]);
    }
    free(stays);
    free(kept);
}

/* Replace the old stretch in the list by the new one; entries of blocks that go on are reused. */
static void splice_entries(struct document *doc, const struct plan *plan,
                           const struct identity_entry *fresh, size_t fresh_count) {
    entry_vec stretch = {0};
    vec_reserve(&stretch, fresh_count);
    for (size_t i = 0; i < fresh_count; i++)
        vec_push(&stretch, fresh[i].old == IDENTITY_NONE
                               ? entry_create(doc, fresh[i].id)
                               : doc->entries.items[plan->first + fresh[i].old]);
    vec_splice(&doc->entries, plan->first, plan->old_end - plan->first, fresh_count);
    if (fresh_count)
        memcpy(doc->entries.items + plan->first, stretch.items,
               fresh_count * sizeof *stretch.items);
    vec_finish(&stretch);
    for (size_t i = plan->first; i < doc->entries.len; i++)
        doc->entries.items[i]->block.index = (uint32_t)i;
}

/* Shift the blocks behind the new stretch, which starts at `first`. */
static void shift_entries(struct document *doc, size_t first) {
    if (first == doc->entries.len) return;
    uint32_t bytes = doc->damage.new_end - doc->damage.old_end; /* modulo 2^32 */
    struct block *b = &doc->entries.items[first]->block;
    uint32_t lines = text_line_at(&doc->text, b->span.start + bytes) - b->line;
    if (bytes == 0 && lines == 0) return;
    for (size_t i = first; i < doc->entries.len; i++) {
        b = &doc->entries.items[i]->block;
        b->span.start += bytes;
        b->span.end += bytes;
        b->line += lines;
        b->code_line += lines;
        if (lines) b->moved_at = doc->revision;
    }
}

/* --- symbols and graph --- */

static void analyse(struct document *doc, struct entry *e, bool future_above) {
    struct block *b = &e->block;
    symbols_finish(&b->symbols);
    e->future_above = future_above;
    if (b->kind == BLOCK_CODE)
        symbols_analyse(&b->symbols, text_slice(&doc->text, b->span), future_above);
}

/* Bring entry `i` up to date.  `renew`: its text changed; `out`: it is not in the graph. */
static void update_entry(struct document *doc, size_t i, bool renew, bool out) {
    struct entry *e = doc->entries.items[i];
    const struct entry *above = i ? doc->entries.items[i - 1] : NULL;
    bool future = above && (above->future_above || above->block.symbols.future_annotations);
    if (renew || e->future_above != future) {
        if (!out) graph_remove(doc->graph, &e->block);
        analyse(doc, e, future);
        out = true;
    }
    if (out) graph_add(doc->graph, &e->block);
}

static void update_below(struct document *doc, size_t first) {
    for (size_t i = first; i < doc->entries.len; i++) {
        const struct entry *e = doc->entries.items[i], *above = doc->entries.items[i - 1];
        if (e->future_above == (above->future_above || above->block.symbols.future_annotations))
            return;
        update_entry(doc, i, false, false);
    }
}

/* File-level pragmas stand above the first code; when they change, every block shows otherwise. */
static void update_hide_all(struct document *doc) {
    uint8_t hide_all = 0;
    for (size_t i = 0; i < doc->entries.len; i++) {
        const struct block *b = &doc->entries.items[i]->block;
        hide_all |= b->pragmas.hide_all;
        if (b->kind == BLOCK_CODE) break;
    }
    if (hide_all == doc->hide_all) return;
    doc->hide_all = hide_all;
    for (size_t i = 0; i < doc->entries.len; i++)
        doc->entries.items[i]->block.changed_at = doc->revision;
}

static void carry_out(struct document *doc, const struct plan *plan) {
    draft_vec drafts = {0};
    read_pieces(doc, plan, &drafts);
    struct identity_entry *fresh = xcalloc(drafts.len + 1, sizeof *fresh);
    match(doc, plan, &drafts, fresh);
    retire(doc, plan, &drafts, fresh);
    splice_entries(doc, plan, fresh, drafts.len);
    doc->style = plan->style;
    size_t below = plan->first + drafts.len;
    shift_entries(doc, below);
    for (size_t i = 0; i < drafts.len; i++) {
        struct entry *e = doc->entries.items[plan->first + i];
        bool same = same_block(e, &drafts.items[i]) && fresh[i].old != IDENTITY_NONE;
        if (!same) entry_rewrite(doc, e, &drafts.items[i]);
        entry_place(doc, e, &drafts.items[i]);
        update_entry(doc, plan->first + i, !same, !same || !fresh[i].in_order);
        pragmas_finish(&drafts.items[i].pragmas);
    }
    if (below > 0) update_below(doc, below);
    update_hide_all(doc);
    free(fresh);
    vec_finish(&drafts);
}

/* --- the interface --- */

struct document *document_create(struct str text) {
    struct document *doc = xcalloc(1, sizeof *doc);
    text_init(&doc->text, text);
    doc->graph = graph_create();
    count_markers(doc, (struct span){0, text_len(&doc->text)}, 1);
    doc->damage = (struct damage){true, 0, 0, text_len(&doc->text)};
    document_refresh(doc);
    return doc;
}

void document_destroy(struct document *doc) {
    if (!doc) return;
    graph_destroy(doc->graph);
    for (size_t i = 0; i < doc->entries.len; i++) entry_destroy(doc->entries.items[i]);
    vec_finish(&doc->entries);
    vec_finish(&doc->by_id);
    identity_finish(&doc->identity);
    buf_finish(&doc->scratch);
    text_finish(&doc->text);
    free(doc);
}

void document_replace(struct document *doc, struct span old, struct str with) {
    old = text_clamp(&doc->text, old);
    struct damage *d = &doc->damage;
    if (!d->any) *d = (struct damage){true, old.start, old.end, old.end};
    if (old.start < d->start) d->start = old.start;
    if (old.end > d->new_end) {
        d->old_end += old.end - d->new_end;
        d->new_end = old.end;
    }
    d->new_end += (uint32_t)with.len - span_len(old);
    count_markers(doc, old, (uint32_t)-1);
    text_replace(&doc->text, old, with);
    count_markers(doc, (struct span){old.start, old.start + (uint32_t)with.len}, 1);
}

void document_refresh(struct document *doc) {
    if (!doc->damage.any) return;
    doc->revision++;
    struct plan plan = {.doc = doc};
    make_plan(&plan);
    carry_out(doc, &plan);
    vec_finish(&plan.pieces);
    doc->damage = (struct damage){0};
    doc->old_second_line = second_line(&doc->text);
}

const struct text *document_text(const struct document *doc) {
    return &doc->text;
}

enum document_style document_style(const struct document *doc) {
    return doc->style;
}

uint64_t document_revision(const struct document *doc) {
    return doc->revision;
}

size_t document_block_count(const struct document *doc) {
    return doc->entries.len;
}

const struct block *document_block(const struct document *doc, size_t index) {
    return &doc->entries.items[index]->block;
}

const struct block *document_block_by_id(const struct document *doc, block_id id) {
    if (id >= doc->by_id.len || !doc->by_id.items[id]) return NULL;
    return &doc->by_id.items[id]->block;
}

const struct block *document_block_at_line(const struct document *doc, uint32_t line) {
    size_t low = 0, high = doc->entries.len; /* the first block that starts below the line */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (doc->entries.items[middle]->block.line <= line)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return NULL;
    const struct block *b = &doc->entries.items[low - 1]->block;
    return line - b->line < b->line_count ? b : NULL;
}

struct str document_block_text(const struct document *doc, const struct block *block) {
    return text_slice(&doc->text, block->span);
}

uint8_t document_hidden(const struct document *doc, const struct block *block) {
    return (uint8_t)((doc->hide_all | block->pragmas.hide) & ~block->pragmas.show);
}

const struct block_graph *document_graph(const struct document *doc) {
    return doc->graph;
}
