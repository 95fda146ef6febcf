/* SPDX-License-Identifier: Apache-2.0 */
/* live_decode.h - what a live client says, out of a WebSocket's text.
 *
 * Strings in the result are borrowed from `root`.  A wrong type is ST_BAD_PARAMS and names the
 * field. */
#ifndef PROTOCOL_LIVE_DECODE_H
#define PROTOCOL_LIVE_DECODE_H

#include <jansson.h>

#include "base/err.h"
#include "base/str.h"

/* A message; fields that it does not have are empty, 0 or NULL. */
struct live_request {
    json_t *root; /* owned; NULL when the text is not JSON */
    struct str type, path, client_id, token, block;
    int64_t protocol, client_run, line; /* line: -1 when there is none */
    const json_t *have;                 /* {block id: contentHash} */
};

enum status live_decode(struct live_request *out, struct str text, struct err *err);
void live_request_finish(struct live_request *r);

#endif
