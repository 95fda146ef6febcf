/* SPDX-License-Identifier: Apache-2.0 */
/* fake_worker.h - a worker without a process: frames in, frames out, one step at a time.
 *
 * It keeps to wire.h and to what the real one does: names are fixed before a block runs, each
 * block's values are kept until it runs again or is forgotten, what it did to values is found as in
 * fake_effects.h, and a name that it surely binds counts as bound at a good end.  It stops the test
 * when the server breaks the rules: a RUN while one is under way, a fix to a value that was never
 * made. */
#ifndef TESTS_FAKE_WORKER_H
#define TESTS_FAKE_WORKER_H

#include "tests/support/fake_effects.h"

enum { FAKE_DURATION_US = 1000 }; /* of every block */

struct fake_worker {
    struct buf in, out; /* from the server; for the server */
    struct fake_python py;
    struct fake_effects effects;
    bool starting; /* STARTED is due */
    uint32_t pid;  /* of the interpreter */
    bool busy;     /* a RUN is under way: */
    uint32_t ticket, block;
    struct buf source;
    fake_names names, reads; /* that it surely binds; that it is known to read */
    bool interrupted;        /* it ends after its first statement */
    bool stubborn;           /* interrupts do nothing */
    uint32_t runs, forgets;
};

/* A fresh interpreter. */
static inline void fake_worker_reset(struct fake_worker *w) {
    fake_effects_finish(&w->effects);
    fake_python_finish(&w->py);
    w->effects = (struct fake_effects){.py = &w->py};
    w->busy = w->interrupted = false;
    w->starting = true;
    w->pid++;
}

static inline void fake_worker_finish(struct fake_worker *w) {
    fake_worker_reset(w);
    fake_names_clear(&w->names);
    fake_names_clear(&w->reads);
    vec_finish(&w->names);
    vec_finish(&w->reads);
    buf_finish(&w->in);
    buf_finish(&w->out);
    buf_finish(&w->source);
}

static inline struct fake_value *fake_worker_kept(const struct fake_worker *w, uint32_t block,
                                                  struct str name) {
    const struct fake_kept *k = fake_effects_find(&w->effects, block, name);
    return k && !k->gone ? k->value : NULL;
}

static inline void fake_worker_fix(struct fake_worker *w, struct str name, uint32_t block) {
    struct fake_value *value = block ? fake_worker_kept(w, block, name) : NULL;
    if (block && !value) fail_msg("b%u never gave a value to %.*s", block, STR_FMT(name));
    if (value)
        *map_slot(&w->py.globals, name) = value;
    else
        map_remove(&w->py.globals, name);
}

static inline void fake_worker_take_names(fake_names *names, struct wire_reader *r) {
    fake_names_clear(names);
    for (uint32_t n = wire_get_u32(r); n > 0; n--) fake_names_add(names, wire_get_str(r));
}

/* The interpreter is gone; `block` is 0 when it had not been given the run. */
static inline void fake_worker_died(struct fake_worker *w, uint32_t run, uint32_t block) {
    size_t mark = wire_begin(&w->out, WM_DIED);
    wire_u32(&w->out, run);
    wire_u32(&w->out, block);
    wire_u32(&w->out, 0);
    wire_u32(&w->out, 11);
    wire_str(&w->out, STR("it died"));
    wire_end(&w->out, mark);
}

static inline void fake_worker_run(struct fake_worker *w, struct wire_reader *r) {
    uint32_t run = wire_get_u32(r), block = wire_get_u32(r);
    if (wire_get_u32(r) != w->pid) {
        r->rest.len = 0;
        fake_worker_died(w, run, 0);
        return;
    }
    assert_false(w->busy || w->starting);
    w->busy = true;
    w->interrupted = false;
    w->runs++;
    w->ticket = run;
    w->block = block;
    wire_get_u32(r); /* line */
    wire_get_u32(r); /* flags */
    w->source.len = 0;
    buf_append(&w->source, wire_get_str(r));
    fake_names_clear(&w->names);
    for (uint32_t n = wire_get_u32(r); n > 0; n--) {
        fake_names_add(&w->names, wire_get_str(r));
        for (int i = 0; i < 2; i++) wire_get_u32(r); /* where it is bound */
    }
    for (uint32_t n = wire_get_u32(r); n > 0; n--) {
        struct str name = wire_get_str(r);
        fake_worker_fix(w, name, wire_get_u32(r));
    }
    fake_worker_take_names(&w->reads, r);
    for (int i = 0; i < 2; i++) wire_get_u32(r); /* how the text has changed */
    wire_get_str(r);
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
    if (type == WM_FIX) fail_msg("there are no files here");
    if (type == WM_INTERRUPT) w->interrupted = w->busy && !w->stubborn;
    if (type == WM_FORGET) {
        w->forgets++;
        for (uint32_t n = wire_get_u32(r); n > 0; n--)
            fake_effects_forget(&w->effects, wire_get_u32(r));
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

static inline void fake_worker_done(struct fake_worker *w, enum wire_done_status status,
                                    const struct fake_outcome *o) {
    static const fake_names none;
    size_t mark = wire_begin(&w->out, WM_DONE);
    wire_u32(&w->out, w->ticket);
    wire_u32(&w->out, w->block);
    wire_u8(&w->out, (uint8_t)status);
    wire_u32(&w->out, 0);
    wire_u64(&w->out, FAKE_DURATION_US);
    for (int i = 0; status == WIRE_SYNTAX_ERROR && i < 3; i++) wire_u32(&w->out, 0);
    if (status != WIRE_SYNTAX_ERROR)
        fake_effects_leave(&w->effects, w->block, status == WIRE_OK ? &w->names : &none, &w->out);
    wire_u32(&w->out, 0); /* files */
    if (status != WIRE_OK) {
        wire_str(&w->out, str_from(o->error));
        wire_str(&w->out, str_from(o->detail));
        wire_u32(&w->out, 0); /* texts */
        wire_u32(&w->out, 0); /* frames */
    }
    wire_end(&w->out, mark);
    w->busy = false;
}

/* It dies: in the block that runs, or idle. */
static inline void fake_worker_die(struct fake_worker *w) {
    fake_worker_died(w, w->busy ? w->ticket : 0, w->busy ? w->block : 0);
    fake_worker_reset(w);
}

static inline void fake_worker_execute(struct fake_worker *w) {
    struct fake_outcome o = {0};
    fake_effects_enter(&w->effects, &w->reads);
    fake_execute(&w->py, buf_str(&w->source), w->interrupted ? 1 : 1000, &o);
    if (o.printed.len) fake_worker_stream(w, 1, buf_str(&o.printed));
    if (w->interrupted) o.error = "KeyboardInterrupt", o.detail = "";
    if (!o.error && !o.died && o.shown.len) fake_worker_display(w, buf_str(&o.shown));
    if (o.died)
        fake_worker_die(w);
    else if (w->interrupted)
        fake_worker_done(w, WIRE_INTERRUPTED, &o);
    else
        fake_worker_done(w, o.error ? WIRE_ERROR : WIRE_OK, &o);
    fake_outcome_finish(&o);
}

/* Do the next thing that is due; false when there is nothing. */
static inline bool fake_worker_step(struct fake_worker *w) {
    if (w->starting) {
        size_t mark = wire_begin(&w->out, WM_STARTED);
        wire_u32(&w->out, w->pid);
        wire_u32(&w->out, 0);
        wire_end(&w->out, mark);
        w->starting = false;
    } else if (w->busy && !fake_compiles(buf_str(&w->source))) {
        struct fake_outcome o = {.error = "SyntaxError", .detail = "invalid syntax"};
        fake_worker_done(w, WIRE_SYNTAX_ERROR, &o);
    } else if (w->busy) {
        fake_worker_execute(w);
    } else {
        return false;
    }
    return true;
}

#endif
