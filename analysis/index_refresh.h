/* SPDX-License-Identifier: Apache-2.0 */
/* index_refresh.h - brings the state store in step with the files on disk.
 *
 * A file whose time and size are as stored is taken as unchanged; else its content's hash decides.
 * Files are read and analysed outside the transaction, by a few threads, and written in one
 * transaction; if another process wrote in between, all is looked at once more.
 * When a file appears or vanishes, the files with an import that may mean it now, or did, are
 * resolved again.
 * INVARIANT (tested by random edits): afterwards the tables equal those of a fresh build. */
#ifndef ANALYSIS_INDEX_REFRESH_H
#define ANALYSIS_INDEX_REFRESH_H

#include "analysis/state_store.h"

enum file_change { FILE_CHANGED, FILE_ADDED, FILE_DELETED, FILE_REWIRED };

struct changed_file {
    int64_t id;
    char *path;
    enum file_change kind; /* rewired: same text, but an import means another file */
};

enum delta_kind { DELTA_ADDED, DELTA_REMOVED, DELTA_CHANGED };

struct changed_export {
    int64_t file_id;
    char *qname;
    enum delta_kind kind;
};

/* Who rested on a removed name, as it was before: its rows may be gone now. */
struct old_caller {
    int64_t file_id;
    uint32_t block;
    char *caller; /* its name, "" for the file as such */
    char *ref;    /* what it rested on */
};

struct index_delta {
    VEC(struct changed_file) files;
    VEC(struct changed_export) exports;
    VEC(struct old_caller) callers;
    bool first; /* there was nothing to compare with: the lists of changes are empty */
};

struct refresh_options {
    const char *workspace;
    const char *const *roots; /* configured ones */
    size_t root_count;
};

/* `delta`: zeroed; `message` gets a line when the store had to be renewed. */
enum status index_refresh(struct state_store *store, const struct refresh_options *options,
                          struct index_delta *delta, struct buf *message, struct err *err);
void index_delta_finish(struct index_delta *delta);

/* Add to `delta` what became of the file at `path` since its text was `before` (NULL: there was no
 * such file): for a comparison with something else than the store, which must be fresh. */
void index_delta_since(struct index_delta *delta, struct state_store *store,
                       const struct module_index *index, struct str path, const struct str *before);

#endif
