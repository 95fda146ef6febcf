/* SPDX-License-Identifier: Apache-2.0 */
/* launcher.c - trying interpreters until one runs the worker; see launcher.h. */
#include "server/launcher.h"

#include <stdlib.h>

#include "base/mem.h"

void launcher_init(struct launcher *l, struct str folder, const struct launch_options *options) {
    *l = (struct launcher){.python = str_dup(options->python),
                           .root = str_dup(options->root),
                           .folder = str_dup(folder)};
    for (size_t i = 0; i < options->prefix_count; i++)
        vec_push(&l->prefix, xstrdup(options->prefix[i]));
    launcher_search(l);
}

void launcher_finish(struct launcher *l) {
    for (size_t i = 0; i < l->prefix.len; i++) free(l->prefix.items[i]);
    vec_finish(&l->prefix);
    interpreters_finish(&l->candidates);
    buf_finish(&l->reason);
    free(l->python);
    free(l->root);
    free(l->folder);
    *l = (struct launcher){0};
}

bool launcher_matches(const struct launcher *l, const struct launch_options *options) {
    bool same = str_eq(str_from(l->python), options->python) &&
                str_eq(str_from(l->root), options->root) && l->prefix.len == options->prefix_count;
    for (size_t i = 0; same && i < l->prefix.len; i++)
        same = strcmp(l->prefix.items[i], options->prefix[i]) == 0;
    return same;
}

void launcher_search(struct launcher *l) {
    if (l->proven) return;
    struct interpreter_wish wish = {.python = str_from(l->python),
                                    .folder = str_from(l->folder),
                                    .root = str_from(l->root),
                                    .elsewhere = l->prefix.len > 0};
    interpreters_finish(&l->candidates);
    interpreters_find(&l->candidates, &wish);
    l->current = 0;
}

struct worker_process *launcher_spawn(struct launcher *l, uv_loop_t *loop,
                                      const struct worker_process_events *events, void *ctx,
                                      struct err *err) {
    const char *args[] = {l->candidates.items[l->current].path, NULL};
    struct worker_launch launch = {.prefix = l->prefix.items,
                                   .prefix_count = l->prefix.len,
                                   .args = args,
                                   .folder = l->folder};
    l->reason.len = 0;
    return worker_process_spawn(loop, &launch, events, ctx, err);
}

void launcher_describe(const struct launcher *l, struct buf *out) {
    const struct interpreter *current = &l->candidates.items[l->current];
    if (current->path)
        buf_printf(out, "%s (%s)", current->path, current->why);
    else
        buf_printf(out, "the worker's own Python (%s)", current->why);
}

bool launcher_refused(struct launcher *l, struct str cause, struct buf *why) {
    buf_append(why, STR("cannot use "));
    launcher_describe(l, why);
    buf_append(why, STR(": "));
    buf_append_utf8(why, l->reason.len ? buf_str(&l->reason) : cause);
    l->proven = false;
    if (l->current + 1 == l->candidates.len) return false;
    l->current++;
    return true;
}
