/* SPDX-License-Identifier: Apache-2.0 */
/* project.h - the workspace's module index, kept while the server runs.
 *
 * The folders are walked on a thread of libuv's pool; the loop sees whole indexes only. */
#ifndef SERVER_PROJECT_H
#define SERVER_PROJECT_H

#include <uv.h>

#include "analysis/module_index.h"

struct project;

/* `ready` is called on the loop whenever there is a new index. */
struct project *project_create(uv_loop_t *loop, const char *root, void (*ready)(void *ctx),
                               void *ctx);
void project_close(struct project *p); /* frees itself when a walk has ended.  NULL: no-op */

/* Walk again, with these source roots (copied), because files came or went. */
void project_refresh(struct project *p, const char *const *roots, size_t root_count);

/* NULL until the first walk has ended; borrowed until `ready` is called again. */
const struct module_index *project_index(const struct project *p);

/* Whether there is nothing to learn about the file (absolute) from another walk. */
bool project_knows(const struct project *p, struct str path);

#endif
