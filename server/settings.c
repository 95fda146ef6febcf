/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c - the table of settings. */
#include "server/settings.h"

#include <stdio.h>

#include "base/mem.h"
#include "server/glob.h"

enum { DEFAULT_OUTPUT_LIMIT = 8 << 20, MIN_OUTPUT_LIMIT = 1 << 10, MAX_OUTPUT_LIMIT = 48 << 20 };

/* Takes one value; NULL when it is right, else what was expected. */
typedef const char *setter(struct settings *s, const json_t *value);

static const char *set_trusted(struct settings *s, const json_t *value) {
    if (!json_is_boolean(value)) return "true or false";
    s->trusted = json_is_true(value);
    return NULL;
}

static void clear_live(struct settings *s) {
    for (size_t i = 0; i < s->live.len; i++) free(s->live.items[i]);
    vec_clear(&s->live);
}

static const char *set_live(struct settings *s, const json_t *value) {
    size_t i;
    json_t *glob;
    if (!json_is_array(value)) return "a list of globs";
    json_array_foreach(value, i, glob) if (!json_is_string(glob)) return "a list of globs";
    clear_live(s);
    json_array_foreach(value, i, glob) vec_push(&s->live, xstrdup(json_string_value(glob)));
    return NULL;
}

static const char *set_trigger(struct settings *s, const json_t *value) {
    static const char *const names[] = {
        [TRIGGER_TYPE] = "type", [TRIGGER_SAVE] = "save", [TRIGGER_MANUAL] = "manual"};
    const char *name = json_is_string(value) ? json_string_value(value) : "";
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(names[i], name) != 0) continue;
        s->trigger = (enum session_trigger)i;
        return NULL;
    }
    return "\"type\", \"save\" or \"manual\"";
}

static const char *set_cwd(struct settings *s, const json_t *value) {
    const char *path = json_is_string(value) ? json_string_value(value) : "";
    if (path[0] != '/') return "an absolute path";
    free(s->cwd);
    s->cwd = xstrdup(path);
    return NULL;
}

static const char *set_output_limit(struct settings *s, const json_t *value) {
    json_int_t bytes = json_integer_value(value);
    if (!json_is_integer(value) || bytes < MIN_OUTPUT_LIMIT || bytes > MAX_OUTPUT_LIMIT)
        return "a number of bytes from 1024 to 50331648";
    s->output_limit = (uint32_t)bytes;
    return NULL;
}

static const struct setting {
    const char *key;
    bool initialization_only;
    setter *set;
} settings_table[] = {
    {"cwd", false, set_cwd},
    {"live", false, set_live},
    {"output.limit", false, set_output_limit},
    {"trigger", false, set_trigger},
    {"trusted", true, set_trusted},
};

void settings_init(struct settings *s) {
    *s = (struct settings){.trigger = TRIGGER_TYPE, .output_limit = DEFAULT_OUTPUT_LIMIT};
}

void settings_finish(struct settings *s) {
    clear_live(s);
    vec_finish(&s->live);
    free(s->cwd);
}

static const struct setting *find_setting(const char *key) {
    for (size_t i = 0; i < sizeof settings_table / sizeof *settings_table; i++)
        if (strcmp(settings_table[i].key, key) == 0) return &settings_table[i];
    return NULL;
}

struct applying {
    struct settings *settings;
    bool initialization;
    void (*warn)(void *ctx, const char *line);
    void *ctx;
};

static void apply_one(const struct applying *a, const char *key, const json_t *value) {
    char line[200];
    const struct setting *setting = find_setting(key);
    if (!setting) {
        snprintf(line, sizeof line, "setting relight.%s is not known", key);
        a->warn(a->ctx, line);
        return;
    }
    if (json_is_null(value) || (setting->initialization_only && !a->initialization)) return;
    const char *expected = setting->set(a->settings, value);
    if (!expected) return;
    snprintf(line, sizeof line, "setting relight.%s must be %s", key, expected);
    a->warn(a->ctx, line);
}

/* {"output": {"limit": 1}} and {"output.limit": 1} are the same. */
static void apply_object(const struct applying *a, const char *prefix, const json_t *object) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value) {
        char key[80];
        snprintf(key, sizeof key, "%s%s%s", prefix, *prefix ? "." : "", name);
        if (json_is_object(value) && !*prefix && !find_setting(key))
            apply_object(a, key, value);
        else
            apply_one(a, key, value);
    }
}

void settings_apply(struct settings *s, const json_t *object, bool initialization,
                    void (*warn)(void *ctx, const char *line), void *ctx) {
    struct applying a = {s, initialization, warn, ctx};
    if (!object || json_is_null(object)) return;
    if (json_is_object(object))
        apply_object(&a, "", object);
    else
        warn(ctx, "the relight settings must be an object");
}

bool settings_file_live(const struct settings *s, struct str path, struct str root) {
    struct str relative = path;
    if (root.len && str_starts(path, root) && path.len > root.len && path.ptr[root.len] == '/')
        relative = str_slice(path, root.len + 1, path.len);
    bool live = false;
    for (size_t i = 0; i < s->live.len && !live; i++) {
        struct str glob = str_from(s->live.items[i]);
        live = glob_matches(glob, relative) || glob_matches(glob, path);
    }
    return live;
}
