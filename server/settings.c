/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c - the table of settings. */
#include "server/settings.h"

#include <stdio.h>

#include "analysis/glob.h"
#include "base/mem.h"

#define MIB ((uint64_t)1 << 20)

/* What a value must be, and the type of the field that it goes to. */
enum kind {
    BOOLEAN, /* bool */
    CHOICE,  /* unsigned: the index of the name */
    NUMBER,  /* uint64_t */
    TEXT,    /* char *, not empty */
    PATH,    /* char *, absolute */
    LIST,    /* string_vec */
};

struct setting {
    const char *key;
    enum kind kind;
    size_t field;
    const char *expected; /* for people: "must be ..." */
    uint64_t fallback, min, max;
    const char *names[4]; /* of a choice; the first is the default */
};

#define FIELD(name) offsetof(struct settings, name)
#define BYTES       "a number of bytes"

static const struct setting table[] = {
    {"cache.diskLimit", NUMBER, FIELD(cache_disk_limit), BYTES, 1024 * MIB, 0, MIB << 20, {0}},
    {"cache.memoryLimit", NUMBER, FIELD(cache_memory_limit), BYTES, 500 * MIB, 0, MIB << 20, {0}},
    {"cwd", PATH, FIELD(cwd), "an absolute path", 0, 0, 0, {0}},
    {"impact.strategy",
     CHOICE,
     FIELD(impact_strategy),
     "\"hybrid\", \"symbol_closure\" or \"import_closure\"",
     STRATEGY_HYBRID,
     0,
     0,
     {"hybrid", "symbol_closure", "import_closure"}},
    {"live", LIST, FIELD(live), "a list of globs", 0, 0, 0, {0}},
    {"output.limit", NUMBER, FIELD(output_limit), BYTES, 8 * MIB, 1024, 48 * MIB, {0}},
    {"preview.open", BOOLEAN, FIELD(preview_open), "true or false", 0, 0, 0, {0}},
    {"preview.port", NUMBER, FIELD(preview_port), "a port", 0, 0, 65535, {0}},
    {"python", TEXT, FIELD(python), "the path or the name of an interpreter", 0, 0, 0, {0}},
    {"roots", LIST, FIELD(roots), "a list of folders", 0, 0, 0, {0}},
    {"stateDir", PATH, FIELD(state_dir), "an absolute path", 0, 0, 0, {0}},
    {"trace",
     CHOICE,
     FIELD(trace),
     "\"off\", \"messages\" or \"verbose\"",
     TRACE_OFF,
     0,
     0,
     {"off", "messages", "verbose"}},
    {"trigger",
     CHOICE,
     FIELD(trigger),
     "\"type\", \"save\" or \"manual\"",
     TRIGGER_TYPE,
     0,
     0,
     {"type", "save", "manual"}},
    {"trusted", BOOLEAN, FIELD(trusted), "true or false", 0, 0, 0, {0}},
    {"verify", CHOICE, FIELD(verify), "\"off\" or \"idle\"", VERIFY_OFF, 0, 0, {"off", "idle"}},
    {"worker.command", LIST, FIELD(worker_command), "a list of words", 0, 0, 0, {0}},
};

enum { KEY_COUNT = sizeof table / sizeof *table };

const char *settings_key(size_t index) {
    return index < KEY_COUNT ? table[index].key : NULL;
}

/* --- Fields. --- */

static void *field_of(struct settings *s, const struct setting *setting) {
    return (char *)s + setting->field;
}

static void clear_list(string_vec *list) {
    for (size_t i = 0; i < list->len; i++) free(list->items[i]);
    vec_clear(list);
}

static void clear_field(struct settings *s, const struct setting *setting) {
    void *field = field_of(s, setting);
    if (setting->kind == TEXT || setting->kind == PATH) {
        free(*(char **)field);
        *(char **)field = NULL;
    } else if (setting->kind == LIST) {
        clear_list(field);
    } else if (setting->kind == NUMBER) {
        *(uint64_t *)field = setting->fallback;
    } else if (setting->kind == CHOICE) {
        *(unsigned *)field = (unsigned)setting->fallback;
    } else {
        *(bool *)field = false;
    }
}

static bool set_choice(unsigned *field, const struct setting *setting, const json_t *value) {
    const char *name = json_is_string(value) ? json_string_value(value) : "";
    for (unsigned i = 0; i < 4 && setting->names[i]; i++) {
        if (strcmp(setting->names[i], name) != 0) continue;
        *field = i;
        return true;
    }
    return false;
}

static bool set_number(uint64_t *field, const struct setting *setting, const json_t *value) {
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < 0 || (uint64_t)number < setting->min ||
        (uint64_t)number > setting->max)
        return false;
    *field = (uint64_t)number;
    return true;
}

static bool set_text(char **field, const struct setting *setting, const json_t *value) {
    const char *text = json_is_string(value) ? json_string_value(value) : "";
    if (!*text || (setting->kind == PATH && *text != '/')) return false;
    free(*field);
    *field = xstrdup(text);
    return true;
}

static bool set_list(string_vec *field, const json_t *value) {
    size_t i;
    json_t *item;
    if (!json_is_array(value)) return false;
    json_array_foreach(value, i, item) if (!json_is_string(item)) return false;
    clear_list(field);
    json_array_foreach(value, i, item) vec_push(field, xstrdup(json_string_value(item)));
    return true;
}

/* False when the value is not what the setting needs: the field is as it was. */
static bool set_field(struct settings *s, const struct setting *setting, const json_t *value) {
    void *field = field_of(s, setting);
    switch (setting->kind) {
    case BOOLEAN:
        if (!json_is_boolean(value)) return false;
        *(bool *)field = json_is_true(value);
        return true;
    case CHOICE:
        return set_choice(field, setting, value);
    case NUMBER:
        return set_number(field, setting, value);
    case TEXT:
    case PATH:
        return set_text(field, setting, value);
    case LIST:
        return set_list(field, value);
    }
    return false;
}

/* --- Sources. --- */

void settings_init(struct settings *s) {
    *s = (struct settings){0};
    for (size_t i = 0; i < KEY_COUNT; i++) clear_field(s, &table[i]);
}

void settings_finish(struct settings *s) {
    for (size_t i = 0; i < KEY_COUNT; i++) {
        clear_field(s, &table[i]);
        if (table[i].kind == LIST) vec_finish((string_vec *)field_of(s, &table[i]));
    }
    for (size_t i = 0; i < SETTINGS_SOURCE_COUNT; i++) json_decref(s->sources[i]);
}

static int compare_key(const void *key, const void *setting) {
    return strcmp(key, ((const struct setting *)setting)->key);
}

static const struct setting *find_setting(const char *key) {
    return bsearch(key, table, KEY_COUNT, sizeof *table, compare_key);
}

struct applying {
    struct settings *settings;
    enum settings_source source;
    void (*warn)(void *ctx, const char *line); /* NULL: what is wrong has been said before */
    void *ctx;
};

static void warn(const struct applying *a, const char *key, const char *what) {
    char line[256];
    snprintf(line, sizeof line, "setting relight.%s %s%s", key, what,
             a->source == SETTINGS_PROJECT ? " (in pyproject.toml)" : "");
    if (a->warn) a->warn(a->ctx, line);
}

static void warn_expected(const struct applying *a, const struct setting *setting) {
    char what[160];
    if (setting->kind == NUMBER)
        snprintf(what, sizeof what, "must be %s from %llu to %llu", setting->expected,
                 (unsigned long long)setting->min, (unsigned long long)setting->max);
    else
        snprintf(what, sizeof what, "must be %s", setting->expected);
    warn(a, setting->key, what);
}

static void apply_one(const struct applying *a, const char *key, const json_t *value) {
    const struct setting *setting = find_setting(key);
    if (!setting) {
        warn(a, key, "is not known");
        return;
    }
    bool trust = setting->field == FIELD(trusted);
    if (json_is_null(value) || (trust && a->source == SETTINGS_CLIENT)) return;
    if (trust && a->source == SETTINGS_PROJECT)
        warn(a, key, "is for the editor to give");
    else if (!set_field(a->settings, setting, value))
        warn_expected(a, setting);
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

void settings_apply(struct settings *s, enum settings_source source, const json_t *object,
                    void (*warn_line)(void *ctx, const char *line), void *ctx) {
    if (object && !json_is_null(object) && !json_is_object(object)) {
        warn_line(ctx, "the relight settings must be an object");
        return;
    }
    json_t *old = s->sources[source];
    s->sources[source] = json_incref((json_t *)object);
    json_decref(old);
    for (size_t i = 0; i < KEY_COUNT; i++) clear_field(s, &table[i]);
    for (size_t i = 0; i < SETTINGS_SOURCE_COUNT; i++) {
        struct applying a = {s, (enum settings_source)i, i == source ? warn_line : NULL, ctx};
        if (json_is_object(s->sources[i])) apply_object(&a, "", s->sources[i]);
    }
}

struct session_options settings_for_session(const struct settings *s, struct str root) {
    return (struct session_options){
        .trigger = (enum session_trigger)s->trigger,
        .cwd = s->cwd ? str_from(s->cwd) : STR(""),
        .output_bytes = (uint32_t)s->output_limit,
        .output_lines = 10000,
        .launch = {.python = s->python ? str_from(s->python) : STR(""),
                   .prefix = s->worker_command.items,
                   .prefix_count = s->worker_command.len,
                   .root = root},
    };
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
