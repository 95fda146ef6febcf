/* SPDX-License-Identifier: Apache-2.0 */
/* module_facts.c - units from logical lines, uses and roles from tokens.
 *
 * The chains of format strings are found without regard to quotes: rather one too many. */
#include "analysis/module_facts.h"

#include "analysis/code_hash.h"
#include "analysis/marker.h"
#include "analysis/scan.h"
#include "analysis/split.h"
#include "analysis/token.h"

struct reader {
    struct module_facts *out;
    struct str text;
    struct module_unit *unit;
    struct str source; /* the unit's text */
    struct buf scratch;
    bool in_decorator;
};

/* --- which block a unit is in --- */

static bool has_markers(struct str text) {
    for (uint32_t at = 0; at < text.len;) {
        if (marker_at(text, at) != MARKER_NONE) return true;
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        if (!end) break;
        at = (uint32_t)(end - text.ptr) + 1;
    }
    return false;
}

static void split_blocks(struct str text, piece_vec *pieces) {
    bool cells = false;
    if (has_markers(text)) split_text(text, true, (struct split_point){0}, NULL, NULL, pieces);
    for (size_t i = 0; i < pieces->len; i++) cells |= pieces->items[i].cell;
    if (cells) return;
    vec_clear(pieces);
    split_text(text, false, (struct split_point){0}, NULL, NULL, pieces);
}

static void number_units(struct module_facts *facts, struct str text) {
    piece_vec pieces = {0};
    size_t p = 0;
    split_blocks(text, &pieces);
    for (size_t i = 0; i < facts->units.len; i++) {
        while (p < pieces.len && pieces.items[p].span.end <= facts->units.items[i].span.start) p++;
        facts->units.items[i].block = (uint32_t)p + 1;
    }
    vec_finish(&pieces);
}

/* --- units --- */

static void cut_units(struct module_facts *facts, struct str text) {
    struct scanner sc;
    bool decorated = false;
    scanner_init(&sc, text, false);
    for (;;) {
        struct scan_line line = scanner_next(&sc);
        if (line.kind == LINE_END) break;
        if (line.kind != LINE_CODE) continue;
        bool inside = line.indented || line.continues || decorated;
        if (!inside || facts->units.len == 0)
            vec_push(&facts->units, ((struct module_unit){.span = {line.start, line.end}}));
        facts->units.items[facts->units.len - 1].span.end = line.end;
        decorated = line.decorator && !line.indented;
    }
    scanner_finish(&sc);
}

/* --- uses --- */

static bool is_wanted(const struct reader *r, struct str root) {
    const struct symbols *s = &r->unit->symbols;
    if (symbols_requirement(s, root)) return true;
    for (size_t i = 0; i < s->imports.len; i++)
        if (str_eq(s->imports.items[i].local, root)) return true;
    return false;
}

static void add_use(struct reader *r, struct module_use use) {
    use.at.start += r->unit->span.start;
    use.at.end += r->unit->span.start;
    if (r->in_decorator) use.flags |= USE_DECORATOR;
    vec_push(&r->out->uses, use);
}

static bool is_assignment(struct str op) {
    static const char *const comparisons[] = {"==", "!=", "<=", ">=", ":="};
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++)
        if (str_eq(op, str_from(comparisons[i]))) return false;
    return str_ends(op, STR("="));
}

/* The next token that is no line end and no comment. */
static struct token next_code(struct lexer *lx) {
    struct token t;
    do {
        t = token_next(lx);
    } while (t.kind == TOKEN_NEWLINE || t.kind == TOKEN_COMMENT);
    return t;
}

static bool is_op(const struct lexer *lx, struct token t, const char *text) {
    return str_eq(token_text(lx, t), str_from(text));
}

static unsigned flags_behind(struct lexer lx, struct token t, bool dotted) {
    if (t.kind == TOKEN_OPERATOR && dotted && is_assignment(token_text(&lx, t)))
        return USE_STORED | USE_COMPUTED;
    if (is_op(&lx, t, "[")) return USE_SUBSCRIPT | USE_COMPUTED;
    if (!is_op(&lx, t, "(")) return USE_COMPUTED;
    struct token first = next_code(&lx), then = next_code(&lx);
    bool plain = first.kind == TOKEN_STRING && !first.formatted && !first.bytes &&
                 (is_op(&lx, then, ")") || is_op(&lx, then, ","));
    return plain ? USE_CALLED : USE_CALLED | USE_COMPUTED;
}

/* Read the chain that `name` begins; returns the token behind it. */
static struct token read_chain(struct reader *r, struct lexer *lx, struct token name) {
    struct module_use use = {.text = (uint32_t)r->out->pool.len, .at = name.span};
    struct str root = token_text(lx, name);
    struct token t = next_code(lx);
    buf_append(&r->out->pool, root);
    use.root_len = (uint32_t)root.len;
    while (is_op(lx, t, ".")) {
        struct token part = next_code(lx);
        if (part.kind != TOKEN_NAME) {
            t = part;
            break;
        }
        buf_append_byte(&r->out->pool, '.');
        buf_append(&r->out->pool, token_text(lx, part));
        use.at.end = part.span.end;
        t = next_code(lx);
    }
    use.len = (uint32_t)r->out->pool.len - use.text;
    use.flags = flags_behind(*lx, t, use.len > use.root_len);
    if (is_wanted(r, root))
        add_use(r, use);
    else
        r->out->pool.len = use.text;
    return t;
}

static bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

/* Where the next replacement field's brace stands, or the end.  `{{` is a brace of the text. */
static uint32_t next_brace(struct str src, uint32_t at, uint32_t end) {
    for (; at < end; at++) {
        if (src.ptr[at] != '{') continue;
        if (at + 1 == end || src.ptr[at + 1] != '{') return at;
        at++;
    }
    return end;
}

/* After a field's closing brace.  A field with quotes in it may hold any braces: then the rest of
 * the string is taken for one field. */
static uint32_t field_end(struct str src, uint32_t at, uint32_t end) {
    int depth = 0;
    uint32_t start = at;
    for (; at < end; at++) {
        char c = src.ptr[at];
        if (c == '"' || c == '\'') break;
        depth += (c == '{') - (c == '}');
        if (depth == 0) return at + 1;
    }
    return start < end ? end : at;
}

/* The chain that starts at `at`, if any; after it, or after what is none. */
static uint32_t read_field_chain(struct reader *r, uint32_t at, uint32_t limit) {
    const char *p = r->source.ptr;
    uint32_t start = at, root_end = 0;
    while (at < limit && (is_name_byte(p[at]) || (at > start && p[at] == '.'))) {
        if (p[at] == '.' && !root_end) root_end = at;
        at++;
    }
    if (at == start) return at + 1;
    uint32_t end = at;
    while (end > start && p[end - 1] == '.') end--;
    if (!root_end || root_end > end) root_end = end;
    if (!is_wanted(r, str_slice(r->source, start, root_end))) return at;
    add_use(r, (struct module_use){.text = (uint32_t)r->out->pool.len,
                                   .len = end - start,
                                   .root_len = root_end - start,
                                   .flags = USE_COMPUTED | USE_CALLED,
                                   .at = {start, end}});
    buf_append(&r->out->pool, str_slice(r->source, start, end));
    return at;
}

static void read_formatted(struct reader *r, struct span string) {
    uint32_t at = next_brace(r->source, string.start, string.end);
    while (at < string.end) {
        uint32_t end = field_end(r->source, at, string.end);
        while (at < end) at = read_field_chain(r, at, end);
        at = next_brace(r->source, end, string.end);
    }
}

static int compare_uses(const void *a, const void *b, void *pool) {
    const struct module_use *x = a, *y = b;
    const char *base = pool;
    int order = str_cmp((struct str){base + x->text, x->len}, (struct str){base + y->text, y->len});
    return order ? order : x->at.start < y->at.start ? -1 : x->at.start > y->at.start;
}

static void sort_uses(struct reader *r) {
    struct module_facts *f = r->out;
    size_t first = r->unit->uses_start, kept = first;
    struct module_use *items = f->uses.items;
    if (f->uses.len > first)
        qsort_r(items + first, f->uses.len - first, sizeof *items, compare_uses, f->pool.ptr);
    for (size_t i = first; i < f->uses.len; i++) {
        if (kept > first &&
            str_eq(module_use_chain(f, &items[i]), module_use_chain(f, &items[kept - 1])))
            items[kept - 1].flags |= items[i].flags;
        else
            items[kept++] = items[i];
    }
    f->uses.len = kept;
    r->unit->uses_len = (uint32_t)(kept - first);
}

/* The decorators of a unit end where its own `def` or `class` stands. */
static void follow_decorators(struct reader *r, struct str word) {
    if (str_eq(word, STR("def")) || str_eq(word, STR("class")) || str_eq(word, STR("async")))
        r->in_decorator = false;
}

/* If `t` begins an import statement, the token behind it: its names are no uses. */
static bool skip_import(struct lexer *lx, struct token *t) {
    struct lexer ahead = *lx;
    struct token next = *t;
    int depth = 0;
    if (next.kind != TOKEN_NAME) return false;
    if (is_op(lx, next, "from")) /* or `yield from`, `raise ... from` */
        do {
            next = token_next(&ahead);
        } while (next.kind == TOKEN_NAME ? !is_op(&ahead, next, "import")
                                         : is_op(&ahead, next, ".") || is_op(&ahead, next, "..."));
    if (!is_op(&ahead, next, "import")) return false;
    do {
        next = token_next(&ahead);
        depth += (next.kind == TOKEN_OPEN) - (next.kind == TOKEN_CLOSE);
    } while (next.kind != TOKEN_END && !is_op(&ahead, next, ";") &&
             (depth > 0 || next.kind != TOKEN_NEWLINE));
    *lx = ahead;
    *t = next_code(lx);
    return true;
}

static void read_uses(struct reader *r) {
    struct lexer lx = {.src = r->source, .end = (uint32_t)r->source.len};
    struct token t = next_code(&lx);
    bool after_dot = false;
    r->in_decorator = r->unit->decorated = is_op(&lx, t, "@");
    while (t.kind != TOKEN_END) {
        if (!after_dot && skip_import(&lx, &t)) continue;
        bool dot = is_op(&lx, t, ".");
        if (t.kind == TOKEN_NAME) follow_decorators(r, token_text(&lx, t));
        if (t.kind == TOKEN_STRING && t.formatted) read_formatted(r, t.span);
        if (t.kind == TOKEN_NAME && !after_dot && word_classify(token_text(&lx, t)) == WORD_NAME)
            t = read_chain(r, &lx, t);
        else
            t = next_code(&lx);
        after_dot = dot;
    }
    sort_uses(r);
}

/* --- roles --- */

bool is_container_mutator(struct str method) {
    static const char *const methods[] = {
        "add",
        "append",
        "appendleft",
        "clear",
        "difference_update",
        "discard",
        "extend",
        "insert",
        "intersection_update",
        "pop",
        "popitem",
        "popleft",
        "remove",
        "reverse",
        "setdefault",
        "sort",
        "symmetric_difference_update",
        "update",
    };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (str_eq(method, str_from(methods[i]))) return true;
    return false;
}

static struct str last_part(struct str chain) {
    size_t start = chain.len;
    while (start && chain.ptr[start - 1] != '.') start--;
    return str_slice(chain, start, chain.len);
}

/* `if __name__ == "__main__":`, either way around, and no branch for the other case. */
static bool is_main_guard(const struct reader *r) {
    struct lexer lx = {.src = r->source, .end = (uint32_t)r->source.len};
    struct scanner sc;
    if (!is_op(&lx, next_code(&lx), "if")) return false;
    struct str a = token_text(&lx, next_code(&lx)), op = token_text(&lx, next_code(&lx));
    struct str b = token_text(&lx, next_code(&lx)), colon = token_text(&lx, next_code(&lx));
    struct str main_name = str_eq(a, STR("__name__")) ? b : a;
    bool guard = (str_eq(a, STR("__name__")) || str_eq(b, STR("__name__"))) &&
                 str_eq(op, STR("==")) && str_eq(colon, STR(":")) &&
                 (str_eq(main_name, STR("'__main__'")) || str_eq(main_name, STR("\"__main__\"")));
    scanner_init(&sc, r->source, false);
    for (struct scan_line l; guard && (l = scanner_next(&sc)).kind != LINE_END;)
        guard = !(l.kind == LINE_CODE && l.continues && !l.indented);
    scanner_finish(&sc);
    return guard;
}

static struct token skip_brackets(struct lexer *lx) {
    struct token t;
    int depth = 1;
    do {
        t = next_code(lx);
        depth += (t.kind == TOKEN_OPEN) - (t.kind == TOKEN_CLOSE);
    } while (depth > 0 && t.kind != TOKEN_END);
    return next_code(lx);
}

/* Whether a line of a compound statement looks like a call whose value nobody takes, or may end the
 * import. */
static bool line_calls(struct str line) {
    struct lexer lx = {.src = line, .end = (uint32_t)line.len};
    struct token t = next_code(&lx);
    if (is_op(&lx, t, "await") || is_op(&lx, t, "raise") || is_op(&lx, t, "assert")) return true;
    if (t.kind != TOKEN_NAME || word_classify(token_text(&lx, t)) != WORD_NAME) return false;
    t = next_code(&lx);
    while (is_op(&lx, t, ".") || is_op(&lx, t, "[")) {
        bool dot = is_op(&lx, t, ".");
        if (dot) next_code(&lx);
        t = dot ? next_code(&lx) : skip_brackets(&lx);
    }
    return is_op(&lx, t, "(");
}

static bool line_defines(struct str line) {
    struct lexer lx = {.src = line, .end = (uint32_t)line.len};
    struct token first = next_code(&lx);
    return is_op(&lx, first, "def") ||
           (is_op(&lx, first, "async") && is_op(&lx, next_code(&lx), "def"));
}

/* Whether a line of a compound statement calls something; not the bodies of functions in it. */
static bool suite_calls(struct str source) {
    struct scanner sc;
    bool calls = false;
    size_t inside = SIZE_MAX; /* the indentation of the function we are in */
    scanner_init(&sc, source, false);
    for (struct scan_line l; !calls && (l = scanner_next(&sc)).kind != LINE_END;) {
        if (l.kind != LINE_CODE) continue;
        struct str line = str_trim(str_slice(source, l.start, l.end));
        size_t indentation = (size_t)(line.ptr - source.ptr) - l.start;
        if (indentation > inside) continue;
        inside = line_defines(line) ? indentation : SIZE_MAX;
        const char *colon = memchr(line.ptr, ':', line.len); /* `else: call()` */
        calls = inside == SIZE_MAX &&
                (line_calls(line) ||
                 (colon && line_calls(str_slice(line, (size_t)(colon - line.ptr) + 1, line.len))));
    }
    scanner_finish(&sc);
    return calls;
}

/* Changes in place of the module's own objects, by stores and by methods of containers. */
static bool only_mutates(const struct reader *r) {
    const struct module_facts *f = r->out;
    const struct symbols *s = &r->unit->symbols;
    if (s->mutates.len == 0) return false;
    for (uint32_t i = 0; i < r->unit->uses_len; i++) {
        const struct module_use *use = &f->uses.items[r->unit->uses_start + i];
        if (use->flags & USE_CALLED && !is_container_mutator(last_part(module_use_chain(f, use))) &&
            !symbols_is_builtin(module_use_root(f, use)))
            return false;
    }
    return true;
}

static bool calls_anything(struct str source) {
    struct lexer lx = {.src = source, .end = (uint32_t)source.len};
    bool operand = false;
    for (struct token t; (t = next_code(&lx)).kind != TOKEN_END;) {
        if (operand && is_op(&lx, t, "(")) return true;
        bool word = t.kind == TOKEN_NAME && word_classify(token_text(&lx, t)) == WORD_NAME;
        operand = word || is_op(&lx, t, ")") || is_op(&lx, t, "]");
    }
    return false;
}

static bool is_any_word(struct str word, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (str_eq(word, str_from(words[i]))) return true;
    return false;
}

static enum unit_role unit_role(const struct reader *r) {
    static const char *const definitions[] = {"def", "class", "async", "@"};
    static const char *const compounds[] = {"if", "for", "while", "with", "try", "match"};
    struct lexer lx = {.src = r->source, .end = (uint32_t)r->source.len};
    struct token first = next_code(&lx), second = next_code(&lx);
    struct str word = token_text(&lx, first);
    const struct symbols *s = &r->unit->symbols;
    if (s->wild & WILD_SIZE) return UNIT_EFFECT;
    if (str_eq(word, STR("import")) || str_eq(word, STR("from"))) return UNIT_IMPORTS;
    bool loop = str_eq(word, STR("async")) && !is_op(&lx, second, "def");
    if (!loop && is_any_word(word, definitions, 4)) return UNIT_DEFINES;
    if (is_main_guard(r)) return UNIT_MAIN;
    if (s->wild & (WILD_EXEC | WILD_GLOBALS)) return UNIT_EFFECT;
    if (loop || is_any_word(word, compounds, 6)) {
        bool effect = (s->mutates.len && !only_mutates(r)) || suite_calls(r->source);
        return effect ? UNIT_EFFECT : s->mutates.len ? UNIT_MUTATES : UNIT_DEFINES;
    }
    if (only_mutates(r)) return UNIT_MUTATES;
    if (s->provides.len || s->deletes.len) return UNIT_DEFINES;
    if (s->mutates.len || s->top_level_await ||
        is_any_word(word, (const char *[]){"assert", "raise"}, 2))
        return UNIT_EFFECT;
    return calls_anything(r->source) ? UNIT_EFFECT : UNIT_INERT;
}

/* --- all together --- */

static void ignore_comment(void *context, struct span comment, bool after_code) {
    (void)context, (void)comment, (void)after_code;
}

static void read_unit(struct reader *r, bool future_annotations) {
    r->source = str_slice(r->text, r->unit->span.start, r->unit->span.end);
    r->unit->code = code_summarize(r->source, ignore_comment, NULL, &r->scratch).hash;
    symbols_analyse(&r->unit->symbols, r->source, future_annotations);
    r->unit->uses_start = (uint32_t)r->out->uses.len;
    read_uses(r);
    r->unit->role = unit_role(r);
}

void module_facts_analyse(struct module_facts *out, struct str text) {
    struct reader r = {.out = out, .text = text};
    bool future_annotations = false;
    cut_units(out, text);
    for (size_t i = 0; i < out->units.len; i++) {
        r.unit = &out->units.items[i];
        read_unit(&r, future_annotations);
        future_annotations |= r.unit->symbols.future_annotations;
        out->has_all |= r.unit->symbols.has_all;
    }
    number_units(out, text);
    buf_finish(&r.scratch);
}

void module_facts_finish(struct module_facts *facts) {
    for (size_t i = 0; i < facts->units.len; i++) symbols_finish(&facts->units.items[i].symbols);
    vec_finish(&facts->units);
    vec_finish(&facts->uses);
    buf_finish(&facts->pool);
    facts->has_all = false;
}
