/* SPDX-License-Identifier: Apache-2.0 */
/* settings.h - what users can set, with defaults that need no setting.
 *
 * One table of keys; a wrong type or an unknown key is a warning that names it, and the default. */
#ifndef SERVER_SETTINGS_H
#define SERVER_SETTINGS_H

#include <jansson.h>

#include "base/vec.h"
#include "server/session.h"

struct settings {
    bool trusted;     /* initialization only */
    VEC(char *) live; /* globs of files that are live on opening; owned */
    enum session_trigger trigger;
    char *cwd;             /* owned; NULL: the file's folder */
    uint32_t output_limit; /* bytes for each block */
};

void settings_init(struct settings *s);
void settings_finish(struct settings *s);

/* Take over the keys of `object` (initializationOptions, or the `relight` section). `warn` is
 * called with one line for each problem. */
void settings_apply(struct settings *s, const json_t *object, bool initialization,
                    void (*warn)(void *ctx, const char *line), void *ctx);

/* Whether a setting lists the file as live; `root` is the workspace folder or empty. */
bool settings_file_live(const struct settings *s, struct str path, struct str root);

#endif
