/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint_pandas.c - what DataFrame and Series are made of.
 *
 * pandas keeps columns of one type together in blocks and rearranges the blocks while it is only
 * read, so a frame is its axes and its columns, one by one, wherever they lie.  Everything above
 * (DataFrame, Series, Index, extension arrays) are instances as any other, without their caches. */
#include "exec/worker/fingerprint_internal.h"

/* Row `index` of a block's two-dimensional array. */
static PyObject *row_of(PyObject *array, Py_ssize_t index) {
    return array ? PySequence_GetItem(array, index) : NULL;
}

/* Column `index` of a block.  Dates are a class over a two-dimensional array: the class and its
 * dtype say what the row means. */
static PyObject *column_of(PyObject *values, PyObject *plain, Py_ssize_t index) {
    if (py_peek_u32(values, "ndim") < 2) return Py_NewRef(values);
    if (!plain) return row_of(values, index);
    PyObject *dtype = PyObject_GetAttrString(values, "_dtype"), *row = row_of(plain, index);
    PyObject *column = NULL;
    if (dtype && row) column = Py_BuildValue("(OOO)", Py_TYPE(values), dtype, row);
    Py_XDECREF(row);
    Py_XDECREF(dtype);
    return column;
}

/* Each column of a block to its place in `out`.  The block of a Series has a place for each row,
 * and one column. */
static bool add_block(PyObject *block, PyObject *out) {
    PyObject *values = PyObject_GetAttrString(block, "values");
    PyObject *places = py_peek(block, "mgr_locs"), *plain = NULL, *numbers = NULL;
    PyObject *array = places ? PyObject_GetAttrString(places, "as_array") : NULL;
    bool done = values && array && (numbers = PySequence_List(array));
    if (done) plain = py_peek(values, "_ndarray");
    for (Py_ssize_t i = 0; done && i < PyList_Size(numbers) && i < PyList_Size(out); i++) {
        PyObject *column = column_of(values, plain, i);
        Py_ssize_t place = PyNumber_AsSsize_t(PyList_GetItem(numbers, i), NULL);
        done = column && place >= 0 && place < PyList_Size(out) &&
               PyList_SetItem(out, place, Py_NewRef(column)) == 0;
        Py_XDECREF(column);
    }
    Py_XDECREF(numbers);
    Py_XDECREF(plain);
    Py_XDECREF(array);
    Py_XDECREF(places);
    Py_XDECREF(values);
    return done;
}

/* As many places as the first axis has labels; one for a Series. */
static PyObject *empty_columns(PyObject *manager, PyObject *axes) {
    PyObject *items = PySequence_GetItem(axes, 0);
    Py_ssize_t count = py_peek_u32(manager, "ndim") == 1 ? 1 : items ? PyObject_Size(items) : -1;
    PyObject *columns = count >= 0 ? PyList_New(0) : NULL;
    for (Py_ssize_t i = 0; columns && i < count; i++) PyList_Append(columns, Py_None);
    Py_XDECREF(items);
    return columns;
}

void walk__block_manager(struct fingerprint_walk *w, PyObject *object,
                         const struct type_info *info) {
    PyObject *axes = py_peek(object, "axes"), *blocks = py_peek(object, "blocks");
    PyObject *columns = axes ? empty_columns(object, axes) : NULL;
    bool done = blocks && PyTuple_Check(blocks) && columns;
    for (Py_ssize_t i = 0; done && i < PyTuple_Size(blocks); i++)
        done = add_block(PyTuple_GetItem(blocks, i), columns);
    walk__name(w, object, info);
    if (done) {
        walk__parts_take(w, PySequence_List(axes));
        walk__parts_take(w, Py_NewRef(columns));
    } else {
        walk__unknown(w);
    }
    Py_XDECREF(columns);
    Py_XDECREF(blocks);
    Py_XDECREF(axes);
}
