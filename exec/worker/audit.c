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

static long number(PyObject *args, Py_ssize_t i, long otherwise) {
    PyObject *value = argument(args, i);
    long result = value && PyLong_Check(value) ? PyLong_AsLong(value) : otherwise;
    PyErr_Clear();
    return result;
}

/* How open() with these flags uses the file.  What it truncates it does not depend on, unless it
 * insists that there is none. */
static unsigned use_of_flags(long flags) {
    bool writes = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
    bool reads = !(flags & O_TRUNC) || flags & O_EXCL;
    return (reads ? FILE_READ : 0) | (writes ? FILE_WRITTEN : 0);
}

static PyObject *on_open(PyObject *args) {
    PyObject *path = argument(args, 0);
    bool writes = use_of_flags(number(args, 2, 0)) & FILE_WRITTEN;
    return writes && path && !is_sink(path) ? quoted("writes", path) : NULL;
}

static bool in_memory(PyObject *database) {
    return PyUnicode_Check(database) &&
           (PyUnicode_CompareWithASCIIString(database, ":memory:") == 0 ||
            PyUnicode_GetLength(database) == 0);
}

static PyObject *on_database(PyObject *args) {
    PyObject *path = argument(args, 0);
    return path && in_memory(path) ? NULL : quoted("opens the database", path);
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

/* Sorted by name.  Files that arguments 0 and 1 name are used like that; argument `folder`, if it
 * is a descriptor, is what the first is relative to. */
static const struct event {
    const char *name;
    operation_fn *operation;
    unsigned use[2];
    int folder;
} events[] = {
    {"open", on_open, {FILE_READ, 0}, 0},
    {"os.chflags", on_write, {0, 0}, 0},
    {"os.chmod", on_write, {0, 0}, 0},
    {"os.chown", on_write, {0, 0}, 0},
    {"os.exec", on_process, {0, 0}, 0},
    {"os.fork", on_fork, {0, 0}, 0},
    {"os.forkpty", on_fork, {0, 0}, 0},
    {"os.kill", on_signal, {0, 0}, 0},
    {"os.killpg", on_signal, {0, 0}, 0},
    {"os.link", on_link, {FILE_READ, FILE_WRITTEN}, 2},
    {"os.mkdir", on_create, {0, 0}, 0},
    {"os.posix_spawn", on_process, {0, 0}, 0},
    {"os.remove", on_delete, {FILE_READ | FILE_WRITTEN, 0}, 1},
    {"os.removexattr", on_write, {0, 0}, 0},
    {"os.rename", on_rename, {FILE_READ | FILE_WRITTEN, FILE_WRITTEN}, 2},
    {"os.rmdir", on_delete, {0, 0}, 0},
    {"os.setxattr", on_write, {0, 0}, 0},
    {"os.spawn", on_spawn, {0, 0}, 0},
    {"os.symlink", on_link, {0, FILE_WRITTEN}, 0},
    {"os.system", on_process, {0, 0}, 0},
    {"os.truncate", on_write, {FILE_READ | FILE_WRITTEN, 0}, 0},
    {"os.utime", on_write, {0, 0}, 0},
    {"pty.spawn", on_process, {0, 0}, 0},
    {"shutil.move", on_rename, {0, 0}, 0},
    {"shutil.rmtree", on_delete, {0, 0}, 0},
    {"socket.bind", on_bind, {0, 0}, 0},
    {"socket.connect", on_socket, {0, 0}, 0},
    {"socket.sendmsg", on_socket, {0, 0}, 0},
    {"socket.sendto", on_socket, {0, 0}, 0},
    {"sqlite3.connect", on_database, {FILE_READ | FILE_DATABASE, 0}, 0},
    {"subprocess.Popen", on_popen, {0, 0}, 0},
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

static void note_files(struct audit *a, const struct event *event, PyObject *args) {
    unsigned first = event->operation == on_open ? use_of_flags(number(args, 2, 0)) : event->use[0];
    long folder = event->folder ? number(args, event->folder, -1) : -1;
    PyObject *paths[] = {argument(args, 0), argument(args, 1)}; /* borrowed */
    if (event->operation == on_database && paths[0] && in_memory(paths[0])) return;
    if (first && paths[0] && !PyLong_Check(paths[0]))
        files_note(&a->files, paths[0], folder, first);
    if (event->use[1] && paths[1]) files_note(&a->files, paths[1], -1, event->use[1]);
}

/* Refuse the operation, or note it and the files that it uses. */
static void follow(struct audit *a, const struct event *event, PyObject *args) {
    PyObject *operation = event->operation(args);
    bool uses = event->use[0] || event->use[1];
    if ((operation || uses) && !in_import(a)) {
        a->acted |= operation && !a->hold;
        if (operation && a->hold)
            refuse(a, operation);
        else if (uses)
            note_files(a, event, args);
    }
    Py_XDECREF(operation);
}

static bool starts_process(const struct event *event) {
    return event->operation == on_process || event->operation == on_popen ||
           event->operation == on_spawn || event->operation == on_fork;
}

static PyObject *on_event(PyObject *capsule, PyObject *args) {
    struct audit *a = py_self(capsule);
    if (!a->running) Py_RETURN_NONE;
    const struct event *event = find_event(PyTuple_GetItem(args, 0));
    if (!event || !control_is_owner(a->control)) Py_RETURN_NONE;
    follow(a, event, PyTuple_GetItem(args, 1));
    if (PyErr_Occurred()) return NULL;
    if (starts_process(event)) control_order(a->control, CHANNEL_PROCESS);
    Py_RETURN_NONE;
}

static PyMethodDef hook_def = {"audit", on_event, METH_VARARGS, NULL};

bool audit_init(struct audit *a, struct control *control, const struct reporter *reporter,
                char *journal) {
    *a = (struct audit){.control = control, .reporter = reporter};
    a->held_type = PyErr_NewException("relight.Held", PyExc_BaseException, NULL);
    PyObject *add = py_from("sys", "addaudithook");
    PyObject *hook = py_function(&hook_def, a);
    PyObject *done = add && hook ? PyObject_CallFunctionObjArgs(add, hook, NULL) : NULL;
    Py_XDECREF(done);
    Py_XDECREF(hook);
    Py_XDECREF(add);
    return done && a->held_type && files_init(&a->files, journal);
}

void audit_begin(struct audit *a, bool hold) {
    Py_CLEAR(a->held);
    files_begin(&a->files);
    a->hold = hold;
    a->running = true;
    a->acted = false;
}

PyObject *audit_end(struct audit *a) {
    PyObject *held = a->held;
    a->held = NULL;
    a->hold = a->running = false;
    return held;
}
