/* SPDX-License-Identifier: Apache-2.0 */
/* span.h - positions in a document's text.
 *
 * Bytes are the only unit inside analysis/ and exec/; lines and editor columns exist at the edges.
 * Lines are 0-based and end at "\n", "\r\n" or "\r", as in CPython and in LSP. */
#ifndef ANALYSIS_SPAN_H
#define ANALYSIS_SPAN_H

#include <stdint.h>

struct span {
    uint32_t start, end; /* bytes, half-open */
};

static inline uint32_t span_len(struct span s) {
    return s.end - s.start;
}

#endif
