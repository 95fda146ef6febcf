/* SPDX-License-Identifier: Apache-2.0 */
/* bundle.c - the forms of a result; see bundle.h. */
#include "exec/worker/bundle.h"

#include "exec/worker/figures.h"

#define ERROR_LIMIT 500 /* bytes of an exception's text in a note */

static const struct {
    const char *method, *mime;
} methods[] = {
    {"_repr_html_", "text/html"},         {"_repr_svg_", "image/svg+xml"},
    {"_repr_png_", "image/png"},          {"_repr_jpeg_", "image/jpeg"},
    {"_repr_markdown_", "text/markdown"}, {"_repr_latex_", "text/latex"},
    {"_repr_json_", "application/json"},
};

void bundle_finish(struct bundle *b) {
    buf_finish(&b->items);
    buf_finish(&b->notes);
    *b = (struct bundle){0};
}

bool bundle_note_error(struct bundle *b, const char *where) {
    if (py_interrupted()) return false;
    PyObject *error = py_take_error();
    if (!error) return true;
    buf_printf(&b->notes, "\n[%s raised ", where);
    py_append_error(&b->notes, error, ERROR_LIMIT);
    buf_append(&b->notes, STR("]"));
    Py_DECREF(error);
    return true;
}

/* --- Adding one form --- */

static bool is_json(const char *mime) {
    struct str name = str_from(mime);
    return str_ends(name, STR("/json")) || str_ends(name, STR("+json"));
}

static bool is_text(const char *mime) {
    struct str name = str_from(mime);
    return str_starts(name, STR("text/")) || str_eq(name, STR("image/svg+xml")) ||
           str_eq(name, STR("application/javascript"));
}

static PyObject *to_base64(PyObject *bytes) {
    PyObject *encode = py_from("base64", "b64encode");
    PyObject *encoded = encode ? PyObject_CallFunctionObjArgs(encode, bytes, NULL) : NULL;
    PyObject *text = encoded ? PyUnicode_FromEncodedObject(encoded, "ascii", "strict") : NULL;
    Py_XDECREF(encoded);
    Py_XDECREF(encode);
    return text;
}

static PyObject *to_json(PyObject *data) {
    PyObject *dumps = py_from("json", "dumps");
    PyObject *text = dumps ? PyObject_CallFunctionObjArgs(dumps, data, NULL) : NULL;
    Py_XDECREF(dumps);
    return text;
}

/* New reference to a str. */
static PyObject *to_text(const char *mime, PyObject *data) {
    if (PyUnicode_Check(data) && !is_json(mime)) {
        Py_INCREF(data);
        return data;
    }
    if (PyBytes_Check(data) && is_text(mime))
        return PyUnicode_FromEncodedObject(data, "utf-8", "replace");
    if (PyBytes_Check(data)) return to_base64(data);
    return to_json(data);
}

/* A form that is too large is left out: half an image is nothing. */
static void put(struct bundle *b, const char *mime, struct str data) {
    if (data.len > b->bytes_left) {
        buf_printf(&b->notes, "\n[%s of %zu bytes left out: above the limit]", mime, data.len);
        b->truncated = true;
        return;
    }
    b->bytes_left -= data.len;
    wire_str(&b->items, str_from(mime));
    wire_str(&b->items, data);
    b->count++;
}

bool bundle_add(struct bundle *b, const char *mime, PyObject *data) {
    PyObject *text = to_text(mime, data);
    if (!text) return bundle_note_error(b, mime);
    struct buf utf8 = {0};
    py_append(&utf8, text, SIZE_MAX);
    put(b, mime, buf_str(&utf8));
    buf_finish(&utf8);
    Py_DECREF(text);
    return true;
}

/* Text that is too large is cut. */
static bool add_plain(struct bundle *b, PyObject *text) {
    struct buf utf8 = {0};
    size_t left = py_append(&utf8, text, b->bytes_left);
    b->bytes_left -= utf8.len;
    if (left > 0) {
        b->truncated = true;
        buf_printf(&utf8, "\n[%zu more bytes left out: above the limit]", left);
    }
    buf_append(&utf8, buf_str(&b->notes));
    wire_str(&b->items, STR("text/plain"));
    wire_str(&b->items, buf_str(&utf8));
    b->count++;
    buf_finish(&utf8);
    return true;
}

/* --- What the object's methods give --- */

/* Methods of the type: an object that answers to every attribute (a mock, a proxy) has none. */
static bool has_method(PyObject *object, const char *name) {
    if (PyType_Check(object)) return false; /* its methods are for its instances */
    PyObject *method = py_peek((PyObject *)Py_TYPE(object), name);
    bool has = method && method != Py_None;
    Py_XDECREF(method);
    return has;
}

/* Many methods may return (data, metadata). */
static PyObject *without_metadata(PyObject *result) {
    if (!PyTuple_Check(result) || PyTuple_Size(result) != 2) return result;
    PyObject *data = PyTuple_GetItem(result, 0);
    Py_INCREF(data);
    Py_DECREF(result);
    return data;
}

static bool add_method(struct bundle *b, PyObject *object, const char *method, const char *mime) {
    if (!has_method(object, method)) return true;
    PyObject *result = py_call_method(object, method, NULL);
    if (!result) return bundle_note_error(b, method);
    result = without_metadata(result);
    bool go_on = result == Py_None || bundle_add(b, mime, result);
    Py_DECREF(result);
    return go_on;
}

/* marimo's protocol: (mime, data). */
static bool add_mime_method(struct bundle *b, PyObject *object) {
    if (!has_method(object, "_mime_")) return true;
    PyObject *result = py_call_method(object, "_mime_", NULL);
    const char *mime;
    PyObject *data; /* borrowed */
    if (!result) return bundle_note_error(b, "_mime_");
    bool go_on = PyTuple_Check(result) && PyArg_ParseTuple(result, "sO", &mime, &data)
                     ? bundle_add(b, mime, data)
                     : bundle_note_error(b, "_mime_");
    Py_DECREF(result);
    return go_on;
}

static bool add_one(struct bundle *b, PyObject *mime, PyObject *data, PyObject **plain) {
    PyObject *utf8 = PyUnicode_Check(mime) ? PyUnicode_AsUTF8String(mime) : NULL;
    if (!utf8) return bundle_note_error(b, "a MIME type");
    const char *name = PyBytes_AsString(utf8);
    bool go_on = true;
    if (strcmp(name, "text/plain") == 0 && PyUnicode_Check(data))
        *plain = data;
    else
        go_on = bundle_add(b, name, data);
    Py_DECREF(utf8);
    return go_on;
}

/* *plain: the dictionary's text/plain, borrowed, which is for the end; or unchanged. */
static bool add_items(struct bundle *b, PyObject *dict, PyObject **plain) {
    PyObject *mime, *data; /* borrowed */
    Py_ssize_t at = 0;
    while (PyDict_Next(dict, &at, &mime, &data))
        if (data != Py_None && !add_one(b, mime, data, plain)) return false;
    return true;
}

bool bundle_add_dict(struct bundle *b, PyObject *dict) {
    PyObject *plain = NULL;
    if (!add_items(b, dict, &plain)) return false;
    if (plain || b->notes.len) add_plain(b, plain);
    return true;
}

/* New reference; NULL without an exception when there is no such method. */
static PyObject *call_mimebundle(PyObject *object) {
    if (!has_method(object, "_repr_mimebundle_")) return NULL;
    PyObject *method = PyObject_GetAttrString(object, "_repr_mimebundle_");
    PyObject *args = PyTuple_New(0);
    PyObject *kwargs = Py_BuildValue("{s:O,s:O}", "include", Py_None, "exclude", Py_None);
    PyObject *result = method && args && kwargs ? PyObject_Call(method, args, kwargs) : NULL;
    Py_XDECREF(kwargs);
    Py_XDECREF(args);
    Py_XDECREF(method);
    return result ? without_metadata(result) : NULL;
}

static bool holds(PyObject *dict_or_null, const char *mime) {
    if (!dict_or_null || !PyDict_Check(dict_or_null)) return false;
    PyObject *key = PyUnicode_FromString(mime);
    bool found = key && PyDict_GetItemWithError(dict_or_null, key) != NULL;
    PyErr_Clear();
    Py_XDECREF(key);
    return found;
}

static bool add_repr(struct bundle *b, PyObject *object) {
    PyObject *text = PyObject_Repr(object);
    if (!text) {
        if (!bundle_note_error(b, "repr()")) return false;
        PyObject *name = py_peek((PyObject *)Py_TYPE(object), "__name__");
        text = name ? PyUnicode_FromFormat("<%S object>", name) : NULL;
        PyErr_Clear();
        Py_XDECREF(name);
    }
    add_plain(b, text);
    Py_XDECREF(text);
    return true;
}

bool bundle_fill(struct bundle *b, PyObject *object) {
    PyObject *plain = NULL; /* borrowed from own */
    PyObject *own = call_mimebundle(object);
    bool go_on = own || bundle_note_error(b, "_repr_mimebundle_");
    if (go_on && own && PyDict_Check(own)) go_on = add_items(b, own, &plain);
    for (size_t i = 0; go_on && i < sizeof methods / sizeof *methods; i++)
        if (!holds(own, methods[i].mime))
            go_on = add_method(b, object, methods[i].method, methods[i].mime);
    if (go_on) go_on = add_mime_method(b, object);
    if (go_on) go_on = figures_add_forms(b, object);
    if (go_on) go_on = plain ? add_plain(b, plain) : add_repr(b, object);
    Py_XDECREF(own);
    return go_on;
}
