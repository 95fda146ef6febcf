/* SPDX-License-Identifier: Apache-2.0 */
/* syntax.c - parses with tree-sitter and lays the tree out flat.
 *
 * The grammar's symbol and field numbers are resolved to our enums once per process: the walk
 * over the tree compares no strings.  A cursor makes it iterative. */
#include "analysis/syntax.h"

#include <assert.h>
#include <ctype.h>
#include <pthread.h>
#include <tree_sitter/api.h>

#include "base/mem.h"

const TSLanguage *tree_sitter_python(void);

/* libtree-sitter before 0.20.8 counts a node's children in 16 bits and frees what it does not own
 * when they overflow.  A node that holds an error, or comments, may have any token as a child. */
#define TOKENS_MAX 65000

/* Some texts (thousands of continued lines) take it quadratic time. */
#define PARSE_MICROSECONDS_MAX 2000000

#define KIND_DROPPED UINT8_MAX
#define SYMBOLS_MAX  1024
#define FIELDS_MAX   64

static uint8_t kind_of[SYMBOLS_MAX];
static uint8_t field_of[FIELDS_MAX];

#define NODE_AS_NAME(name, text)  [NODE_##name] = text,
#define FIELD_AS_NAME(name, text) [FIELD_##name] = text,
static const char *const kind_names[NODE_KINDS] = {NODE_MAP(NODE_AS_NAME)};
static const char *const field_names[FIELD_COUNT] = {FIELD_MAP(FIELD_AS_NAME)};

/* Nodes that carry nothing for anybody. */
static const char *const dropped_names[] = {
    "comment",         "line_continuation",    "string_start",   "string_end",
    "escape_sequence", "escape_interpolation", "pass_statement",
};

static uint8_t kind_by_name(const char *name) {
    for (size_t k = 0; k < NODE_KINDS; k++)
        if (kind_names[k] && strcmp(kind_names[k], name) == 0) return (uint8_t)k;
    for (size_t d = 0; d < sizeof dropped_names / sizeof *dropped_names; d++)
        if (strcmp(dropped_names[d], name) == 0) return KIND_DROPPED;
    return NODE_OTHER;
}

static void tables_init(void) {
    const TSLanguage *python = tree_sitter_python();
    memset(kind_of, KIND_DROPPED, sizeof kind_of);
    uint32_t symbols = ts_language_symbol_count(python);
    for (uint32_t s = 0; s < symbols && s < SYMBOLS_MAX; s++)
        if (ts_language_symbol_type(python, (TSSymbol)s) == TSSymbolTypeRegular)
            kind_of[s] = kind_by_name(ts_language_symbol_name(python, (TSSymbol)s));
    for (size_t f = 1; f < FIELD_COUNT; f++) {
        const char *name = field_names[f];
        TSFieldId id = ts_language_field_id_for_name(python, name, (uint32_t)strlen(name));
        if (id < FIELDS_MAX) field_of[id] = (uint8_t)f;
    }
    field_of[0] = FIELD_NONE;
}

static pthread_key_t parser_key; /* of each thread's own; ends with the thread */

static void parser_end(void *parser) {
    ts_parser_delete(parser);
}

static void parsing_init(void) {
    tables_init();
    pthread_key_create(&parser_key, parser_end);
}

TSParser *syntax_parser(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, parsing_init);
    TSParser *parser = pthread_getspecific(parser_key);
    if (!parser) {
        parser = ts_parser_new();
        ts_parser_set_timeout_micros(parser, PARSE_MICROSECONDS_MAX);
        pthread_setspecific(parser_key, parser);
    }
    /* For a new scanner each time: an old one goes on in the f-string that ended the last text. */
    ts_parser_set_language(parser, tree_sitter_python());
    return parser;
}

/* The state of one layout: the nodes whose descendants are still to come. */
struct layout {
    struct syntax *out;
    VEC(uint32_t) open; /* SYNTAX_NONE for a dropped node with children */
};

static uint8_t node_kind(TSNode node) {
    TSSymbol symbol = ts_node_symbol(node);
    if (symbol < SYMBOLS_MAX) return kind_of[symbol];
    return ts_node_is_named(node) ? NODE_ERROR : KIND_DROPPED;
}

/* The kind of a node that its place makes something else. */
static uint8_t kind_in_place(uint8_t kind, uint8_t parent, uint8_t field) {
    bool interpolated = parent == NODE_INTERPOLATION || parent == NODE_FORMAT_EXPRESSION;
    if (kind == NODE_NAMED_EXPRESSION && interpolated) return NODE_FORMATTED;
    if (kind != NODE_IDENTIFIER) return kind;
    bool inert = (parent == NODE_ATTRIBUTE && field == FIELD_ATTRIBUTE) ||
                 (parent == NODE_KEYWORD_ARGUMENT && field == FIELD_NAME) ||
                 parent == NODE_MEMBER_TYPE;
    return inert ? NODE_INERT : kind;
}

static bool has_scope(uint8_t kind) {
    return kind == NODE_FUNCTION_DEFINITION || kind == NODE_CLASS_DEFINITION || kind == NODE_LAMBDA;
}

static bool kind_binds(uint8_t kind) {
    switch (kind) {
    case NODE_ASSIGNMENT:
    case NODE_AUGMENTED_ASSIGNMENT:
    case NODE_NAMED_EXPRESSION:
    case NODE_DELETE_STATEMENT:
    case NODE_GLOBAL_STATEMENT:
    case NODE_NONLOCAL_STATEMENT:
    case NODE_TYPE_ALIAS_STATEMENT:
    case NODE_IMPORT_STATEMENT:
    case NODE_IMPORT_FROM_STATEMENT:
    case NODE_FUTURE_IMPORT_STATEMENT:
    case NODE_FOR_STATEMENT:
    case NODE_AS_PATTERN:
    case NODE_CASE_CLAUSE:
    case NODE_FUNCTION_DEFINITION:
    case NODE_CLASS_DEFINITION:
        return true;
    default:
        return false;
    }
}

/* Amortised O(1): stops at the first ancestor that has the flags already. */
static void flag_ancestors(struct layout *l, uint8_t flags) {
    for (size_t i = l->open.len; i-- > 0;) {
        if (l->open.items[i] == SYNTAX_NONE) continue;
        struct syntax_node *node = &l->out->nodes.items[l->open.items[i]];
        if ((node->flags & flags) == flags) return;
        node->flags |= flags;
    }
}

/* Append the cursor's node; its index, or SYNTAX_NONE when it is of no interest. */
static uint32_t layout_node(struct layout *l, const TSTreeCursor *cursor) {
    TSNode node = ts_tree_cursor_current_node(cursor);
    uint8_t kind = node_kind(node);
    if (kind == KIND_DROPPED) return SYNTAX_NONE;
    struct syntax_node flat = {ts_node_start_byte(node), ts_node_end_byte(node), 0, kind, 0, 0};
    if (kind == NODE_IDENTIFIER && flat.start == flat.end) return SYNTAX_NONE; /* missing */
    flat.field = field_of[ts_tree_cursor_current_field_id(cursor)];

    uint32_t parent = l->open.len ? l->open.items[l->open.len - 1] : SYNTAX_NONE;
    uint8_t parent_kind = parent == SYNTAX_NONE ? NODE_OTHER : l->out->nodes.items[parent].kind;
    flat.kind = kind = kind_in_place(kind, parent_kind, flat.field);
    if (flat.field == FIELD_BODY && has_scope(parent_kind)) flat.flags = NODE_SCOPE_BODY;
    if (kind_binds(kind)) {
        uint8_t flags = kind == NODE_NAMED_EXPRESSION ? NODE_BINDS | NODE_WALRUS : NODE_BINDS;
        flat.flags |= flags;
        flag_ancestors(l, flags);
    }
    vec_push(&l->out->nodes, flat);
    return (uint32_t)l->out->nodes.len - 1;
}

static void close_node(struct layout *l, uint32_t index) {
    if (index != SYNTAX_NONE) l->out->nodes.items[index].next = (uint32_t)l->out->nodes.len;
}

static void layout_tree(struct layout *l, TSNode root) {
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    for (bool more = true; more;) {
        uint32_t index = layout_node(l, &cursor);
        if (ts_tree_cursor_goto_first_child(&cursor)) {
            vec_push(&l->open, index);
            continue;
        }
        close_node(l, index);
        while (!(more = ts_tree_cursor_goto_next_sibling(&cursor))) {
            if (!ts_tree_cursor_goto_parent(&cursor)) break;
            assert(l->open.len); /* each parent was pushed on the way down */
            close_node(l, l->open.items[--l->open.len]);
        }
    }
    ts_tree_cursor_delete(&cursor);
}

/* An upper bound of the tokens, those without text included: NEWLINE, INDENT, DEDENT. */
static size_t count_tokens(struct str source) {
    size_t count = 0;
    bool in_word = false;
    for (size_t i = 0; i < source.len; i++) {
        unsigned char c = (unsigned char)source.ptr[i];
        bool word = isalnum(c) || c == '_' || c >= 0x80;
        if (c == '\n' || c == '\r')
            count += 3;
        else if (word ? !in_word : !isspace(c))
            count++;
        in_word = word;
    }
    return count;
}

static TSTree *parse_text(struct str source) {
    TSParser *parser = syntax_parser();
    if (source.len > TOKENS_MAX / 3 && count_tokens(source) > TOKENS_MAX) return NULL;
    TSTree *tree = ts_parser_parse_string(parser, NULL, source.ptr, (uint32_t)source.len);
    if (!tree) ts_parser_reset(parser); /* timed out */
    return tree;
}

static void layout_refused(struct syntax *out) {
    out->refused = true;
    vec_push(&out->nodes, ((struct syntax_node){
                              .end = (uint32_t)out->source.len, .next = 1, .kind = NODE_MODULE}));
}

void syntax_parse(struct syntax *out, struct str source) {
    out->source = source;
    out->error = out->refused = false;
    vec_clear(&out->nodes);
    vec_reserve(&out->nodes, source.len / 4 + 16);
    TSTree *tree = parse_text(source);
    if (!tree) {
        layout_refused(out);
        return;
    }
    TSNode root = ts_tree_root_node(tree);
    out->error = ts_node_has_error(root);
    struct layout layout = {.out = out};
    layout_tree(&layout, root);
    vec_finish(&layout.open);
    ts_tree_delete(tree);
}

void syntax_finish(struct syntax *s) {
    vec_finish(&s->nodes);
}

uint32_t syntax_child(const struct syntax *s, uint32_t node, enum node_field field) {
    const struct syntax_node *nodes = s->nodes.items;
    for (uint32_t c = node + 1; c < nodes[node].next; c = nodes[c].next)
        if (nodes[c].field == field) return c;
    return SYNTAX_NONE;
}
