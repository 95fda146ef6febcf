/* SPDX-License-Identifier: Apache-2.0 */
/* project_settings.h - what the project sets: [tool.relight] of the workspace's pyproject.toml.
 *
 * Read by relight-worker, which has a TOML parser; read again whenever the file changes. */
#ifndef SERVER_PROJECT_SETTINGS_H
#define SERVER_PROJECT_SETTINGS_H

#include <jansson.h>
#include <uv.h>

#include "base/str.h"

struct project_settings;

/* `settings` is borrowed, NULL when the file could not be read: then `error` says why. */
typedef void project_settings_fn(void *ctx, const json_t *settings, const char *error);

/* Calls back once, when it has read, if there is a file; and after each change. */
struct project_settings *project_settings_create(uv_loop_t *loop, struct str root,
                                                 project_settings_fn *read, void *ctx);
void project_settings_close(struct project_settings *p); /* no more calls.  NULL: no-op */

const char *project_settings_path(const struct project_settings *p);

/* It is being read: what it sets is not known yet. */
bool project_settings_pending(const struct project_settings *p);

/* That file has changed; others are none of our business.  NULL: no-op. */
void project_settings_changed(struct project_settings *p, struct str path);

#endif
