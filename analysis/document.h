/* SPDX-License-Identifier: Apache-2.0 */
/* document.h - a `.py` file seen as an ordered list of blocks.
 *
 * Owns the text, the blocks, their symbols and the graph between them, and keeps them in step
 * with edits: document_replace() any number of times, then document_refresh() once.  Work is in
 * proportion to the edit, apart from adding a number to each block below it.
 * INVARIANT (tested by random edits): after a refresh everything equals a fresh analysis of the
 * same text, except ids, which are kept by continuity and never reused.
 * Analysis cannot fail: broken code is normal input. */
#ifndef ANALYSIS_DOCUMENT_H
#define ANALYSIS_DOCUMENT_H

#include "analysis/identity.h"
#include "analysis/pragma.h"
#include "analysis/span.h"
#include "analysis/symbols.h"
#include "analysis/text.h"
#include "base/hash.h"

enum document_style { STYLE_PARAGRAPH, STYLE_PERCENT };

enum block_kind { BLOCK_PROSE, BLOCK_CODE };

struct block {
    block_id id;
    uint32_t index; /* place in the document, 0-based */
    enum block_kind kind;
    bool docstring;   /* the module docstring: prose that a run executes silently for __doc__ */
    bool unfinished;  /* a bracket or quote was left open; the block ends where recovery cut it */
    bool cell;        /* percent style: the first line is a cell marker */
    struct span span; /* whole lines, the last line end included; no trailing blank lines */
    uint32_t line, line_count;
    uint32_t code_line;     /* last line with code (where inline results go), absolute */
    struct hash128 code;    /* of the token stream: comments, blank lines, spacing do not count;
                               of prose other than the docstring: of its text */
    struct str title;       /* percent style: text after %%; borrowed until the next refresh */
    struct symbols symbols; /* empty for prose */
    struct pragmas pragmas;
    uint64_t changed_at; /* document revision in which code, kind, pragmas or what they hide last
                            changed */
    uint64_t edited_at;  /* ... in which its text last changed, comments included */
    uint64_t moved_at;   /* ... in which its line last changed */
};

enum element_type { ELEMENT_PROSE, ELEMENT_CODE };

/* A part of a block, in source order. */
struct element {
    enum element_type type;
    struct span span; /* absolute */
    struct str value; /* the exact source for code; Markdown for prose.  Owned: free(value.ptr) */
    bool shown;       /* by the pragmas in force */
};
typedef VEC(struct element) element_vec;

struct document;
struct block_graph;

struct document *document_create(struct str text);
void document_destroy(struct document *doc); /* NULL is a no-op */

const struct text *document_text(const struct document *doc);
enum document_style document_style(const struct document *doc);

/* Edit the text only.  Blocks are out of step until document_refresh(). */
void document_replace(struct document *doc, struct span old, struct str with);

/* Bring blocks, symbols and graph up to date; a no-op when nothing was replaced. */
void document_refresh(struct document *doc);

uint64_t document_revision(const struct document *doc); /* rises with each effective refresh */

size_t document_block_count(const struct document *doc);
/* Borrowed until the next refresh. */
const struct block *document_block(const struct document *doc, size_t index);
const struct block *document_block_by_id(const struct document *doc, block_id id);     /* or NULL */
const struct block *document_block_at_line(const struct document *doc, uint32_t line); /* or NULL */

struct str document_block_text(const struct document *doc, const struct block *block);

/* Which pragma categories are hidden for the block: its own and the file-level ones.  Mask. */
uint8_t document_hidden(const struct document *doc, const struct block *block);

/* Append the block's elements to `out`. */
void document_block_elements(const struct document *doc, const struct block *block,
                             element_vec *out);
void element_vec_finish(element_vec *elements);

const struct block_graph *document_graph(const struct document *doc);

#endif
