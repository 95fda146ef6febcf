/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint_reach.c - what code that holds a value, or mentions a name, could get at outside of
 * the document: judged by the modules that things come from. */
#include "exec/worker/fingerprint_internal.h"

#include <stdlib.h>

static int by_text(const void *a, const void *b) {
    return strcmp(a, *(const char *const *)b);
}

static bool listed(const char *name, const char *const *names, size_t count) {
    return bsearch(name, names, count, sizeof *names, by_text) != NULL;
}

#define listed(name, names) listed(name, names, sizeof(names) / sizeof *(names))

/* Modules that compute, and look at nothing but their arguments.  Ascending. */
static const char *const pure[] = {
    "__future__", "__main__",    "_bisect",    "_collections", "_collections_abc",
    "_functools", "_heapq",      "_operator",  "_struct",      "abc",
    "array",      "bisect",      "builtins",   "cmath",        "collections",
    "copy",       "dataclasses", "enum",       "fractions",    "functools",
    "heapq",      "itertools",   "json",       "math",         "numbers",
    "operator",   "re",          "statistics", "string",       "struct",
    "textwrap",   "types",       "typing",
};
static const char *const no_module[] = {"__future__", "__main__", "builtins"};
static const char *const plotting[] = {"matplotlib", "mpl_toolkits", "pylab", "seaborn"};

unsigned reach__module(PyObject *name) {
    struct buf text = {0};
    py_append(&text, name, SIZE_MAX);
    buf_cstr(&text);
    char *package = text.ptr;
    package[strcspn(package, ".")] = '\0';
    unsigned reach = REACH_OUTSIDE | REACH_MODULES;
    if (listed(package, pure)) reach = REACH_MODULES;
    if (listed(package, no_module)) reach = 0;
    if (strcmp(package, "random") == 0 || strcmp(package, "_random") == 0)
        reach = REACH_RANDOM | REACH_MODULES;
    if (listed(package, plotting)) reach |= REACH_PLOTS;
    buf_finish(&text);
    return reach;
}

/* --- Names in code --- */

struct mention {
    const char *name;
    unsigned reach;
};

/* Ascending. */
static const struct mention mentions[] = {
    {"__import__", REACH_OUTSIDE},
    {"boxplot", REACH_PLOTS},
    {"filters", REACH_FILTERS},
    {"filterwarnings", REACH_FILTERS},
    {"get_state", REACH_GENERATORS},
    {"getstate", REACH_GENERATORS},
    {"hist", REACH_PLOTS},
    {"open", REACH_OUTSIDE},
    {"plot", REACH_PLOTS},
    {"set_state", REACH_GENERATORS},
    {"setstate", REACH_GENERATORS},
    {"simplefilter", REACH_FILTERS},
    {"warnings", REACH_FILTERS | REACH_OUTSIDE},
};

static int by_mention(const void *name, const void *mention) {
    return strcmp(name, ((const struct mention *)mention)->name);
}

static unsigned of_name(PyObject *name) {
    Py_ssize_t len;
    const char *text = PyUnicode_AsUTF8AndSize(name, &len);
    if (!text) return 0;
    const struct mention *m = bsearch(text, mentions, sizeof mentions / sizeof *mentions,
                                      sizeof *mentions, by_mention);
    if (m) return m->reach;
    if (strstr(text, "seed")) return REACH_GENERATORS; /* manual_seed, seed_everything, ... */
    return PyDict_GetItemWithError(PyImport_GetModuleDict(), name) ? reach__module(name) : 0;
}

unsigned reach__names(PyObject *names) {
    unsigned reach = 0;
    for (Py_ssize_t i = 0; i < PyTuple_Size(names); i++)
        reach |= of_name(PyTuple_GetItem(names, i));
    PyErr_Clear();
    return reach;
}

/* No deeper than the compiler nests. */
unsigned fingerprint_code_reach(PyObject *code) { // NOLINT(misc-no-recursion)
    PyObject *names = py_peek(code, "co_names"), *constants = py_peek(code, "co_consts");
    unsigned reach = names ? reach__names(names) : 0;
    for (Py_ssize_t i = 0; constants && i < PyTuple_Size(constants); i++) {
        PyObject *constant = PyTuple_GetItem(constants, i); /* borrowed */
        if (Py_TYPE(constant) == Py_TYPE(code)) reach |= fingerprint_code_reach(constant);
    }
    Py_XDECREF(constants);
    Py_XDECREF(names);
    return reach;
}

unsigned fingerprint_reach(const struct fingerprint_walk *w) {
    return w->reach;
}
