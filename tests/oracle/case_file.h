/* SPDX-License-Identifier: Apache-2.0 */
/* case_file.h - a sequence of texts of one document, and its readable form.
 *
 *     What the case is about, in some lines.
 *     needs: pandas               modules without which the case is passed over
 *     === document
 *     xs = []
 *
 *     xs.append(1)
 *     === edit
 *     xs = [7]
 *
 *     xs.append(1)
 *
 * Each text is the whole document.  The words after "===" are free. */
#ifndef TESTS_ORACLE_CASE_FILE_H
#define TESTS_ORACLE_CASE_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

struct case_file {
    struct buf about;  /* the lines before the first text */
    VEC(char *) texts; /* owned */
};

void case_finish(struct case_file *c);
void case_push(struct case_file *c, struct str text);
void case_cut(struct case_file *c, size_t count); /* keep the first `count` texts */
void case_copy(struct case_file *to, const struct case_file *from);

enum status case_read(struct case_file *c, const char *path, struct err *err);
void case_print(const struct case_file *c);

/* The rest of the line of `about` that begins with `word` and a colon, or empty. */
struct str case_field(const struct case_file *c, const char *word);

#endif
