/* SPDX-License-Identifier: Apache-2.0 */
/* journal.h - copies of the files that the document wrote, to put them back as they were.
 *
 * For each such file: what it was before any block wrote it, and as each block left it.  So a file
 * can stand as it does at any place of the document, like a name.  The copies lie in a folder of
 * the worker's own, which outlives interpreters: one that dies in the middle of a run leaves the
 * copy of what the file was before that run, and the warden puts it back.
 * A file over JOURNAL_FILE_BYTES is not copied, nor is anything beyond JOURNAL_BYTES in all; nor
 * what is no regular file.  Calls block for as long as copying takes. */
#ifndef EXEC_WORKER_JOURNAL_H
#define EXEC_WORKER_JOURNAL_H

#include "base/str.h"

#define JOURNAL_FILE_BYTES ((uint64_t)64 << 20)
#define JOURNAL_BYTES      ((uint64_t)1 << 30)

struct journal {
    char *folder; /* owned; NULL: there is none, and nothing is kept */
};

void journal_init(struct journal *j);   /* makes the folder */
void journal_finish(struct journal *j); /* removes it; the files stay as they are */

/* The running block is about to change the file; false: it cannot be put back. */
bool journal_before(const struct journal *j, const char *path);
/* That run has ended and left the file as it is now. */
void journal_after(const struct journal *j, const char *path, uint32_t block);

/* Put the file back as `block` left it; block 0: as it was before any block wrote it.  Not when
 * somebody else has changed it since: then that is what it was before. */
void journal_restore(const struct journal *j, const char *path, uint32_t block);

void journal_forget(const struct journal *j, uint32_t block);

/* The run died that was changing files: they are put back as they were before it. */
void journal_recover(const struct journal *j);

/* All files as they were before any block wrote them; the journal is empty then. */
void journal_rewind(const struct journal *j);

#endif
