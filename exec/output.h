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
    OUTPUT_WARNING, /* "stream": stderr text that names a place, see place_warning() */
};

struct mime_item {
    struct buf mime;
    struct buf data; /* text; base64 for binary types; JSON text for JSON types */
};

/* A frame of a traceback.  When `block` is not 0, `line` is one of that block's text as it was when
 * the frame's code was compiled: item `text` of the output's; place_of_frame() tells where that is
 * now.  Lines are 0-based, columns bytes. */
struct frame {
    struct buf file, function, source;
    uint32_t block, line, column, text;
};

struct output {
    enum output_kind kind;
    bool is_stderr;               /* stream */
    struct buf text;              /* stream, warning */
    VEC(struct mime_item) bundle; /* display, result */
    struct buf ename, evalue;     /* error */
    VEC(struct frame) frames;     /* error, outermost first; warning: one */
    VEC(struct buf) texts;        /* of blocks, see struct frame */
};

typedef VEC(struct output) output_vec;

void output_finish(struct output *o);
void output_vec_finish(output_vec *outputs);

/* Whether it is text on stdout or stderr: a stream, or a warning. */
bool output_is_stream(const struct output *o);

/* Append stream text; a run of text on one stream is one record. */
void output_vec_stream(output_vec *outputs, bool is_stderr, struct str utf8);

/* The item of that MIME type, or empty. */
struct str output_mime(const struct output *o, struct str mime);

/* Equal hashes: the same records.  Frames count as stored, wherever their lines are now. */
struct hash128 output_vec_hash(const output_vec *outputs);

#endif
