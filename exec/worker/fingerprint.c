/* SPDX-License-Identifier: Apache-2.0 */
/* fingerprint.c - the walk itself: its loop, its stream, what it has met; see fingerprint.h. */
#include "exec/worker/fingerprint.h"

#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "exec/worker/fingerprint_internal.h"

enum { MEMORY_STEP = 1 << 20 }; /* bytes hashed between two looks at the clock */

/* --- The budget --- */

uint64_t fingerprint_clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

bool walk__allow(struct fingerprint_walk *w, size_t size) {
    if (size > w->bytes_left) w->stopped = true;
    return !w->stopped;
}

static void spend(struct fingerprint_walk *w, size_t size) {
    if (!walk__allow(w, size)) return;
    w->bytes_left -= size;
    if (fingerprint_clock() > w->deadline) w->stopped = true;
}

/* --- The stream --- */

static void flush(struct fingerprint_walk *w) {
    spend(w, w->pending_len);
    if (!w->stopped) hash_stream_add(w->stream, (struct str){w->pending, w->pending_len});
    w->pending_len = 0;
}

static void append(struct fingerprint_walk *w, const void *bytes, size_t size) {
    if (w->pending_len + size > sizeof w->pending) flush(w);
    memcpy(w->pending + w->pending_len, bytes, size);
    w->pending_len += size;
}

void walk__u8(struct fingerprint_walk *w, uint8_t value) {
    append(w, &value, sizeof value);
}

void walk__u64(struct fingerprint_walk *w, uint64_t value) {
    append(w, &value, sizeof value);
}

void walk__hash(struct fingerprint_walk *w, struct hash128 value) {
    append(w, &value, sizeof value);
}

void walk__memory(struct fingerprint_walk *w, const char *memory, size_t size) {
    if (size <= WALK_PENDING / 4) {
        append(w, memory, size);
        return;
    }
    flush(w);
    if (!walk__allow(w, size)) return; /* do not begin what cannot be ended */
    for (size_t at = 0; at < size && !w->stopped; at += MEMORY_STEP) {
        size_t step = size - at < MEMORY_STEP ? size - at : MEMORY_STEP;
        spend(w, step);
        if (!w->stopped) hash_stream_add(w->stream, (struct str){memory + at, step});
    }
}

void walk__bytes(struct fingerprint_walk *w, struct str bytes) {
    walk__u64(w, bytes.len);
    if (bytes.len) walk__memory(w, bytes.ptr, bytes.len);
}

void walk__unknown(struct fingerprint_walk *w) {
    PyErr_Clear();
    w->inexact = true;
}

/* --- What was met before --- */

/* It is also part of an earlier value: say of which, and where in both. */
static void link_to(struct fingerprint_walk *w, const struct memo_entry *entry, int64_t offset) {
    struct buf name = {0};
    py_append(&name, w->labels.items[entry->first_value], SIZE_MAX);
    wire_str(&w->links, buf_str(&name));
    wire_u32(&w->links, entry->first_number);
    wire_u32(&w->links, entry->number);
    wire_u64(&w->links, (uint64_t)offset);
    buf_finish(&name);
    spend(w, 32);
}

/* The entry for `object`, numbered in the current value; *again when it had a number there. */
static struct memo_entry *meet(struct fingerprint_walk *w, PyObject *object, bool *again) {
    uint32_t current = (uint32_t)w->labels.len - 1;
    bool found;
    struct memo_entry *entry = memo_slot(&w->memo, object, &found);
    *again = found && entry->value == current;
    if (*again) return entry;
    entry->value = current;
    entry->number = w->next++;
    entry->entered = false;
    if (!found) {
        entry->first_value = current;
        entry->first_number = entry->number;
    }
    vec_push(&w->ids, (uintptr_t)object);
    return entry;
}

bool walk__enter(struct fingerprint_walk *w, PyObject *object, bool loose) {
    bool again;
    struct memo_entry *entry = meet(w, object, &again);
    if (again) {
        walk__u8(w, TAG_AGAIN);
        walk__u64(w, entry->number);
        if (entry->entered) return false;
    } else if (entry->first_value != entry->value) {
        link_to(w, entry, 0);
    }
    entry->entered = true;
    if (!loose) vec_push(&w->trail, (uintptr_t)object);
    return true;
}

void walk__share(struct fingerprint_walk *w, PyObject *owner, int64_t offset, bool quiet) {
    bool again;
    struct memo_entry *entry = meet(w, owner, &again);
    if (entry->first_value != entry->value) link_to(w, entry, offset);
    if (quiet) return;
    walk__u8(w, TAG_OWNER);
    walk__u64(w, entry->number);
    walk__u64(w, (uint64_t)offset);
}

/* --- Frames --- */

static void push_take(struct fingerprint_walk *w, enum frame_kind kind, PyObject *object,
                      bool temp) {
    vec_push(&w->stack, ((struct frame){.object = object, .kind = kind, .temp = temp}));
}

void walk__push(struct fingerprint_walk *w, enum frame_kind kind, PyObject *container) {
    Py_INCREF(container);
    push_take(w, kind, container, w->temp);
}

void walk__push_iter_take(struct fingerprint_walk *w, PyObject *iterator) {
    if (iterator)
        push_take(w, FRAME_ITER, iterator, w->temp);
    else
        walk__unknown(w);
}

void walk__parts_take(struct fingerprint_walk *w, PyObject *parts) {
    if (!parts) {
        walk__unknown(w);
        return;
    }
    bool tuple = PyTuple_Check(parts);
    walk__u8(w, TAG_PARTS);
    walk__u64(w, (uint64_t)(tuple ? PyTuple_Size(parts) : PyList_Size(parts)));
    push_take(w, tuple ? FRAME_TUPLE : FRAME_LIST, parts, true);
}

/* The next children of a frame, up to two, as new references (a thread of the user's may take them
 * out of their container while pandas' code runs); false at its end. */
static bool next_children(struct fingerprint_walk *w, struct frame *frame, PyObject *items[2]) {
    items[0] = items[1] = NULL;
    switch (frame->kind) {
    case FRAME_LIST:
        if (frame->at >= PyList_Size(frame->object)) return false;
        items[0] = Py_NewRef(PyList_GetItem(frame->object, frame->at++));
        return true;
    case FRAME_TUPLE:
        if (frame->at >= PyTuple_Size(frame->object)) return false;
        items[0] = Py_NewRef(PyTuple_GetItem(frame->object, frame->at++));
        return true;
    case FRAME_DICT:
        if (!PyDict_Next(frame->object, &frame->at, &items[1], &items[0])) return false;
        Py_INCREF(items[0]);
        Py_INCREF(items[1]);
        return true;
    case FRAME_ITER:
        items[0] = PyIter_Next(frame->object);
        if (items[0]) return true;
        if (PyErr_Occurred()) walk__unknown(w);
        walk__u8(w, TAG_END);
        return false;
    }
    return false;
}

static void pop(struct fingerprint_walk *w) {
    Py_DECREF(w->stack.items[--w->stack.len].object);
}

static void walk_stack(struct fingerprint_walk *w) {
    PyObject *items[2];
    while (w->stack.len && !w->stopped) {
        struct frame *frame = &w->stack.items[w->stack.len - 1];
        bool temp = frame->temp;
        if (!next_children(w, frame, items)) {
            pop(w);
            continue;
        }
        for (int i = 0; i < 2 && items[i]; i++) {
            w->temp = temp && Py_REFCNT(items[i]) == 2; /* the container's and ours */
            walk__object(w, items[i]);
            Py_DECREF(items[i]);
        }
    }
    while (w->stack.len) pop(w);
}

/* --- One object --- */

void walk__object(struct fingerprint_walk *w, PyObject *object) {
    if (w->last->type != Py_TYPE(object)) w->last = types__find(w->f, Py_TYPE(object));
    const struct type_info *info = w->last;
    w->reach |= info->reach;
    if (info->flags & TYPE_TRACKED && !w->temp && !walk__enter(w, object, info->flags & TYPE_LOOSE))
        return;
    info->walk(w, object, info);
}

void walk__type(struct fingerprint_walk *w, PyTypeObject *type) {
    const struct type_info *info = types__find(w->f, type);
    w->reach |= info->reach;
    if (info->named) {
        walk__u8(w, TAG_NAMED);
        walk__hash(w, info->name);
        return;
    }
    bool temp = w->temp;
    w->temp = false;
    walk__object(w, (PyObject *)type);
    w->temp = temp;
}

/* --- Values --- */

struct fingerprint_walk *fingerprint_begin(struct fingerprinter *f) {
    struct fingerprint_walk *w = xcalloc(1, sizeof *w);
    w->f = f;
    f->walks++;
    w->stream = hash_stream_create();
    w->last = types__find(f, Py_TYPE(Py_None));
    return w;
}

void fingerprint_end(struct fingerprint_walk *w) {
    if (!w) return;
    for (size_t i = 0; i < w->labels.len; i++) Py_DECREF(w->labels.items[i]);
    vec_finish(&w->labels);
    vec_finish(&w->stack);
    vec_finish(&w->ids);
    vec_finish(&w->trail);
    buf_finish(&w->links);
    Py_XDECREF(w->names);
    memo_finish(&w->memo);
    hash_stream_destroy(w->stream);
    if (--w->f->walks == 0) types__forget(w->f);
    free(w);
}

static void start_value(struct fingerprint_walk *w, PyObject *label,
                        struct fingerprint_budget budget) {
    Py_INCREF(label);
    vec_push(&w->labels, label);
    vec_clear(&w->ids);
    vec_clear(&w->trail);
    w->links.len = 0;
    Py_XDECREF(w->names);
    w->names = PySet_New(NULL);
    w->next = 0;
    w->reach = 0;
    w->bytes_left = budget.bytes;
    w->deadline = fingerprint_clock() + budget.microseconds;
    w->inexact = w->stopped = w->wild = w->temp = false;
    w->pending_len = 0;
}

static struct fingerprint end_value(struct fingerprint_walk *w) {
    flush(w);
    struct fingerprint fp = {.content = hash_stream_take(w->stream)};
    fp.linked = fp.content;
    if (w->links.len) {
        hash_stream_add(w->stream, (struct str){(const char *)&fp.content, sizeof fp.content});
        hash_stream_add(w->stream, buf_str(&w->links));
        fp.linked = hash_stream_take(w->stream);
    }
    fp.exact = !w->inexact && !w->stopped;
    fp.complete = !w->stopped;
    fp.wild = w->wild;
    if (!fp.exact || fp.wild) w->reach |= REACH_OUTSIDE; /* nobody can tell */
    return fp;
}

struct fingerprint fingerprint_value(struct fingerprint_walk *w, PyObject *label, PyObject *value,
                                     struct fingerprint_budget budget) {
    int collects = PyGC_Disable();
    start_value(w, label, budget);
    if (w->names) {
        walk__object(w, value);
        walk_stack(w);
    } else {
        w->stopped = true;
    }
    PyErr_Clear();
    struct fingerprint fp = end_value(w);
    if (collects) PyGC_Enable();
    return fp;
}

PyObject *fingerprint_names(const struct fingerprint_walk *w) {
    return w->names;
}

struct fingerprint_ids fingerprint_ids(const struct fingerprint_walk *w) {
    return (struct fingerprint_ids){w->ids.items, w->ids.len};
}

struct hash128 fingerprint_trail(const struct fingerprint_walk *w) {
    return hash128((struct str){(const char *)w->trail.items, w->trail.len * sizeof(uintptr_t)});
}

/* --- Without a walk --- */

bool fingerprint_met(const struct fingerprint_walk *w, const fingerprint_id_vec *ids) {
    for (size_t i = 0; i < ids->len; i++)
        if (memo_has(&w->memo, ids->items[i].object)) return true;
    return false;
}

void fingerprint_recall(struct fingerprint_walk *w, PyObject *label,
                        const fingerprint_id_vec *ids) {
    uint32_t current = (uint32_t)w->labels.len;
    vec_push(&w->labels, Py_NewRef(label));
    for (size_t i = 0; i < ids->len; i++) {
        bool found;
        struct memo_entry *entry = memo_note(&w->memo, ids->items[i].object, &found);
        if (found) continue;
        entry->first_value = entry->value = current;
        entry->first_number = entry->number = ids->items[i].number;
    }
}

/* --- The fingerprinter --- */

struct fingerprinter *fingerprinter_create(PyObject *globals) {
    struct fingerprinter *f = xcalloc(1, sizeof *f);
    Py_INCREF(globals);
    f->globals = globals;
    if (types__init(f)) return f;
    fingerprinter_destroy(f);
    return NULL;
}

void fingerprinter_destroy(struct fingerprinter *f) {
    if (!f) return;
    types__finish(f);
    Py_XDECREF(f->globals);
    free(f);
}
