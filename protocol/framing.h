/* SPDX-License-Identifier: Apache-2.0 */
/* framing.h - the base protocol of LSP: "Content-Length: N" headers around JSON bodies.
 *
 * No I/O: feed bytes in any chunking, take messages out. */
#ifndef PROTOCOL_FRAMING_H
#define PROTOCOL_FRAMING_H

#include "base/buf.h"
#include "base/err.h"

#define FRAMING_MAX_HEADER 4096u
#define FRAMING_MAX_BODY   (160u << 20) /* a document of TEXT_MAX, escaped */

struct splitter {
    struct buf in;
    size_t at; /* bytes before it are done with */
};

enum split { SPLIT_MESSAGE, SPLIT_NEED_MORE, SPLIT_CORRUPT };

void splitter_finish(struct splitter *sp); /* accepts all-zero */
void splitter_feed(struct splitter *sp, struct str bytes);

/* Take the next body; borrowed until the next feed.  SPLIT_CORRUPT (header damaged or too large,
 * with the reason in err) is final: there is no way to find the next message. */
enum split splitter_next(struct splitter *sp, struct str *body, struct err *err);

/* Append the header for a body of that size. */
void framing_header(struct buf *out, size_t body_size);

#endif
