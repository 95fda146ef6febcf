/* SPDX-License-Identifier: Apache-2.0 */
/* features.h - the groups of Python that random documents are made of, each to be switched on. */
#ifndef TESTS_ORACLE_FEATURES_H
#define TESTS_ORACLE_FEATURES_H

#include "base/err.h"
#include "base/str.h"

#define FEATURE_MAP(X)                                                                             \
    X(BASIC, basic)         /* names, expressions, branches, loops, comprehensions, del */         \
    X(FUNCTIONS, functions) /* functions that use globals and each other, closures, global */      \
    X(CLASSES, classes)     /* attributes, methods, inheritance, isinstance */                     \
    X(ERRORS, errors)       /* exceptions, names that are not there */                             \
    X(IMPORTS, imports)     /* import x as y, from x import y as z */                              \
    X(COMMENTS, comments)   /* prose, comments, spacing, cells; warnings */                        \
    X(SYNTAX, syntax)       /* blocks that are half typed for a while */                           \
    X(MUTATION, mutation)   /* objects changed in place, where the text of the block shows it */   \
    X(ALIASES, aliases)     /* ... through another name, a container, a default, a closure */      \
    X(ITERATORS, iterators) /* generators and iterators shared between blocks */                   \
    X(RANDOM, random)       /* random.seed above, random.random() below */                         \
    X(AMBIENT, ambient)     /* environment, working directory, sys.path, locale, warnings */       \
    X(MODULES, modules)     /* attributes of modules set and removed */                            \
    X(FILES, files)         /* reading small files */

#define FEATURE_AS_BIT(name, text) FEATURE_BIT_##name,
enum { FEATURE_MAP(FEATURE_AS_BIT) FEATURE_COUNT };
#define FEATURE_AS_ENUM(name, text) FEATURE_##name = 1u << FEATURE_BIT_##name,
enum feature { FEATURE_MAP(FEATURE_AS_ENUM) FEATURE_ALL = (1u << FEATURE_COUNT) - 1 };

/* "a,b"; "all" is every one, and "-c" takes one out again: "all,-random". */
enum status features_parse(struct str list, unsigned *mask, struct err *err);

/* "basic,functions". */
void features_print(unsigned mask);

#endif
