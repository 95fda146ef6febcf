/* SPDX-License-Identifier: Apache-2.0 */
/* capture.c - the standard streams of the user's code; see capture.h. */
#include "exec/worker/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "exec/worker/process.h"

/* --- The byte stream under sys.stdout and sys.stderr --- */

struct raw {
    PyObject_HEAD struct control *control; /* borrowed */
    int fd;
    bool closed;
};

/* One write(2) without the GIL.  -1 with an exception set. */
static ssize_t write_some(int fd, const char *bytes, size_t size) {
    ssize_t n;
    int error;
    Py_BEGIN_ALLOW_THREADS
    n = write(fd, bytes, size);
    error = errno;
    if (n < 0 && (error == EAGAIN || error == EWOULDBLOCK)) { /* the user made it non-blocking */
        struct pollfd ready = {.fd = fd, .events = POLLOUT};
        poll(&ready, 1, -1);
        n = 0;
    }
    Py_END_ALLOW_THREADS
    if (n >= 0) return n;
    if (error == EINTR) return PyErr_CheckSignals();
    errno = error;
    PyErr_SetFromErrno(PyExc_OSError);
    return -1;
}

static bool write_all(int fd, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t n = write_some(fd, bytes, size);
        if (n < 0) return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

static PyObject *raw_write(PyObject *self, PyObject *data) {
    struct raw *raw = (struct raw *)self;
    Py_buffer view;
    if (raw->closed) {
        PyErr_SetString(PyExc_ValueError, "I/O operation on closed file.");
        return NULL;
    }
    if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0) return NULL;
    control_order(raw->control, raw->fd == 1 ? CHANNEL_STDOUT : CHANNEL_STDERR);
    bool written = write_all(raw->fd, view.buf, (size_t)view.len);
    PyObject *result = written ? PyLong_FromSsize_t(view.len) : NULL;
    PyBuffer_Release(&view);
    return result;
}

static PyObject *raw_flush(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    Py_RETURN_NONE;
}

static PyObject *raw_close(PyObject *self, PyObject *unused) {
    (void)unused;
    ((struct raw *)self)->closed = true; /* the descriptor stays: other code writes to it, too */
    Py_RETURN_NONE;
}

static PyObject *raw_fileno(PyObject *self, PyObject *unused) {
    (void)unused;
    return PyLong_FromLong(((struct raw *)self)->fd);
}

static PyObject *raw_yes(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    Py_RETURN_TRUE;
}

static PyObject *raw_no(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    Py_RETURN_FALSE;
}

static PyObject *raw_get_closed(PyObject *self, void *unused) {
    (void)unused;
    return PyBool_FromLong(((struct raw *)self)->closed);
}

static PyObject *raw_get_name(PyObject *self, void *unused) {
    (void)unused;
    return PyUnicode_FromString(((struct raw *)self)->fd == 1 ? "<stdout>" : "<stderr>");
}

static PyObject *raw_get_mode(PyObject *self, void *unused) {
    (void)self, (void)unused;
    return PyUnicode_FromString("wb");
}

static PyMethodDef raw_methods[] = {
    {"write", raw_write, METH_O, NULL},
    {"flush", raw_flush, METH_NOARGS, NULL},
    {"close", raw_close, METH_NOARGS, NULL},
    {"fileno", raw_fileno, METH_NOARGS, NULL},
    {"writable", raw_yes, METH_NOARGS, NULL},
    {"readable", raw_no, METH_NOARGS, NULL},
    {"seekable", raw_no, METH_NOARGS, NULL},
    {"isatty", raw_no, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef raw_getset[] = {
    {"closed", raw_get_closed, NULL, NULL, NULL},
    {"name", raw_get_name, NULL, NULL, NULL},
    {"mode", raw_get_mode, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot raw_slots[] = {
    {Py_tp_methods, raw_methods},
    {Py_tp_getset, raw_getset},
    {0, NULL},
};

static PyType_Spec raw_spec = {
    .name = "relight.OutputStream",
    .basicsize = sizeof(struct raw),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = raw_slots,
};

/* --- The text streams --- */

static PyObject *make_output(struct capture *c, int fd) {
    PyObject *wrapper = NULL, *kwargs = NULL, *args = NULL, *stream = NULL; /* owned */
    struct raw *raw = PyObject_New(struct raw, (PyTypeObject *)c->raw_type);
    if (!raw) return NULL;
    raw->control = c->control;
    raw->fd = fd;
    raw->closed = false;
    if (!(wrapper = py_from("io", "TextIOWrapper"))) goto out;
    if (!(args = PyTuple_Pack(1, raw))) goto out;
    kwargs = Py_BuildValue("{s:s,s:s,s:s,s:O}", "encoding", "utf-8", "errors", "backslashreplace",
                           "newline", "\n", "write_through", Py_True);
    if (kwargs) stream = PyObject_Call(wrapper, args, kwargs);
out:
    Py_XDECREF(kwargs);
    Py_XDECREF(args);
    Py_XDECREF(wrapper);
    Py_DECREF(raw);
    return stream;
}

/* Descriptor 0 is /dev/null; the object may be closed (quit() does it) without closing that. */
static PyObject *make_input(void) {
    PyObject *open = py_from("io", "open");
    if (!open) return NULL;
    PyObject *args = Py_BuildValue("(is)", 0, "r");
    PyObject *kwargs = Py_BuildValue("{s:s,s:O}", "encoding", "utf-8", "closefd", Py_False);
    PyObject *stream = args && kwargs ? PyObject_Call(open, args, kwargs) : NULL;
    Py_XDECREF(kwargs);
    Py_XDECREF(args);
    Py_DECREF(open);
    return stream;
}

static const char *const stream_names[3][2] = {
    {"stdin", "__stdin__"}, {"stdout", "__stdout__"}, {"stderr", "__stderr__"}};

static bool is_open(PyObject *stream) {
    PyObject *closed = stream ? py_peek(stream, "closed") : NULL;
    bool open = closed == Py_False;
    Py_XDECREF(closed);
    return open;
}

/* sys gets stream number i, made anew if it was closed or taken apart.  False with an exception. */
static bool install(struct capture *c, int i) {
    if (!is_open(c->streams[i])) {
        PyObject *fresh = i == 0 ? make_input() : make_output(c, i);
        if (!fresh) return false;
        Py_XDECREF(c->streams[i]);
        c->streams[i] = fresh;
    }
    return PySys_SetObject(stream_names[i][0], c->streams[i]) == 0 &&
           PySys_SetObject(stream_names[i][1], c->streams[i]) == 0;
}

static void keep(struct capture *c, int i, int fd) {
    c->kept[i] = fd;
    c->kept_is[i] = fd_identity_of(fd);
    dup2(fd, i);
}

bool capture_init(struct capture *c, struct control *control, int out, int err) {
    *c = (struct capture){.control = control};
    keep(c, 0, process_move(open("/dev/null", O_RDONLY | O_CLOEXEC)));
    keep(c, 1, out);
    keep(c, 2, err);
    c->raw_type = PyType_FromSpec(&raw_spec);
    return c->raw_type && install(c, 0) && install(c, 1) && install(c, 2);
}

void capture_disconnect(struct capture *c, int nowhere) {
    for (int i = 1; i < 3; i++) {
        process_close(&c->kept[i]);
        dup2(nowhere, i);
    }
}

void capture_connect(struct capture *c, int out, int err) {
    keep(c, 1, out);
    keep(c, 2, err);
}

void capture_descriptors(const struct capture *c, fd_vec *out) {
    for (int i = 0; i < 3; i++) vec_push(out, c->kept[i]);
}

void capture_restore(struct capture *c) {
    for (int i = 0; i < 3; i++) {
        bool kept = fd_is(c->kept[i], c->kept_is[i]);
        if (kept && !fd_is(i, c->kept_is[i])) dup2(c->kept[i], i);
        if (!install(c, i)) PyErr_Clear();
    }
}

static void flush(const char *name) {
    PyObject *stream = PySys_GetObject(name); /* borrowed */
    if (!stream || stream == Py_None) return;
    Py_INCREF(stream);
    PyObject *done = py_call_method(stream, "flush", NULL);
    if (!done) PyErr_Clear();
    Py_XDECREF(done);
    Py_DECREF(stream);
}

void capture_flush(void) {
    flush("stdout");
    flush("stderr");
}
