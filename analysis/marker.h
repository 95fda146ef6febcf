/* SPDX-License-Identifier: Apache-2.0 */
/* marker.h - comment lines that structure a file: cell markers, banners and file headers.
 *
 * All take a source and the start of a line that begins with '#' at column 0. */
#ifndef ANALYSIS_MARKER_H
#define ANALYSIS_MARKER_H

#include "analysis/span.h"
#include "base/str.h"

enum marker {
    MARKER_NONE,
    MARKER_CELL,   /* `# %%`, `#%%`, `# In[1]` */
    MARKER_BANNER, /* 20 or more '#': a cell in sphinx-gallery files */
};

enum marker marker_at(struct str src, uint32_t line_start);

/* What a marker line says. */
struct marker_info {
    struct span title; /* may be empty */
    struct span rest;  /* all that follows the `%%` */
    bool markdown;     /* [markdown] or [md] */
};
struct marker_info marker_read(struct str src, uint32_t line_start);

/* Lines that are neither prose nor code. */
bool header_is_shebang_or_coding(struct str src, uint32_t line_start); /* of lines 0 and 1 */

/* A PEP 723 block (`# /// script` to `# ///`) or, with `front_matter`, a Jupytext header (`# ---`
 * to `# ---`) that starts here: the end of its last line; else 0.  *looked is how far it had to
 * look to tell. */
uint32_t header_block_end(struct str src, uint32_t line_start, bool front_matter, uint32_t *looked);

#endif
