/* SPDX-License-Identifier: Apache-2.0 */
/* scan.c - blank lines, comment lines and markers; code lines are in scan_code.c. */
#include "analysis/scan_internal.h"

void scanner_init(struct scanner *sc, struct str src, bool percent) {
    *sc = (struct scanner){.src = src, .percent = percent};
    uint32_t first_end = 0;
    while (first_end < src.len && !is_line_end(src.ptr[first_end])) first_end++;
    sc->second_line = first_end + line_end_len(src, first_end);
    scanner_seek(sc, 0);
}

void scanner_finish(struct scanner *sc) {
    vec_finish(&sc->brackets);
    vec_finish(&sc->unclosed);
    vec_finish(&sc->cut_quotes);
}

void scanner_seek(struct scanner *sc, uint32_t pos) {
    sc->at_top = pos == 0;
    if (pos == 0 && str_starts(sc->src, STR("\xEF\xBB\xBF"))) pos = 3;
    sc->pos = pos;
    sc->unclosed_until = sc->no_header_until = 0;
    sc->suspect = sc->last_open = (struct open_quote){0};
}

uint32_t scan__content(struct str src, uint32_t line_start, bool *indented) {
    uint32_t pos = line_start;
    *indented = false;
    for (; pos < src.len; pos++) {
        char c = src.ptr[pos];
        if (c == '\f')
            *indented = false;
        else if (c == ' ' || c == '\t')
            *indented = true;
        else
            break;
    }
    return pos;
}

/* Whether the next code line below `pos` starts a top-level statement.  Remembered for all the
 * comment and blank lines it had to cross, so that a run of banners costs linear time. */
static bool peek_top(struct scanner *sc, uint32_t pos) {
    if (sc->peeked_from <= pos && pos < sc->peeked_until) return sc->peeked_top;
    struct str src = sc->src;
    uint32_t from = pos;
    sc->peeked_top = true;
    while (pos < src.len) {
        bool indented;
        uint32_t text = scan__content(src, pos, &indented);
        if (!scan__is_blank(src, text) && src.ptr[text] != '#') {
            sc->peeked_top = !indented && !scan__continues(src, text);
            pos = text + 1;
            break;
        }
        while (text < src.len && !is_line_end(src.ptr[text])) text++;
        pos = text + line_end_len(src, text);
    }
    sc->peeked_from = from;
    sc->peeked_until = pos;
    /* the longest word that matters, and the byte after it */
    if (pos + 8 > sc->seen) sc->seen = pos + 8;
    return sc->peeked_top;
}

bool scan__is_marker(const struct scanner *sc, uint32_t line_start) {
    enum marker marker = marker_at(sc->src, line_start);
    return marker == MARKER_CELL || (marker == MARKER_BANNER && sc->gallery);
}

/* A cell marker counts wherever a statement could start; a banner is often mere decoration, so it
 * must not be inside a suite. */
static enum marker marker_here(struct scanner *sc, uint32_t line_start) {
    if (!sc->percent || !scan__is_marker(sc, line_start)) return MARKER_NONE;
    enum marker marker = marker_at(sc->src, line_start);
    if (marker == MARKER_BANNER && !peek_top(sc, line_start)) return MARKER_NONE;
    return marker;
}

/* The end of the header lines at `line_start`; 0 when there are none. */
static uint32_t header_end(struct scanner *sc, uint32_t line_start) {
    if (line_start < sc->no_header_until) return 0;
    uint32_t looked = 0, end = header_block_end(sc->src, line_start, sc->at_top, &looked);
    if (looked > sc->seen) sc->seen = looked;
    if (!end && looked > line_start && !sc->at_top) sc->no_header_until = looked;
    if (end || line_start > sc->second_line) return end;
    if (!header_is_shebang_or_coding(sc->src, line_start)) return 0;
    for (end = line_start; end < sc->src.len && !is_line_end(sc->src.ptr[end]);) end++;
    return end;
}

static void scan_comment(struct scanner *sc, struct scan_line *line, uint32_t content) {
    struct str src = sc->src;
    uint32_t header = line->indented ? 0 : header_end(sc, line->start);
    line->kind = header ? LINE_BLANK : LINE_COMMENT;
    line->end = header ? header : content;
    while (line->end < src.len && !is_line_end(src.ptr[line->end])) line->end++;
    line->next = line->end + line_end_len(src, line->end);
    if (header) return;
    sc->at_top = false;
    if (content == line->start) line->marker = marker_here(sc, line->start);
}

struct scan_line scanner_next(struct scanner *sc) {
    struct str src = sc->src;
    struct scan_line line = {.start = sc->pos, .end = sc->pos, .next = sc->pos};
    uint32_t content = scan__content(src, sc->pos, &line.indented);
    if (sc->pos >= src.len) {
        line.kind = LINE_END;
    } else if (scan__is_blank(src, content)) {
        line.kind = LINE_BLANK;
        line.next = content + line_end_len(src, content);
    } else if (src.ptr[content] == '#') {
        scan_comment(sc, &line, content);
    } else {
        line.kind = LINE_CODE;
        sc->at_top = false;
        scan__code(sc, &line, content);
    }
    sc->pos = line.next;
    if (sc->pos > sc->seen) sc->seen = sc->pos;
    return line;
}

bool scan_starts_with_docstring(struct str src) {
    struct scanner sc;
    struct scan_line line;
    scanner_init(&sc, src, false);
    do {
        line = scanner_next(&sc);
    } while (line.kind == LINE_BLANK || line.kind == LINE_COMMENT);
    scanner_finish(&sc);
    return line.kind == LINE_CODE && line.docstring && !line.indented;
}
