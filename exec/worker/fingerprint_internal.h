/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint_internal.h - what the walkers of fingerprint*.c share; nobody else includes it.
 *
 * A walker writes the head of one object (its tag, lengths, atoms) to the stream and pushes frames
 * for its children, which the loop in fingerprint.c then walks.
 * INVARIANT: the stream can be read back: each tag says what follows, every count comes before what
 * it counts, and children follow in the order of a stack.  So equal streams mean equal structure.
 */
#ifndef EXEC_WORKER_FINGERPRINT_INTERNAL_H
#define EXEC_WORKER_FINGERPRINT_INTERNAL_H

#include "base/vec.h"
#include "exec/worker/fingerprint.h"
#include "exec/worker/fingerprint_memo.h"

enum tag {
    TAG_NONE = 1,
    TAG_FALSE,
    TAG_TRUE,
    TAG_ELLIPSIS,
    TAG_NOT_IMPLEMENTED,
    TAG_INT,
    TAG_LONG_INT,
    TAG_FLOAT,
    TAG_COMPLEX,
    TAG_STR,
    TAG_BYTES,
    TAG_LIST,
    TAG_TUPLE,
    TAG_DICT,
    TAG_SET,
    TAG_FROZENSET,
    TAG_PLAIN_OBJECT,
    TAG_INSTANCE,
    TAG_ATTRIBUTES,
    TAG_REDUCED,
    TAG_REDUCED_NAME,
    TAG_STATE,
    TAG_PARTS,
    TAG_VISITED,
    TAG_BUFFER,
    TAG_ARRAY,
    TAG_FRAME,
    TAG_COLUMN,
    TAG_REFERENCE,
    TAG_NAMED,
    TAG_MODULE,
    TAG_NAMESPACE,
    TAG_FUNCTION,
    TAG_BUILTIN,
    TAG_CODE,
    TAG_CLASS,
    TAG_ABSENT,
    TAG_END,
    TAG_AGAIN, /* met before in this value */
    TAG_OWNER, /* memory of an object */
    TAG_UNKNOWN,
};

struct type_info;
typedef void walker_fn(struct fingerprint_walk *w, PyObject *object, const struct type_info *info);

/* What the table of types says about one of them. */
struct type_row {
    const char *name; /* module.qualname */
    walker_fn *walk;
    unsigned flags;
    const char *const *attributes; /* what walk__attributes() reads, NULL-terminated */
};
enum type_flag {
    TYPE_TRACKED = 1,   /* its objects can change: their identity counts */
    TYPE_LOOSE = 2,     /* but may be exchanged unseen (TRACKED as well) */
    TYPE_FAMILY = 4,    /* also for extension types that derive from it */
    TYPE_DICT = 8,      /* objects of the type itself have a __dict__ */
    TYPE_NOT_SINCE = 16 /* from 3.12 on, as if it were not in the table */
};

/* The row for a name; NULL when there is none. */
const struct type_row *type_row_find(struct str name);

/* Entries in the __dict__ of such objects that do not count, NULL-terminated; NULL for none. */
const char *const *type_caches_find(struct str name);

/* A type as the walk treats it.  Made at the first sight of the type. */
struct type_info {
    PyTypeObject *type;         /* owned */
    walker_fn *walk;            /* NULL: it cannot be seen through */
    const struct type_row *row; /* of the type; NULL when it has none */
    struct type_info *native;   /* of the extension type below a Python class; else NULL */
    PyObject *slots;            /* list of its member descriptors; NULL without any */
    unsigned flags;
    bool named;                /* another module holds it under its name */
    const char *const *caches; /* entries of its __dict__ that do not count; NULL-terminated */
    struct hash128 name;       /* of module.qualname */
    unsigned reach;            /* see enum fingerprint_reach */
};

struct opcodes {
    int load_global, load_name, store_global, delete_global, extended_arg;
    int load_from_dict; /* LOAD_FROM_DICT_OR_GLOBALS of 3.12; -1 before */
};

struct fingerprinter {
    PyObject *globals;
    PyObject *type_dict, *type_mro, *type_bases, *type_module, *type_qualname,
        *type_size;            /* of type */
    PyTypeObject *member_type; /* of slots; borrowed: it is static */
    destructor class_dealloc;  /* what Python classes have, and extension types do not */
    traverseproc class_traverse;
    struct opcodes opcodes;
    const char *annotations;  /* the attribute that can be read without running code */
    struct type_info **types; /* open addressing by type */
    size_t type_count, type_cap;
    size_t walks; /* that are under way, and borrow from `types` */
};

enum frame_kind { FRAME_LIST, FRAME_TUPLE, FRAME_DICT, FRAME_ITER };

/* A container whose children are being walked. */
struct frame {
    PyObject *object; /* owned; FRAME_ITER: the iterator */
    Py_ssize_t at;
    enum frame_kind kind;
    bool temp; /* made for the walk: its children, if nobody else holds them, too */
};

enum { WALK_PENDING = 4096 };

struct fingerprint_walk {
    struct fingerprinter *f;
    struct hash_stream *stream;
    struct memo memo;
    VEC(PyObject *) labels; /* of the values so far, owned */
    VEC(struct frame) stack;
    const struct type_info *last; /* of the type met last */

    /* About the current value: */
    unsigned reach;
    VEC(uintptr_t) ids;
    VEC(uintptr_t) trail;
    struct buf links;
    PyObject *names; /* set, owned */
    uint32_t next;   /* number of the next tracked object */
    uint64_t bytes_left, deadline;
    bool temp; /* the object being walked was made for the walk */
    bool inexact, stopped, wild;
    size_t pending_len; /* bytes of `pending` not hashed yet */
    char pending[WALK_PENDING];
};

/* --- fingerprint.c: the stream, the frames, the memo --- */

void walk__u8(struct fingerprint_walk *w, uint8_t value);
void walk__u64(struct fingerprint_walk *w, uint64_t value);
void walk__hash(struct fingerprint_walk *w, struct hash128 value);
void walk__bytes(struct fingerprint_walk *w, struct str bytes); /* length first */

/* Hash memory as it is; large memory in steps, within the budget. */
void walk__memory(struct fingerprint_walk *w, const char *memory, size_t size);

/* Whether `size` more bytes of work are within the budget; if not, the walk stops. */
bool walk__allow(struct fingerprint_walk *w, size_t size);

void walk__object(struct fingerprint_walk *w, PyObject *object);

/* Push the children of a container (kept).  `walk__push_iter_take` takes the iterator; NULL, with
 * an exception set, makes the fingerprint inexact. */
void walk__push(struct fingerprint_walk *w, enum frame_kind kind, PyObject *container);
void walk__push_iter_take(struct fingerprint_walk *w, PyObject *iterator);

/* Walk the items of a tuple or list that was made for it (taken), the number first.  NULL as
 * above. */
void walk__parts_take(struct fingerprint_walk *w, PyObject *parts);

/* Meet an object that can change.  True: walk into it.  False: it was met before in this value. */
bool walk__enter(struct fingerprint_walk *w, PyObject *object, bool loose);

/* Note that the value uses the memory of `owner`, from `offset` on.  `quiet`: how its parts are
 * laid out in there does not count as content. */
void walk__share(struct fingerprint_walk *w, PyObject *owner, int64_t offset, bool quiet);

/* The fingerprint is inexact from here; clears the current exception. */
void walk__unknown(struct fingerprint_walk *w);

/* A type, as part of an object's head. */
void walk__type(struct fingerprint_walk *w, PyTypeObject *type);

/* --- fingerprint_types.c: what is known of a type --- */

/* Borrowed until types__forget(). */
const struct type_info *types__find(struct fingerprinter *f, PyTypeObject *type);
bool types__init(struct fingerprinter *f);
void types__finish(struct fingerprinter *f);

/* Drop what holds classes of the document alive. */
void types__forget(struct fingerprinter *f);

/* What `descriptor` gives for `object`.  NULL, without an exception, when that fails. */
PyObject *types__get(PyObject *descriptor, PyObject *object, PyTypeObject *type);

/* The attribute `name` that `type` or a base below it defines, read from `object` whatever its own
 * class does.  NULL as above. */
PyObject *types__attribute(struct fingerprinter *f, PyTypeObject *type, const char *name,
                           PyObject *object);

/* An attribute that every class has, likewise. */
PyObject *types__of_class(PyObject *descriptor, PyTypeObject *type);

/* Whether the module `module` (but not the document) holds `object` as `qualname`. */
bool types__is_named(struct fingerprinter *f, PyObject *module, PyObject *qualname,
                     PyObject *object);

/* --- fingerprint_reach.c: bits of enum fingerprint_reach --- */

unsigned reach__module(PyObject *name); /* of what a module holds; `name` may be dotted */
unsigned reach__names(PyObject *names); /* of code that mentions these names; a tuple */

/* --- The walkers, by file --- */

walker_fn walk__none, walk__bool, walk__ellipsis, walk__not_implemented, walk__int, walk__float,
    walk__complex, walk__str, walk__bytes_object, walk__plain_object; /* fingerprint_atoms.c */
walker_fn walk__list, walk__tuple, walk__dict, walk__odict, walk__set,
    walk__deque;                                     /* fingerprint_containers.c */
walker_fn walk__function, walk__builtin, walk__code; /* fingerprint_code.c */
walker_fn walk__class, walk__module;                 /* fingerprint_classes.c */
walker_fn walk__instance, walk__attributes, walk__weakref, walk__name; /* fingerprint_objects.c */
walker_fn walk__reduce, walk__iterator, walk__state, walk__visited, walk__cached,
    walk__opaque;                                        /* fingerprint_state.c */
walker_fn walk__buffer, walk__memoryview, walk__ndarray; /* fingerprint_buffers.c */
walker_fn walk__block_manager;                           /* fingerprint_pandas.c */

/* The __dict__ of an object, without the caches that `info` names. */
void walk__own_dict(struct fingerprint_walk *w, PyObject *object, const struct type_info *info);

/* A dict that nobody but its owner, or the walk, holds. */
void walk__plain_dict(struct fingerprint_walk *w, PyObject *dict);

/* Release `object` when `parts` has it; for building lists.  False when either is NULL or it
 * fails. */
bool walk__add_take(PyObject *parts, PyObject *object);

#endif
