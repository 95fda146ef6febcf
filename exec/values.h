/* SPDX-License-Identifier: Apache-2.0 */
/* values.h - the values that blocks gave to names, as they are in the worker right now.
 *
 * A value is one (block, name).  Others may have changed it in place since it was made; each such
 * change is known by the run that made it.  A value is *fit* for a reader at some place when it is
 * there, and what has changed it since are the latest runs of just those blocks above the reader
 * that do change it, in document order.  Else some of these are *due*, or the value is *spoilt* and
 * must be made anew first.
 *
 * When a value is made anew, it is another object.  Whoever read the old one and kept something
 * that can change holds on to it: those values, and all made from them, are *lost*.
 * Losing is tried out with a mark (values_mark()): what bears it counts as lost wherever the mark
 * is given, and nowhere else. */
#ifndef EXEC_VALUES_H
#define EXEC_VALUES_H

#include "exec/history.h"

#define VALUES_AS_THEY_ARE UINT64_MAX /* no mark */

enum value_state { VALUE_FIT, VALUE_DUE, VALUE_SPOILT };

/* The value `w` of `maker` for a reader at `index`. */
enum value_state value_state_at(struct history *h, const struct trace *maker,
                                const struct trace_write *w, uint32_t index, uint64_t mark);

/* Append the blocks above `index` that change the value and have not yet, or all that do. */
void value_due_at(struct history *h, const struct trace *maker, struct name *name, uint32_t index,
                  bool all, id_vec *out);

/* Note that the latest run of `by` changed the value in place. */
void value_changed(struct trace *by, struct trace *maker, struct name *name);

/* A new mark, which nothing bears. */
uint64_t values_mark(struct history *h);

/* `maker`, at `index`, makes its values anew: mark those that can change, and all that is lost with
 * them.  True when there was any without the mark.  O(blocks below). */
bool values_lose(struct history *h, struct trace *maker, uint32_t index, uint64_t mark);

/* `maker` has run again: what is lost by the new objects that it made is no longer there. */
void values_replaced(struct history *h, struct trace *maker, uint32_t index);

/* A new interpreter: no value is there. */
void values_all_lost(struct history *h);

/* Whether the block's values, when it runs again just like that, stay the objects that they are. */
bool values_survive(const struct trace *t);

/* Whether the block's run left something behind that can be lost: values that can change, or
 * changes of others' values. */
bool trace_leaves_objects(const struct trace *t);

#endif
