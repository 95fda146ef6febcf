/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - exceptions as DONE describes them; see report.h. */
#include "exec/worker/report.h"

#include "base/vec.h"
#include "exec/worker/origin.h"

#define TEXT_LIMIT  ((size_t)64 << 10) /* bytes of a message */
#define LINE_LIMIT  500                /* bytes of a source line */
#define CHAIN_LIMIT 8                  /* causes of causes */
#define FRAMES_HEAD 32                 /* of a deep recursion, the outermost frames ... */
#define FRAMES_TAIL 32                 /* ... and the innermost */

bool reporter_init(struct reporter *r, PyObject *origin_type) {
    *r = (struct reporter){.origin_type = origin_type};
    PyObject *file = py_from("os", "__file__");
    py_append(&r->stdlib, file, SIZE_MAX);
    Py_XDECREF(file);
    while (r->stdlib.len && r->stdlib.ptr[r->stdlib.len - 1] != '/') r->stdlib.len--;
    return file != NULL;
}

/* --- Message --- */

static void append_exit(struct buf *out, PyObject *error) {
    buf_printf(out, "a script would end here with exit code %d", report_exit_code(error));
    PyObject *code = py_peek(error, "code");
    if (code && code != Py_None && !PyLong_Check(code)) {
        PyObject *text = PyObject_Str(code);
        PyErr_Clear();
        buf_append(out, STR(": "));
        py_append(out, text, TEXT_LIMIT);
        Py_XDECREF(text);
    }
    Py_XDECREF(code);
}

int report_exit_code(PyObject *error) {
    PyObject *code = py_peek(error, "code");
    long number = 1; /* a message, which Python prints */
    if (!code || code == Py_None)
        number = 0;
    else if (PyLong_Check(code))
        number = PyLong_AsLong(code) & 0xFF;
    PyErr_Clear();
    Py_XDECREF(code);
    return (int)number;
}

static void append_message(struct buf *out, PyObject *error) {
    if (PyErr_GivenExceptionMatches(error, PyExc_SystemExit)) {
        append_exit(out, error);
        return;
    }
    PyObject *text = PyObject_Str(error);
    if (text) {
        py_append(out, text, TEXT_LIMIT);
    } else {
        PyErr_Clear();
        buf_append(out, STR("(its message cannot be shown: __str__ failed)"));
    }
    Py_XDECREF(text);
}

/* Each item of a list attribute on a line of its own: __notes__, and what a group holds. */
static void append_items(struct buf *out, PyObject *error, const char *attribute) {
    PyObject *items = py_peek(error, attribute);
    Py_ssize_t count = items ? PySequence_Size(items) : 0;
    PyErr_Clear();
    for (Py_ssize_t i = 0; i < count && out->len < TEXT_LIMIT; i++) {
        PyObject *item = PySequence_GetItem(items, i);
        buf_append(out, STR("\n"));
        if (item && PyExceptionInstance_Check(item))
            py_append_error(out, item, TEXT_LIMIT);
        else
            py_append(out, item, TEXT_LIMIT);
        PyErr_Clear();
        Py_XDECREF(item);
    }
    Py_XDECREF(items);
}

/* What this exception was raised from or during; new reference or NULL. */
static PyObject *next_in_chain(PyObject *error, const char **relation) {
    PyObject *cause = PyException_GetCause(error);
    *relation = "caused by ";
    if (cause) return cause;
    PyObject *suppress = py_peek(error, "__suppress_context__");
    bool suppressed = suppress == Py_True;
    Py_XDECREF(suppress);
    *relation = "while handling ";
    return suppressed ? NULL : PyException_GetContext(error);
}

static void append_chain(struct buf *out, PyObject *error) {
    const char *relation;
    PyObject *at = next_in_chain(error, &relation); /* owned */
    for (int i = 0; at && i < CHAIN_LIMIT; i++) {
        buf_printf(out, "\n%s", relation);
        py_append_error(out, at, TEXT_LIMIT);
        PyObject *next = next_in_chain(at, &relation);
        Py_DECREF(at);
        at = next;
    }
    Py_XDECREF(at);
}

static void append_head(struct buf *out, PyObject *error) {
    struct buf text = {0};
    PyObject *name = py_peek((PyObject *)Py_TYPE(error), "__name__");
    py_wire(out, name, LINE_LIMIT);
    Py_XDECREF(name);
    append_message(&text, error);
    append_items(&text, error, "__notes__");
    if (PyErr_GivenExceptionMatches(error, PyExc_BaseExceptionGroup))
        append_items(&text, error, "exceptions");
    append_chain(&text, error);
    wire_str(out, buf_str(&text));
    buf_finish(&text);
}

/* --- Frames --- */

struct frames {
    struct buf head;              /* the first FRAMES_HEAD of them */
    struct buf tail[FRAMES_TAIL]; /* a ring of the last */
    uint32_t count;
    VEC(PyObject *) texts; /* of blocks; borrowed from the frames' code */
};

static struct buf *next_frame(struct frames *f) {
    uint32_t index = f->count++;
    if (index < FRAMES_HEAD) return &f->head;
    struct buf *slot = &f->tail[(index - FRAMES_HEAD) % FRAMES_TAIL];
    slot->len = 0;
    return slot;
}

static void frames_append_take(struct frames *f, struct buf *out) {
    uint32_t beyond = f->count > FRAMES_HEAD ? f->count - FRAMES_HEAD : 0;
    uint32_t kept = beyond < FRAMES_TAIL ? beyond : FRAMES_TAIL;
    wire_u32(out, (uint32_t)f->texts.len);
    for (size_t i = 0; i < f->texts.len; i++) py_wire(out, f->texts.items[i], SIZE_MAX);
    wire_u32(out, f->count - beyond + kept);
    buf_append(out, buf_str(&f->head));
    for (uint32_t i = beyond - kept; i < beyond; i++)
        buf_append(out, buf_str(&f->tail[i % FRAMES_TAIL]));
    buf_finish(&f->head);
    for (uint32_t i = 0; i < FRAMES_TAIL; i++) buf_finish(&f->tail[i]);
    vec_finish(&f->texts);
}

/* The number of a block's text among those of the frames; recursion has few. */
static uint32_t text_number(struct frames *f, PyObject *text) {
    size_t i = 0;
    while (i < f->texts.len && f->texts.items[i] != text) i++;
    if (i == f->texts.len) vec_push(&f->texts, text);
    return (uint32_t)i;
}

static void add_document_frame(struct frames *f, PyObject *file, const struct origin *origin,
                               struct position at, PyObject *function) {
    uint32_t text = text_number(f, origin->source);
    struct buf *out = next_frame(f);
    py_wire(out, file, TEXT_LIMIT);
    wire_u32(out, origin->block);
    wire_u32(out, at.line > origin->line ? at.line - origin->line : 0);
    wire_u32(out, at.column);
    wire_u32(out, text);
    py_wire(out, function, LINE_LIMIT);
    wire_str(out, STR(""));
}

static void add_other_frame(struct frames *f, PyObject *file, uint32_t line, PyObject *function) {
    PyObject *getline = py_from("linecache", "getline");
    PyObject *text = getline ? PyObject_CallFunction(getline, "Ok", file, line + 1ul) : NULL;
    struct buf source = {0}, *out = next_frame(f);
    py_append(&source, text, LINE_LIMIT);
    py_wire(out, file, TEXT_LIMIT);
    for (int i = 0; i < 4; i++) wire_u32(out, i == 1 ? line : 0); /* block, line, column, text */
    py_wire(out, function, LINE_LIMIT);
    wire_str(out, str_trim(buf_str(&source)));
    buf_finish(&source);
    PyErr_Clear();
    Py_XDECREF(text);
    Py_XDECREF(getline);
}

static bool contains(struct str text, struct str part) {
    return text.len >= part.len && memmem(text.ptr, text.len, part.ptr, part.len) != NULL;
}

bool report_is_library(const struct reporter *r, struct str path) {
    return path.len == 0 || path.ptr[0] == '<' || str_starts(path, buf_str(&r->stdlib)) ||
           contains(path, STR("/site-packages/")) || contains(path, STR("/dist-packages/"));
}

static bool is_library(const struct reporter *r, PyObject *file) {
    struct buf path = {0};
    py_append(&path, file, TEXT_LIMIT);
    bool library = report_is_library(r, buf_str(&path));
    buf_finish(&path);
    return library;
}

static void add_frame(const struct reporter *r, struct frames *frames, PyObject *code,
                      struct position at) {
    PyObject *file = py_peek(code, "co_filename");
    PyObject *function = py_peek(code, "co_qualname");
    struct origin origin;
    if (file && origin_of(r->origin_type, file, &origin))
        add_document_frame(frames, file, &origin, at, function);
    else if (file && !is_library(r, file))
        add_other_frame(frames, file, at.line, function);
    Py_XDECREF(function);
    Py_XDECREF(file);
}

/* Where the instruction at byte `offset` begins, when that is on `line` (1-based); else 0. */
static uint32_t column_of(PyObject *code, uint32_t offset, uint32_t line) {
    PyObject *islice = py_from("itertools", "islice");
    PyObject *all = islice ? py_call_method(code, "co_positions", NULL) : NULL;
    uint32_t index = offset / 2;
    PyObject *one = all ? PyObject_CallFunction(islice, "OII", all, index, index + 1) : NULL;
    PyObject *position = one ? PyIter_Next(one) : NULL;
    int first = -1, last = -1, column = -1, end = -1;
    bool known = position && PyArg_ParseTuple(position, "iiii", &first, &last, &column, &end);
    PyErr_Clear(); /* None where it is not known */
    Py_XDECREF(position);
    Py_XDECREF(one);
    Py_XDECREF(all);
    Py_XDECREF(islice);
    return known && first == (int)line && column > 0 ? (uint32_t)column : 0;
}

/* New reference, or NULL. */
static PyObject *entry_code(PyObject *entry) {
    PyObject *frame = py_peek(entry, "tb_frame");
    PyObject *code = frame ? py_peek(frame, "f_code") : NULL;
    Py_XDECREF(frame);
    return code;
}

static struct position entry_position(PyObject *entry, PyObject *code) {
    uint32_t line = py_peek_u32(entry, "tb_lineno");
    return (struct position){.line = line > 0 ? line - 1 : 0,
                             .column = column_of(code, py_peek_u32(entry, "tb_lasti"), line)};
}

static void add_traceback(const struct reporter *r, struct frames *frames, PyObject *entry) {
    PyObject *code = entry_code(entry);
    if (code) add_frame(r, frames, code, entry_position(entry, code));
    Py_XDECREF(code);
}

static PyObject *next_entry_take(PyObject *entry) {
    PyObject *next = py_peek(entry, "tb_next");
    Py_DECREF(entry);
    return next;
}

/* The outermost entry is the latest: an exception that is raised again has those of before
 * inside. */
bool report_find(PyObject *error, PyObject *code, struct position *out) {
    PyObject *entry = PyException_GetTraceback(error); /* owned */
    bool found = false;
    while (entry && entry != Py_None && !found) {
        PyObject *at = entry_code(entry);
        found = at == code;
        if (found) *out = entry_position(entry, code);
        Py_XDECREF(at);
        entry = next_entry_take(entry);
    }
    Py_XDECREF(entry);
    return found;
}

void report_error(const struct reporter *r, PyObject *error, struct buf *out) {
    struct frames frames = {0};
    append_head(out, error);
    PyObject *entry = PyException_GetTraceback(error); /* owned */
    while (entry && entry != Py_None) {
        add_traceback(r, &frames, entry);
        entry = next_entry_take(entry);
    }
    Py_XDECREF(entry);
    frames_append_take(&frames, out);
}

void report_syntax_error(const struct reporter *r, PyObject *error, PyObject *file,
                         struct buf *out) {
    struct frames frames = {0};
    struct origin origin;
    PyObject *name = py_peek((PyObject *)Py_TYPE(error), "__name__");
    PyObject *message = py_peek(error, "msg"); /* without "(file, line 3)" */
    if (!message) message = PyObject_Str(error);
    PyErr_Clear();
    py_wire(out, name, LINE_LIMIT);
    py_wire(out, message, TEXT_LIMIT);
    uint32_t line = py_peek_u32(error, "lineno");
    if (line > 0 && origin_of(r->origin_type, file, &origin))
        add_document_frame(&frames, file, &origin, (struct position){.line = line - 1}, NULL);
    frames_append_take(&frames, out);
    Py_XDECREF(message);
    Py_XDECREF(name);
}

void report_place(const struct reporter *r, PyObject *file, uint32_t line, struct buf *out) {
    struct frames frames = {0};
    struct origin origin;
    if (origin_of(r->origin_type, file, &origin))
        add_document_frame(&frames, file, &origin, (struct position){.line = line}, NULL);
    frames_append_take(&frames, out);
}
