/* SPDX-License-Identifier: Apache-2.0 */
/* output.h - what a block shows: output records in the shapes of Jupyter's nbformat 4.
 *
 * All text is well-formed UTF-8.  Records own their bytes. */
#ifndef EXEC_OUTPUT_H
#define EXEC_OUTPUT_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/vec.h"

enum output_kind {
    OUTPUT_STREAM,  /* nbformat "stream" */
    OUTPUT_DISPLAY, /* "display_data" */
    OUTPUT_RESULT,  /* "execute_result" */
    OUTPUT_ERROR,   /* "error" */
};

struct mime_item {
    struct buf mime;
    struct buf data; /* text; base64 for binary types; JSON text for JSON types */
};

/* A frame of a traceback.  `line` is 0-based, relative to `block` when that is not 0. */
struct frame {
    struct buf file, function, source;
    uint32_t block, line;
};

struct output {
    enum output_kind kind;
    bool is_stderr;               /* stream */
    struct buf text;              /* stream */
    VEC(struct mime_item) bundle; /* display, result */
    struct buf ename, evalue;     /* error */
    VEC(struct frame) frames;     /* error; outermost first */
};

typedef VEC(struct output) output_vec;

void output_finish(struct output *o);
void output_vec_finish(output_vec *outputs);

/* Append stream text; a run of text on one stream is one record. */
void output_vec_stream(output_vec *outputs, bool is_stderr, struct str utf8);

/* The item of that MIME type, or empty. */
struct str output_mime(const struct output *o, struct str mime);

/* Equal hashes: the same records.  Frame lines count as stored (relative). */
struct hash128 output_vec_hash(const output_vec *outputs);

#endif
