/* SPDX-License-Identifier: Apache-2.0 */
/* settings.h - what users can set, with defaults that need no setting.
 *
 * One table of keys; a wrong type or an unknown key is a warning that names it, and the default.
 * What is set comes from several places: each later one of enum settings_source wins. */
#ifndef SERVER_SETTINGS_H
#define SERVER_SETTINGS_H

#include <jansson.h>

#include "base/vec.h"
#include "server/session.h"

enum settings_source {
    SETTINGS_PROJECT, /* [tool.relight] of pyproject.toml */
    SETTINGS_INITIALIZATION,
    SETTINGS_CLIENT, /* the section `relight` of the editor's configuration */
    SETTINGS_SOURCE_COUNT,
};

typedef VEC(char *) string_vec; /* owned strings */

struct settings {
    bool trusted; /* by initialization only */
    bool preview_open;
    unsigned trigger;         /* enum session_trigger */
    unsigned trace;           /* enum settings_trace */
    unsigned impact_strategy; /* enum settings_strategy */
    unsigned verify;          /* enum settings_verify */
    char *cwd;                /* NULL: the file's folder */
    char *python;             /* NULL: found, see interpreter.h */
    char *state_dir;          /* NULL: in the user's cache folder */
    string_vec live;          /* globs of files that are live on opening */
    string_vec roots;         /* of sources; empty: found */
    string_vec worker_command;
    uint64_t output_limit; /* bytes for each block */
    uint64_t cache_memory_limit, cache_disk_limit;
    uint64_t preview_port; /* 0: any that is free */
    json_t *sources[SETTINGS_SOURCE_COUNT];
};

enum settings_trace { TRACE_OFF, TRACE_MESSAGES, TRACE_VERBOSE };
enum settings_strategy { STRATEGY_HYBRID, STRATEGY_SYMBOL_CLOSURE, STRATEGY_IMPORT_CLOSURE };
enum settings_verify { VERIFY_OFF, VERIFY_IDLE };

void settings_init(struct settings *s);
void settings_finish(struct settings *s);

/* `object` is from now on all that this source sets.  `warn` is called with one line for each
 * problem in it. */
void settings_apply(struct settings *s, enum settings_source source, const json_t *object,
                    void (*warn)(void *ctx, const char *line), void *ctx);

/* The keys, sorted; NULL past the last. */
const char *settings_key(size_t index);

/* What a session needs of them; borrowed.  `root` is the workspace folder or empty. */
struct session_options settings_for_session(const struct settings *s, struct str root);

/* Whether a setting lists the file as live; `root` is the workspace folder or empty. */
bool settings_file_live(const struct settings *s, struct str path, struct str root);

#endif
