/* SPDX-License-Identifier: Apache-2.0 */
/* patches.c - finds stores to modules in byte code; see patches.h. */
#include "exec/worker/patches.h"

enum { CHAIN = 4 };

/* `a.b.c` as the interpreter reads it: a name, then attributes. */
struct chain {
    PyObject *names[CHAIN]; /* borrowed */
    int len;                /* 0: none; more than CHAIN: too long to follow */
};

/* One pass over the code, before the run or after it. */
struct pass {
    struct patches *p;
    bool after;
};

/* --- Opcodes --- */

static int opcode(PyObject *opmap, const char *name) {
    PyObject *number = PyMapping_GetItemString(opmap, name);
    long value = number ? PyLong_AsLong(number) : -1;
    Py_XDECREF(number);
    PyErr_Clear();
    return (int)value;
}

static bool learn_opcodes(struct patches *p) {
    PyObject *opmap = py_from("opcode", "opmap");
    if (!opmap) return false;
    p->load_name = opcode(opmap, "LOAD_NAME");
    p->load_global = opcode(opmap, "LOAD_GLOBAL");
    p->load_attr = opcode(opmap, "LOAD_ATTR");
    p->load_method = opcode(opmap, "LOAD_METHOD"); /* until 3.11 */
    p->load_const = opcode(opmap, "LOAD_CONST");
    p->store_attr = opcode(opmap, "STORE_ATTR");
    p->delete_attr = opcode(opmap, "DELETE_ATTR");
    p->copy = opcode(opmap, "COPY");
    const int keep[] = {opcode(opmap, "CACHE"), opcode(opmap, "EXTENDED_ARG"), -1};
    memcpy(p->keep, keep, sizeof keep);
    Py_DECREF(opmap);
    return true;
}

bool patches_init(struct patches *p, PyObject *globals) {
    *p = (struct patches){.globals = Py_NewRef(globals)};
    p->function_type = py_from("types", "FunctionType");
    p->before = PyDict_New();
    p->made = PyDict_New();
    return p->function_type && p->before && p->made && learn_opcodes(p);
}

/* --- What a chain leads to --- */

static PyObject *item(PyObject *dict, PyObject *key) {
    PyObject *value = PyDict_Check(dict) ? PyDict_GetItemWithError(dict, key) : NULL;
    if (!value) PyErr_Clear();
    return value;
}

/* Borrowed; NULL when it cannot be followed without running code.  A name that is not bound yet may
 * be a module's that the block is about to import. */
static PyObject *resolve(const struct patches *p, const struct chain *c) {
    PyObject *object = c->len && c->len <= CHAIN ? item(p->globals, c->names[0]) : NULL;
    if (!object && c->len && c->len <= CHAIN) object = item(PyImport_GetModuleDict(), c->names[0]);
    for (int i = 1; object && i < c->len; i++)
        object = PyModule_Check(object) ? item(PyModule_GetDict(object), c->names[i]) : NULL;
    return object;
}

static bool is_class(PyObject *object) {
    return PyType_IsSubtype(Py_TYPE(object), &PyType_Type);
}

/* The name of a module, or of a class that a module holds; NULL for what is the document's. */
static PyObject *name_of_holder(const struct patches *p, PyObject *object) {
    if (PyModule_Check(object))
        return PyModule_GetDict(object) == p->globals ? NULL : PyModule_GetNameObject(object);
    PyObject *module = is_class(object) ? py_peek(object, "__module__") : NULL;
    PyObject *name = module ? py_peek(object, "__qualname__") : NULL, *dotted = NULL;
    if (name && PyUnicode_Check(module) &&
        PyUnicode_CompareWithASCIIString(module, "__main__") != 0)
        dotted = PyUnicode_FromFormat("%U.%S", module, name);
    Py_XDECREF(name);
    Py_XDECREF(module);
    return dotted;
}

/* Its attribute; Ellipsis stands for none. */
static PyObject *value_in(PyObject *holder, PyObject *attribute) {
    PyObject *value = NULL;
    if (PyModule_Check(holder)) {
        value = item(PyModule_GetDict(holder), attribute);
        Py_XINCREF(value);
    } else {
        value = PyObject_GetAttr(holder, attribute);
    }
    PyErr_Clear();
    return value ? value : Py_NewRef(Py_Ellipsis);
}

/* --- Changes --- */

/* Put back by others, before each block. */
static bool is_put_back(PyObject *key) {
    static const char *const keys[] = {"sys.path",   "sys.stdin",        "sys.stdout",
                                       "sys.stderr", "warnings.filters", "os.environ"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (PyUnicode_CompareWithASCIIString(key, keys[i]) == 0) return true;
    return false;
}

static void note(struct patches *p, PyObject *key, PyObject *value) {
    if (is_put_back(key)) return;
    PyDict_SetItem(p->made, key, value);
    if (p->what.len) buf_append(&p->what, STR(", "));
    py_append(&p->what, key, SIZE_MAX);
}

/* The code may store to `attribute` (a str) of what the chain leads to. */
static void meet_store(const struct pass *pass, const struct chain *c, PyObject *attribute) {
    PyObject *holder = resolve(pass->p, c);
    PyObject *name = holder ? name_of_holder(pass->p, holder) : NULL;
    PyObject *key = name ? PyUnicode_FromFormat("%U.%S", name, attribute) : NULL;
    PyObject *value = key ? value_in(holder, attribute) : NULL;
    if (value && !pass->after)
        PyDict_SetItem(pass->p->before, key, value);
    else if (value && item(pass->p->before, key) != value && item(pass->p->made, key) != value)
        note(pass->p, key, value);
    PyErr_Clear();
    Py_XDECREF(value);
    Py_XDECREF(key);
    Py_XDECREF(name);
}

/* --- Code --- */

static bool is_kept(const struct patches *p, int operation) {
    for (int i = 0; p->keep[i] >= 0; i++)
        if (p->keep[i] == operation) return true;
    return operation == 0;
}

static void chain_add(struct chain *c, PyObject *name) {
    if (c->len < CHAIN) c->names[c->len] = name;
    c->len++;
}

static bool is_setattr(PyObject *name) {
    return PyUnicode_CompareWithASCIIString(name, "setattr") == 0 ||
           PyUnicode_CompareWithASCIIString(name, "delattr") == 0;
}

struct scan {
    const struct pass *pass;
    PyObject *names, *constants; /* tuples, borrowed */
    struct chain chain, copied;
    bool in_setattr; /* the chain is its first argument */
};

static PyObject *at(PyObject *tuple, unsigned index) {
    PyObject *found = tuple ? PyTuple_GetItem(tuple, (Py_ssize_t)index) : NULL;
    if (!found) PyErr_Clear();
    return found;
}

static void scan_name(struct scan *s, PyObject *name) {
    if (name && is_setattr(name)) {
        s->in_setattr = true;
        s->chain.len = 0;
        return;
    }
    s->chain.len = 0;
    if (name) chain_add(&s->chain, name);
}

static void scan_store(struct scan *s, PyObject *attribute) {
    const struct chain *target = s->chain.len ? &s->chain : &s->copied;
    if (attribute && target->len) meet_store(s->pass, target, attribute);
    s->chain.len = s->copied.len = 0;
}

/* After the chain: the attribute's name, if setattr() is given one as it stands. */
static void scan_other(struct scan *s, int operation, unsigned argument) {
    bool constant = operation == s->pass->p->load_const;
    PyObject *name = constant ? at(s->constants, argument) : NULL;
    if (s->in_setattr && s->chain.len) {
        PyObject *any = PyUnicode_FromString("?");
        PyObject *attribute = name && PyUnicode_Check(name) ? name : any;
        if (attribute) meet_store(s->pass, &s->chain, attribute);
        Py_XDECREF(any);
        s->in_setattr = false;
    }
    s->chain.len = 0;
}

static void scan_operation(struct scan *s, int operation, unsigned argument) {
    const struct patches *p = s->pass->p;
    /* The low bit of some arguments is about calls. */
    unsigned attribute = Py_Version >= 0x030C0000 ? argument >> 1 : argument;
    if (operation == p->load_name)
        scan_name(s, at(s->names, argument));
    else if (operation == p->load_global)
        scan_name(s, at(s->names, argument >> 1));
    else if (operation == p->load_attr || operation == p->load_method)
        chain_add(&s->chain, at(s->names, attribute));
    else if (operation == p->store_attr || operation == p->delete_attr)
        scan_store(s, at(s->names, argument));
    else if (operation == p->copy)
        s->copied = s->chain;
    else if (!is_kept(p, operation))
        scan_other(s, operation, argument);
}

static void scan_bytes(struct scan *s, struct str code) {
    unsigned argument = 0;
    for (size_t i = 0; i + 1 < code.len; i += 2) {
        int operation = (unsigned char)code.ptr[i];
        argument = argument << 8 | (unsigned char)code.ptr[i + 1];
        scan_operation(s, operation, argument);
        if (operation != s->pass->p->keep[1]) argument = 0; /* EXTENDED_ARG */
    }
}

static bool mentions(PyObject *names, const char *name) {
    for (Py_ssize_t i = 0; names && i < PyTuple_Size(names); i++)
        if (PyUnicode_CompareWithASCIIString(PyTuple_GetItem(names, i), name) == 0) return true;
    return false;
}

/* What is not an attribute. */
static void scan_mentions(const struct pass *pass, PyObject *names, PyObject *code) {
    struct patches *p = pass->p;
    if (!pass->after && !p->modules && mentions(names, "modules"))
        p->modules = PyDict_Copy(PyImport_GetModuleDict());
    PyObject *key = pass->after && mentions(names, "reload") ? PyUnicode_FromString("reload()")
                                                             : NULL;
    if (key) note(p, key, code);
    Py_XDECREF(key);
}

/* No deeper than the compiler nests. */
static void scan_code(const struct pass *pass, PyObject *code) { // NOLINT(misc-no-recursion)
    PyObject *bytes = py_peek(code, "co_code"), *names = py_peek(code, "co_names");
    PyObject *constants = py_peek(code, "co_consts");
    struct scan s = {.pass = pass, .names = names, .constants = constants};
    char *ptr = NULL;
    Py_ssize_t len = 0;
    if (bytes && PyBytes_AsStringAndSize(bytes, &ptr, &len) == 0)
        scan_bytes(&s, (struct str){ptr, (size_t)len});
    scan_mentions(pass, names, code);
    for (Py_ssize_t i = 0; constants && i < PyTuple_Size(constants); i++) {
        PyObject *constant = PyTuple_GetItem(constants, i); /* borrowed */
        if (Py_TYPE(constant) == Py_TYPE(code)) scan_code(pass, constant);
    }
    PyErr_Clear();
    Py_XDECREF(constants);
    Py_XDECREF(names);
    Py_XDECREF(bytes);
}

static void scan_function(const struct pass *pass, PyObject *name) {
    PyObject *function = item(pass->p->globals, name); /* borrowed */
    if (!function || (PyObject *)Py_TYPE(function) != pass->p->function_type) return;
    PyObject *globals = py_peek(function, "__globals__"), *code = py_peek(function, "__code__");
    if (globals == pass->p->globals && code) scan_code(pass, code);
    Py_XDECREF(code);
    Py_XDECREF(globals);
}

static void scan_all(const struct pass *pass, PyObject *const codes[2], PyObject *reads) {
    for (int i = 0; i < 2; i++)
        if (codes[i]) scan_code(pass, codes[i]);
    for (Py_ssize_t i = 0; i < PyList_Size(reads); i++)
        scan_function(pass, PyList_GetItem(reads, i));
    PyErr_Clear();
}

/* --- Around a run --- */

void patches_enter(struct patches *p, PyObject *const codes[2], PyObject *reads) {
    PyDict_Clear(p->before);
    Py_CLEAR(p->modules);
    p->what.len = 0;
    scan_all(&(struct pass){.p = p}, codes, reads);
}

/* Modules that were taken out of sys.modules, or exchanged. */
static void compare_modules(struct patches *p) {
    PyObject *name, *module; /* borrowed */
    Py_ssize_t place = 0;
    while (p->modules && PyDict_Next(p->modules, &place, &name, &module)) {
        if (item(PyImport_GetModuleDict(), name) == module) continue;
        PyObject *key = PyUnicode_FromFormat("sys.modules['%S']", name);
        if (key) note(p, key, Py_None);
        Py_XDECREF(key);
    }
    Py_CLEAR(p->modules);
}

void patches_leave(struct patches *p, PyObject *const codes[2], PyObject *reads) {
    scan_all(&(struct pass){.p = p, .after = true}, codes, reads);
    compare_modules(p);
    PyDict_Clear(p->before);
    PyErr_Clear();
}

PyObject *patches_state(const struct patches *p) {
    return p->what.len ? PyDict_Copy(p->made) : NULL;
}
