/* SPDX-License-Identifier: Apache-2.0 */
/* command_settings.c - settings for the command line, where no editor gives any: the project's. */
#include <stdio.h>
#include <unistd.h>

#include "server/cli.h"
#include "server/project_settings.h"

static void print_warning(void *ctx, const char *line) {
    (void)ctx;
    fprintf(stderr, "relight: %s\n", line);
}

static void on_read(void *ctx, const json_t *object, const char *error) {
    if (error)
        fprintf(stderr, "relight: pyproject.toml: %s\n", error);
    else
        settings_apply(ctx, SETTINGS_PROJECT, object, print_warning, NULL);
}

void cli_settings_init(struct cli_settings *s) {
    uv_loop_t loop;
    settings_init(&s->settings);
    if (!getcwd(s->root, sizeof s->root)) s->root[0] = '\0';
    uv_loop_init(&loop);
    struct project_settings *project = project_settings_create(&loop, str_from(s->root), on_read,
                                                               &s->settings);
    uv_run(&loop, UV_RUN_DEFAULT);
    project_settings_close(project);
    uv_loop_close(&loop);
}

void cli_settings_finish(struct cli_settings *s) {
    settings_finish(&s->settings);
}
