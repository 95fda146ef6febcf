/* SPDX-License-Identifier: Apache-2.0 */
/* figures.c - matplotlib figures; see figures.h. */
#include "exec/worker/figures.h"

/* The module if it has been imported; borrowed, NULL without an exception. */
static PyObject *loaded(const char *name) {
    PyObject *modules = PySys_GetObject("modules"); /* borrowed */
    return modules && PyDict_Check(modules) ? PyDict_GetItemString(modules, name) : NULL;
}

static bool is_figure(PyObject *object) {
    PyObject *module = loaded("matplotlib.figure"); /* borrowed */
    PyObject *type = module ? py_peek(module, "Figure") : NULL;
    bool is = type && PyObject_IsInstance(object, type) == 1;
    PyErr_Clear();
    Py_XDECREF(type);
    return is;
}

/* The figure as PNG, in bytes. */
static PyObject *draw(PyObject *figure) {
    PyObject *file = NULL, *save = NULL, *args = NULL, *kwargs = NULL; /* owned */
    PyObject *saved = NULL, *bytes = NULL;
    PyObject *BytesIO = py_from("io", "BytesIO");
    if (!BytesIO || !(file = PyObject_CallNoArgs(BytesIO))) goto out;
    if (!(save = PyObject_GetAttrString(figure, "savefig"))) goto out;
    args = PyTuple_Pack(1, file);
    kwargs = Py_BuildValue("{s:s,s:s}", "format", "png", "bbox_inches", "tight");
    if (!args || !kwargs || !(saved = PyObject_Call(save, args, kwargs))) goto out;
    bytes = py_call_method(file, "getvalue", NULL);
out:
    Py_XDECREF(saved);
    Py_XDECREF(kwargs);
    Py_XDECREF(args);
    Py_XDECREF(save);
    Py_XDECREF(file);
    Py_XDECREF(BytesIO);
    return bytes;
}

bool figures_add_forms(struct bundle *b, PyObject *object) {
    if (!is_figure(object)) return true;
    PyObject *png = draw(object);
    if (!png) return bundle_note_error(b, "drawing the figure");
    bool go_on = bundle_add(b, "image/png", png);
    Py_DECREF(png);
    return go_on;
}

void figures_close(PyObject *object) {
    PyObject *pyplot = loaded("matplotlib.pyplot"); /* borrowed */
    if (!pyplot || !is_figure(object)) return;
    PyObject *closed = py_call_method(pyplot, "close", object);
    PyErr_Clear();
    Py_XDECREF(closed);
}

static bool show_number(struct display *d, PyObject *pyplot, PyObject *number) {
    PyObject *figure = py_call_method(pyplot, "figure", number);
    bool go_on = figure ? display_object(d, figure, WIRE_DISPLAY_DATA) : !py_interrupted();
    if (go_on) PyErr_Clear();
    Py_XDECREF(figure);
    return go_on;
}

static bool close_all(PyObject *pyplot) {
    PyObject *all = PyUnicode_FromString("all");
    PyObject *closed = all ? py_call_method(pyplot, "close", all) : NULL;
    bool go_on = closed || !py_interrupted();
    if (go_on) PyErr_Clear();
    Py_XDECREF(closed);
    Py_XDECREF(all);
    return go_on;
}

/* The numbers of the open figures; NULL, perhaps with an exception, when there is no pyplot. */
static PyObject *open_numbers(PyObject *pyplot, Py_ssize_t *count) {
    PyObject *numbers = pyplot ? py_call_method(pyplot, "get_fignums", NULL) : NULL;
    *count = numbers && PyList_Check(numbers) ? PyList_Size(numbers) : 0;
    return numbers;
}

bool figures_are_open(void) {
    Py_ssize_t count;
    PyObject *numbers = open_numbers(loaded("matplotlib.pyplot"), &count);
    PyErr_Clear();
    Py_XDECREF(numbers);
    return count > 0;
}

bool figures_show(struct display *d) {
    PyObject *pyplot = loaded("matplotlib.pyplot"); /* borrowed */
    Py_ssize_t count;
    PyObject *numbers = open_numbers(pyplot, &count);
    bool go_on = true;
    for (Py_ssize_t i = 0; go_on && i < count; i++)
        go_on = show_number(d, pyplot, PyList_GetItem(numbers, i));
    if (go_on) PyErr_Clear(); /* a half-imported pyplot has no get_fignums */
    if (go_on && count > 0) go_on = close_all(pyplot);
    Py_XDECREF(numbers);
    return go_on;
}
