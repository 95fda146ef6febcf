/* SPDX-License-Identifier: Apache-2.0 */
/* fake_worker.h - a worker without a process: frames in, frames out, one step at a time.
 *
 * It keeps to wire.h and to what the real one does: names are fixed before a block runs, each
 * block's values are kept until it runs again or is forgotten, and a name that the block may bind
 * is reported as bound when it holds a value.  It stops the test when the server breaks the rules:
 * a RUN while one is under way, a fix to a value that was never made. */
#ifndef TESTS_FAKE_WORKER_H
#define TESTS_FAKE_WORKER_H

#include "exec/wire.h"
#include "tests/support/fake_python.h"

/* What a block gave a name. */
struct fake_kept {
    uint32_t block;
    char *name; /* owned */
    struct fake_value *value;
};

struct fake_worker {
    struct buf in, out; /* from the server; for the server */
    struct fake_python py;
    VEC(struct fake_kept) kept;
    bool starting; /* STARTED is due */
    bool busy;     /* a RUN is under way: */
    uint32_t ticket, block;
    struct buf source;
    VEC(char *) names; /* that it may bind; owned */
    bool interrupted;  /* it ends after its first statement */
    bool stubborn;     /* interrupts do nothing */
    uint32_t runs, forgets;
};

/* Drop what is kept of a block; of all blocks for 0. */
static inline void fake_worker_drop(struct fake_worker *w, uint32_t block) {
    size_t left = 0;
    for (size_t i = 0; i < w->kept.len; i++) {
        if (!block || w->kept.items[i].block == block)
            free(w->kept.items[i].name);
        else
            w->kept.items[left++] = w->kept.items[i];
    }
    w->kept.len = left;
}

static inline void fake_worker_clear_names(struct fake_worker *w) {
    for (size_t i = 0; i < w->names.len; i++) free(w->names.items[i]);
    vec_clear(&w->names);
}

/* A fresh interpreter. */
static inline void fake_worker_reset(struct fake_worker *w) {
    fake_worker_drop(w, 0);
    fake_python_finish(&w->py);
    w->busy = w->interrupted = false;
    w->starting = true;
}

static inline void fake_worker_finish(struct fake_worker *w) {
    fake_worker_reset(w);
    fake_worker_clear_names(w);
    vec_finish(&w->kept);
    vec_finish(&w->names);
    buf_finish(&w->in);
    buf_finish(&w->out);
    buf_finish(&w->source);
}

static inline struct fake_value *fake_worker_kept(const struct fake_worker *w, uint32_t block,
                                                  struct str name) {
    for (size_t i = 0; i < w->kept.len; i++)
        if (w->kept.items[i].block == block && str_eq(str_from(w->kept.items[i].name), name))
            return w->kept.items[i].value;
    return NULL;
}

static inline void fake_worker_fix(struct fake_worker *w, struct str name, uint32_t block) {
    struct fake_value *value = block ? fake_worker_kept(w, block, name) : NULL;
    if (block && !value) fail_msg("b%u never gave a value to %.*s", block, STR_FMT(name));
    if (value)
        *map_slot(&w->py.globals, name) = value;
    else
        map_remove(&w->py.globals, name);
}

static inline void fake_worker_run(struct fake_worker *w, struct wire_reader *r) {
    assert_false(w->busy || w->starting);
    w->busy = true;
    w->interrupted = false;
    w->runs++;
    w->ticket = wire_get_u32(r);
    w->block = wire_get_u32(r);
    wire_get_u32(r); /* line */
    wire_get_u32(r); /* flags */
    w->source.len = 0;
    buf_append(&w->source, wire_get_str(r));
    fake_worker_clear_names(w);
    for (uint32_t n = wire_get_u32(r); n > 0; n--) vec_push(&w->names, str_dup(wire_get_str(r)));
    for (uint32_t n = wire_get_u32(r); n > 0; n--) {
        struct str name = wire_get_str(r);
        fake_worker_fix(w, name, wire_get_u32(r));
    }
}

static inline void fake_worker_inspect(struct fake_worker *w, struct wire_reader *r) {
    uint32_t request = wire_get_u32(r), block = wire_get_u32(r);
    struct fake_value *value = fake_worker_kept(w, block, wire_get_str(r));
    struct buf text = {0};
    if (value) fake_show(value, &text);
    size_t mark = wire_begin(&w->out, WM_INSPECTED);
    wire_u32(&w->out, request);
    wire_u8(&w->out, value != NULL);
    wire_str(&w->out, STR("int"));
    wire_str(&w->out, STR(""));
    wire_str(&w->out, buf_str(&text));
    wire_end(&w->out, mark);
    buf_finish(&text);
}

static inline void fake_worker_request(struct fake_worker *w, uint8_t type, struct wire_reader *r) {
    if (type == WM_SETUP) {
        fake_worker_reset(w);
        assert_int_equal(wire_get_u32(r), WIRE_VERSION);
        return;
    }
    if (type == WM_RUN) fake_worker_run(w, r);
    if (type == WM_INSPECT) fake_worker_inspect(w, r);
    if (type == WM_INTERRUPT) w->interrupted = w->busy && !w->stubborn;
    if (type == WM_FORGET) {
        w->forgets++;
        for (uint32_t n = wire_get_u32(r); n > 0; n--) fake_worker_drop(w, wire_get_u32(r));
    }
    assert_false(r->bad);
    assert_int_equal(r->rest.len, 0);
}

/* Bytes from the server. */
static inline void fake_worker_take(struct fake_worker *w, struct str bytes) {
    size_t offset = 0;
    uint8_t type;
    struct wire_reader fields;
    buf_append(&w->in, bytes);
    while (wire_next(&w->in, &offset, &type, &fields) == WIRE_FRAME) {
        if (type == WM_SETUP) {
            fake_worker_reset(w);
            continue;
        }
        fake_worker_request(w, type, &fields);
    }
    assert_int_equal(offset, w->in.len);
    w->in.len = 0;
}

/* --- Answers. --- */

static inline void fake_worker_stream(struct fake_worker *w, uint8_t fd, struct str bytes) {
    size_t mark = wire_begin(&w->out, WM_STREAM);
    wire_u32(&w->out, w->ticket);
    wire_u32(&w->out, w->block);
    wire_u8(&w->out, fd);
    wire_str(&w->out, bytes);
    wire_end(&w->out, mark);
}

static inline void fake_worker_display(struct fake_worker *w, struct str text) {
    size_t mark = wire_begin(&w->out, WM_DISPLAY);
    wire_u32(&w->out, w->ticket);
    wire_u32(&w->out, w->block);
    wire_u8(&w->out, WIRE_EXECUTE_RESULT);
    wire_u32(&w->out, 1);
    wire_str(&w->out, STR("text/plain"));
    wire_str(&w->out, text);
    wire_end(&w->out, mark);
}

/* The names whose value is not what it was in `before`, and those that the block may bind. */
static inline void fake_worker_writes(struct fake_worker *w, const struct map *before) {
    size_t mark = w->out.len, cursor = 0;
    uint32_t count = 0;
    wire_u32(&w->out, 0);
    fake_worker_drop(w, w->block);
    for (const struct map_entry *e; (e = map_next(&w->py.globals, &cursor));) {
        struct str name = {e->key, e->key_len};
        bool writes = map_get(before, name) != e->value;
        for (size_t i = 0; i < w->names.len; i++)
            writes |= str_eq(str_from(w->names.items[i]), name);
        if (!writes) continue;
        vec_push(&w->kept, ((struct fake_kept){w->block, str_dup(name), e->value}));
        wire_str(&w->out, name);
        wire_u8(&w->out, 1);
        count++;
    }
    cursor = 0;
    for (const struct map_entry *e; (e = map_next(before, &cursor));) {
        if (map_get(&w->py.globals, (struct str){e->key, e->key_len})) continue;
        wire_str(&w->out, (struct str){e->key, e->key_len});
        wire_u8(&w->out, 0);
        count++;
    }
    for (size_t i = 0; i < 4; i++) w->out.ptr[mark + i] = (char)(count >> (8 * i));
}

static inline void fake_worker_done(struct fake_worker *w, enum wire_done_status status,
                                    const struct fake_outcome *o, const struct map *before) {
    size_t mark = wire_begin(&w->out, WM_DONE);
    wire_u32(&w->out, w->ticket);
    wire_u32(&w->out, w->block);
    wire_u8(&w->out, (uint8_t)status);
    wire_u32(&w->out, 0);
    wire_u64(&w->out, 1000);
    if (status == WIRE_SYNTAX_ERROR)
        wire_u32(&w->out, 0);
    else
        fake_worker_writes(w, before);
    if (status != WIRE_OK) {
        wire_str(&w->out, str_from(o->error));
        wire_str(&w->out, str_from(o->detail));
        wire_u32(&w->out, 0);
    }
    wire_end(&w->out, mark);
    w->busy = false;
}

static inline void fake_worker_die(struct fake_worker *w) {
    size_t mark = wire_begin(&w->out, WM_DIED);
    wire_u32(&w->out, w->ticket);
    wire_u32(&w->out, w->block);
    wire_u32(&w->out, 0);
    wire_u32(&w->out, 11);
    wire_str(&w->out, STR("it died"));
    wire_end(&w->out, mark);
    fake_worker_reset(w);
}

static inline struct map fake_copy(const struct map *m) {
    struct map copy = {0};
    size_t cursor = 0;
    for (const struct map_entry *e; (e = map_next(m, &cursor));)
        *map_slot(&copy, (struct str){e->key, e->key_len}) = e->value;
    return copy;
}

static inline void fake_worker_execute(struct fake_worker *w) {
    struct fake_outcome o = {0};
    struct map before = fake_copy(&w->py.globals);
    fake_execute(&w->py, buf_str(&w->source), w->interrupted ? 1 : 1000, &o);
    if (o.printed.len) fake_worker_stream(w, 1, buf_str(&o.printed));
    if (w->interrupted) o.error = "KeyboardInterrupt", o.detail = "";
    if (!o.error && !o.died && o.shown.len) fake_worker_display(w, buf_str(&o.shown));
    if (o.died)
        fake_worker_die(w);
    else if (w->interrupted)
        fake_worker_done(w, WIRE_INTERRUPTED, &o, &before);
    else
        fake_worker_done(w, o.error ? WIRE_ERROR : WIRE_OK, &o, &before);
    map_finish(&before);
    fake_outcome_finish(&o);
}

/* Do the next thing that is due; false when there is nothing. */
static inline bool fake_worker_step(struct fake_worker *w) {
    if (w->starting) {
        size_t mark = wire_begin(&w->out, WM_STARTED);
        wire_u32(&w->out, 1);
        wire_end(&w->out, mark);
        w->starting = false;
    } else if (w->busy && !fake_compiles(buf_str(&w->source))) {
        struct fake_outcome o = {.error = "SyntaxError", .detail = "invalid syntax"};
        fake_worker_done(w, WIRE_SYNTAX_ERROR, &o, NULL);
    } else if (w->busy) {
        fake_worker_execute(w);
    } else {
        return false;
    }
    return true;
}

#endif
