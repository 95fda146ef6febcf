/* SPDX-License-Identifier: Apache-2.0 */
/* files.h - the files that the running block opens, and what was in them.
 *
 * Each is known by its real path.  Those of Python's own and of installed libraries do not count,
 * nor devices and /proc.  Beyond FILES_MAX no more are noted.
 * Interpreter process, with the GIL. */
#ifndef EXEC_WORKER_FILES_H
#define EXEC_WORKER_FILES_H

#include "base/hash.h"
#include "base/map.h"
#include "base/vec.h"
#include "exec/worker/journal.h"
#include "exec/worker/py.h"

enum { FILES_MAX = 1000 };

enum file_use {
    FILE_READ = 1,     /* what the block does depends on what the file holds, or that it is there */
    FILE_WRITTEN = 2,  /* it may have changed, or come, or gone */
    FILE_DATABASE = 4, /* whether it is written is known only afterwards */
};

struct used_file {
    char *path;
    unsigned use;
    bool unkept;           /* it cannot be put back */
    struct hash128 before; /* as the block found it */
};

struct files {
    struct journal journal;
    struct map by_path; /* -> struct used_file */
    VEC(struct used_file *) used;
    VEC(char *) ignored; /* folders, with a slash at the end: Python's own */
};

/* False with an exception set on failure. */
bool files_init(struct files *f, char *journal);

/* A name of files, as fixes have it (`<file:/path>`): put the file back.  False for other names. */
bool files_fix(struct files *f, struct str name, uint32_t block);

/* Around a block's run. */
void files_begin(struct files *f);
void files_end(struct files *f, uint32_t block, struct buf *out); /* appends the files of DONE */

/* The block is about to use the file; `path` as it names it, from `folder` (a descriptor, or -1).
 */
void files_note(struct files *f, PyObject *path, long folder, unsigned use);

#endif
