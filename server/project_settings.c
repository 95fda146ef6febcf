/* SPDX-License-Identifier: Apache-2.0 */
/* project_settings.c - pyproject.toml by way of a helper process; see project_settings.h. */
#include "server/project_settings.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "server/worker_process.h"

enum { MAX_ANSWER = 4 << 20 };

struct project_settings {
    uv_loop_t *loop;
    char *path;
    project_settings_fn *read;
    void *ctx;
    struct worker_process *helper; /* while it reads */
    struct buf answer;
    bool again; /* the file changed meanwhile */
};

static void start_reading(struct project_settings *p);

static void tell(struct project_settings *p, const char *trouble) {
    json_t *answer = json_loadb(p->answer.ptr, p->answer.len, 0, NULL);
    const char *error = json_string_value(json_object_get(answer, "error"));
    if (!answer) error = trouble;
    p->read(p->ctx, error ? NULL : json_object_get(answer, "settings"), error);
    json_decref(answer);
}

static void on_exited(void *ctx, struct str cause) {
    struct project_settings *p = ctx;
    char *trouble = str_dup(cause);
    p->helper = NULL;
    if (p->again)
        start_reading(p);
    else
        tell(p, trouble);
    free(trouble);
}

static void on_bytes(void *ctx, struct str bytes) {
    struct project_settings *p = ctx;
    if (p->answer.len + bytes.len <= MAX_ANSWER) buf_append(&p->answer, bytes);
}

static void start_reading(struct project_settings *p) {
    static const struct worker_process_events events = {.bytes = on_bytes, .exited = on_exited};
    const char *args[] = {"--project", p->path, NULL};
    struct worker_launch launch = {.args = args};
    struct err err = {0};
    p->answer.len = 0;
    p->again = false;
    p->helper = worker_process_spawn(p->loop, &launch, &events, p, &err);
    if (!p->helper) p->read(p->ctx, NULL, err.msg);
}

struct project_settings *project_settings_create(uv_loop_t *loop, struct str root,
                                                 project_settings_fn *read, void *ctx) {
    struct project_settings *p = xcalloc(1, sizeof *p);
    struct buf path = {0};
    buf_printf(&path, "%.*s/pyproject.toml", STR_FMT(root));
    *p = (struct project_settings){.loop = loop, .path = buf_take(&path), .read = read, .ctx = ctx};
    if (access(p->path, F_OK) == 0) start_reading(p);
    return p;
}

void project_settings_close(struct project_settings *p) {
    if (!p) return;
    worker_process_close(p->helper);
    buf_finish(&p->answer);
    free(p->path);
    free(p);
}

const char *project_settings_path(const struct project_settings *p) {
    return p->path;
}

bool project_settings_pending(const struct project_settings *p) {
    return p && p->helper;
}

void project_settings_changed(struct project_settings *p, struct str path) {
    if (!p || !str_eq(path, str_from(p->path))) return;
    if (p->helper)
        p->again = true;
    else
        start_reading(p);
}
