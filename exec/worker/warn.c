/* SPDX-License-Identifier: Apache-2.0 */
/* warn.c - the hook in `warnings`; see warn.h. */
#include "exec/worker/warn.h"

#include "exec/worker/origin.h"

static bool is_none(PyObject *object, const char *name) {
    PyObject *value = py_peek(object, name);
    Py_XDECREF(value);
    return value == Py_None;
}

static bool formats_as_python(void) {
    PyObject *now = py_from("warnings", "formatwarning");
    PyObject *own = now ? py_from("warnings", "_formatwarning_orig") : NULL;
    PyErr_Clear();
    Py_XDECREF(own);
    Py_XDECREF(now);
    return now && now == own;
}

/* Whether Python would write it to the block's stderr, and about the document. */
static bool is_ours(const struct warner *w, PyObject *warning, PyObject *file) {
    struct origin origin;
    return w->display->run && control_is_owner(w->display->control) &&
           origin_of(w->reporter->origin_type, file, &origin) &&
           PySys_GetObject("stderr") == w->capture->streams[2] && is_none(warning, "file") &&
           is_none(warning, "line") && is_none(warning, "source") && formats_as_python();
}

/* "UserWarning: message\n"; an exception when the message cannot be shown. */
static bool put_text(struct buf *out, PyObject *warning) {
    PyObject *message = NULL, *text = NULL, *category = NULL, *name = NULL; /* owned */
    if (!(message = PyObject_GetAttrString(warning, "message"))) goto out;
    if (!(text = PyObject_Str(message))) goto out;
    if (!(category = PyObject_GetAttrString(warning, "category"))) goto out;
    if (!(name = PyObject_GetAttrString(category, "__name__"))) goto out;
    py_append(out, name, SIZE_MAX);
    buf_append(out, STR(": "));
    py_append(out, text, SIZE_MAX);
    buf_append_byte(out, '\n');
out:
    Py_XDECREF(name);
    Py_XDECREF(category);
    Py_XDECREF(text);
    Py_XDECREF(message);
    return !PyErr_Occurred();
}

/* False when it is beyond the block's limit. */
static bool send(struct warner *w, struct str text, PyObject *file, uint32_t line) {
    struct display *d = w->display;
    struct buf frame = {0};
    size_t mark = wire_begin(&frame, WM_WARNING);
    wire_u32(&frame, d->run);
    wire_u32(&frame, d->block);
    wire_str(&frame, text);
    report_place(w->reporter, file, line > 0 ? line - 1 : 0, &frame);
    wire_end(&frame, mark);
    bool fits = frame.len <= d->bytes_left;
    if (fits) {
        d->bytes_left -= frame.len;
        control_order(d->control, CHANNEL_DISPLAY);
        control_send(d->control, &frame);
    }
    buf_finish(&frame);
    return fits;
}

static PyObject *on_warning(PyObject *self, PyObject *args) {
    struct warner *w = py_self(self);
    PyObject *warning = PyTuple_Size(args) == 1 ? PyTuple_GetItem(args, 0) : NULL; /* borrowed */
    PyObject *file = warning ? py_peek(warning, "filename") : NULL;
    bool ours = file && is_ours(w, warning, file);
    struct buf text = {0};
    bool told = ours && put_text(&text, warning) &&
                send(w, buf_str(&text), file, py_peek_u32(warning, "lineno"));
    buf_finish(&text);
    Py_XDECREF(file);
    if (PyErr_Occurred()) return NULL;
    if (!told) return PyObject_CallObject(w->show, args);
    Py_RETURN_NONE;
}

static PyMethodDef warning_def = {"_showwarnmsg_impl", on_warning, METH_VARARGS, NULL};

bool warner_init(struct warner *w, struct display *display, const struct capture *capture,
                 const struct reporter *reporter) {
    *w = (struct warner){.display = display, .capture = capture, .reporter = reporter};
    PyObject *module = PyImport_ImportModule("warnings");
    PyObject *hook = py_function(&warning_def, w);
    if (module) w->show = PyObject_GetAttrString(module, "_showwarnmsg_impl");
    bool done = w->show && hook && PyObject_SetAttrString(module, "_showwarnmsg_impl", hook) == 0;
    Py_XDECREF(hook);
    Py_XDECREF(module);
    return done;
}
