/* SPDX-License-Identifier: Apache-2.0 */
/* ipython.c - the import hook for IPython.display; see ipython.h.
 *
 * A finder at the head of sys.meta_path lets the other finders look for the module and puts a
 * loader of ours around the one they found; that one replaces the functions once the module has
 * run. */
#include "exec/worker/ipython.h"

struct hook {
    PyObject_HEAD PyObject *display; /* owned: ours */
    PyObject *loader;                /* owned: the real one; NULL in the finder */
};

static bool is_wanted(PyObject *name) {
    static const char *const names[] = {"IPython.core.display_functions",
                                        "IPython.core.display"}; /* before IPython 7.23 */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (PyUnicode_CompareWithASCIIString(name, names[i]) == 0) return true;
    return false;
}

static struct hook *hook_create(PyObject *type, PyObject *display, PyObject *loader_or_null) {
    struct hook *hook = PyObject_New(struct hook, (PyTypeObject *)type);
    if (!hook) return NULL;
    Py_INCREF(display);
    Py_XINCREF(loader_or_null);
    hook->display = display;
    hook->loader = loader_or_null;
    return hook;
}

static void hook_dealloc(PyObject *self) {
    struct hook *hook = (struct hook *)self;
    PyTypeObject *type = Py_TYPE(self);
    Py_XDECREF(hook->display);
    Py_XDECREF(hook->loader);
    PyObject_Free(self);
    Py_DECREF(type);
}

/* --- The finder --- */

/* What the next finders find; None when they do not. */
static PyObject *find_elsewhere(PyObject *self, PyObject *args) {
    PyObject *finders = PySys_GetObject("meta_path"); /* borrowed */
    for (Py_ssize_t i = 0; finders && i < PySequence_Size(finders); i++) {
        PyObject *finder = PySequence_GetItem(finders, i);
        PyObject *find = finder && finder != self ? py_peek(finder, "find_spec") : NULL;
        PyObject *spec = find ? PyObject_CallObject(find, args) : NULL;
        Py_XDECREF(find);
        Py_XDECREF(finder);
        if (PyErr_Occurred()) return NULL;
        if (spec && spec != Py_None) return spec;
        Py_XDECREF(spec);
    }
    Py_RETURN_NONE;
}

static PyObject *finder_find_spec(PyObject *self, PyObject *args) {
    PyObject *name = PyTuple_Size(args) > 0 ? PyTuple_GetItem(args, 0) : NULL; /* borrowed */
    if (!name || !PyUnicode_Check(name) || !is_wanted(name)) Py_RETURN_NONE;
    PyObject *spec = find_elsewhere(self, args);
    PyObject *loader = spec && spec != Py_None ? py_peek(spec, "loader") : NULL;
    if (!loader) return spec;
    struct hook *around = hook_create((PyObject *)Py_TYPE(self), ((struct hook *)self)->display,
                                      loader);
    if (!around || PyObject_SetAttrString(spec, "loader", (PyObject *)around) < 0) Py_CLEAR(spec);
    Py_XDECREF((PyObject *)around);
    Py_DECREF(loader);
    return spec;
}

/* --- The loader --- */

static PyObject *loader_create_module(PyObject *self, PyObject *spec) {
    struct hook *hook = (struct hook *)self;
    if (!hook->loader) Py_RETURN_NONE;
    return py_call_method(hook->loader, "create_module", spec);
}

static PyObject *on_publish(PyObject *display, PyObject *args, PyObject *kwargs) {
    PyObject *data = PyTuple_Size(args) > 0 ? PyTuple_GetItem(args, 0)
                     : kwargs               ? PyDict_GetItemString(kwargs, "data")
                                            : NULL; /* borrowed */
    PyObject *positional = data ? PyTuple_Pack(1, data) : PyTuple_New(0);
    PyObject *raw = Py_BuildValue("{s:O}", "raw", Py_True);
    PyObject *result = positional && raw ? PyObject_Call(display, positional, raw) : NULL;
    Py_XDECREF(raw);
    Py_XDECREF(positional);
    return result;
}

static PyObject *on_clear(PyObject *display, PyObject *args, PyObject *kwargs) {
    (void)display, (void)args, (void)kwargs;
    Py_RETURN_NONE; /* IPython's own would write a terminal's escape sequences */
}

static PyMethodDef publish_def = {"publish_display_data", (PyCFunction)(void (*)(void))on_publish,
                                  METH_VARARGS | METH_KEYWORDS, NULL};
static PyMethodDef clear_def = {"clear_output", (PyCFunction)(void (*)(void))on_clear,
                                METH_VARARGS | METH_KEYWORDS, NULL};

static bool replace_function(PyObject *module, PyObject *display, PyMethodDef *def) {
    PyObject *function = PyCFunction_NewEx(def, display, NULL);
    bool done = function && PyObject_SetAttrString(module, def->ml_name, function) == 0;
    Py_XDECREF(function);
    return done;
}

static PyObject *loader_exec_module(PyObject *self, PyObject *module) {
    struct hook *hook = (struct hook *)self;
    if (!hook->loader) Py_RETURN_NONE;
    PyObject *done = py_call_method(hook->loader, "exec_module", module);
    if (done && (PyObject_SetAttrString(module, "display", hook->display) < 0 ||
                 !replace_function(module, hook->display, &publish_def) ||
                 !replace_function(module, hook->display, &clear_def)))
        Py_CLEAR(done);
    return done;
}

/* What else the real loader can do: get_source(), get_filename(), ... */
static PyObject *loader_getattro(PyObject *self, PyObject *name) {
    PyObject *own = PyObject_GenericGetAttr(self, name);
    PyObject *loader = ((struct hook *)self)->loader;
    if (own || !loader || !PyErr_ExceptionMatches(PyExc_AttributeError)) return own;
    PyErr_Clear();
    return PyObject_GetAttr(loader, name);
}

static PyMethodDef hook_methods[] = {
    {"find_spec", finder_find_spec, METH_VARARGS, NULL},
    {"create_module", loader_create_module, METH_O, NULL},
    {"exec_module", loader_exec_module, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot hook_slots[] = {
    {Py_tp_methods, hook_methods},
    {Py_tp_getattro, (void *)loader_getattro},
    {Py_tp_dealloc, (void *)hook_dealloc},
    {0, NULL},
};

static PyType_Spec hook_spec = {
    .name = "relight.DisplayImporter",
    .basicsize = sizeof(struct hook),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = hook_slots,
};

bool ipython_init(PyObject *display) {
    PyObject *finders = PySys_GetObject("meta_path"); /* borrowed */
    PyObject *type = PyType_FromSpec(&hook_spec);
    PyObject *finder = type ? (PyObject *)hook_create(type, display, NULL) : NULL;
    bool done = finder && finders && PyList_Insert(finders, 0, finder) == 0;
    Py_XDECREF(finder);
    Py_XDECREF(type);
    return done;
}
