/* SPDX-License-Identifier: Apache-2.0 */
/* place.c - frames found again; see place.h. */
#include "exec/place.h"

#include "analysis/relocate.h"

enum { LINE_LIMIT = 500 }; /* bytes of a source line */

static struct str source_line(const struct text *text, uint32_t line) {
    struct str source = str_trim(text_slice(text, text_line_span(text, line)));
    return str_slice(source, 0, source.len < LINE_LIMIT ? source.len : LINE_LIMIT);
}

/* A frame's place among the tokens of its text, and the best that was found for it. */
struct search {
    const struct document *doc;
    struct outline old;
    struct outline_place place;
    size_t likeness;
    uint32_t line;
};

static void search_block(struct search *s, const struct block *block) {
    struct outline now;
    size_t likeness;
    outline_init(&now, document_block_text(s->doc, block));
    uint32_t line = outline_relocate(&s->old, s->place, &now, &likeness);
    if (likeness > s->likeness) {
        s->likeness = likeness;
        s->line = block->line + line;
    }
    outline_finish(&now);
}

/* Its own block first; code that was edited may have gone to another. */
static bool search(struct search *s, const struct block *own) {
    if (own) search_block(s, own);
    if (s->likeness == s->old.tokens.len) return true;
    for (size_t i = 0; i < document_block_count(s->doc); i++) {
        const struct block *block = document_block(s->doc, i);
        if (block != own && block->kind == BLOCK_CODE) search_block(s, block);
    }
    return s->likeness > 0;
}

static bool find_line(const struct document *doc, struct str text, const struct frame *f,
                      uint32_t *line) {
    const struct block *own = document_block_by_id(doc, f->block);
    *line = f->line + (own ? own->line : 0);
    if (own && str_eq(document_block_text(doc, own), text)) return true;
    struct search s = {.doc = doc};
    outline_init(&s.old, text);
    bool found = outline_find(&s.old, text, f->line, f->column, &s.place) && search(&s, own);
    outline_finish(&s.old);
    if (found) *line = s.line;
    return found || own;
}

struct place place_of_frame(const struct document *doc, const struct output *output,
                            const struct frame *f) {
    struct place place = {.line = f->line, .source = buf_str(&f->source)};
    if (f->block == 0) return place;
    place.in_document = find_line(doc, buf_str(&output->texts.items[f->text]), f, &place.line);
    if (place.in_document) place.source = source_line(document_text(doc), place.line);
    return place;
}

void place_stream_text(const struct document *doc, const struct output *output, struct buf *out) {
    if (output->kind == OUTPUT_WARNING) {
        const struct frame *f = &output->frames.items[0];
        struct place place = place_of_frame(doc, output, f);
        buf_printf(out, "%.*s:%u: ", STR_FMT(buf_str(&f->file)), place.line + 1);
        buf_append(out, buf_str(&output->text));
        if (place.source.len) buf_printf(out, "  %.*s\n", STR_FMT(place.source));
    } else {
        buf_append(out, buf_str(&output->text));
    }
}
