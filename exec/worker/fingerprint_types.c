/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint_types.c - how to walk the objects of a type, found at its first sight.
 *
 * An extension type is known by its name (fingerprint_table.c) or not at all.  A class made by
 * Python code is its slots and __dict__ above the extension type that it derives from; it cannot
 * pass for an extension type, for the interpreter gives it a deallocator of its own (and the
 * other way round: is_python_class()). */
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "exec/worker/fingerprint_internal.h"

/* --- Attributes, below everything that user code can override --- */

PyObject *types__get(PyObject *descriptor, PyObject *object, PyTypeObject *type) {
    descrgetfunc get = (descrgetfunc)PyType_GetSlot(Py_TYPE(descriptor), Py_tp_descr_get);
    PyObject *value = get ? get(descriptor, object, (PyObject *)type) : NULL;
    if (!value) PyErr_Clear();
    return value;
}

PyObject *types__of_class(PyObject *descriptor, PyTypeObject *type) {
    return types__get(descriptor, (PyObject *)type, Py_TYPE((PyObject *)type));
}

/* What `type` itself has under `name`. */
static PyObject *own(const struct fingerprinter *f, PyTypeObject *type, const char *name) {
    PyObject *dict = types__of_class(f->type_dict, type);
    PyObject *value = dict ? PyMapping_GetItemString(dict, name) : NULL;
    if (!value) PyErr_Clear();
    Py_XDECREF(dict);
    return value;
}

static PyTypeObject *base_of(PyTypeObject *type) {
    return (PyTypeObject *)PyType_GetSlot(type, Py_tp_base);
}

PyObject *types__attribute(struct fingerprinter *f, PyTypeObject *type, const char *name,
                           PyObject *object) {
    PyObject *descriptor = own(f, type, name);
    for (PyTypeObject *base = base_of(type); !descriptor && base; base = base_of(base))
        descriptor = own(f, base, name);
    PyObject *value = descriptor ? types__get(descriptor, object, type) : NULL;
    Py_XDECREF(descriptor);
    return value;
}

/* --- Names that another module vouches for --- */

static PyObject *member_of(const struct fingerprinter *f, PyObject *holder, const char *name) {
    if (PyType_IsSubtype(Py_TYPE(holder), &PyType_Type))
        return own(f, (PyTypeObject *)holder, name);
    if (!PyModule_Check(holder)) return NULL;
    PyObject *value = PyDict_GetItemString(PyModule_GetDict(holder), name); /* borrowed */
    Py_XINCREF(value);
    return value;
}

/* `module`.`dotted`; NULL when there is none. */
static PyObject *find_named(const struct fingerprinter *f, PyObject *module, char *dotted) {
    PyObject *holder = PyDict_GetItem(PyImport_GetModuleDict(), module); /* borrowed */
    Py_XINCREF(holder);
    for (char *name = dotted, *dot; holder && name; name = dot ? dot + 1 : NULL) {
        dot = strchr(name, '.');
        if (dot) *dot = '\0';
        PyObject *member = member_of(f, holder, name);
        Py_DECREF(holder);
        holder = member;
    }
    return holder;
}

bool types__is_named(struct fingerprinter *f, PyObject *module, PyObject *qualname,
                     PyObject *object) {
    if (!module || !qualname || !PyUnicode_CheckExact(module) || !PyUnicode_Check(qualname))
        return false;
    if (PyUnicode_CompareWithASCIIString(module, "__main__") == 0) return false;
    struct buf dotted = {0};
    py_append(&dotted, qualname, SIZE_MAX);
    buf_append_byte(&dotted, '\0');
    PyObject *found = find_named(f, module, dotted.ptr);
    bool same = found == object;
    buf_finish(&dotted);
    Py_XDECREF(found);
    PyErr_Clear();
    return same;
}

/* --- Telling kinds of types apart --- */

/* The pointers that the class adds to its base, as far as Python code can add any. */
static Py_ssize_t count_slots(const struct fingerprinter *f, PyTypeObject *type) {
    PyObject *dict = types__of_class(f->type_dict, type);
    PyObject *values = dict ? PyMapping_Values(dict) : NULL;
    Py_ssize_t count = 2; /* __dict__, __weakref__ */
    for (Py_ssize_t i = 0; values && i < PyList_Size(values); i++)
        count += Py_TYPE(PyList_GetItem(values, i)) == f->member_type;
    PyErr_Clear();
    Py_XDECREF(values);
    Py_XDECREF(dict);
    return count;
}

static Py_ssize_t size_of(const struct fingerprinter *f, PyTypeObject *type) {
    PyObject *size = types__of_class(f->type_size, type);
    Py_ssize_t bytes = size ? PyLong_AsSsize_t(size) : -1;
    Py_XDECREF(size);
    return bytes;
}

/* An extension type may go without a deallocator of its own, and then has Python's; but it has
 * methods, or state that takes room. */
static bool is_python_class(const struct fingerprinter *f, PyTypeObject *type) {
    if (!(PyType_GetFlags(type) & Py_TPFLAGS_HEAPTYPE)) return false;
    if ((destructor)PyType_GetSlot(type, Py_tp_dealloc) != f->class_dealloc) return false;
    if (PyType_GetFlags(type) & Py_TPFLAGS_HAVE_GC &&
        (traverseproc)PyType_GetSlot(type, Py_tp_traverse) != f->class_traverse)
        return false;
    if (PyType_GetSlot(type, Py_tp_methods)) return false;
    Py_ssize_t added = size_of(f, type) - size_of(f, base_of(type));
    return added <= count_slots(f, type) * (Py_ssize_t)sizeof(PyObject *);
}

static bool usable(const struct type_row *row) {
    return row && !(row->flags & TYPE_NOT_SINCE && Py_Version >= 0x030C0000);
}

/* --- Making a type_info --- */

static void set_name(struct fingerprinter *f, struct type_info *info, struct buf *name) {
    PyObject *module = types__of_class(f->type_module, info->type);
    PyObject *qualname = types__of_class(f->type_qualname, info->type);
    py_append(name, module, SIZE_MAX);
    buf_append_byte(name, '.');
    py_append(name, qualname, SIZE_MAX);
    info->name = hash128(buf_str(name));
    info->named = !is_python_class(f, info->type) ||
                  types__is_named(f, module, qualname, (PyObject *)info->type);
    if (info->named && module) info->reach = reach__module(module);
    buf_cstr(name);
    Py_XDECREF(qualname);
    Py_XDECREF(module);
}

/* An extension type: its own row, or that of a family it belongs to. */
static void make_native(struct fingerprinter *f, struct type_info *info, struct str name) {
    const struct type_row *row = type_row_find(name);
    for (PyTypeObject *base = base_of(info->type); !row && base; base = base_of(base)) {
        struct type_info of_base = {.type = base};
        struct buf base_name = {0};
        set_name(f, &of_base, &base_name);
        row = type_row_find(buf_str(&base_name));
        if (row && !(row->flags & TYPE_FAMILY)) row = NULL;
        buf_finish(&base_name);
    }
    if (!usable(row)) row = NULL;
    info->row = row;
    info->walk = row ? row->walk : walk__opaque;
    info->flags = row ? row->flags : TYPE_TRACKED;
}

/* The slots of all its classes, in the order of its MRO. */
static void find_slots(struct fingerprinter *f, struct type_info *info) {
    PyObject *mro = types__of_class(f->type_mro, info->type);
    PyObject *slots = PyList_New(0);
    for (Py_ssize_t i = 0; mro && slots && PyTuple_Check(mro) && i < PyTuple_Size(mro); i++) {
        PyTypeObject *type = (PyTypeObject *)PyTuple_GetItem(mro, i);
        if (!is_python_class(f, type)) continue;
        PyObject *dict = types__of_class(f->type_dict, type);
        PyObject *values = dict ? PyMapping_Values(dict) : NULL;
        for (Py_ssize_t k = 0; values && k < PyList_Size(values); k++) {
            PyObject *value = PyList_GetItem(values, k);
            if (Py_TYPE(value) == f->member_type) PyList_Append(slots, value);
        }
        Py_XDECREF(values);
        Py_XDECREF(dict);
    }
    if (slots && PyList_Size(slots)) {
        Py_INCREF(slots);
        info->slots = slots;
    }
    Py_XDECREF(slots);
    Py_XDECREF(mro);
    PyErr_Clear();
}

static struct type_info *find(struct fingerprinter *f, PyTypeObject *type);

/* A class: above an extension type, which object itself is as well. */
static void make_class(struct fingerprinter *f, struct type_info *info, struct str name) {
    const struct type_row *row = info->named ? type_row_find(name) : NULL;
    info->row = usable(row) ? row : NULL;
    info->walk = info->row ? row->walk : walk__instance;
    info->flags = info->row ? row->flags : TYPE_TRACKED;
    info->caches = info->named ? type_caches_find(name) : NULL;
    PyTypeObject *native = info->type;
    while (is_python_class(f, native)) {
        native = base_of(native);
        if (!info->caches) info->caches = find(f, native)->caches;
    }
    if (native != &PyBaseObject_Type) info->native = find(f, native);
    if (PyType_IsSubtype(native, &PyModule_Type)) {
        info->walk = walk__module;
        info->flags = 0;
    }
    find_slots(f, info);
}

static struct type_info *info_create(struct fingerprinter *f, PyTypeObject *type) {
    struct type_info *info = xcalloc(1, sizeof *info);
    struct buf name = {0};
    Py_INCREF((PyObject *)type);
    info->type = type;
    set_name(f, info, &name);
    if (PyType_IsSubtype(type, &PyType_Type))
        info->walk = walk__class;
    else if (is_python_class(f, type))
        make_class(f, info, buf_str(&name));
    else
        make_native(f, info, buf_str(&name));
    buf_finish(&name);
    return info;
}

static void info_destroy(struct type_info *info) {
    Py_XDECREF(info->slots);
    Py_XDECREF((PyObject *)info->type);
    free(info);
}

/* --- The table --- */

static struct type_info **slot_of(const struct fingerprinter *f, const PyTypeObject *type) {
    size_t at = (size_t)((uintptr_t)type >> 4) & (f->type_cap - 1);
    while (f->types[at] && f->types[at]->type != type) at = (at + 1) & (f->type_cap - 1);
    return &f->types[at];
}

static void rebuild(struct fingerprinter *f, size_t cap, bool forget) {
    struct type_info **old = f->types;
    size_t old_cap = f->type_cap;
    f->types = xcalloc(cap, sizeof *f->types);
    f->type_cap = cap;
    f->type_count = 0;
    for (size_t i = 0; i < old_cap; i++) {
        if (!old[i]) continue;
        if (forget && !old[i]->named) {
            info_destroy(old[i]);
        } else {
            *slot_of(f, old[i]->type) = old[i];
            f->type_count++;
        }
    }
    free(old);
}

static struct type_info *find(struct fingerprinter *f, PyTypeObject *type) {
    struct type_info *info = *slot_of(f, type);
    if (info) return info;
    info = info_create(f, type); /* may have added its bases */
    if ((f->type_count + 1) * 2 > f->type_cap) rebuild(f, f->type_cap * 2, false);
    *slot_of(f, type) = info;
    f->type_count++;
    return info;
}

const struct type_info *types__find(struct fingerprinter *f, PyTypeObject *type) {
    return find(f, type);
}

void types__forget(struct fingerprinter *f) {
    rebuild(f, f->type_cap, true);
}

/* --- Start and end --- */

/* Where a class made by Python code differs from all extension types. */
static bool learn_class_slots(struct fingerprinter *f) {
    PyObject *sample = PyObject_CallFunction((PyObject *)&PyType_Type, "s(){}", "sample");
    if (!sample) return false;
    f->class_dealloc = (destructor)PyType_GetSlot((PyTypeObject *)sample, Py_tp_dealloc);
    f->class_traverse = (traverseproc)PyType_GetSlot((PyTypeObject *)sample, Py_tp_traverse);
    Py_DECREF(sample);
    return true;
}

static int opcode(PyObject *opmap, const char *name) {
    PyObject *number = PyMapping_GetItemString(opmap, name);
    long value = number ? PyLong_AsLong(number) : -1;
    Py_XDECREF(number);
    PyErr_Clear();
    return (int)value;
}

static bool learn_opcodes(struct opcodes *o) {
    PyObject *opmap = py_from("opcode", "opmap");
    if (!opmap) return false;
    *o = (struct opcodes){.load_global = opcode(opmap, "LOAD_GLOBAL"),
                          .load_name = opcode(opmap, "LOAD_NAME"),
                          .store_global = opcode(opmap, "STORE_GLOBAL"),
                          .delete_global = opcode(opmap, "DELETE_GLOBAL"),
                          .extended_arg = opcode(opmap, "EXTENDED_ARG"),
                          .load_from_dict = opcode(opmap, "LOAD_FROM_DICT_OR_GLOBALS")};
    Py_DECREF(opmap);
    return true;
}

bool types__init(struct fingerprinter *f) {
    f->type_cap = 256;
    f->types = xcalloc(f->type_cap, sizeof *f->types);
    f->annotations = Py_Version >= 0x030E0000 ? "__annotate__" : "__annotations__";
    PyObject *dict = PyObject_GetAttrString((PyObject *)&PyType_Type, "__dict__");
    if (!dict) return false;
    f->type_dict = PyMapping_GetItemString(dict, "__dict__");
    f->type_mro = PyMapping_GetItemString(dict, "__mro__");
    f->type_bases = PyMapping_GetItemString(dict, "__bases__");
    f->type_module = PyMapping_GetItemString(dict, "__module__");
    f->type_qualname = PyMapping_GetItemString(dict, "__qualname__");
    f->type_size = PyMapping_GetItemString(dict, "__basicsize__");
    Py_DECREF(dict);
    if (!f->type_dict || !f->type_mro || !f->type_bases || !f->type_module || !f->type_qualname ||
        !f->type_size)
        return false;
    f->member_type = Py_TYPE(f->type_mro);
    return learn_class_slots(f) && learn_opcodes(&f->opcodes);
}

void types__finish(struct fingerprinter *f) {
    for (size_t i = 0; i < f->type_cap; i++)
        if (f->types[i]) info_destroy(f->types[i]);
    free(f->types);
    Py_XDECREF(f->type_dict);
    Py_XDECREF(f->type_mro);
    Py_XDECREF(f->type_bases);
    Py_XDECREF(f->type_module);
    Py_XDECREF(f->type_qualname);
    Py_XDECREF(f->type_size);
}
