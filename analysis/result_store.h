/* SPDX-License-Identifier: Apache-2.0 */
/* result_store.h - what blocks showed last, in an SQLite database: it outlives the process.
 *
 * A row is one result: of the n-th block with that code in that document.  The bytes mean nothing
 * here.  The whole is bounded: what has not been shown for longest goes first.  Nothing depends on
 * it: a database that is damaged is removed, and one that cannot be written keeps nothing. */
#ifndef ANALYSIS_RESULT_STORE_H
#define ANALYSIS_RESULT_STORE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"

struct result_store;

struct stored_result {
    struct str document; /* its path */
    struct hash128 code;
    uint32_t nth;           /* among the document's blocks with equal code */
    struct hash128 content; /* equal: the bytes need not be written again */
    struct str bytes;
};

/* Folders are made.  NULL and err when it cannot be opened. */
struct result_store *result_store_open(const char *path, uint64_t limit, struct err *err);
void result_store_close(struct result_store *s); /* NULL: no-op */

/* Writes between the two are one transaction; `now_ms` (since 1970) is when they were shown. */
void result_store_begin(struct result_store *s, int64_t now_ms);
void result_store_put(struct result_store *s, const struct stored_result *row);
void result_store_commit(struct result_store *s);

/* Forget those of the document's results that were not put in this transaction. */
void result_store_forget_others(struct result_store *s, struct str document);

/* Append the bytes kept for that block.  False: there are none. */
bool result_store_get(struct result_store *s, struct str document, struct hash128 code,
                      uint32_t nth, struct buf *out);

void result_store_clear(struct result_store *s);
uint64_t result_store_size(struct result_store *s); /* bytes of results */

#endif
