/* SPDX-License-Identifier: Apache-2.0 */
/* child.c - the interpreter process: preparing Python for the document, then its requests.
 *
 * INVARIANT: nothing of ours is done by Python code on the user's stack, so a traceback and a
 * recursion limit see the user's code alone. */
#include "exec/worker/interpreter.h"

#include "exec/worker/child.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "exec/worker/freeze.h"
#include "exec/worker/inspect.h"
#include "exec/worker/ipython.h"
#include "exec/worker/origin.h"
#include "exec/worker/process.h"

/* --- Preparing --- */

/* Signals as in a program started from a shell, whatever the warden and its parents did. */
static void reset_signals(void) {
    sigset_t none;
    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Calls `module.name(...)` with arguments as Py_BuildValue() makes them.  False with an
 * exception set. */
#define call(module, name, ...) call_take(module, name, Py_BuildValue(__VA_ARGS__))

static bool call_take(const char *module, const char *name, PyObject *args) {
    PyObject *function = args ? py_from(module, name) : NULL;
    PyObject *result = function ? PyObject_CallObject(function, args) : NULL;
    bool done = result != NULL;
    Py_XDECREF(result);
    Py_XDECREF(function);
    Py_XDECREF(args);
    return done;
}

/* Ctrl-C must reach the code even if we were started with SIGINT ignored; a crash in C says on
 * stderr where it was. */
static bool prepare_signals(void) {
    PyObject *handler = py_from("signal", "default_int_handler");
    return handler && call("signal", "signal", "(iN)", SIGINT, handler) &&
           call("faulthandler", "enable", "(i)", 2);
}

/* Drawing on a live document makes images.  That there is no window to show() them in is no news
 * to its reader. */
static bool prepare_matplotlib(void) {
    PyObject *variables = py_from("os", "environ");
    PyObject *set = variables
                        ? PyObject_CallMethod(variables, "setdefault", "ss", "MPLBACKEND", "Agg")
                        : NULL;
    Py_XDECREF(set);
    Py_XDECREF(variables);
    return set && call("warnings", "filterwarnings", "(ss)", "ignore",
                       "(Matplotlib is currently using agg|FigureCanvasAgg is non-interactive)");
}

static PyObject *on_input(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *out = PySys_GetObject("stdout"); /* borrowed */
    if (out && PyTuple_Size(args) > 0) {
        Py_INCREF(out);
        int failed = PyFile_WriteObject(PyTuple_GetItem(args, 0), out, Py_PRINT_RAW);
        Py_DECREF(out);
        if (failed < 0) return NULL;
    }
    PyErr_SetString(PyExc_EOFError,
                    "input() has nobody to ask: a live document runs without a keyboard");
    return NULL;
}

static PyMethodDef input_def = {"input", on_input, METH_VARARGS,
                                "input(prompt='')\n--\n\nRaises EOFError in a live document."};

static bool prepare_builtins(struct interpreter *in) {
    PyObject *builtins = PyImport_ImportModule("builtins");
    PyObject *input = py_function(&input_def, in);
    bool done = builtins && input && PyObject_SetAttrString(builtins, "input", input) == 0;
    Py_XDECREF(input);
    Py_XDECREF(builtins);
    return done;
}

static bool prepare_argv(struct interpreter *in) {
    PyObject *argv = Py_BuildValue("[O]", in->file);
    bool done = argv && PySys_SetObject("argv", argv) == 0;
    Py_XDECREF(argv);
    return done;
}

/* The file's directory comes first, as with `python file.py`. */
static bool prepare_path(const char *file) {
    PyObject *path = PySys_GetObject("path"); /* borrowed */
    const char *slash = strrchr(file, '/');
    PyObject *dir = py_path((struct str){file, slash ? (size_t)(slash - file) : 0});
    bool done = path && dir && PyList_Insert(path, 0, dir) == 0;
    Py_XDECREF(dir);
    return done;
}

static void enter_directory(const char *cwd) {
    if (*cwd && chdir(cwd) < 0)
        dprintf(2, "relight: cannot enter the directory %s: %s\n", cwd, strerror(errno));
}

static bool prepare(struct interpreter *in, const struct ward_ends *ends,
                    const struct setup *setup) {
    in->warden = getppid();
    control_init(&in->control, ends);
    if (!capture_init(&in->capture, &in->control, process_move(ends->out), process_move(ends->err)))
        return false;
    enter_directory(setup->cwd);
    in->file = py_path(str_from(setup->file));
    in->origin_type = origin_type();
    return in->file && in->origin_type && prepare_signals() && prepare_matplotlib() &&
           namespace_init(&in->ns, setup) && effects_init(&in->effects, &in->ns, &in->ambient) &&
           listing_init(&in->listing, in->file, in->origin_type) && compiler_init(&in->compiler) &&
           reporter_init(&in->reporter, in->origin_type) &&
           audit_init(&in->audit, &in->control, &in->reporter, setup->journal) &&
           display_init(&in->display, &in->control, setup->output_bytes) &&
           warner_init(&in->warner, &in->display, &in->capture, &in->reporter) &&
           ipython_init(in->display.function) && prepare_builtins(in) && prepare_argv(in) &&
           prepare_path(setup->file) && patches_init(&in->patches, in->ns.globals) &&
           ambient_init(&in->ambient, &in->patches);
}

/* --- Requests --- */

static bool decode_run(struct run_request *r, struct wire_reader fields) {
    *r = (struct run_request){0};
    r->run = wire_get_u32(&fields);
    r->block = wire_get_u32(&fields);
    wire_get_u32(&fields); /* the interpreter: the warden has checked it */
    r->line = wire_get_u32(&fields);
    r->flags = wire_get_u32(&fields);
    r->source = wire_get_str(&fields);
    r->certain_count = wire_get_count(&fields, 12);
    r->certain = xcalloc(r->certain_count, sizeof *r->certain);
    for (size_t i = 0; i < r->certain_count; i++) {
        r->certain[i].name = wire_get_str(&fields);
        r->certain[i].from = wire_get_u32(&fields);
        r->certain[i].to = wire_get_u32(&fields);
    }
    r->fixes = fields;
    uint32_t fixes = wire_get_count(&fields, 8);
    for (uint32_t i = 0; i < fixes; i++) {
        wire_get_str(&fields);
        wire_get_u32(&fields);
    }
    r->read_count = wire_get_count(&fields, 4);
    r->reads = xcalloc(r->read_count, sizeof *r->reads);
    for (size_t i = 0; i < r->read_count; i++) r->reads[i] = wire_get_str(&fields);
    r->change.first = wire_get_u32(&fields);
    r->change.removed = wire_get_u32(&fields);
    r->change.lines = wire_get_str(&fields);
    return !fields.bad;
}

static void on_run(struct interpreter *in, struct wire_reader fields) {
    struct run_request request;
    if (decode_run(&request, fields)) run_block(in, &request);
    free(request.certain);
    free(request.reads);
}

static void on_forget(struct interpreter *in, struct wire_reader fields) {
    uint32_t count = wire_get_count(&fields, 4);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t block = wire_get_u32(&fields);
        namespace_forget(&in->ns, block);
        effects_forget(&in->effects, block);
        journal_forget(&in->audit.files.journal, block);
    }
}

/* The value's methods are the user's code: they may print, and may have to be interrupted. */
static void on_inspect(struct interpreter *in, struct wire_reader fields) {
    struct buf frame = {0};
    uint32_t request = wire_get_u32(&fields);
    uint32_t block = wire_get_u32(&fields);
    struct str name = wire_get_str(&fields);
    control_send_begun(&in->control);
    PyObject *value = fields.bad ? NULL : namespace_get(&in->ns, name, block);
    size_t mark = wire_begin(&frame, WM_INSPECTED);
    wire_u32(&frame, request);
    wire_u8(&frame, value != NULL);
    if (value) {
        Py_INCREF(value);
        inspect_value(value, &frame);
        Py_DECREF(value);
    } else {
        for (int i = 0; i < 3; i++) wire_str(&frame, STR(""));
    }
    wire_end(&frame, mark);
    control_send(&in->control, &frame);
    buf_finish(&frame);
    effects_outdate(&in->effects);
}

_Noreturn void child_main(const struct ward_ends *ends, const struct setup *setup) {
    struct interpreter *in = xcalloc(1, sizeof *in);
    reset_signals();
    if (!prepare(in, ends, setup)) {
        PyErr_PrintEx(0); /* no user code yet: this is our own trouble, for the log */
        _exit(1);
    }
    descriptors_list(&in->inherited);
    control_send_started(&in->control, 0);
    for (;;) {
        uint8_t type;
        struct wire_reader fields;
        control_receive(&in->control, &type, &fields);
        if (type == WM_RUN) on_run(in, fields);
        if (type == WM_FORGET) on_forget(in, fields);
        if (type == WM_FIX) run_fixes(in, fields);
        if (type == WM_INSPECT) on_inspect(in, fields);
        if (type == WM_CHECKPOINT) freeze(in, wire_get_u32(&fields));
    }
}
