/* SPDX-License-Identifier: Apache-2.0 */
/* project.c - one walk at a time; one that is asked for meanwhile follows it. */
#include "server/project.h"

#include "base/mem.h"

struct project {
    uv_loop_t *loop;
    char *root;
    void (*ready)(void *ctx);
    void *ctx;
    struct module_index *index;
    VEC(char *) roots;
    uv_work_t work;
    VEC(char *) walk_roots; /* the thread's */
    struct module_index *walked;
    bool walking, again, closed;
};

static void clear_texts(char **items, size_t count) {
    for (size_t i = 0; i < count; i++) free(items[i]);
}

static void project_free(struct project *p) {
    clear_texts(p->roots.items, p->roots.len);
    clear_texts(p->walk_roots.items, p->walk_roots.len);
    vec_finish(&p->roots);
    vec_finish(&p->walk_roots);
    module_index_destroy(p->index);
    module_index_destroy(p->walked);
    free(p->root);
    free(p);
}

static void on_walk(uv_work_t *work) {
    struct project *p = work->data;
    struct err err = {0}; /* a folder that is not there: no index */
    p->walked = module_index_scan(p->root, (const char *const *)p->walk_roots.items,
                                  p->walk_roots.len, &err);
}

static void start_walk(struct project *p);

static void on_walked(uv_work_t *work, int status) {
    struct project *p = work->data;
    (void)status;
    p->walking = false;
    if (p->closed) {
        project_free(p);
        return;
    }
    if (p->walked) {
        module_index_destroy(p->index);
        p->index = p->walked;
        p->walked = NULL;
        p->ready(p->ctx);
    }
    if (p->again) start_walk(p);
}

static void start_walk(struct project *p) {
    clear_texts(p->walk_roots.items, p->walk_roots.len);
    vec_clear(&p->walk_roots);
    for (size_t i = 0; i < p->roots.len; i++) vec_push(&p->walk_roots, xstrdup(p->roots.items[i]));
    p->again = false;
    p->walking = uv_queue_work(p->loop, &p->work, on_walk, on_walked) == 0;
}

struct project *project_create(uv_loop_t *loop, const char *root, void (*ready)(void *ctx),
                               void *ctx) {
    struct project *p = xcalloc(1, sizeof *p);
    *p = (struct project){.loop = loop, .root = xstrdup(root), .ready = ready, .ctx = ctx};
    p->work.data = p;
    return p;
}

void project_close(struct project *p) {
    if (!p) return;
    p->closed = true;
    if (!p->walking) project_free(p);
}

void project_refresh(struct project *p, const char *const *roots, size_t root_count) {
    clear_texts(p->roots.items, p->roots.len);
    vec_clear(&p->roots);
    for (size_t i = 0; i < root_count; i++) vec_push(&p->roots, xstrdup(roots[i]));
    p->again = true;
    if (!p->walking) start_walk(p);
}

const struct module_index *project_index(const struct project *p) {
    return p ? p->index : NULL;
}

bool project_knows(const struct project *p, struct str path) {
    size_t root = p ? strlen(p->root) : 0;
    if (!p) return true; /* there is no workspace */
    if (path.len <= root + 1 || !str_starts(path, str_from(p->root))) return true;
    if (!p->index) return false; /* the first walk may have passed the file already */
    return module_index_file(p->index, str_slice(path, root + 1, path.len)) != NULL;
}
