/* SPDX-License-Identifier: Apache-2.0 */
/* grammar.h - random pieces of Python, from the rules of grammar_rules.c.
 *
 * A rule's text holds symbols: `<expr>` is replaced by one of that symbol's alternatives,
 * `<int.1>` as well, but is the same wherever it stands in the piece.  The first alternative of a
 * symbol needs no feature and no other symbol that could lead back to it: expansion ends.
 * Names are few, so that blocks meet; each kind of value has its own, so that most code works. */
#ifndef TESTS_ORACLE_GRAMMAR_H
#define TESTS_ORACLE_GRAMMAR_H

#include "base/buf.h"
#include "tests/oracle/features.h"
#include "tests/oracle/prng.h"

struct rule {
    const char *symbol;
    unsigned features; /* all of them must be on */
    uint32_t weight;
    const char *text;
};

extern const struct rule grammar_rules[]; /* by symbol; ends with a NULL symbol */

/* Append an expansion of `symbol` ("block", "prelude", "expr", ...): no blank lines, no line end at
 * the end. */
void grammar_expand(struct buf *out, const char *symbol, unsigned features, struct prng *prng);

void grammar_expand_rule(struct buf *out, const struct rule *rule, unsigned features,
                         struct prng *prng);

/* The first alternative of the symbol, which the others follow. */
const struct rule *grammar_first(const char *symbol);

/* Another name of the same kind as `name`, or empty when it is not a name of the grammar's. */
struct str grammar_other_name(struct str name, struct prng *prng);

#endif
