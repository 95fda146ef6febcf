/* SPDX-License-Identifier: Apache-2.0 */
/* interpreter.h - which Python runs a document's code: the candidates, the best first.
 *
 * Looks at the environment and at files; starts nothing.  Whether a candidate is of use shows when
 * its worker says hello. */
#ifndef SERVER_INTERPRETER_H
#define SERVER_INTERPRETER_H

#include "base/str.h"
#include "base/vec.h"

struct interpreter {
    char *path;      /* owned; NULL: the one that relight-worker embeds */
    const char *why; /* "the setting relight.python", ... */
};

typedef VEC(struct interpreter) interpreter_vec;

struct interpreter_wish {
    struct str python; /* the setting, or empty: no other will do */
    struct str folder; /* of the document */
    struct str root;   /* of the workspace, or empty */
    bool elsewhere;    /* a launch prefix: this machine's files and environment say nothing */
};

/* Never empty.  The caller finishes it. */
void interpreters_find(interpreter_vec *out, const struct interpreter_wish *wish);
void interpreters_finish(interpreter_vec *v);

#endif
