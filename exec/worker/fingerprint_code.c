/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint_code.c - functions, their code, and the names it uses.
 *
 * Positions (line table, first line, file) do not count: moving a function changes nothing.  Byte
 * code is read as co_code shows it, which undoes what the interpreter specialised. */
#include "exec/worker/fingerprint_internal.h"

/* The attributes of an exact function, builtin or code object: nobody can override them. */
static PyObject *attributes_of(PyObject *object, const char *const *names) {
    PyObject *parts = PyList_New(0);
    for (; *names; names++) {
        PyObject *value = py_peek(object, *names);
        walk__add_take(parts, value ? value : Py_NewRef(Py_None));
    }
    return parts;
}

static void walk_named(struct fingerprint_walk *w, PyObject *module, PyObject *qualname) {
    struct buf name = {0};
    py_append(&name, module, SIZE_MAX);
    buf_append_byte(&name, '.');
    py_append(&name, qualname, SIZE_MAX);
    walk__u8(w, TAG_NAMED);
    walk__hash(w, hash128(buf_str(&name)));
    w->reach |= reach__module(module);
    buf_finish(&name);
}

/* By its name alone, when another module vouches for it. */
static bool walk_by_name(struct fingerprint_walk *w, PyObject *object) {
    PyObject *module = py_peek(object, "__module__");
    PyObject *qualname = py_peek(object, "__qualname__");
    bool named = types__is_named(w->f, module, qualname, object);
    if (named) walk_named(w, module, qualname);
    Py_XDECREF(qualname);
    Py_XDECREF(module);
    return named;
}

/* --- Names that code uses --- */

/* Builtins through which code can read names that it does not name. */
static bool is_wild(struct fingerprint_walk *w, PyObject *name) {
    static const char *const names[] = {"eval", "exec", "globals"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (PyUnicode_CompareWithASCIIString(name, names[i]) == 0)
            return !PyDict_GetItemWithError(w->f->globals, name);
    return false;
}

static void use_name(struct fingerprint_walk *w, PyObject *names, unsigned index) {
    PyObject *name = PyTuple_GetItem(names, (Py_ssize_t)index); /* borrowed */
    if (!name || PySet_Add(w->names, name) < 0)
        walk__unknown(w);
    else if (is_wild(w, name))
        w->wild = true;
}

/* Code units are two bytes, the operation and its argument; larger arguments are spread over
 * EXTENDED_ARG units.  Inline caches read as operation 0. */
static void scan_code(struct fingerprint_walk *w, struct str code, PyObject *names) {
    const struct opcodes *o = &w->f->opcodes;
    unsigned argument = 0;
    for (size_t i = 0; i + 1 < code.len; i += 2) {
        int operation = (unsigned char)code.ptr[i];
        argument = argument << 8 | (unsigned char)code.ptr[i + 1];
        if (operation == o->extended_arg) continue;
        if (operation == o->load_global)
            use_name(w, names, argument >> 1); /* the low bit is about calls */
        else if (operation == o->load_name || operation == o->store_global ||
                 operation == o->delete_global || operation == o->load_from_dict)
            use_name(w, names, argument);
        argument = 0;
    }
}

/* Nested code is in the constants, no deeper than the compiler nests. */
static void find_names(struct fingerprint_walk *w, PyObject *code) { // NOLINT(misc-no-recursion)
    PyObject *bytes = py_peek(code, "co_code"), *names = py_peek(code, "co_names");
    PyObject *constants = py_peek(code, "co_consts");
    char *ptr = NULL;
    Py_ssize_t len = 0;
    if (bytes && names && PyBytes_AsStringAndSize(bytes, &ptr, &len) == 0)
        scan_code(w, (struct str){ptr, (size_t)len}, names), w->reach |= reach__names(names);
    else
        walk__unknown(w);
    for (Py_ssize_t i = 0; constants && i < PyTuple_Size(constants); i++) {
        PyObject *constant = PyTuple_GetItem(constants, i);
        if (Py_TYPE(constant) == Py_TYPE(code)) find_names(w, constant);
    }
    Py_XDECREF(constants);
    Py_XDECREF(names);
    Py_XDECREF(bytes);
}

/* --- Functions --- */

static bool is_of_module(PyObject *globals) {
    PyObject *name = PyDict_GetItemString(globals, "__name__"); /* borrowed, all of them */
    PyObject *module = name && PyUnicode_CheckExact(name)
                           ? PyDict_GetItem(PyImport_GetModuleDict(), name)
                           : NULL;
    return module && PyModule_Check(module) && PyModule_GetDict(module) == globals;
}

/* The document's names are reported (NOTE[names]), another module's are opaque, and what a
 * function was given by exec() is walked. */
static void walk_globals(struct fingerprint_walk *w, PyObject *function) {
    PyObject *globals = py_peek(function, "__globals__"), *code = py_peek(function, "__code__");
    if (!globals || !code)
        walk__unknown(w);
    else if (globals == w->f->globals)
        find_names(w, code);
    else if (!is_of_module(globals))
        walk__parts_take(w, Py_BuildValue("(O)", globals));
    Py_XDECREF(code);
    Py_XDECREF(globals);
}

void walk__function(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    const char *const names[] = {
        "__code__",     "__defaults__", "__kwdefaults__", "__closure__",     "__name__",
        "__qualname__", "__module__",   "__doc__",        w->f->annotations, NULL};
    if (walk_by_name(w, object) || !walk__enter(w, object, false)) return;
    bool temp = w->temp;
    w->temp = false;
    walk__u8(w, TAG_FUNCTION);
    walk_globals(w, object);
    walk__parts_take(w, attributes_of(object, names));
    walk__own_dict(w, object, info);
    w->temp = temp;
}

void walk__builtin(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    static const char *const names[] = {"__self__", "__qualname__", "__module__", NULL};
    (void)info;
    if (walk_by_name(w, object)) return;
    walk__u8(w, TAG_BUILTIN);
    walk__parts_take(w, attributes_of(object, names));
}

void walk__code(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    static const char *const names[] = {
        "co_code",           "co_consts",   "co_names",    "co_varnames",
        "co_freevars",       "co_cellvars", "co_argcount", "co_posonlyargcount",
        "co_kwonlyargcount", "co_flags",    "co_name",     "co_qualname",
        "co_exceptiontable", NULL};
    (void)info;
    walk__u8(w, TAG_CODE);
    walk__parts_take(w, attributes_of(object, names));
}
