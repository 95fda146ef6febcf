/* SPDX-License-Identifier: Apache-2.0 */
/* setup.c - decoding of SETUP; see setup.h. */
#include "exec/worker/setup.h"

#include <stdlib.h>

void setup_finish(struct setup *s) {
    free(s->file);
    free(s->cwd);
    free(s->package);
    *s = (struct setup){0};
}

enum status setup_decode(struct setup *s, struct wire_reader fields, struct err *err) {
    uint32_t version = wire_get_u32(&fields);
    if (!fields.bad && version != WIRE_VERSION)
        return err_set(err, ST_UNSUPPORTED,
                       "the server speaks version %u of the worker protocol, this worker %d: "
                       "install the same release of both",
                       version, WIRE_VERSION);
    struct str file = wire_get_str(&fields);
    struct str cwd = wire_get_str(&fields);
    struct str package = wire_get_str(&fields);
    uint32_t bytes = wire_get_u32(&fields);
    uint32_t lines = wire_get_u32(&fields);
    if (fields.bad) return err_set(err, ST_BAD_MESSAGE, "malformed SETUP");

    setup_finish(s);
    *s = (struct setup){.file = str_dup(file),
                        .cwd = str_dup(cwd),
                        .package = str_dup(package),
                        .output_bytes = bytes,
                        .output_lines = lines};
    return ST_OK;
}
