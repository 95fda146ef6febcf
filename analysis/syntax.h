/* SPDX-License-Identifier: Apache-2.0 */
/* syntax.h - Python text as a flat array of syntax nodes.
 *
 * tree-sitter parses; its tree is then laid out in preorder, named nodes only, without comments.
 * Node i's descendants are i + 1 .. next - 1 and its first child is i + 1, so that a walk is a
 * loop over an array: no recursion however deep the text nests, and no allocation for each node.
 * INVARIANT: i < nodes[i].next <= len; spans of children lie within their parent's. */
#ifndef ANALYSIS_SYNTAX_H
#define ANALYSIS_SYNTAX_H

#include "analysis/span.h"
#include "base/str.h"
#include "base/vec.h"

typedef struct TSParser TSParser;

/* Kinds that somebody asks for, by the grammar's names; all others are NODE_OTHER. */
#define NODE_MAP(X)                                                                                \
    X(MODULE, "module")                                                                            \
    X(BLOCK, "block")                                                                              \
    X(IDENTIFIER, "identifier")                                                                    \
    X(EXPRESSION_STATEMENT, "expression_statement")                                                \
    X(ASSIGNMENT, "assignment")                                                                    \
    X(AUGMENTED_ASSIGNMENT, "augmented_assignment")                                                \
    X(NAMED_EXPRESSION, "named_expression")                                                        \
    X(DELETE_STATEMENT, "delete_statement")                                                        \
    X(RAISE_STATEMENT, "raise_statement")                                                          \
    X(BREAK_STATEMENT, "break_statement")                                                          \
    X(CONTINUE_STATEMENT, "continue_statement")                                                    \
    X(GLOBAL_STATEMENT, "global_statement")                                                        \
    X(NONLOCAL_STATEMENT, "nonlocal_statement")                                                    \
    X(PRINT_STATEMENT, "print_statement")                                                          \
    X(CHEVRON, "chevron")                                                                          \
    X(EXEC_STATEMENT, "exec_statement")                                                            \
    X(TYPE_ALIAS_STATEMENT, "type_alias_statement")                                                \
    X(IMPORT_STATEMENT, "import_statement")                                                        \
    X(IMPORT_FROM_STATEMENT, "import_from_statement")                                              \
    X(FUTURE_IMPORT_STATEMENT, "future_import_statement")                                          \
    X(DOTTED_NAME, "dotted_name")                                                                  \
    X(ALIASED_IMPORT, "aliased_import")                                                            \
    X(RELATIVE_IMPORT, "relative_import")                                                          \
    X(IMPORT_PREFIX, "import_prefix")                                                              \
    X(WILDCARD_IMPORT, "wildcard_import")                                                          \
    X(IF_STATEMENT, "if_statement")                                                                \
    X(ELIF_CLAUSE, "elif_clause")                                                                  \
    X(ELSE_CLAUSE, "else_clause")                                                                  \
    X(FOR_STATEMENT, "for_statement")                                                              \
    X(WHILE_STATEMENT, "while_statement")                                                          \
    X(TRY_STATEMENT, "try_statement")                                                              \
    X(EXCEPT_CLAUSE, "except_clause")                                                              \
    X(EXCEPT_GROUP_CLAUSE, "except_group_clause")                                                  \
    X(FINALLY_CLAUSE, "finally_clause")                                                            \
    X(WITH_STATEMENT, "with_statement")                                                            \
    X(AS_PATTERN, "as_pattern")                                                                    \
    X(AS_PATTERN_TARGET, "as_pattern_target")                                                      \
    X(MATCH_STATEMENT, "match_statement")                                                          \
    X(CASE_CLAUSE, "case_clause")                                                                  \
    X(CASE_PATTERN, "case_pattern")                                                                \
    X(CLASS_PATTERN, "class_pattern")                                                              \
    X(KEYWORD_PATTERN, "keyword_pattern")                                                          \
    X(IF_CLAUSE, "if_clause")                                                                      \
    X(DECORATED_DEFINITION, "decorated_definition")                                                \
    X(FUNCTION_DEFINITION, "function_definition")                                                  \
    X(CLASS_DEFINITION, "class_definition")                                                        \
    X(LAMBDA, "lambda")                                                                            \
    X(TYPED_PARAMETER, "typed_parameter")                                                          \
    X(DEFAULT_PARAMETER, "default_parameter")                                                      \
    X(TYPED_DEFAULT_PARAMETER, "typed_default_parameter")                                          \
    X(LIST_SPLAT_PATTERN, "list_splat_pattern")                                                    \
    X(DICTIONARY_SPLAT_PATTERN, "dictionary_splat_pattern")                                        \
    X(TYPE, "type")                                                                                \
    X(GENERIC_TYPE, "generic_type")                                                                \
    X(MEMBER_TYPE, "member_type")                                                                  \
    X(CONSTRAINED_TYPE, "constrained_type")                                                        \
    X(SPLAT_TYPE, "splat_type")                                                                    \
    X(TYPE_PARAMETER, "type_parameter")                                                            \
    X(PATTERN_LIST, "pattern_list")                                                                \
    X(TUPLE_PATTERN, "tuple_pattern")                                                              \
    X(LIST_PATTERN, "list_pattern")                                                                \
    X(EXPRESSION_LIST, "expression_list")                                                          \
    X(TUPLE, "tuple")                                                                              \
    X(LIST, "list")                                                                                \
    X(LIST_SPLAT, "list_splat")                                                                    \
    X(PARENTHESIZED_EXPRESSION, "parenthesized_expression")                                        \
    X(ATTRIBUTE, "attribute")                                                                      \
    X(SUBSCRIPT, "subscript")                                                                      \
    X(CALL, "call")                                                                                \
    X(ARGUMENT_LIST, "argument_list")                                                              \
    X(KEYWORD_ARGUMENT, "keyword_argument")                                                        \
    X(DICTIONARY_SPLAT, "dictionary_splat")                                                        \
    X(AWAIT, "await")                                                                              \
    X(BINARY_OPERATOR, "binary_operator")                                                          \
    X(NOT_OPERATOR, "not_operator")                                                                \
    X(BOOLEAN_OPERATOR, "boolean_operator")                                                        \
    X(COMPARISON_OPERATOR, "comparison_operator")                                                  \
    X(CONDITIONAL_EXPRESSION, "conditional_expression")                                            \
    X(LIST_COMPREHENSION, "list_comprehension")                                                    \
    X(SET_COMPREHENSION, "set_comprehension")                                                      \
    X(DICTIONARY_COMPREHENSION, "dictionary_comprehension")                                        \
    X(GENERATOR_EXPRESSION, "generator_expression")                                                \
    X(FOR_IN_CLAUSE, "for_in_clause")                                                              \
    X(STRING, "string")                                                                            \
    X(CONCATENATED_STRING, "concatenated_string")                                                  \
    X(STRING_CONTENT, "string_content")                                                            \
    X(INTERPOLATION, "interpolation")                                                              \
    X(FORMAT_EXPRESSION, "format_expression")                                                      \
    X(INTEGER, "integer")                                                                          \
    X(TRUE, "true")

#define NODE_AS_ENUM(name, text) NODE_##name,
enum node_kind {
    NODE_INERT,     /* an identifier that is no name: an attribute, a keyword of a call */
    NODE_FORMATTED, /* `x:=5` in f"{x:=5}", which looks like a named expression: x, formatted */
    NODE_ERROR,     /* text that fits nowhere */
    NODE_OTHER,
    NODE_MAP(NODE_AS_ENUM) NODE_KINDS
};

#define FIELD_MAP(X)                                                                               \
    X(ALIAS, "alias")                                                                              \
    X(ALTERNATIVE, "alternative")                                                                  \
    X(ARGUMENTS, "arguments")                                                                      \
    X(ATTRIBUTE, "attribute")                                                                      \
    X(BODY, "body")                                                                                \
    X(CONDITION, "condition")                                                                      \
    X(CONSEQUENCE, "consequence")                                                                  \
    X(FUNCTION, "function")                                                                        \
    X(GUARD, "guard")                                                                              \
    X(KEY, "key")                                                                                  \
    X(LEFT, "left")                                                                                \
    X(MODULE_NAME, "module_name")                                                                  \
    X(NAME, "name")                                                                                \
    X(PARAMETERS, "parameters")                                                                    \
    X(RETURN_TYPE, "return_type")                                                                  \
    X(RIGHT, "right")                                                                              \
    X(SUBJECT, "subject")                                                                          \
    X(SUPERCLASSES, "superclasses")                                                                \
    X(TYPE, "type")                                                                                \
    X(TYPE_PARAMETERS, "type_parameters")                                                          \
    X(VALUE, "value")

#define FIELD_AS_ENUM(name, text) FIELD_##name,
enum node_field { FIELD_NONE, FIELD_MAP(FIELD_AS_ENUM) FIELD_COUNT };

enum node_flag {
    NODE_BINDS = 1,      /* it, or something in it, binds or declares a name */
    NODE_WALRUS = 2,     /* it has a named expression in it, or is one */
    NODE_SCOPE_BODY = 4, /* body of a function, class or lambda */
};

struct syntax_node {
    uint32_t start, end; /* bytes */
    uint32_t next;       /* index of the node after its descendants */
    uint8_t kind, field, flags;
};

struct syntax {
    struct str source;             /* borrowed */
    VEC(struct syntax_node) nodes; /* never empty: [0] is the root */
    bool error;                    /* the text does not parse as a whole */
    bool refused;                  /* too big to parse: there is the root only */
};

/* This thread's parser, set to Python; made at the first call.  Borrowed: leave it reset. */
TSParser *syntax_parser(void);

/* Parse `source` (borrowed by `out`, at most TEXT_MAX bytes).  O(len).  Texts of some 60,000
 * tokens (200 KB) and more are refused, and so are those that keep the parser busy for seconds.
 * `out` must be zeroed, or hold an earlier result, which is replaced. */
void syntax_parse(struct syntax *out, struct str source);
void syntax_finish(struct syntax *s); /* accepts all-zero */

#define SYNTAX_NONE UINT32_MAX

/* The first child with that field, or SYNTAX_NONE. */
uint32_t syntax_child(const struct syntax *s, uint32_t node, enum node_field field);

/* The first child, or SYNTAX_NONE. */
static inline uint32_t syntax_first(const struct syntax *s, uint32_t node) {
    return node + 1 < s->nodes.items[node].next ? node + 1 : SYNTAX_NONE;
}

static inline struct span syntax_span(const struct syntax *s, uint32_t node) {
    return (struct span){s->nodes.items[node].start, s->nodes.items[node].end};
}

static inline struct str syntax_text(const struct syntax *s, uint32_t node) {
    return str_slice(s->source, s->nodes.items[node].start, s->nodes.items[node].end);
}

#endif
