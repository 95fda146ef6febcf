/* SPDX-License-Identifier: Apache-2.0 */
/* display.c - sending results; see display.h. */
#include "exec/worker/display.h"

/* A frame must fit the wire, whatever limit the server sets. */
#define MOST_BYTES ((size_t)WIRE_MAX_FRAME / 2)

struct bundle display_bundle(const struct display *d) {
    return (struct bundle){.bytes_left = d->bytes_left};
}

void display_send_take(struct display *d, struct bundle *b, enum wire_display_kind kind) {
    d->bytes_left = b->bytes_left;
    d->truncated |= b->truncated;
    if (b->count > 0) {
        struct buf frame = {0};
        size_t mark = wire_begin(&frame, WM_DISPLAY);
        wire_u32(&frame, d->run);
        wire_u32(&frame, d->block);
        wire_u8(&frame, (uint8_t)kind);
        wire_u32(&frame, b->count);
        buf_append(&frame, buf_str(&b->items));
        wire_end(&frame, mark);
        control_order(d->control, CHANNEL_DISPLAY);
        control_send(d->control, &frame);
        buf_finish(&frame);
    }
    bundle_finish(b);
}

bool display_object(struct display *d, PyObject *object, enum wire_display_kind kind) {
    struct bundle b = display_bundle(d);
    bool done = bundle_fill(&b, object);
    if (done)
        display_send_take(d, &b, kind);
    else
        bundle_finish(&b);
    return done;
}

void display_begin(struct display *d, uint32_t run, uint32_t block) {
    d->run = run;
    d->block = block;
    d->bytes_left = d->limit;
    d->truncated = false;
}

void display_end(struct display *d) {
    d->run = 0;
}

/* --- display(*objects, raw=False, **ignored) --- */

static bool wants_raw(PyObject *kwargs) {
    PyObject *raw = kwargs ? PyDict_GetItemString(kwargs, "raw") : NULL; /* borrowed */
    bool wants = raw && PyObject_IsTrue(raw) == 1;
    PyErr_Clear();
    return wants;
}

static bool display_raw(struct display *d, PyObject *dict) {
    struct bundle b = display_bundle(d);
    bool done = bundle_add_dict(&b, dict);
    if (done)
        display_send_take(d, &b, WIRE_DISPLAY_DATA);
    else
        bundle_finish(&b);
    return done;
}

/* With display_id=... IPython's display() returns a handle to show more by. */
static PyObject *make_handle(PyObject *kwargs) {
    PyObject *id = kwargs ? PyDict_GetItemString(kwargs, "display_id") : NULL; /* borrowed */
    PyObject *modules = PySys_GetObject("modules");                            /* borrowed */
    PyObject *module = modules ? PyMapping_GetItemString(modules, "IPython.core.display_functions")
                               : NULL;
    PyErr_Clear();
    PyObject *type = id && id != Py_None && module ? py_peek(module, "DisplayHandle") : NULL;
    PyObject *handle = NULL;
    if (type) {
        handle = PyObject_CallFunctionObjArgs(type, PyUnicode_Check(id) ? id : NULL, NULL);
    } else {
        handle = Py_None;
        Py_INCREF(handle);
    }
    Py_XDECREF(type);
    Py_XDECREF(module);
    return handle;
}

/* IPython's other keywords (include, metadata, update, ...) change nothing that we show. */
static PyObject *on_display(PyObject *self, PyObject *args, PyObject *kwargs) {
    struct display *d = py_self(self);
    bool raw = wants_raw(kwargs);
    for (Py_ssize_t i = 0; i < PyTuple_Size(args); i++) {
        PyObject *object = PyTuple_GetItem(args, i); /* borrowed */
        bool done = raw && PyDict_Check(object) ? display_raw(d, object)
                                                : display_object(d, object, WIRE_DISPLAY_DATA);
        if (!done) return NULL;
    }
    return make_handle(kwargs);
}

static PyMethodDef display_def = {
    "display", (PyCFunction)(void (*)(void))on_display, METH_VARARGS | METH_KEYWORDS,
    "display(*objects)\n--\n\nShow objects in the block's results, each in its richest form."};

static bool set_builtin(const char *name, PyObject *value) {
    PyObject *builtins = PyImport_ImportModule("builtins");
    bool done = builtins && value && PyObject_SetAttrString(builtins, name, value) == 0;
    Py_XDECREF(builtins);
    return done;
}

bool display_init(struct display *d, struct control *control, size_t limit) {
    *d = (struct display){.control = control, .limit = limit < MOST_BYTES ? limit : MOST_BYTES};
    d->bytes_left = d->limit;
    d->function = py_function(&display_def, d);
    return set_builtin("display", d->function);
}
