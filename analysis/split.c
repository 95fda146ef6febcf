/* SPDX-License-Identifier: Apache-2.0 */
/* split.c - pieces from logical lines, in paragraph style and in percent style. */
#include "analysis/split.h"

/* Comment lines without a blank line between them, not yet known to be prose. */
struct run {
    uint32_t start, end;
    bool indented; /* its first line is */
};

struct splitter {
    struct scanner sc;
    struct split_point state; /* .at is unused */
    split_stop_fn *stop;
    void *context;
    piece_vec *out;
    size_t first; /* pieces of this split start here in *out */

    bool open; /* a piece is being built: */
    struct piece piece;
    VEC(struct run) runs; /* paragraph style: comments below the piece */
    bool blank;           /* a blank line stands above this line */
    bool decorated;       /* the last code line was a decorator */
    bool under_marker;    /* percent style: only comment lines since the marker */
    bool stopped;
};

static uint32_t past_line_end(const struct splitter *sp, uint32_t end) {
    struct str src = sp->sc.src;
    while (end < src.len && !is_line_end(src.ptr[end])) end++;
    return end + line_end_len(src, end);
}

/* The docstring is emitted before what follows it is seen. */
static void settle_docstring(struct splitter *sp) {
    if (sp->out->len == sp->first) return;
    struct piece *last = &sp->out->items[sp->out->len - 1];
    if (last->docstring) last->reach = sp->sc.seen;
}

static void emit(struct splitter *sp, struct piece piece) {
    settle_docstring(sp);
    piece.reach = sp->sc.seen;
    piece.span.end = past_line_end(sp, piece.span.end);
    if (piece.code) sp->state.code_above = true;
    vec_push(sp->out, piece);
}

static void emit_open(struct splitter *sp) {
    if (sp->open) emit(sp, sp->piece);
    sp->open = false;
}

static void begin(struct splitter *sp, uint32_t start) {
    sp->piece = (struct piece){.span = {start, start}};
    sp->open = true;
}

/* While a string above may still be blamed, no state is settled. */
static bool stops_at(struct splitter *sp, uint32_t at) {
    if (!sp->stop || sp->sc.suspect.found || sp->sc.cut_quotes.len) return false;
    struct split_point point = sp->state;
    point.at = at;
    sp->stopped = sp->stop(sp->context, point);
    return sp->stopped;
}

static void add_code(struct splitter *sp, const struct scan_line *line) {
    sp->piece.code = true;
    sp->piece.span.end = line->end;
    sp->piece.unfinished |= line->unfinished;
    sp->decorated = line->decorator && !line->indented;
    sp->blank = line->blank_end;
}

static bool is_module_docstring(const struct splitter *sp, const struct scan_line *line) {
    return line->docstring && !line->indented && !sp->state.code_above;
}

/* The docstring is a piece of its own, whatever touches it below. */
static void close_docstring(struct splitter *sp) {
    sp->piece.docstring = true;
    sp->state.docstring_above = sp->sc.gallery = true;
    emit_open(sp);
    sp->blank = true;
}

/* --- paragraph style --- */

/* Indented comments right below a block are the rest of its suite; the others are prose. */
static void emit_block_and_runs(struct splitter *sp) {
    size_t i = 0;
    for (; sp->open && i < sp->runs.len && sp->runs.items[i].indented; i++)
        sp->piece.span.end = sp->runs.items[i].end;
    emit_open(sp);
    for (; i < sp->runs.len; i++)
        emit(sp, (struct piece){.span = {sp->runs.items[i].start, sp->runs.items[i].end}});
    vec_clear(&sp->runs);
}

static void paragraph_comment(struct splitter *sp, const struct scan_line *line) {
    bool below_code = sp->open && sp->runs.len == 0;
    if (below_code && !sp->blank)
        sp->piece.span.end = line->end;
    else if (!sp->blank && sp->runs.len)
        sp->runs.items[sp->runs.len - 1].end = line->end;
    else
        vec_push(&sp->runs, ((struct run){line->start, line->end, line->indented}));
    sp->blank = false;
}

/* Whether a code line goes on with the piece above it, comments in between included. */
static bool continues_piece(const struct splitter *sp, const struct scan_line *line) {
    if (!sp->open) return false;
    if (line->indented || line->continues) return true;
    if (sp->decorated && line->decorable) return true; /* else a decorator that is being typed */
    return !sp->blank && sp->runs.len == 0;
}

static void paragraph_code(struct splitter *sp, const struct scan_line *line) {
    bool fresh = !continues_piece(sp, line);
    if (fresh) {
        uint32_t start = line->start;
        if (!sp->blank && sp->runs.len) start = sp->runs.items[--sp->runs.len].start;
        emit_block_and_runs(sp);
        if (stops_at(sp, start)) return;
        begin(sp, start);
    }
    vec_clear(&sp->runs);
    add_code(sp, line);
    if (fresh && is_module_docstring(sp, line)) close_docstring(sp);
}

static void paragraph_line(struct splitter *sp, const struct scan_line *line) {
    switch (line->kind) {
    case LINE_BLANK:
        sp->blank = true;
        break;
    case LINE_COMMENT:
        paragraph_comment(sp, line);
        break;
    case LINE_CODE:
        paragraph_code(sp, line);
        break;
    case LINE_END:
        emit_block_and_runs(sp);
        break;
    }
}

/* --- percent style --- */

/* Above the first marker: comments that do not touch the docstring are a piece of their own. */
static void split_off_comments(struct splitter *sp) {
    if (sp->runs.len == 0) return;
    struct run touching = sp->runs.items[sp->runs.len - 1];
    if (touching.start <= sp->piece.span.start) return;
    sp->piece.span.end = sp->runs.items[sp->runs.len - 2].end;
    emit_open(sp);
    begin(sp, touching.start);
}

static void percent_comment(struct splitter *sp, const struct scan_line *line) {
    bool decoration = line->marker == MARKER_BANNER && (sp->under_marker || sp->decorated);
    if (line->marker && !decoration) {
        emit_open(sp);
        if (stops_at(sp, line->start)) return;
        begin(sp, line->start);
        vec_clear(&sp->runs);
        sp->piece.cell = sp->under_marker = true;
    }
    if (!sp->open) begin(sp, line->start);
    if (!sp->blank && sp->runs.len)
        sp->runs.items[sp->runs.len - 1].end = line->end;
    else
        vec_push(&sp->runs, ((struct run){line->start, line->end, line->indented}));
    sp->piece.span.end = line->end;
    sp->blank = false;
}

static void percent_code(struct splitter *sp, const struct scan_line *line) {
    if (!sp->open) begin(sp, line->start);
    bool docstring = !sp->piece.cell && !sp->piece.code && is_module_docstring(sp, line);
    if (docstring) {
        if (sp->blank && sp->runs.len) {
            emit_open(sp);
            begin(sp, line->start);
        } else {
            split_off_comments(sp);
        }
    }
    vec_clear(&sp->runs);
    add_code(sp, line);
    sp->under_marker = false;
    if (docstring) close_docstring(sp);
}

static void percent_line(struct splitter *sp, const struct scan_line *line) {
    switch (line->kind) {
    case LINE_BLANK:
        sp->blank = true, sp->under_marker = false;
        break;
    case LINE_COMMENT:
        percent_comment(sp, line);
        break;
    case LINE_CODE:
        percent_code(sp, line);
        break;
    case LINE_END:
        emit_open(sp);
        break;
    }
}

/* --- both --- */

static void start_over(struct splitter *sp, struct split_point from) {
    sp->state = from;
    sp->sc.gallery = from.docstring_above;
    sp->open = sp->decorated = sp->under_marker = sp->stopped = false;
    sp->blank = true;
    vec_clear(&sp->runs);
    scanner_seek(&sp->sc, from.at);
}

static void run(struct splitter *sp) {
    struct scan_line line;
    do {
        line = scanner_next(&sp->sc);
        if (sp->sc.percent)
            percent_line(sp, &line);
        else
            paragraph_line(sp, &line);
    } while (line.kind != LINE_END && !sp->stopped);
    settle_docstring(sp);
}

/* Forget the pieces from the one that holds `at` on; the point to split again from. */
static struct split_point rewind_before(struct splitter *sp, struct split_point from, uint32_t at) {
    piece_vec *out = sp->out;
    size_t keep = out->len;
    while (keep > sp->first) {
        const struct piece *piece = &out->items[--keep];
        if (piece->span.start <= at && (piece->cell || !sp->sc.percent)) break;
    }
    struct split_point point = from;
    if (keep > sp->first) point.at = out->items[keep].span.start;
    for (size_t i = sp->first; i < keep; i++) {
        point.code_above |= out->items[i].code;
        point.docstring_above |= out->items[i].docstring;
    }
    out->len = keep;
    return point;
}

/* Mark the pieces with a blamed string, so that an edit never keeps them for settled. */
static void mark_cuts(struct splitter *sp) {
    for (size_t c = 0; c < sp->sc.cut_quotes.len; c++)
        for (size_t i = sp->first; i < sp->out->len; i++) {
            struct piece *piece = &sp->out->items[i];
            uint32_t at = sp->sc.cut_quotes.items[c].at;
            if (piece->span.start <= at && at < piece->span.end) piece->quote_cut = true;
        }
}

void split_text(struct str src, bool percent, struct split_point from, split_stop_fn *stop,
                void *context, piece_vec *out) {
    struct splitter sp = {.stop = stop, .context = context, .out = out, .first = out->len};
    scanner_init(&sp.sc, src, percent);
    start_over(&sp, from);
    run(&sp);
    while (!sp.stopped) {
        uint32_t blamed = scanner_blame_quote(&sp.sc);
        if (blamed == UINT32_MAX) break;
        start_over(&sp, rewind_before(&sp, from, blamed));
        run(&sp);
    }
    mark_cuts(&sp);
    scanner_finish(&sp.sc);
    vec_finish(&sp.runs);
}
