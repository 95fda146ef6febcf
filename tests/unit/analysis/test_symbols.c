/* SPDX-License-Identifier: Apache-2.0 */
/* test_symbols.c - one row for each construct of the language.
 *
 * Columns: code, provides, requires, mutates, deletes; names in byte order, separated by blanks.
 * Marks: "?" not bound on every path, "~" deferred (by or for functions that are called later).
 * Builtins are left out of requires unless marked "!". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "analysis/symbols.h"
#include "base/buf.h"
#include "base/mem.h"

struct row {
    const char *code, *provides, *requires, *mutates, *deletes;
};

static void append_name(struct buf *out, struct str name, const char *marks) {
    buf_printf(out, "%s%.*s%s", out->len ? " " : "", STR_FMT(name), marks);
}

static void expect(const struct row *row, const char *column, const char *wanted,
                   struct buf *found) {
    if (strcmp(buf_cstr(found), wanted) != 0)
        fail_msg("%s\n  %s: expected \"%s\", found \"%s\"", row->code, column, wanted,
                 buf_cstr(found));
    buf_finish(found);
}

static void check(const struct row *row) {
    struct symbols s = {0};
    struct buf provides = {0}, requires = {0}, mutates = {0}, deletes = {0};
    symbols_analyse(&s, str_from(row->code), false);
    for (size_t i = 0; i < s.provides.len; i++) {
        const struct definition *d = &s.provides.items[i];
        append_name(&provides, d->name, d->deferred ? "~" : d->certain ? "" : "?");
    }
    for (size_t i = 0; i < s.requires.len; i++) {
        const struct requirement *r = &s.requires.items[i];
        if (!r->builtin) append_name(&requires, r->name, r->deferred ? "~" : "");
    }
    for (size_t i = 0; i < s.mutates.len; i++) append_name(&mutates, s.mutates.items[i], "");
    for (size_t i = 0; i < s.deletes.len; i++) append_name(&deletes, s.deletes.items[i], "");
    expect(row, "provides", row->provides, &provides);
    expect(row, "requires", row->requires, &requires);
    expect(row, "mutates", row->mutates, &mutates);
    expect(row, "deletes", row->deletes, &deletes);
    symbols_finish(&s);
}

#define CHECK_ROWS(rows)                                                                           \
    for (size_t row_ = 0; row_ < sizeof(rows) / sizeof *(rows); row_++) check(&(rows)[row_])

static void assignments(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"", "", "", "", ""},
        {"x = 1", "x", "", "", ""},
        {"x = y", "x", "y", "", ""},
        {"x = x", "x", "x", "", ""},
        {"x = 1\ny = x", "x y", "", "", ""},
        {"x = y = z", "x y", "z", "", ""},
        {"a, (b, *c), [d] = e", "a b c d", "e", "", ""},
        {"x += 1", "x", "x", "x", ""},
        {"x = 1\nx += 1", "x", "", "", ""},
        {"x: int", "", "", "", ""},
        {"x: T", "", "T", "", ""},
        {"x: T = v", "x", "T v", "", ""},
        {"x: x = 1", "x", "", "", ""},
        {"from __future__ import annotations\nx: T = 1", "annotations x", "", "", ""},
        {"a.b: int", "", "a", "", ""},
        {"x[i] = v", "", "i v x", "x", ""},
        {"a = 1; b = a", "a b", "", "", ""},
        {"(x := y)", "x", "y", "", ""},
        {"f(x := 1, x)", "x", "f", "", ""},
        {"__all__ = ['a']", "__all__", "", "", ""},
    };
    CHECK_ROWS(rows);
}

static void deletions(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"del x", "", "x", "", "x"},
        {"x = 1\ndel x", "", "", "", "x"},
        {"del x\nx = 1", "x", "x", "", ""},
        {"del x\nx", "", "x", "", "x"},
        {"del a, (b, [c])", "", "a b c", "", "a b c"},
        {"del d['k'], o.a", "", "d o", "d o", ""},
        {"if c:\n  del x", "", "c x", "", "x"},
        {"for t in r: pass\ndel t", "", "r t", "", "t"},
        {"def f():\n  global x\n  del x", "f", "x~", "", "x"},
    };
    CHECK_ROWS(rows);
}

static void branches(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"if c: x = 1\nx", "x?", "c x", "", ""},
        {"if c: x = 1\nelse: x = 2\nx", "x", "c", "", ""},
        {"if c: x = 1\nelif d: x = 2\nx", "x?", "c d x", "", ""},
        {"if (m := f()): m\nm", "m", "f", "", ""},
        {"if a: pass\nelif (m := f()): m\nelse: m\nm", "m?", "a f m", "", ""},
        {"if c: x = 1\nelse: raise E\nx", "x", "E c", "", ""},
        {"for i in r: x = i\nx", "i? x?", "r x", "", ""},
        {"for i in r: pass\nelse: x = 1\nx", "i? x", "r", "", ""},
        {"for i in r:\n  if i: break\nelse: x = 1\nx", "i? x?", "r x", "", ""},
        {"for i in r:\n  if i: x = 1\n  else: continue\n  x", "i? x?", "r", "", ""},
        {"while c: x = 1\nx", "x?", "c x", "", ""},
        {"while True:\n  x = f()\n  if x: break\nx", "x", "f", "", ""},
        {"while 1:\n  if c: break\n  x = 1\nx", "x?", "c x", "", ""},
        {"a and (b := c)\nb", "b?", "a b c", "", ""},
        {"if a and (m := f()): m\nm", "m?", "a f m", "", ""},
        {"if a or not (m := f()): pass\nelse: m", "m?", "a f", "", ""},
        {"if a or (m := f()): m", "m?", "a f m", "", ""},
        {"while a and (m := f()): m", "m?", "a f", "", ""},
        {"[m for x in xs if x and (m := f())]", "m?", "f xs", "", ""},
        {"m if a and (m := f()) else m", "m?", "a f m", "", ""},
        {"a < b < (c := d)\nc", "c?", "a b c d", "", ""},
        {"y if (y := f()) else z", "y", "f z", "", ""},
        {"x = (t := 1) if c else 2\nt", "t? x", "c t", "", ""},
        {"assert (x := f()), m\nx", "x", "f m", "", ""},
        {"with a as b, c as (d, e.f): b\nd", "b d", "a c e", "e", ""},
        {"with (a as b, c as d): pass", "b d", "a c", "", ""},
        {"with a: raise E\nx = 1\nx", "x", "E a", "", ""},
        {"for i in r:\n  with a: break\n  x = 1", "i?", "a r", "", ""},
        {"async with a as b: pass", "b", "a", "", ""},
        {"async for i in a: pass", "i?", "a", "", ""},
    };
    CHECK_ROWS(rows);
}

static void tries(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"try: x = 1\nexcept E: pass\nx", "x?", "E x", "", ""},
        {"try: x = 1\nexcept E: x = 2\nx", "x", "E", "", ""},
        {"try: x = 1\nexcept E: raise\nx", "x", "E", "", ""},
        {"try: x = 1\nexcept E: x", "x?", "E x", "", ""},
        {"try: pass\nexcept E as e: e", "", "E", "", "e"},
        {"try: pass\nexcept* E as e: e", "", "E", "", "e"},
        {"try: pass\nexcept (A, B) as e: pass\ne", "", "A B e", "", "e"},
        {"try: pass\nexcept* A: x = 1\nexcept* B: y = x\nx", "x? y?", "A B x", "", ""},
        {"for i in r:\n  try: pass\n  except E as e: continue\n  else: break", "i?", "E r", "",
         "e"},
        {"try:\n  try: pass\n  except A as e: raise\nexcept B: pass", "", "A B", "", "e"},
        {"try: x = f()\nfinally: x", "x", "f x", "", ""},
        {"try: f()\nfinally: x = 1\nx", "x", "f", "", ""},
        {"try: f()\nexcept E: pass\nelse: x = 1\nx", "x?", "E f x", "", ""},
        {"try: import m\nexcept E: pass\nelse: del m", "", "E", "", "m"},
        {"try: import m\nexcept ImportError: m = None\nm", "m", "", "", ""},
    };
    CHECK_ROWS(rows);
}

static void matches(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"match s:\n  case {'k': x, **rest}: x", "rest? x?", "s", "", ""},
        {"match s:\n  case P(1, y=yy): yy", "yy?", "P s", "", ""},
        {"match s:\n  case [a, *b] | (a as b): pass", "a? b?", "s", "", ""},
        {"match s:\n  case m.A | None | -1 | 'x': pass", "", "m s", "", ""},
        {"match s:\n  case {m.K: _}: pass", "", "m s", "", ""},
        {"match s:\n  case x if g(x): pass\nx", "x", "g s", "", ""},
        {"match s:\n  case [x] if g(x): pass\nx", "x?", "g s x", "", ""},
        {"match s:\n  case (x): pass\nx", "x", "s", "", ""},
        {"match s:\n  case x,: pass\nx", "x?", "s x", "", ""},
        {"match s:\n  case _ as x: pass\nx", "x", "s", "", ""},
        {"match s:\n  case 1: x = 1\n  case _: x = 2\nx", "x", "s", "", ""},
        {"match s:\n  case 1: x = 1\n  case x: pass\nx", "x", "s", "", ""},
        {"match = case = type = _ = 1\nmatch\ntype", "_ case match type", "", "", ""},
        {"match(x)\nprint(type)", "", "match x", "", ""},
    };
    CHECK_ROWS(rows);
}

static void functions(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"def f(): return x", "f", "x~", "", ""},
        {"def f(): return x\nx = 1", "f x", "", "", ""},
        {"def f(): return x\nf()\nx = 1", "f x", "x", "", ""},
        {"def f(): return x\ng = [f]\nx = 1", "f g x", "x~", "", ""},
        {"def g(): return f()\ndef f(): return x\nx = 1\ng()", "f g x", "", "", ""},
        {"def g(): return f()\ndef f(): return x\ng()\nx = 1", "f g x", "x~", "", ""},
        {"def f(): return f()", "f", "", "", ""},
        {"def f():\n  x\n  x = 1", "f", "", "", ""},
        {"def f(a, b: T = d, /, *c: U, e, g=h, **k) -> R: return a, b, c, e, g, k", "f",
         "R T U d h", "", ""},
        {"@d(x)\nasync def f(): await y", "f", "d x y~", "", ""},
        {"def f():\n  x = 1\n  def g(): return x, y\n  return g", "f", "y~", "", ""},
        {"def f():\n  x = 1\n  def g():\n    nonlocal x\n    x = 2", "f", "", "", ""},
        {"def f():\n  global x\n  x = 1", "f x~", "", "", ""},
        {"def f():\n  global x\n  x = 1\nf()\nx", "f x?", "x", "", ""},
        {"def f():\n  global x\n  def g(): return x\n  x = 1\nx = 0", "f x", "", "", ""},
        {"def f():\n  (x): T\n  return x", "f", "x~", "", ""},
        {"def f():\n  x: T = 1\n  y: U", "f", "", "", ""},
        {"def f():\n  for i in r: pass\n  with a as b: pass\n  import c.d\n  return i, b, c", "f",
         "a~ r~", "", ""},
        {"def f():\n  try: pass\n  except E as e: return e", "f", "E~", "", ""},
        {"def f():\n  if (y := x): return y", "f", "x~", "", ""},
        {"def f():\n  del x", "f", "", "", ""},
        {"def f():\n  match s:\n    case [a, *b]: return a, b", "f", "s~", "", ""},
        {"f = lambda a, *b, c=d, **e: a + g", "f", "d g~", "", ""},
        {"f = lambda: x\nx = 1", "f x", "", "", ""},
        {"sorted(y, key=lambda v: v + k)", "", "k~ y", "", ""},
        {"(lambda: (z := 1))()", "", "", "", ""},
        {"def f[T: B](x: T) -> T: return T", "f", "B~", "", ""},
        {"type X[T] = dict[T, Y]", "X", "Y~", "", ""},
        {"type X = Y\nY = int", "X Y", "", "", ""},
    };
    CHECK_ROWS(rows);
}

static void classes(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"class C(B, metaclass=M, k=v): pass", "C", "B M v", "", ""},
        {"class C:\n  x = x\n  y = x", "C", "x", "", ""},
        {"class C:\n  x = 1\n  def m(self): return x", "C", "x~", "", ""},
        {"class C:\n  if c: x = 1\n  y = x", "C", "c x", "", ""},
        {"class C:\n  'd'\n  x = __doc__, __y", "C", "_C__y", "", ""},
        {"class C:\n  x = 1\n  y = [x for _ in z]", "C", "x z", "", ""},
        {"class C:\n  x = 1\n  y = [i for i in x]", "C", "", "", ""},
        {"class C:\n  def m(self): return __class__, super()", "C", "", "", ""},
        {"class C:\n  def m(self): return C", "C", "", "", ""},
        {"class C:\n  x: C = 1", "C", "C", "", ""},
        {"class C:\n  global g\n  g = 1", "C g", "", "", ""},
        {"class C:\n  def m(self): return __x", "C", "_C__x~", "", ""},
        {"class _C:\n  __x = 1\n  y = __x, __y__", "_C", "__y__", "", ""},
        {"class C[T](B[T]):\n  x: T\n  def m(self) -> T: pass", "C", "B", "", ""},
        {"@d\nclass C:\n  @p\n  def m(self, a=q): pass", "C", "d p q", "", ""},
        {"class C:\n  class D: x = 1\n  y = D, x", "C", "x", "", ""},
        {"def f(x):\n  class C: y = x\n  return C", "f", "", "", ""},
        {"def f(x):\n  class C: x = x\n  return C", "f", "x~", "", ""},
    };
    CHECK_ROWS(rows);
}

static void expressions(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"[x for x in y if z]", "", "y z", "", ""},
        {"{k: v for k, v in d for k in k}", "", "d", "", ""},
        {"{x for x in x}", "", "x", "", ""},
        {"[b for a in c if (b := a)]\nb", "b?", "b c", "", ""},
        {"g = (x + y for x in z)", "g", "y~ z", "", ""},
        {"sum(x + y for x in z)", "", "y z", "", ""},
        {"[x async for x in y]", "", "y", "", ""},
        {"f'{x!r:>{w}} {y=} {z:%d}'", "", "w x y z", "", ""},
        {"f'{x:=5} {(y := z)}'", "y", "x z", "", ""},
        {"def f(x): return f'{x:={w}}'", "f", "w~", "", ""},
        {"f'{f\"{a[\"k\"]}\"}' rf'{b}' '{c}'", "", "a b", "", ""},
        {"f(a, *b, k=c, **d)", "", "a b c d f", "", ""},
        {"a.b.c[d:e, ::f](g).h", "", "a d e f g", "", ""},
        {"x if y else z", "", "x y z", "", ""},
        {"not a, -b, a and b or c, a < b is c, a @ b", "", "a b c", "", ""},
        {"print >>f, x", "", "f x", "", ""},
        {"type(x).y = 1", "", "x", "", ""},
        {"lambda x: x", "", "", "", ""},
        {"await x", "", "x", "", ""},
        {"\xc3\xa9t\xc3\xa9 = \xce\xb1", "\xc3\xa9t\xc3\xa9", "\xce\xb1", "", ""},
    };
    CHECK_ROWS(rows);
}

static void mutations(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"xs.append(1)", "", "xs", "xs", ""},
        {"y = xs.pop()", "y", "xs", "", ""},
        {"xs = []\nxs.append(1)", "xs", "", "", ""},
        {"ys = xs\nys.append(1)", "ys", "xs", "xs", ""},
        {"for row in rows: row['a'] = 1", "row?", "rows", "rows", ""},
        {"df.x['a'].y = 1", "", "df", "df", ""},
        {"df['a'] += 1", "", "df", "df", ""},
        {"a.b().c()", "", "a", "a", ""},
        {"f(x).g()", "", "f x", "", ""},
        {"await q.put(1)", "", "q", "q", ""},
        {"setattr(o, 'a', 1)\nnext(it)", "", "it o", "it o", ""},
        {"def f(a, b): b.append(1)\nf(x, y)", "f", "x y", "y", ""},
        {"def f(a, b): b.append(1)\nf(x, b=y)", "f", "x y", "y", ""},
        {"def f(): xs.append(1)", "f", "xs~", "", ""},
        {"def f(): xs.append(1)\nf()", "f", "xs", "xs", ""},
        {"def f(): xs.append(1)\nlist(map(f, z))", "f", "xs~ z", "xs", ""},
        {"import plt\nplt.show()", "plt", "", "", ""},
    };
    CHECK_ROWS(rows);
}

static void imports(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"import a.b.c, d as e", "a e", "", "", ""},
        {"from ..a import b as c, d", "c d", "", "", ""},
        {"from a import (b, c,)", "b c", "", "", ""},
        {"from a import *", "", "", "", ""},
    };
    CHECK_ROWS(rows);
}

static void broken_code(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"x = [1, y", "x", "y", "", ""},
        {"def f(", "f", "", "", ""},
        {"import ", "", "", "", ""},
        {"x = ", "x", "", "", ""},
    };
    CHECK_ROWS(rows);
    struct symbols s = {0};
    symbols_analyse(&s, STR("x = (1"), false);
    assert_true(s.syntax_error);
    symbols_finish(&s);
    symbols_analyse(&s, STR("print x"), false);
    assert_true(s.syntax_error);
    symbols_finish(&s);
}

static void check_wild(const char *code, unsigned wanted) {
    struct symbols s = {0};
    symbols_analyse(&s, str_from(code), false);
    if (s.wild != wanted) fail_msg("%s\n  wild: expected %u, found %u", code, wanted, s.wild);
    symbols_finish(&s);
}

static void wild_blocks(void **state) {
    (void)state;
    check_wild("exec('x = 1')", WILD_EXEC);
    check_wild("def f(): return eval(s)", WILD_EXEC);
    check_wild("globals()['x'] = 1", WILD_GLOBALS);
    check_wild("vars()", WILD_GLOBALS);
    check_wild("vars(o)", 0);
    check_wild("def f(): return locals()", 0);
    check_wild("model.eval()", 0);
    check_wild("def eval(x): pass\neval(1)", 0);
    check_wild("from m import *", WILD_STAR);
}

static void import_facts(void **state) {
    (void)state;
    struct symbols s = {0};
    symbols_analyse(&s,
                    STR("from ..a.b import c as d\n"
                        "if TYPE_CHECKING:\n    import t\n"
                        "try: import o\nexcept ImportError: o = None\n"
                        "def f(): return importlib.import_module('.p.q', 'r')\n"),
                    false);
    assert_int_equal(s.imports.len, 4);
    const struct import_use *use = s.imports.items;
    assert_true(str_eq(use[0].module, STR("a.b")) && str_eq(use[0].name, STR("c")));
    assert_true(str_eq(use[0].local, STR("d")) && use[0].level == 2);
    assert_int_equal(use[0].at.start, 18);
    assert_true(use[1].type_checking && !use[1].optional);
    assert_true(use[2].optional && !use[2].deferred);
    assert_true(use[3].deferred && use[3].level == 1 && str_eq(use[3].module, STR("p.q")));
    symbols_finish(&s);
}

static void definition_facts(void **state) {
    (void)state;
    struct symbols s = {0};
    symbols_analyse(
        &s,
        STR("y = 1\n"
            "def f(a, b):\n    global g\n    g = y + len(z)\n    b.x = 1\n    xs.add(1)\n"
            "f(p, q, k=r)\n"),
        false);
    const struct definition *f = symbols_definition(&s, STR("f"));
    assert_non_null(f);
    assert_int_equal(f->kind, DEF_FUNCTION);
    assert_int_equal(f->span.start, 6);
    assert_int_equal(f->uses_len, 4); /* len xs y z */
    assert_true(str_eq(s.definition_uses.items[f->uses_start + 1], STR("xs")));
    assert_int_equal(f->effects_len, 2); /* g xs */
    assert_int_equal(f->mutated_parameters, 2);
    assert_int_equal(s.arguments.len, 3);
    assert_true(str_eq(s.arguments.items[1].name, STR("q")));
    assert_int_equal(s.arguments.items[1].position, 1);
    assert_int_equal(s.arguments.items[2].position, 31);
    assert_null(symbols_definition(&s, STR("p")));
    assert_non_null(symbols_requirement(&s, STR("p")));
    symbols_finish(&s);
}

static void exports(void **state) {
    (void)state;
    struct symbols s = {0};
    symbols_analyse(&s, STR("__all__ = ['b', 'a'] + ['c']\n__all__.extend(('a', 'd'))\n"), false);
    assert_true(s.has_all && !s.all_partial);
    assert_int_equal(s.exports_all.len, 4);
    assert_true(str_eq(s.exports_all.items[3], STR("d")));
    symbols_finish(&s);
    symbols_analyse(&s, STR("__all__ += m.__all__\n"), false);
    assert_true(s.has_all && s.all_partial);
    symbols_finish(&s);
}

static void await_at_top_level(void **state) {
    (void)state;
    static const char *const awaiting[] = {"await x", "async for i in x: pass",
                                           "async with x: pass", "[i async for i in x]"};
    struct symbols s = {0};
    for (size_t i = 0; i < sizeof awaiting / sizeof *awaiting; i++) {
        symbols_analyse(&s, str_from(awaiting[i]), false);
        assert_true(s.top_level_await);
        symbols_finish(&s);
    }
    symbols_analyse(&s, STR("async def f():\n  await x\n  async with y: pass"), false);
    assert_false(s.top_level_await);
    symbols_finish(&s);
}

/* The stack does not grow with the text's depth, and the parser's limits are not reached. */
static void deep_nesting(void **state) {
    (void)state;
    static const char *const openers[] = {
        "(",
        "[",
        "{",
        "f(",
        "-",
        "not ",
        "lambda: ",
        "x if (y := z) else ",
        "[x for x in ",
        "a or (b := ",
        "x = ",
        "f'{",
        "def f():",
        "if x:",
        "x.y[",
    };
    for (size_t o = 0; o < sizeof openers / sizeof *openers; o++) {
        struct buf text = {0};
        while (text.len < 20000) buf_append(&text, str_from(openers[o]));
        struct symbols s = {0};
        symbols_analyse(&s, buf_str(&text), false);
        assert_int_equal(s.wild, 0);
        symbols_finish(&s);
        buf_finish(&text);
    }
}

/* What was analysed before does not matter: in an f-string, the grammar sees no end of a suite. */
static void after_an_open_string(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"f'{x", "", "x", "", ""},
        {"class C:\n    y = 1\n\nz = 2", "C z", "", "", ""},
    };
    CHECK_ROWS(rows);
}

static void too_big(void **state) {
    (void)state;
    static const char *const units[] = {"(", "# c\n", "+ * ", "x = 1\n", "f(", "\\\n"};
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        struct buf text = {0};
        for (int i = 0; i < 70000; i++) buf_append(&text, str_from(units[u]));
        struct symbols s = {0};
        symbols_analyse(&s, buf_str(&text), false);
        assert_int_equal(s.wild, WILD_SIZE);
        symbols_finish(&s);
        buf_finish(&text);
    }
}

/* "name:from-to" for each certain name. */
static void check_made(const char *code, const char *wanted) {
    struct symbols s = {0};
    struct buf found = {0};
    symbols_analyse(&s, str_from(code), false);
    for (size_t i = 0; i < s.provides.len; i++) {
        const struct definition *d = &s.provides.items[i];
        if (!d->certain) continue;
        buf_printf(&found, "%s%.*s:%u-%u", found.len ? " " : "", STR_FMT(d->name), d->made.start,
                   d->made.end);
    }
    assert_string_equal(buf_cstr(&found), wanted);
    buf_finish(&found);
    symbols_finish(&s);
}

static void where_a_name_is_made(void **state) {
    (void)state;
    check_made("x = 1", "x:0-5");
    check_made("y = 1; x = 2\nx = 3", "x:7-12 y:0-5");
    check_made("if c: x = 1\nx = 2", "x:0-17");
    check_made("if c: x = 1\nelse: x = 2\nx = 3", "x:0-23");
    check_made("x = 1\ndel x\nx = 2", "x:0-5");
    check_made("@f\ndef g(): x = 1\n\nx = 2", "g:0-17 x:19-24");
    check_made("class C:\n    x = 1\n\nx = 2", "C:0-18 x:20-25");
    check_made("def f():\n    global x\n    x = 1\nf()\nx = 2", "f:0-31 x:0-41");
    check_made("try: x = 1\nfinally: y = 1", "x:0-25 y:0-25");
    check_made("if (x := 1): y = 2", "x:0-18");
}

static void builtins(void **state) {
    (void)state;
    assert_true(symbols_is_builtin(STR("print")));
    assert_true(symbols_is_builtin(STR("ArithmeticError")));
    assert_true(symbols_is_builtin(STR("zip")));
    assert_true(symbols_is_builtin(STR("__name__")));
    assert_false(symbols_is_builtin(STR("x")));
    assert_false(symbols_is_builtin(STR("")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assignments),
        cmocka_unit_test(deletions),
        cmocka_unit_test(branches),
        cmocka_unit_test(tries),
        cmocka_unit_test(matches),
        cmocka_unit_test(functions),
        cmocka_unit_test(classes),
        cmocka_unit_test(expressions),
        cmocka_unit_test(mutations),
        cmocka_unit_test(imports),
        cmocka_unit_test(broken_code),
        cmocka_unit_test(wild_blocks),
        cmocka_unit_test(import_facts),
        cmocka_unit_test(definition_facts),
        cmocka_unit_test(exports),
        cmocka_unit_test(await_at_top_level),
        cmocka_unit_test(deep_nesting),
        cmocka_unit_test(too_big),
        cmocka_unit_test(builtins),
        cmocka_unit_test(where_a_name_is_made),
        cmocka_unit_test(after_an_open_string),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
