/* SPDX-License-Identifier: Apache-2.0 */
/* setup.h - what the server's SETUP says about the document.
 *
 * Caller's memory; zero-initialised is empty; owns its strings. */
#ifndef EXEC_WORKER_SETUP_H
#define EXEC_WORKER_SETUP_H

#include "base/err.h"
#include "exec/wire.h"

struct setup {
    char *file, *cwd, *package;          /* package is "" outside of packages */
    uint32_t output_bytes, output_lines; /* of one block */
    char *journal;                       /* the warden's journal's folder, or NULL; borrowed */
};

void setup_finish(struct setup *s); /* s is empty again */

/* Replace `s` by the fields of a SETUP.  ST_UNSUPPORTED for another version of the protocol,
 * ST_BAD_MESSAGE for a malformed one; `s` is unchanged then. */
enum status setup_decode(struct setup *s, struct wire_reader fields, struct err *err);

#endif
