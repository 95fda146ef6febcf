/* SPDX-License-Identifier: Apache-2.0 */
/* code_hash.h - one pass over the tokens of a block: its code hash, and its comment lines. */
#ifndef ANALYSIS_CODE_HASH_H
#define ANALYSIS_CODE_HASH_H

#include "analysis/span.h"
#include "base/buf.h"
#include "base/hash.h"

struct code_summary {
    struct hash128 hash;
    bool any;           /* there is a code token */
    struct span extent; /* from the first code token to the end of the last */
};

/* Called for each comment that has its line to itself.  `after_code`: a code token stands above. */
typedef void comment_fn(void *context, struct span comment, bool after_code);

/* Hash the token stream of `block`: kinds and texts, line ends that end a statement, indentation by
 * level.  Comments, blank lines and spacing do not count; strings count byte by byte.  `scratch` is
 * working memory kept by the caller for speed. */
struct code_summary code_summarize(struct str block, comment_fn *on_comment, void *context,
                                   struct buf *scratch);

/* The hash of prose: of its text, the last line end aside.  Never equal to one of code. */
struct hash128 prose_hash(struct str text, struct buf *scratch);

#endif
