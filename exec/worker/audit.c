/* SPDX-License-Identifier: Apache-2.0 */
/* audit.c - the hook, and the table of events that change the world; see audit.h. */
#include "exec/worker/audit.h"

#include <fcntl.h>
#include <stdlib.h>

/* --- Events. --- */

typedef PyObject *operation_fn(PyObject *args); /* what it does in words; NULL: it may */

static PyObject *quoted(const char *verb, PyObject *what) {
    struct buf text = {0};
    PyObject *path = what && PyTuple_Check(what) ? PyTuple_GetItem(what, 0) : what; /* borrowed */
    PyObject *plain = path ? PyOS_FSPath(path) : NULL;
    PyErr_Clear();
    buf_append(&text, str_from(verb));
    if (plain && PyBytes_Check(plain))
        buf_printf(&text, " \"%.200s\"", PyBytes_AsString(plain));
    else if (plain && PyUnicode_Check(plain)) {
        buf_append(&text, STR(" \""));
        py_append(&text, plain, 200);
        buf_append(&text, STR("\""));
    }
    PyObject *result = PyUnicode_DecodeUTF8(text.ptr, (Py_ssize_t)text.len, "replace");
    buf_finish(&text);
    Py_XDECREF(plain);
    return result;
}

static PyObject *argument(PyObject *args, Py_ssize_t i) { /* borrowed */
    return args && PyTuple_Check(args) && i < PyTuple_Size(args) ? PyTuple_GetItem(args, i) : NULL;
}

/* Devices that keep nothing: what goes there changes no file. */
static bool is_sink(PyObject *path) {
    static const char *const sinks[] = {"/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty"};
    for (size_t i = 0; i < sizeof sinks / sizeof *sinks; i++)
        if (PyUnicode_Check(path) && PyUnicode_CompareWithASCIIString(path, sinks[i]) == 0)
            return true;
    return PyLong_Check(path); /* an open descriptor: opened under our eyes */
}

static PyObject *on_open(PyObject *args) {
    PyObject *path = argument(args, 0), *flags = argument(args, 2);
    long how = flags && PyLong_Check(flags) ? PyLong_AsLong(flags) : 0;
    PyErr_Clear();
    bool writes = (how & O_ACCMODE) != O_RDONLY || how & (O_CREAT | O_TRUNC);
    return writes && path && !is_sink(path) ? quoted("writes", path) : NULL;
}

static PyObject *on_database(PyObject *args) {
    PyObject *path = argument(args, 0);
    bool memory = path && PyUnicode_Check(path) &&
                  (PyUnicode_CompareWithASCIIString(path, ":memory:") == 0 ||
                   PyUnicode_GetLength(path) == 0);
    return memory ? NULL : quoted("opens the database", path);
}

static PyObject *on_process(PyObject *args) {
    return quoted("starts", argument(args, 0));
}

static PyObject *on_popen(PyObject *args) {
    PyObject *executable = argument(args, 0), *words = argument(args, 1);
    if (words && PyList_Check(words) && PyList_Size(words)) words = PyList_GetItem(words, 0);
    return quoted("starts", executable && executable != Py_None ? executable : words);
}

static PyObject *on_spawn(PyObject *args) {
    return quoted("starts", argument(args, 1));
}

static PyObject *on_fork(PyObject *args) {
    (void)args;
    return PyUnicode_FromString("starts a process");
}

static PyObject *on_signal(PyObject *args) {
    (void)args;
    return PyUnicode_FromString("signals a process");
}

static PyObject *on_socket(PyObject *args) {
    return quoted("opens a connection to", argument(args, 1));
}

static PyObject *on_bind(PyObject *args) {
    (void)args;
    return PyUnicode_FromString("opens a socket");
}

static PyObject *on_write(PyObject *args) {
    return quoted("writes", argument(args, 0));
}

static PyObject *on_create(PyObject *args) {
    return quoted("creates", argument(args, 0));
}

static PyObject *on_link(PyObject *args) {
    return quoted("creates", argument(args, 1));
}

static PyObject *on_delete(PyObject *args) {
    return quoted("deletes", argument(args, 0));
}

static PyObject *on_rename(PyObject *args) {
    return quoted("renames", argument(args, 0));
}

/* Sorted by name. */
static const struct event {
    const char *name;
    operation_fn *operation;
} events[] = {
    {"open", on_open},
    {"os.chflags", on_write},
    {"os.chmod", on_write},
    {"os.chown", on_write},
    {"os.exec", on_process},
    {"os.fork", on_fork},
    {"os.forkpty", on_fork},
    {"os.kill", on_signal},
    {"os.killpg", on_signal},
    {"os.link", on_link},
    {"os.mkdir", on_create},
    {"os.posix_spawn", on_process},
    {"os.remove", on_delete},
    {"os.removexattr", on_write},
    {"os.rename", on_rename},
    {"os.rmdir", on_delete},
    {"os.setxattr", on_write},
    {"os.spawn", on_spawn},
    {"os.symlink", on_link},
    {"os.system", on_process},
    {"os.truncate", on_write},
    {"os.utime", on_write},
    {"pty.spawn", on_process},
    {"shutil.move", on_rename},
    {"shutil.rmtree", on_delete},
    {"socket.bind", on_bind},
    {"socket.connect", on_socket},
    {"socket.sendmsg", on_socket},
    {"socket.sendto", on_socket},
    {"sqlite3.connect", on_database},
    {"subprocess.Popen", on_popen},
};

static int compare(const void *name, const void *event) {
    return strcmp(name, ((const struct event *)event)->name);
}

static const struct event *find_event(PyObject *name) {
    Py_ssize_t len;
    const char *text = PyUnicode_Check(name) ? PyUnicode_AsUTF8AndSize(name, &len) : NULL;
    if (!text) PyErr_Clear();
    return text ? bsearch(text, events, sizeof events / sizeof *events, sizeof *events, compare)
                : NULL;
}

/* --- Whose operation it is. --- */

enum owner { OWNER_LIBRARY, OWNER_IMPORT, OWNER_USER };

static enum owner owner_of_frame(const struct audit *a, PyObject *frame) {
    struct buf file = {0};
    PyObject *code = py_peek(frame, "f_code"), *name = code ? py_peek(code, "co_filename") : NULL;
    enum owner owner = OWNER_USER;
    py_append(&file, name, 4096);
    if (str_starts(buf_str(&file), STR("<frozen importlib")))
        owner = OWNER_IMPORT;
    else if (report_is_library(a->reporter, buf_str(&file)))
        owner = OWNER_LIBRARY;
    buf_finish(&file);
    Py_XDECREF(name);
    Py_XDECREF(code);
    return owner;
}

/* Whether the innermost code that is not a library's is the import system. */
static bool in_import(const struct audit *a) {
    PyObject *frame = (PyObject *)PyEval_GetFrame(); /* borrowed */
    enum owner owner = OWNER_LIBRARY;
    Py_XINCREF(frame);
    while (frame && frame != Py_None && (owner = owner_of_frame(a, frame)) == OWNER_LIBRARY) {
        PyObject *back = py_peek(frame, "f_back");
        Py_DECREF(frame);
        frame = back;
    }
    Py_XDECREF(frame);
    return owner == OWNER_IMPORT;
}

/* --- The hook. --- */

static void refuse(struct audit *a, PyObject *operation) {
    PyObject *error = PyObject_CallFunctionObjArgs(a->held_type, operation, NULL);
    if (!error) return;
    if (!a->held) {
        a->held = error;
        Py_INCREF(error);
    }
    PyErr_SetObject(a->held_type, error);
    Py_DECREF(error);
}

static PyObject *on_event(PyObject *capsule, PyObject *args) {
    struct audit *a = py_self(capsule);
    if (!a->hold) Py_RETURN_NONE;
    const struct event *event = find_event(PyTuple_GetItem(args, 0));
    if (!event || !control_is_owner(a->control)) Py_RETURN_NONE;
    PyObject *operation = event->operation(PyTuple_GetItem(args, 1));
    if (operation && !in_import(a)) refuse(a, operation);
    Py_XDECREF(operation);
    if (PyErr_Occurred()) return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef hook_def = {"audit", on_event, METH_VARARGS, NULL};

bool audit_init(struct audit *a, const struct control *control, const struct reporter *reporter) {
    *a = (struct audit){.control = control, .reporter = reporter};
    a->held_type = PyErr_NewException("relight.Held", PyExc_BaseException, NULL);
    PyObject *add = py_from("sys", "addaudithook");
    PyObject *hook = py_function(&hook_def, a);
    PyObject *done = add && hook ? PyObject_CallFunctionObjArgs(add, hook, NULL) : NULL;
    Py_XDECREF(done);
    Py_XDECREF(hook);
    Py_XDECREF(add);
    return done && a->held_type;
}

void audit_begin(struct audit *a, bool hold) {
    Py_CLEAR(a->held);
    a->hold = hold;
}

PyObject *audit_end(struct audit *a) {
    PyObject *held = a->held;
    a->held = NULL;
    a->hold = false;
    return held;
}
