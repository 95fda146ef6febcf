/* SPDX-License-Identifier: Apache-2.0 */
/* listing.c - the text of now, and code found in it; see listing.h. */
#include "exec/worker/listing.h"

#include "exec/worker/origin.h"

/* --- The text --- */

static bool append_line(PyObject *lines, struct str line) {
    struct buf bytes = {0};
    while (line.len && (line.ptr[line.len - 1] == '\n' || line.ptr[line.len - 1] == '\r'))
        line.len--;
    buf_append(&bytes, line);
    buf_append_byte(&bytes, '\n');
    PyObject *text = PyUnicode_DecodeUTF8(bytes.ptr, (Py_ssize_t)bytes.len, "replace");
    bool done = text && PyList_Append(lines, text) == 0;
    Py_XDECREF(text);
    buf_finish(&bytes);
    return done;
}

static PyObject *split_lines(struct str source) {
    PyObject *lines = PyList_New(0);
    while (lines && source.len) {
        size_t end = source_line_start(source, 1);
        if (!append_line(lines, str_slice(source, 0, end))) Py_CLEAR(lines);
        source = str_slice(source, end, source.len);
    }
    return lines;
}

static bool pad_lines(PyObject *lines, uint32_t count) {
    PyObject *empty = PyUnicode_FromString("\n");
    bool done = empty != NULL;
    while (done && PyList_Size(lines) < (Py_ssize_t)count) done = PyList_Append(lines, empty) == 0;
    Py_XDECREF(empty);
    return done;
}

/* No modification time: linecache must not look at the disk, where the text may be another. */
static void show(struct listing *l) {
    PyObject *cache = py_from("linecache", "cache");
    PyObject *entry = Py_BuildValue("(nOOO)", PyList_Size(l->lines), Py_None, l->lines, l->file);
    if (cache && entry) PyObject_SetItem(cache, l->file, entry);
    Py_XDECREF(entry);
    Py_XDECREF(cache);
}

void listing_splice(struct listing *l, uint32_t first, uint32_t removed, struct str lines) {
    PyObject *own = split_lines(lines);
    Py_ssize_t end = (Py_ssize_t)first + removed;
    if (own && pad_lines(l->lines, first)) PyList_SetSlice(l->lines, first, end, own);
    show(l);
    PyErr_Clear();
    Py_XDECREF(own);
}

/* --- Code in it --- */

/* The code of what inspect.findsource() takes; NULL without an exception for other objects. */
static PyObject *code_of(PyObject *object) {
    static const char *const steps[] = {"__func__", "__code__", "tb_frame", "f_code"};
    PyObject *at = Py_NewRef(object);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        PyObject *next = PyType_Check(at) ? NULL : py_peek(at, steps[i]);
        if (!next) continue;
        Py_DECREF(at);
        at = next;
    }
    PyObject *file = PyType_Check(at) ? NULL : py_peek(at, "co_filename");
    if (!file) Py_CLEAR(at);
    Py_XDECREF(file);
    return at;
}

static uint32_t distance(uint32_t a, uint32_t b) {
    return a > b ? a - b : b - a;
}

static bool lines_at(PyObject *lines, uint32_t at, PyObject *own) {
    PyObject *now = PyList_GetSlice(lines, at, at + PyList_Size(own));
    bool same = now && PyObject_RichCompareBool(now, own, Py_EQ) == 1;
    Py_XDECREF(now);
    return same;
}

/* Where the block stands as it was, nearest to where it was; false: its text is another. */
static bool find_block(struct listing *l, PyObject *own, uint32_t was, uint32_t *line) {
    *line = was;
    if (lines_at(l->lines, was, own)) return true;
    bool found = false;
    PyObject *head = PyList_GetItem(own, 0); /* borrowed; a block has a line */
    for (uint32_t at = 0; head && (Py_ssize_t)at < PyList_Size(l->lines); at++) {
        PyObject *here = PyList_GetItem(l->lines, at); /* borrowed */
        bool may = PyUnicode_Compare(here, head) == 0;
        if (!may || (found && distance(at, was) >= distance(*line, was))) continue;
        if (lines_at(l->lines, at, own)) found = true, *line = at;
    }
    PyErr_Clear();
    return found;
}

/* compile() of the whole text; its warnings have been told when the blocks ran. */
static PyObject *compile_all(struct listing *l) {
    PyObject *empty = NULL, *text = NULL, *guard = NULL, *in = NULL, *code = NULL; /* owned */
    PyObject *options = Py_BuildValue("{s:s}", "action", "ignore");
    PyObject *type = py_from("warnings", "catch_warnings"), *none = PyTuple_New(0);
    if (options && type && none) guard = PyObject_Call(type, none, options);
    if (!guard || !(in = PyObject_CallMethod(guard, "__enter__", NULL))) goto out;
    empty = PyUnicode_FromString("");
    text = empty ? PyUnicode_Join(empty, l->lines) : NULL;
    PyObject *compile = text ? py_from("builtins", "compile") : NULL;
    if (compile) code = PyObject_CallFunction(compile, "Oss", text, "<document>", "exec");
    PyErr_Clear(); /* half typed, say */
    Py_XDECREF(compile);
    Py_XDECREF(PyObject_CallMethod(guard, "__exit__", "OOO", Py_None, Py_None, Py_None));
out:
    PyErr_Clear();
    Py_XDECREF(in);
    Py_XDECREF(guard);
    Py_XDECREF(none);
    Py_XDECREF(type);
    Py_XDECREF(options);
    Py_XDECREF(text);
    Py_XDECREF(empty);
    return code;
}

static bool same_attribute(PyObject *a, PyObject *b, const char *name) {
    PyObject *x = py_peek(a, name), *y = py_peek(b, name);
    bool same = x && y && PyObject_RichCompareBool(x, y, Py_EQ) == 1;
    PyErr_Clear();
    Py_XDECREF(y);
    Py_XDECREF(x);
    return same;
}

/* The first line (from 1) of the code in `all` that is `code`, nearest to where it was; 0: none.
 * Nested code is in the constants, no deeper than the compiler nests. */
static uint32_t find_line( // NOLINT(misc-no-recursion)
    PyObject *all, PyObject *code) {
    uint32_t was = py_peek_u32(code, "co_firstlineno"), found = 0;
    if (same_attribute(all, code, "co_qualname") && same_attribute(all, code, "co_code"))
        found = py_peek_u32(all, "co_firstlineno");
    PyObject *constants = py_peek(all, "co_consts");
    for (Py_ssize_t i = 0; constants && i < PyTuple_Size(constants); i++) {
        PyObject *constant = PyTuple_GetItem(constants, i); /* borrowed */
        uint32_t line = Py_TYPE(constant) == Py_TYPE(code) ? find_line(constant, code) : 0;
        if (line && (!found || distance(line, was) < distance(found, was))) found = line;
    }
    Py_XDECREF(constants);
    return found;
}

/* inspect's own answer for the code as if it began at that line (from 1). */
static PyObject *find_at(struct listing *l, PyObject *code, uint32_t line) {
    PyObject *moved = NULL, *answer = NULL, *none = PyTuple_New(0);
    PyObject *changes = Py_BuildValue("{s:I}", "co_firstlineno", line);
    PyObject *replace = py_peek(code, "replace");
    if (replace && changes && none) moved = PyObject_Call(replace, none, changes);
    if (moved) answer = PyObject_CallFunctionObjArgs(l->findsource, moved, NULL);
    Py_XDECREF(moved);
    Py_XDECREF(replace);
    Py_XDECREF(changes);
    Py_XDECREF(none);
    return answer;
}

/* As it was compiled: the text of now has it no more, or does not compile. */
static PyObject *find_old(PyObject *code, PyObject *own, uint32_t line) {
    PyObject *lines = PyList_New(0);
    bool done = lines && pad_lines(lines, line) && PyList_SetSlice(lines, line, line, own) == 0;
    uint32_t first = py_peek_u32(code, "co_firstlineno");
    PyObject *answer = done && first ? Py_BuildValue("(OI)", lines, first - 1) : NULL;
    Py_XDECREF(lines);
    return answer;
}

static PyObject *find_code(struct listing *l, PyObject *code, const struct origin *origin) {
    struct buf text = {0};
    PyObject *all = NULL, *answer = NULL;
    uint32_t first = py_peek_u32(code, "co_firstlineno"), line;
    py_append(&text, origin->source, SIZE_MAX);
    PyObject *own = split_lines(buf_str(&text));
    if (own && find_block(l, own, origin->line, &line)) {
        answer = find_at(l, code, first + line - origin->line);
    } else if (own) {
        all = compile_all(l);
        line = all ? find_line(all, code) : 0;
        answer = line ? find_at(l, code, line) : find_old(code, own, origin->line);
    }
    Py_XDECREF(all);
    Py_XDECREF(own);
    buf_finish(&text);
    return answer;
}

static PyObject *on_findsource(PyObject *self, PyObject *args) {
    struct listing *l = py_self(self);
    struct origin origin;
    PyObject *object = PyTuple_Size(args) == 1 ? PyTuple_GetItem(args, 0) : NULL; /* borrowed */
    PyObject *code = object ? code_of(object) : NULL;
    PyObject *file = code ? py_peek(code, "co_filename") : NULL;
    bool ours = file && origin_of(l->origin_type, file, &origin);
    PyObject *answer = ours ? find_code(l, code, &origin)
                            : PyObject_CallObject(l->findsource, args);
    if (!answer && !PyErr_Occurred()) PyErr_NoMemory();
    Py_XDECREF(file);
    Py_XDECREF(code);
    return answer;
}

static PyMethodDef findsource_def = {"findsource", on_findsource, METH_VARARGS, NULL};

bool listing_init(struct listing *l, PyObject *file, PyObject *origin_type) {
    *l = (struct listing){.file = file, .origin_type = origin_type, .lines = PyList_New(0)};
    PyObject *module = PyImport_ImportModule("inspect");
    PyObject *hook = py_function(&findsource_def, l);
    if (module) l->findsource = PyObject_GetAttrString(module, "findsource");
    bool done = l->lines && l->findsource && hook &&
                PyObject_SetAttrString(module, "findsource", hook) == 0;
    Py_XDECREF(hook);
    Py_XDECREF(module);
    return done;
}
