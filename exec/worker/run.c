/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - one run of a block, from RUN to DONE.
 *
 * The order is the contract: the streams are put back, names are fixed, the code is compiled,
 * interrupts may come, it runs, its value and its figures are shown, what it bound is kept, DONE.
 * Interpreter process, main thread. */
#include "exec/worker/interpreter.h"

#include <time.h>
#include <unistd.h>

#include "exec/worker/figures.h"
#include "exec/worker/origin.h"

#define CO_COROUTINE_FLAG 0x80u /* inspect.CO_COROUTINE: evaluating the code gives a coroutine */

/* How a run came out, as DONE says it. */
struct outcome {
    enum wire_done_status status;
    struct buf error; /* ename, evalue, frames */
    bool ran;         /* it compiled: `effects` are there */
    struct buf effects;
    uint64_t duration;
    int exit_code;         /* for a forked copy */
    PyObject *unfinished;  /* the code that runs, or has failed; NULL: all has run.  Borrowed */
    bool place_known;      /* of the failure: */
    struct position place; /* in the file */
};

static uint64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* --- Running code --- */

static PyObject *run_coroutine(struct interpreter *in, PyObject *coroutine) {
    if (!in->runner) {
        PyObject *type = py_from("asyncio", "Runner");
        if (type) in->runner = PyObject_CallNoArgs(type);
        Py_XDECREF(type);
    }
    return in->runner ? py_call_method(in->runner, "run", coroutine) : NULL;
}

PyObject *run_code(struct interpreter *in, PyObject *code) {
    PyObject *result = PyEval_EvalCode(code, in->ns.globals, in->ns.globals);
    if (!result || !(py_peek_u32(code, "co_flags") & CO_COROUTINE_FLAG)) return result;
    PyObject *value = run_coroutine(in, result);
    Py_DECREF(result);
    return value;
}

/* --- Errors --- */

/* The current exception becomes the outcome; the first one counts. */
static void take_error(struct interpreter *in, struct outcome *outcome) {
    PyObject *error = py_take_error();
    if (!error) return;
    if (outcome->status == WIRE_OK) {
        bool interrupt = PyErr_GivenExceptionMatches(error, PyExc_KeyboardInterrupt);
        bool exit = PyErr_GivenExceptionMatches(error, PyExc_SystemExit);
        outcome->status = interrupt ? WIRE_INTERRUPTED : WIRE_ERROR;
        outcome->exit_code = exit ? report_exit_code(error) : 1;
        report_error(&in->reporter, error, &outcome->error);
        if (outcome->unfinished)
            outcome->place_known = report_find(error, outcome->unfinished, &outcome->place);
    }
    Py_DECREF(error);
}

static void take_syntax_error(struct interpreter *in, struct outcome *outcome, PyObject *file) {
    PyObject *error = py_take_error();
    outcome->status = WIRE_SYNTAX_ERROR;
    if (error) report_syntax_error(&in->reporter, error, file, &outcome->error);
    Py_XDECREF(error);
}

/* --- The steps --- */

/* An interrupt that came too late for the block before must not end this one. */
static void forget_late_signals(void) {
    if (PyErr_CheckSignals() < 0) PyErr_Clear();
}

/* Python shows a warning once for each place.  For us once for each run: entering and leaving
 * catch_warnings makes every module forget what it has shown. */
static void show_warnings_again(void) {
    PyObject *type = py_from("warnings", "catch_warnings");
    PyObject *guard = type ? PyObject_CallNoArgs(type) : NULL;
    PyObject *in = guard ? PyObject_CallMethod(guard, "__enter__", NULL) : NULL;
    PyObject *out = in ? PyObject_CallMethod(guard, "__exit__", "OOO", Py_None, Py_None, Py_None)
                       : NULL;
    PyErr_Clear();
    Py_XDECREF(out);
    Py_XDECREF(in);
    Py_XDECREF(guard);
    Py_XDECREF(type);
}

void run_fixes(struct interpreter *in, struct wire_reader fixes) {
    uint32_t count = wire_get_u32(&fixes);
    for (uint32_t i = 0; i < count; i++) {
        struct str name = wire_get_str(&fixes);
        uint32_t block = wire_get_u32(&fixes);
        if (files_fix(&in->audit.files, name, block)) continue;
        if (ambient_is(name))
            ambient_restore(&in->ambient, name, block ? namespace_get(&in->ns, name, block) : NULL);
        else if (!namespace_fix(&in->ns, name, block))
            PyErr_Clear();
    }
}

static bool compile_block(struct interpreter *in, const struct run_request *request,
                          struct program *program, struct outcome *outcome) {
    PyObject *text = PyUnicode_DecodeUTF8(request->source.ptr, (Py_ssize_t)request->source.len,
                                          "replace");
    PyObject *file =
        text ? origin_create(in->origin_type, in->file, request->block, request->line, text) : NULL;
    struct source source = {.text = request->source,
                            .line = request->line,
                            .file = file,
                            .features = namespace_features(&in->ns, request->block),
                            .silent = request->flags & WIRE_RUN_SILENT};
    bool done = file && program_compile(program, &in->compiler, &source);
    if (done)
        namespace_set_features(&in->ns, request->block, program->features);
    else
        take_syntax_error(in, outcome, file ? file : Py_None);
    Py_XDECREF(file);
    Py_XDECREF(text);
    return done;
}

/* A figure that is the value is shown as the value only. */
static bool show_value(struct interpreter *in, PyObject *value) {
    if (value == Py_None) return true;
    bool done = display_object(&in->display, value, WIRE_EXECUTE_RESULT);
    if (done) figures_close(value);
    return done;
}

/* In a copy of the process that the block forked: end as the script would have. */
static void end_forked_copy(struct interpreter *in, const struct outcome *outcome) {
    if (control_is_owner(&in->control)) return;
    capture_flush();
    _exit(outcome->exit_code);
}

static PyObject *run_part(struct interpreter *in, PyObject *code, struct outcome *outcome) {
    outcome->unfinished = code;
    PyObject *result = run_code(in, code);
    if (result) outcome->unfinished = NULL;
    return result;
}

static void execute(struct interpreter *in, struct program *program, struct outcome *outcome) {
    PyObject *done = NULL, *value = NULL; /* owned */
    if (program->body && !(done = run_part(in, program->body, outcome))) goto out;
    if (program->value && !(value = run_part(in, program->value, outcome))) goto out;
    if (value && control_is_owner(&in->control)) show_value(in, value);
out:
    take_error(in, outcome);
    Py_XDECREF(value);
    Py_XDECREF(done);
    end_forked_copy(in, outcome);
    if (figures_are_open()) ambient_note_figures(&in->ambient);
    if (!figures_show(&in->display)) take_error(in, outcome);
    capture_flush();
}

/* Whatever the code has made of it since: an operation was refused, so it has not run. */
static void take_hold(struct interpreter *in, struct outcome *outcome) {
    PyObject *held = audit_end(&in->audit);
    if (!held) return;
    outcome->status = WIRE_HELD;
    outcome->error.len = 0;
    report_error(&in->reporter, held, &outcome->error);
    Py_DECREF(held);
}

/* The part of the block's text where it ended: bytes, both ends included. */
static struct reached {
    size_t least, most;
} reached(const struct run_request *request, const struct outcome *outcome) {
    if (!outcome->unfinished) return (struct reached){SIZE_MAX, SIZE_MAX};
    if (!outcome->place_known || outcome->place.line < request->line)
        return (struct reached){0, SIZE_MAX};
    uint32_t line = outcome->place.line - request->line, column = outcome->place.column;
    size_t start = source_line_start(request->source, line);
    return (struct reached){start + column,
                            column ? start + column : source_line_start(request->source, line + 1)};
}

/* The names that the block has bound, maybe to the very object that they held.  Where nobody can
 * tell whether it has, what they held is taken for an input. */
static void judge_certain(struct interpreter *in, const struct run_request *request,
                          const struct outcome *outcome, struct namespace_changes *changes) {
    struct reached end = reached(request, outcome);
    for (size_t i = 0; i < request->certain_count; i++) {
        const struct certain_name *c = &request->certain[i];
        if (end.most < c->from || !namespace_holds_same(&in->ns, changes, c->name)) continue;
        if (end.least >= c->to)
            namespace_bound_again(&in->ns, changes, c->name);
        else
            effects_add_read(&in->effects, c->name);
    }
}

/* Find what the run did.  One that was held shall have bound nothing: only objects that were there
 * before may have changed, and those count for every block. */
static void leave(struct interpreter *in, const struct run_request *request,
                  const struct program *program, struct outcome *outcome) {
    struct namespace_changes changes;
    PyObject *const codes[2] = {program->body, program->value};
    bool held = outcome->status == WIRE_HELD;
    outcome->ran = namespace_leave(&in->ns, &changes);
    if (outcome->ran && !held) judge_certain(in, request, outcome, &changes);
    if (outcome->ran && held) namespace_undo(&in->ns, &changes);
    if (held) ambient_undo(&in->ambient);
    patches_leave(&in->patches, codes, in->effects.reads);
    if (outcome->ran)
        effects_leave(&in->effects, held ? 0 : request->block, &changes, &outcome->effects);
    if (outcome->ran) files_end(&in->audit.files, request->block, &outcome->effects);
    if (!held) namespace_keep(&in->ns, request->block, &changes);
    namespace_changes_finish(&changes);
    PyErr_Clear();
}

static unsigned program_reach(const struct program *p) {
    return (p->body ? fingerprint_code_reach(p->body) : 0) |
           (p->value ? fingerprint_code_reach(p->value) : 0);
}

/* The run of a text that compiles.  Whatever it comes to, its effects are there. */
static void run_program(struct interpreter *in, const struct run_request *request,
                        struct program *program, struct outcome *outcome) {
    if (!namespace_enter(&in->ns)) {
        take_error(in, outcome);
        return;
    }
    ambient_enter(&in->ambient, program_reach(program));
    effects_enter(&in->effects, request->reads, request->read_count);
    patches_enter(&in->patches, (PyObject *const[2]){program->body, program->value},
                  in->effects.reads);
    uint64_t start = now_us();
    control_send_begun(&in->control); /* from here on every step minds KeyboardInterrupt */
    audit_begin(&in->audit, request->flags & WIRE_RUN_HOLD);
    execute(in, program, outcome);
    take_hold(in, outcome);
    outcome->duration = now_us() - start;
    leave(in, request, program, outcome);
}

static void run_steps(struct interpreter *in, const struct run_request *request,
                      struct outcome *outcome) {
    struct program program = {0};
    run_fixes(in, request->fixes);
    show_warnings_again();
    listing_splice(&in->listing, request->change.first, request->change.removed,
                   request->change.lines);
    if (!compile_block(in, request, &program, outcome)) return;
    run_program(in, request, &program, outcome);
    program_finish(&program);
}

static uint32_t done_flags(const struct interpreter *in, bool unseen) {
    return (in->display.truncated ? WIRE_TRUNCATED : 0) | (unseen ? WIRE_UNSEEN : 0) |
           (in->audit.acted ? WIRE_ACTED : 0);
}

static void send_done(struct interpreter *in, const struct run_request *request,
                      const struct outcome *outcome) {
    struct buf frame = {0};
    bool unseen = outcome->ran && in->patches.what.len;
    size_t mark = wire_begin(&frame, WM_DONE);
    wire_u32(&frame, request->run);
    wire_u32(&frame, request->block);
    wire_u8(&frame, (uint8_t)outcome->status);
    wire_u32(&frame, done_flags(in, unseen));
    wire_u64(&frame, outcome->duration);
    buf_append(&frame, buf_str(&outcome->effects));
    for (int i = 0; !outcome->ran && i < 4; i++) wire_u32(&frame, 0); /* no effects */
    if (unseen) wire_str(&frame, buf_str(&in->patches.what));
    if (outcome->status != WIRE_OK) buf_append(&frame, buf_str(&outcome->error));
    wire_end(&frame, mark);
    control_send(&in->control, &frame);
    buf_finish(&frame);
}

void run_block(struct interpreter *in, const struct run_request *request) {
    struct outcome outcome = {0};
    capture_restore(&in->capture);
    forget_late_signals();
    display_begin(&in->display, request->run, request->block);
    run_steps(in, request, &outcome);
    send_done(in, request, &outcome);
    display_end(&in->display);
    buf_finish(&outcome.error);
    buf_finish(&outcome.effects);
}
