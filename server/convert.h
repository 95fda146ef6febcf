/* SPDX-License-Identifier: Apache-2.0 */
/* convert.h - from bytes, blocks and traces to editor positions and live messages, and back.
 *
 * The one place where the byte offsets of analysis/ and exec/ meet editor columns. */
#ifndef SERVER_CONVERT_H
#define SERVER_CONVERT_H

#include "exec/place.h"
#include "protocol/live.h"
#include "server/session.h"

struct lsp_position convert_position(const struct text *text, uint32_t byte,
                                     enum position_encoding encoding);
struct lsp_range convert_range(const struct text *text, struct span span,
                               enum position_encoding encoding);
uint32_t convert_to_byte(const struct text *text, struct lsp_position position,
                         enum position_encoding encoding);

/* The bytes of a line without its indentation and trailing blanks. */
struct span convert_line_content(const struct text *text, uint32_t line);

/* "Traceback ..." as CPython prints it, with current line numbers. */
void convert_traceback(struct session *s, const struct output *error, struct buf *out);

json_t *convert_output(struct session *s, const struct output *output);
json_t *convert_outputs(struct session *s, const struct block *block);

/* The whole result of a block as it stands; without the outputs when their contentHash is `known`
 * to the client (NULL: nothing is). */
json_t *convert_block_result(struct session *s, uint32_t run, const struct block *block,
                             enum position_encoding encoding, const char *origin,
                             const char *known);

/* The light form of a result that stands: the block's place alone. */
json_t *convert_block_moved(struct session *s, const struct block *block,
                            enum position_encoding encoding);

/* The reasons of a plan, {block id: [{kind, ref}]}, and its blocks' ids. */
json_t *convert_reasons(const struct plan *plan);
json_t *convert_known_reasons(struct session *s); /* why each block last ran, or runs next */
json_t *convert_plan_ids(const struct plan *plan);
json_t *convert_block_ids(const struct document *doc);

#endif
