/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint_atoms.c - values without parts: None, numbers, text, bytes.
 *
 * They serve objects of subclasses as well, so they read below any method of the class. */
#include "exec/worker/fingerprint_internal.h"

enum { CACHED_UTF8 = 4096 }; /* longer text is encoded anew: Python would keep the copy for good */

void walk__none(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    (void)object, (void)info;
    walk__u8(w, TAG_NONE);
}

void walk__ellipsis(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    (void)object, (void)info;
    walk__u8(w, TAG_ELLIPSIS);
}

void walk__not_implemented(struct fingerprint_walk *w, PyObject *object,
                           const struct type_info *info) {
    (void)object, (void)info;
    walk__u8(w, TAG_NOT_IMPLEMENTED);
}

void walk__plain_object(struct fingerprint_walk *w, PyObject *object,
                        const struct type_info *info) {
    (void)object, (void)info;
    walk__u8(w, TAG_PLAIN_OBJECT);
}

void walk__bool(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    (void)info;
    walk__u8(w, object == Py_True ? TAG_TRUE : TAG_FALSE);
}

/* Hexadecimal is linear in the digits. */
static void walk_long_int(struct fingerprint_walk *w, PyObject *object) {
    PyObject *hex = PyNumber_ToBase(object, 16);
    struct buf digits = {0};
    py_append(&digits, hex, SIZE_MAX);
    walk__u8(w, TAG_LONG_INT);
    walk__bytes(w, buf_str(&digits));
    if (!hex) walk__unknown(w);
    buf_finish(&digits);
    Py_XDECREF(hex);
}

void walk__int(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    (void)info;
    int overflow;
    long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow) {
        walk_long_int(w, object);
        return;
    }
    walk__u8(w, TAG_INT);
    walk__u64(w, (uint64_t)value);
}

/* By its bits: -0.0 is not 0.0, and NaN is itself. */
static void walk_double(struct fingerprint_walk *w, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    walk__u64(w, bits);
}

void walk__float(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    (void)info;
    walk__u8(w, TAG_FLOAT);
    walk_double(w, PyFloat_AsDouble(object));
}

void walk__complex(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    (void)info;
    walk__u8(w, TAG_COMPLEX);
    walk_double(w, PyComplex_RealAsDouble(object));
    walk_double(w, PyComplex_ImagAsDouble(object));
}

/* Text that is long, or has lone surrogates. */
static void walk_encoded(struct fingerprint_walk *w, PyObject *object) {
    PyErr_Clear();
    PyObject *bytes = PyUnicode_AsEncodedString(object, "utf-8", "surrogatepass");
    char *ptr = NULL;
    Py_ssize_t len = 0;
    if (bytes && PyBytes_AsStringAndSize(bytes, &ptr, &len) == 0)
        walk__bytes(w, (struct str){ptr, (size_t)len});
    else
        walk__unknown(w);
    Py_XDECREF(bytes);
}

void walk__str(struct fingerprint_walk *w, PyObject *object, const struct type_info *info) {
    (void)info;
    walk__u8(w, TAG_STR);
    Py_ssize_t length = PyUnicode_GetLength(object), len;
    if (!walk__allow(w, (size_t)length)) return;
    const char *utf8 = length <= CACHED_UTF8 ? PyUnicode_AsUTF8AndSize(object, &len) : NULL;
    if (utf8)
        walk__bytes(w, (struct str){utf8, (size_t)len});
    else
        walk_encoded(w, object);
}

void walk__bytes_object(struct fingerprint_walk *w, PyObject *object,
                        const struct type_info *info) {
    (void)info;
    char *ptr = NULL;
    Py_ssize_t len = 0;
    walk__u8(w, TAG_BYTES);
    if (PyBytes_AsStringAndSize(object, &ptr, &len) < 0)
        walk__unknown(w);
    else
        walk__bytes(w, (struct str){ptr, (size_t)len});
}
