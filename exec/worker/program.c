/* SPDX-License-Identifier: Apache-2.0 */
/* program.c - compiling a block; see program.h. */
#include "exec/worker/program.h"

#include "exec/worker/origin.h"

static long number_of(const char *module, const char *name) {
    PyObject *value = py_from(module, name);
    long number = value ? PyLong_AsLong(value) : -1;
    Py_XDECREF(value);
    return number;
}

/* The bits of co_flags that stand for future features. */
static long find_future_mask(void) {
    PyObject *names = py_from("__future__", "all_feature_names");
    long mask = 0;
    for (Py_ssize_t i = 0; names && i < PyList_Size(names); i++) {
        PyObject *utf8 = PyUnicode_AsUTF8String(PyList_GetItem(names, i));
        PyObject *feature = utf8 ? py_from("__future__", PyBytes_AsString(utf8)) : NULL;
        if (feature) mask |= (long)py_peek_u32(feature, "compiler_flag");
        Py_XDECREF(feature);
        Py_XDECREF(utf8);
    }
    Py_XDECREF(names);
    return mask;
}

bool compiler_init(struct compiler *c) {
    c->compile = py_from("builtins", "compile"); /* before user code can replace it */
    c->Expr = py_from("_ast", "Expr");
    c->Constant = py_from("_ast", "Constant");
    c->Expression = py_from("_ast", "Expression");
    c->only_ast = number_of("_ast", "PyCF_ONLY_AST");
    c->allow_await = number_of("_ast", "PyCF_ALLOW_TOP_LEVEL_AWAIT");
    c->future_mask = find_future_mask();
    return c->compile && c->Expr && c->Constant && c->Expression && !PyErr_Occurred();
}

/* compile(source, file, mode, flags, dont_inherit=True) */
static PyObject *compile(const struct compiler *c, PyObject *source, PyObject *file,
                         const char *mode, long flags) {
    return PyObject_CallFunction(c->compile, "OOsli", source, file, mode, flags | c->allow_await,
                                 1);
}

static PyObject *parse(const struct compiler *c, const struct source *source) {
    struct buf text = {0};
    for (uint32_t i = 0; i < source->line; i++) buf_append_byte(&text, '\n');
    buf_append(&text, source->text);
    PyObject *str = py_str(buf_str(&text));
    buf_finish(&text);
    if (!str) return NULL;
    PyObject *tree = compile(c, str, source->file, "exec", source->features | c->only_ast);
    Py_DECREF(str);
    return tree;
}

static bool is_text_statement(const struct compiler *c, PyObject *statement) {
    if (PyObject_IsInstance(statement, c->Expr) != 1) return false;
    PyObject *value = py_peek(statement, "value");
    PyObject *text = NULL;
    if (value && PyObject_IsInstance(value, c->Constant) == 1) text = py_peek(value, "value");
    bool is_text = text && PyUnicode_Check(text);
    Py_XDECREF(text);
    Py_XDECREF(value);
    return is_text;
}

/* A text at the head of a block is not the module's docstring.  It has no other effect. */
static bool drop_docstrings(const struct compiler *c, PyObject *statements) {
    while (PyList_Size(statements) > 0 && is_text_statement(c, PyList_GetItem(statements, 0)))
        if (PySequence_DelItem(statements, 0) < 0) return false;
    return true;
}

/* Whether a `;` follows the statement, which is the last: then only that, comments and blanks
 * can. */
static bool is_silenced(const struct source *source, PyObject *statement) {
    size_t line = py_peek_u32(statement, "end_lineno");
    size_t at = py_peek_u32(statement, "end_col_offset");
    if (line <= source->line) return false;
    at += source_line_start(source->text, line - 1 - source->line);
    for (bool comment = false; at < source->text.len; at++) {
        char ch = source->text.ptr[at];
        if (ch == ';' && !comment) return true;
        if (ch == '#') comment = true;
        if (ch == '\n' || ch == '\r') comment = false;
    }
    return false;
}

/* Take the last statement off the list when its value is to be shown.  Returns that expression,
 * NULL when there is none; an exception tells failure. */
static PyObject *take_value(const struct compiler *c, const struct source *source,
                            PyObject *statements) {
    Py_ssize_t count = PyList_Size(statements);
    if (source->silent || count <= 0) return NULL;
    PyObject *last = PyList_GetItem(statements, count - 1); /* borrowed */
    if (PyObject_IsInstance(last, c->Expr) != 1 || is_silenced(source, last)) return NULL;
    PyObject *value = PyObject_GetAttrString(last, "value");
    if (value && PySequence_DelItem(statements, count - 1) < 0) Py_CLEAR(value);
    return value;
}

static bool compile_body(struct program *p, const struct compiler *c, const struct source *source,
                         PyObject *tree, PyObject *statements) {
    if (PyList_Size(statements) == 0) return true;
    p->body = compile(c, tree, source->file, "exec", source->features);
    if (!p->body) return false;
    p->features = (long)py_peek_u32(p->body, "co_flags") & c->future_mask & ~source->features;
    return true;
}

static bool compile_value(struct program *p, const struct compiler *c, const struct source *source,
                          PyObject *expression) {
    PyObject *tree = PyObject_CallFunctionObjArgs(c->Expression, expression, NULL);
    if (!tree) return false;
    p->value = compile(c, tree, source->file, "eval", source->features | p->features);
    Py_DECREF(tree);
    return p->value != NULL;
}

bool program_compile(struct program *p, const struct compiler *c, const struct source *source) {
    PyObject *tree = NULL, *statements = NULL, *value = NULL; /* owned */
    bool done = false;
    *p = (struct program){0};
    if (!(tree = parse(c, source))) goto out;
    if (!(statements = PyObject_GetAttrString(tree, "body"))) goto out;
    value = take_value(c, source, statements);
    if (PyErr_Occurred()) goto out;
    if (!source->silent && !drop_docstrings(c, statements)) goto out;
    if (!compile_body(p, c, source, tree, statements)) goto out;
    done = !value || compile_value(p, c, source, value);
out:
    if (!done) program_finish(p);
    Py_XDECREF(value);
    Py_XDECREF(statements);
    Py_XDECREF(tree);
    return done;
}

void program_finish(struct program *p) {
    Py_CLEAR(p->body);
    Py_CLEAR(p->value);
    p->features = 0;
}
