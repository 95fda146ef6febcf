/* SPDX-License-Identifier: Apache-2.0 */
/* runner_files.c - data files as inputs and outputs of blocks.
 *
 * A file is a name of the history, `<file:/its/path>`: a block that writes it binds it, so that who
 * reads it below depends on that block, and a file that comes out the same stops there.  What no
 * block above has written comes from outside: its version rises when it holds something else. */
#include "exec/runner_internal.h"

static struct name *file_name(struct runner *r, struct str path, bool make) {
    struct buf text = {0};
    buf_printf(&text, FILE_NAME_START "%.*s>", STR_FMT(path));
    struct name *name = make ? history_name(r->history, buf_str(&text))
                             : history_find(r->history, buf_str(&text));
    buf_finish(&text);
    return name;
}

struct str name_file(const struct name *name) {
    return str_slice(name->text, sizeof FILE_NAME_START - 1, name->text.len - 1);
}

/* What the file holds as nobody in the document wrote it.  True when that is news. */
static bool note_outside(struct runner *r, struct name *name, struct hash128 digest) {
    if (name->outside && hash128_eq(name->outside_digest, digest)) return false;
    name->outside = ++r->last_version;
    name->outside_digest = digest;
    return true;
}

void runner__read_files(struct runner *r, read_vec *reads, const struct worker_done *done,
                        uint32_t index) {
    for (size_t i = 0; i < done->files.len; i++) {
        const struct worker_file *file = &done->files.items[i];
        struct name *name = file_name(r, file->path, true);
        block_id by;
        if (!file->read) continue;
        if (!history_last(r->history, name, index, &by)) note_outside(r, name, file->before);
        runner__add_read(r, reads, name, index);
    }
}

void runner__write_files(struct runner *r, struct trace *t, const struct worker_done *done) {
    for (size_t i = 0; i < done->files.len; i++) {
        const struct worker_file *file = &done->files.items[i];
        if (!file->written) continue;
        struct trace_write write = {.name = file_name(r, file->path, true),
                                    .kind = WRITE_BOUND,
                                    .known = true,
                                    .kept = true,
                                    .plain = true,
                                    .present = true,
                                    .fingerprint = file->after};
        runner__record_write(r, t, write);
    }
}

const struct name *runner_next_file(const struct runner *r, size_t *cursor) {
    return *cursor < r->history->files.len ? r->history->files.items[(*cursor)++] : NULL;
}

bool runner_knows_file(struct runner *r, struct str path) {
    return file_name(r, path, false) != NULL;
}

bool runner_file_changed(struct runner *r, struct str path, struct hash128 digest) {
    struct name *name = file_name(r, path, false);
    if (!name || name->current) return false; /* a block wrote it last: no news from outside */
    return note_outside(r, name, digest);
}
