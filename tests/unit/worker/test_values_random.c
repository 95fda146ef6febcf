/* SPDX-License-Identifier: Apache-2.0 */
/* test_values_random.c - fingerprints and found changes against a reference, over random objects.
 *
 * The reference is Python code that writes an object graph down as text: the type and content of
 * each object, and numbers for those that it has met.  Equal texts and equal fingerprints must mean
 * the same; the names whose texts a step changes must be those that values_leave() tells.  A
 * failure prints the seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/map.h"
#include "base/mem.h"
#include "exec/worker/values.h"
#include "tests/support/embedded_python.h"

enum { GRAPHS = 3000, PAPERS = 150, STEPS = 12 };

static const struct fingerprint_budget ample = {1u << 30, 60000000};

static const char reference[] =
    "import random, collections\n"
    "class C: pass\n"
    "class S: __slots__ = ('a', 'b')\n"
    "atoms = (0, 1, -1, 1.0, True, None, 'a', 'b', b'a', (), 2**70)\n"
    "def build(r, pool, depth):\n"
    "    if pool and r.random() < .3: return r.choice(pool)\n"
    "    if depth == 0 or r.random() < .2: return r.choice(atoms)\n"
    "    kids = [build(r, pool, depth - 1) for _ in range(r.randrange(3))]\n"
    "    kind = r.randrange(8)\n"
    "    if kind == 0: o = kids\n"
    "    elif kind == 1: return tuple(kids)\n"
    "    elif kind == 2: o = dict(zip('ab', kids))\n"
    "    elif kind == 3: o = {k for k in kids if isinstance(k, (int, str))}\n"
    "    elif kind == 4: o = C(); o.__dict__.update(zip('ab', kids))\n"
    "    elif kind == 5:\n"
    "        o = S()\n"
    "        for n, k in zip('ab', kids): setattr(o, n, k)\n"
    "    elif kind == 6: o = collections.deque(kids)\n"
    "    else: o = collections.defaultdict(list, zip('ab', kids))\n"
    "    pool.append(o)\n"
    "    return o\n"
    "def parts(o):\n"
    "    if isinstance(o, dict): return [x for p in o.items() for x in p]\n"
    "    if isinstance(o, C): return parts(o.__dict__)\n"
    "    if isinstance(o, S): return [getattr(o, n, 'none') for n in 'ab']\n"
    "    return list(o)\n"
    "def write(o, met):\n"
    "    if isinstance(o, (int, float, str, bytes)) or o is None: return type(o).__name__ + "
    "repr(o)\n"
    "    if not isinstance(o, tuple):\n"
    "        if id(o) in met: return '#%d' % met[id(o)]\n"
    "        met[id(o)] = len(met)\n"
    "    return '%s(%s)' % (type(o).__name__, ','.join(write(p, met) for p in parts(o)))\n"
    "def reach(o, out, pool):\n"
    "    if isinstance(o, (int, float, str, bytes)) or o is None or id(o) in out: return\n"
    "    out.add(id(o))\n"
    "    if not isinstance(o, tuple): pool.append(o)\n"
    "    for p in parts(o): reach(p, out, pool)\n"
    "fresh = iter(range(1000, 10**9))\n"
    "def change(r, o, others):\n"
    "    new = r.choice(others) if others and r.random() < .3 else next(fresh)\n"
    "    if isinstance(o, list): o.append(new)\n"
    "    elif isinstance(o, dict): o['k%d' % next(fresh)] = new\n"
    "    elif isinstance(o, set): o.add(next(fresh))\n"
    "    elif isinstance(o, C): setattr(o, 'k%d' % next(fresh), new)\n"
    "    elif isinstance(o, S): o.a = next(fresh)\n"
    "    else: o.append(new)\n"
    "def graph(seed):\n"
    "    r = random.Random(seed)\n"
    "    if seed % 2: return build(r, [], 3)\n"
    "    lists = [[], [], []]\n" /* few enough for many to differ in one reference only */
    "    for l in lists: l += r.choices(lists + [0], k=r.randrange(1, 3))\n"
    "    return lists[0]\n"
    "def texts(): return {n: write(globals()[n], {}) for n in names if n in globals()}\n"
    "names = ['n%d' % i for i in range(6)]\n"
    "def start(seed):\n"
    "    global r, was\n"
    "    r, pool = random.Random(seed), []\n"
    "    for n in names: globals()[n] = build(r, pool, 3)\n"
    "    was = texts()\n"
    "def step(name):\n"
    "    global was\n"
    "    was, pool = texts(), []\n"
    "    reach(globals()[name], set(), pool)\n"
    "    if pool and r.random() < .8: change(r, r.choice(pool), pool)\n"
    "def changed(): now = texts(); return ' '.join(n for n in names if now[n] != was[n])\n";

static const char *text_of(PyObject *text) {
    return PyUnicode_AsUTF8AndSize(text, NULL);
}

/* Each text has one fingerprint, and each fingerprint one text. */
static void check_pair(struct map *texts, struct map *prints, PyObject *text, struct hash128 print,
                       int seed) {
    char hex[33];
    hash128_hex(print, hex);
    void **of_text = map_slot(texts, str_from(text_of(text)));
    void **of_print = map_slot(prints, str_from(hex));
    if (!*of_text) *of_text = xstrdup(hex);
    if (!*of_print) *of_print = xstrdup(text_of(text));
    if (strcmp(*of_text, hex) != 0) fail_msg("seed %d: not as before: %s", seed, text_of(text));
    if (strcmp(*of_print, text_of(text)) != 0)
        fail_msg("seed %d: the same: %s | %s", seed, text_of(text), (char *)*of_print);
}

static void free_values(struct map *m) {
    size_t cursor = 0;
    const struct map_entry *entry;
    while ((entry = map_next(m, &cursor))) free(entry->value);
    map_finish(m);
}

static void test_graphs(void **state) {
    (void)state;
    struct map texts = {0}, prints = {0};
    python_clear();
    python_run(reference);
    struct fingerprinter *f = fingerprinter_create(python_globals());
    PyObject *label = PyUnicode_FromString("x");
    for (int seed = 0; seed < GRAPHS; seed++) {
        char source[64];
        snprintf(source, sizeof source, "x = graph(%d); t = write(x, {})", seed);
        python_run(source);
        PyObject *value = python_eval("x"), *text = python_eval("t");
        struct fingerprint_walk *w = fingerprint_begin(f);
        struct fingerprint fp = fingerprint_value(w, label, value, ample);
        fingerprint_end(w);
        if (!fp.exact) fail_msg("seed %d: not exact", seed);
        check_pair(&texts, &prints, text, fp.content, seed);
        Py_DECREF(text);
        Py_DECREF(value);
    }
    Py_DECREF(label);
    fingerprinter_destroy(f);
    free_values(&texts);
    free_values(&prints);
}

static void check_changes(const value_change_vec *changes, int seed, int step) {
    struct buf said = {0};
    for (size_t i = 0; i < changes->len; i++) {
        if (changes->items[i].kind != VALUE_MUTATED || !changes->items[i].known)
            fail_msg("seed %d, step %d: not just a change", seed, step);
        const char *name = text_of(changes->items[i].name);
        if (name[0] == 'n' && name[2] == '\0') buf_printf(&said, "%s%s", said.len ? " " : "", name);
    }
    PyObject *expected = python_eval("changed()");
    if (strcmp(buf_cstr(&said), text_of(expected)) != 0)
        fail_msg("seed %d, step %d: found %s, but changed %s", seed, step, said.ptr,
                 text_of(expected));
    Py_DECREF(expected);
    buf_finish(&said);
}

static void check_paper(int seed) {
    char source[64], name[8];
    PyObject *bindings = PyDict_New();
    python_clear();
    python_run(reference);
    snprintf(source, sizeof source, "start(%d)", seed);
    python_run(source);
    struct values *v = values_create(python_globals(), bindings,
                                     (struct values_limits){ample, ample.microseconds});
    for (int i = 0; i < STEPS; i++) {
        value_change_vec changes = {0};
        snprintf(name, sizeof name, "n%d", (seed * 7 + i * 5) % 6);
        snprintf(source, sizeof source, "step('%s')", name);
        struct str reads = str_from(name);
        values_enter(v, &reads, 1, false);
        python_run(source);
        values_leave(v, NULL, 0, NULL, &changes);
        check_changes(&changes, seed, i);
        value_changes_finish(&changes);
    }
    values_destroy(v);
    Py_DECREF(bindings);
}

static void test_changes(void **state) {
    (void)state;
    for (int seed = 0; seed < PAPERS; seed++) check_paper(seed);
    python_clear();
}

static int start(void **state) {
    (void)state;
    python_start();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_graphs),
                                       cmocka_unit_test(test_changes)};
    return cmocka_run_group_tests(tests, start, NULL);
}
