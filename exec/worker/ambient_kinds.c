/* SPDX-License-Identifier: Apache-2.0 */
/* ambient_kinds.c - each kind of ambient state; see ambient_kinds.h. */
#include "exec/worker/ambient_kinds.h"

#include <limits.h>
#include <locale.h>
#include <unistd.h>

/* An attribute of a module, if that is loaded; NULL without an exception. */
static PyObject *of_module(const char *module, const char *name) {
    PyObject *modules = PyImport_GetModuleDict(), *loaded = NULL; /* borrowed */
    if (PyDict_Check(modules)) loaded = PyDict_GetItemString(modules, module);
    return loaded ? py_peek(loaded, name) : NULL;
}

/* Calls object.method(arg); both are taken, and may be NULL.  False with an exception set, or
 * without one when the object was NULL. */
static bool call_take(PyObject *object, const char *method, PyObject *arg) {
    PyObject *result = object && arg ? py_call_method(object, method, arg) : NULL;
    Py_XDECREF(arg);
    Py_XDECREF(object);
    Py_XDECREF(result);
    return result != NULL;
}

/* --- random --- */

static PyObject *random_copy(const struct ambient *a) {
    (void)a;
    PyObject *generator = of_module("random", "_inst");
    PyObject *state = generator ? py_call_method(generator, "getstate", NULL) : NULL;
    Py_XDECREF(generator);
    return state;
}

static bool random_restore(const struct ambient *a, PyObject *state) {
    (void)a;
    return call_take(of_module("random", "_inst"), "setstate", Py_NewRef(state));
}

/* Whether a Mersenne twister at `position` has just been seeded (NumPy begins at 623); after a run
 * that did not seed it, nothing was drawn.  (Or 624 numbers, all of them unforeseeable.) */
static bool is_new(const struct ambient *a, PyObject *position) {
    return !(a->reach & REACH_GENERATORS) && position && PyLong_AsLong(position) >= 623;
}

/* Nobody can tell what the generator began with, and nobody has to: another one that nobody has
 * seeded will do. */
static PyObject *random_loaded(const struct ambient *a, PyObject *state) {
    PyObject *words = PySequence_GetItem(state, 1);
    PyObject *position = words ? PySequence_GetItem(words, -1) : NULL;
    bool new = is_new(a, position);
    Py_XDECREF(position);
    Py_XDECREF(words);
    if (new) return Py_NewRef(state);
    PyObject *type = of_module("random", "Random");
    PyObject *other = type ? PyObject_CallNoArgs(type) : NULL;
    PyObject *fresh = other ? py_call_method(other, "getstate", NULL) : NULL;
    Py_XDECREF(other);
    Py_XDECREF(type);
    return fresh;
}

/* --- numpy.random --- */

/* get_state() of a RandomState, the words as bytes: arrays do not compare as a whole.  NULL for
 * another generator than the Mersenne twister. */
static PyObject *numpy_state_take(PyObject *generator) {
    PyObject *state = generator ? py_call_method(generator, "get_state", NULL) : NULL;
    PyObject *words = state ? PySequence_GetItem(state, 1) : NULL;
    PyObject *bytes = words ? py_call_method(words, "tobytes", NULL) : NULL;
    PyObject *rest = bytes ? PySequence_GetSlice(state, 2, 5) : NULL;
    PyObject *copy = rest ? PyTuple_Pack(2, bytes, rest) : NULL;
    Py_XDECREF(rest);
    Py_XDECREF(bytes);
    Py_XDECREF(words);
    Py_XDECREF(state);
    Py_XDECREF(generator);
    return copy;
}

static PyObject *numpy_copy(const struct ambient *a) {
    (void)a;
    return numpy_state_take(of_module("numpy.random.mtrand", "_rand"));
}

static bool numpy_restore(const struct ambient *a, PyObject *state) {
    (void)a;
    PyObject *numpy = PyImport_ImportModule("numpy");
    PyObject *rest = PyTuple_GetItem(state, 1); /* borrowed */
    PyObject *words = numpy ? PyObject_CallMethod(numpy, "frombuffer", "Os",
                                                  PyTuple_GetItem(state, 0), "uint32")
                            : NULL;
    PyObject *all = words && rest
                        ? Py_BuildValue("(sOOOO)", "MT19937", words, PyTuple_GetItem(rest, 0),
                                        PyTuple_GetItem(rest, 1), PyTuple_GetItem(rest, 2))
                        : NULL;
    Py_XDECREF(words);
    Py_XDECREF(numpy);
    return call_take(of_module("numpy.random.mtrand", "_rand"), "set_state", all);
}

static PyObject *numpy_loaded(const struct ambient *a, PyObject *state) {
    PyObject *rest = PyTuple_GetItem(state, 1); /* borrowed */
    if (is_new(a, PyTuple_GetItem(rest, 0))) return Py_NewRef(state);
    PyObject *type = of_module("numpy.random.mtrand", "RandomState");
    PyObject *fresh = type ? numpy_state_take(PyObject_CallNoArgs(type)) : NULL;
    Py_XDECREF(type);
    return fresh;
}

/* --- os.environ --- */

/* What it holds, in bytes. */
static PyObject *environ_data(void) {
    PyObject *variables = of_module("os", "environ");
    PyObject *data = variables ? py_peek(variables, "_data") : NULL;
    Py_XDECREF(variables);
    return data;
}

static PyObject *environ_copy(const struct ambient *a) {
    (void)a;
    PyObject *data = environ_data();
    PyObject *copy = data && PyDict_Check(data) ? PyDict_Copy(data) : NULL;
    Py_XDECREF(data);
    return copy;
}

static PyObject *decoded(PyObject *bytes) {
    char *text;
    Py_ssize_t len;
    if (PyBytes_AsStringAndSize(bytes, &text, &len) < 0) return NULL;
    return py_path((struct str){text, (size_t)len});
}

/* NULL as value removes. */
static bool environ_set(PyObject *variables, PyObject *key, PyObject *value) {
    PyObject *name = decoded(key), *text = value ? decoded(value) : NULL;
    bool done = false;
    if (name && value)
        done = text && PyObject_SetItem(variables, name, text) == 0;
    else if (name)
        done = PyObject_DelItem(variables, name) == 0;
    Py_XDECREF(text);
    Py_XDECREF(name);
    return done;
}

/* Set what is other in `to` than in `from`, or remove what is not there. */
static bool environ_move(PyObject *variables, PyObject *from, PyObject *to, bool remove) {
    PyObject *key, *value; /* borrowed */
    Py_ssize_t at = 0;
    bool done = true;
    while (PyDict_Next(remove ? from : to, &at, &key, &value)) {
        PyObject *other = PyDict_GetItemWithError(remove ? to : from, key); /* borrowed */
        if (remove ? other != NULL : other && PyObject_RichCompareBool(other, value, Py_EQ) == 1)
            continue;
        done &= environ_set(variables, key, remove ? NULL : value);
    }
    return done;
}

static bool environ_restore(const struct ambient *a, PyObject *state) {
    PyObject *now = environ_copy(a), *variables = of_module("os", "environ");
    bool done = now && variables && environ_move(variables, now, state, true) &&
                environ_move(variables, now, state, false);
    Py_XDECREF(variables);
    Py_XDECREF(now);
    return done;
}

/* --- The working directory, and the locale --- */

static PyObject *directory_copy(const struct ambient *a) {
    (void)a;
    char path[PATH_MAX];
    return getcwd(path, sizeof path) ? PyBytes_FromString(path) : NULL;
}

static bool directory_restore(const struct ambient *a, PyObject *state) {
    (void)a;
    char *path = NULL;
    return PyBytes_AsStringAndSize(state, &path, NULL) == 0 && chdir(path) == 0;
}

static PyObject *locale_copy(const struct ambient *a) {
    (void)a;
    const char *names = setlocale(LC_ALL, NULL);
    return names ? PyBytes_FromString(names) : NULL;
}

static bool locale_restore(const struct ambient *a, PyObject *state) {
    (void)a;
    char *names = NULL;
    return PyBytes_AsStringAndSize(state, &names, NULL) == 0 && setlocale(LC_ALL, names);
}

/* --- sys.path --- */

static PyObject *path_copy(const struct ambient *a) {
    (void)a;
    PyObject *path = PySys_GetObject("path"); /* borrowed */
    return path ? PySequence_Tuple(path) : NULL;
}

static bool path_restore(const struct ambient *a, PyObject *state) {
    (void)a;
    PyObject *path = PySys_GetObject("path"); /* borrowed */
    return path && PySequence_SetSlice(path, 0, PySequence_Size(path), state) == 0;
}

/* --- warnings --- */

/* warnings.filters, if it is a list. */
static PyObject *filters_list(void) {
    PyObject *filters = of_module("warnings", "filters");
    if (filters && !PyList_Check(filters)) Py_CLEAR(filters);
    return filters;
}

static bool is_probe(const struct ambient *a, PyObject *filter) {
    return PyTuple_Check(filter) && PyTuple_Size(filter) > 1 &&
           PyTuple_GetItem(filter, 1) == a->probe;
}

static PyObject *filters_copy(const struct ambient *a) {
    PyObject *filters = filters_list(), *kept = filters ? PyList_New(0) : NULL;
    for (Py_ssize_t i = 0; kept && i < PyList_Size(filters); i++) {
        PyObject *filter = PyList_GetItem(filters, i); /* borrowed */
        if (!is_probe(a, filter)) PyList_Append(kept, filter);
    }
    Py_XDECREF(filters);
    return kept;
}

static bool filters_restore(const struct ambient *a, PyObject *state) {
    PyObject *filters = filters_list();
    bool done = filters && PyList_SetSlice(filters, 0, PyList_Size(filters), state) == 0;
    Py_XDECREF(filters);
    ambient_probe_show(a); /* Python learns of it by show_warnings_again() in run.c */
    return done;
}

/* A filter's message is asked whether it matches. */
static PyObject *on_match(PyObject *self, PyObject *text) {
    (void)text;
    struct ambient *a = py_self(self);
    a->warned = true;
    Py_RETURN_NONE;
}

static PyMethodDef match_def = {"match", on_match, METH_O, NULL};

PyObject *ambient_probe_create(struct ambient *a) {
    PyObject *type = py_from("types", "SimpleNamespace");
    PyObject *probe = type ? PyObject_CallNoArgs(type) : NULL;
    PyObject *match = probe ? py_function(&match_def, a) : NULL;
    if (match && PyObject_SetAttrString(probe, "match", match) < 0) Py_CLEAR(probe);
    Py_XDECREF(match);
    Py_XDECREF(type);
    return probe;
}

static bool probe_is_first(const struct ambient *a, PyObject *filters) {
    return PyList_Size(filters) > 0 && is_probe(a, PyList_GetItem(filters, 0));
}

bool ambient_probe_stands(const struct ambient *a) {
    PyObject *filters = filters_list();
    bool stands = filters && probe_is_first(a, filters);
    Py_XDECREF(filters);
    return stands;
}

void ambient_probe_show(const struct ambient *a) {
    PyObject *filters = filters_list(), *filter = NULL;
    if (filters && !probe_is_first(a, filters))
        filter = Py_BuildValue("(sOOOi)", "ignore", a->probe, PyExc_Warning, Py_None, 0);
    if (filter) PyList_Insert(filters, 0, filter);
    PyErr_Clear();
    Py_XDECREF(filter);
    Py_XDECREF(filters);
}

/* --- matplotlib.rcParams --- */

/* Lists are copied, for they can change; the backend is chosen once for the process. */
static PyObject *parameters_take(PyObject *parameters) {
    PyObject *copy = parameters && PyDict_Check(parameters) ? PyDict_New() : NULL;
    PyObject *key, *value; /* borrowed */
    Py_ssize_t at = 0;
    while (copy && PyDict_Next(parameters, &at, &key, &value)) {
        if (PyUnicode_CompareWithASCIIString(key, "backend") == 0 ||
            PyUnicode_CompareWithASCIIString(key, "backend_fallback") == 0)
            continue;
        PyObject *own = PyList_Check(value) ? PySequence_List(value) : Py_NewRef(value);
        if (!own || PyDict_SetItem(copy, key, own) < 0) Py_CLEAR(copy);
        Py_XDECREF(own);
    }
    Py_XDECREF(parameters);
    return copy;
}

static PyObject *parameters_copy(const struct ambient *a) {
    (void)a;
    return parameters_take(of_module("matplotlib", "rcParams"));
}

/* Below its checks, which warn of deprecated ones. */
static bool parameters_restore(const struct ambient *a, PyObject *state) {
    (void)a;
    PyObject *parameters = of_module("matplotlib", "rcParams");
    PyObject *copy = parameters_take(Py_NewRef(state));
    PyObject *key, *value; /* borrowed */
    Py_ssize_t at = 0;
    bool done = parameters && PyDict_Check(parameters) && copy;
    while (done && PyDict_Next(copy, &at, &key, &value))
        done = PyDict_SetItem(parameters, key, value) == 0;
    Py_XDECREF(copy);
    Py_XDECREF(parameters);
    return done;
}

static PyObject *parameters_loaded(const struct ambient *a, PyObject *state) {
    (void)a, (void)state;
    return parameters_take(of_module("matplotlib", "rcParamsOrig"));
}

/* --- Modules --- */

static PyObject *modules_copy(const struct ambient *a) {
    return patches_state(a->patches);
}

static bool modules_restore(const struct ambient *a, PyObject *state) {
    (void)a, (void)state;
    return true; /* the server sees to it */
}

const struct ambient_kind ambient_kinds[AMBIENT_KINDS] = {
    {"<random>", REACH_RANDOM | REACH_OUTSIDE, REACH_GENERATORS, random_copy, random_restore,
     random_loaded},
    {"<numpy.random>", REACH_OUTSIDE, REACH_GENERATORS, numpy_copy, numpy_restore, numpy_loaded},
    {"<environ>", REACH_OUTSIDE, REACH_OUTSIDE, environ_copy, environ_restore, NULL},
    {"<cwd>", REACH_OUTSIDE, REACH_OUTSIDE, directory_copy, directory_restore, NULL},
    {"<sys.path>", REACH_OUTSIDE, REACH_OUTSIDE, path_copy, path_restore, NULL},
    {"<locale>", REACH_OUTSIDE, REACH_OUTSIDE, locale_copy, locale_restore, NULL},
    [AMBIENT_WARNINGS] = {"<warnings>", REACH_OUTSIDE, REACH_FILTERS, filters_copy, filters_restore,
                          NULL},
    {"<rcParams>", REACH_OUTSIDE, REACH_PLOTS, parameters_copy, parameters_restore,
     parameters_loaded},
    [AMBIENT_MODULES] = {"<modules>", REACH_MODULES, REACH_MODULES, modules_copy, modules_restore,
                         NULL},
};
