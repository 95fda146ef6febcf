/* SPDX-License-Identifier: Apache-2.0 */
/* test_fingerprint_arrays.c - fingerprints of NumPy's and pandas' objects, and of what values
 * share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/fingerprint_checks.h"

/* --- NumPy and pandas --- */

static const char *const numpy_values[] = {"np.arange(6)",
                                           "np.arange(6).reshape(2, 3)",
                                           "np.arange(6).reshape(3, 2)",
                                           "np.arange(6.0)",
                                           "np.arange(6, dtype='i4')",
                                           "np.arange(6, dtype='>i8')",
                                           "np.asfortranarray(np.arange(6).reshape(2, 3))",
                                           "np.zeros(0)",
                                           "np.zeros((0, 3))",
                                           "np.array(1)",
                                           "np.array([1, 'a', None], dtype=object)",
                                           "np.array([1, 'b', None], dtype=object)",
                                           "np.array([[1], ['a']], dtype=object)",
                                           "np.array(None, dtype=object)",
                                           "np.array(['a', 'bc'])",
                                           "np.array(['2020'], dtype='M8[D]')",
                                           "np.array(['2021'], dtype='M8[D]')",
                                           "np.array(['2020'], dtype='M8[s]')",
                                           "np.array([(1, 2.0)], dtype=[('a', 'i4'), ('b', 'f8')])",
                                           "np.array([(1, 2.0)], dtype=[('a', 'i4'), ('c', 'f8')])",
                                           "np.float64(1)",
                                           "np.float32(1)",
                                           "np.int64(1)",
                                           "np.datetime64('2020')",
                                           "np.dtype('f8')",
                                           "np.dtype('f4')",
                                           "np.sin",
                                           "np.cos",
                                           "np.random.default_rng(1)",
                                           "np.random.default_rng(2)",
                                           "np.random.RandomState(1)",
                                           "np.ma.array([1, 2], mask=[0, 1])",
                                           "np.ma.array([1, 2], mask=[1, 0])",
                                           "np.matrix([[1, 2]])",
                                           "np.float64",
                                           "np.array([True, False])",
                                           "np.array([-0.0])",
                                           "np.array([0.0])",
                                           "np.arange(12).reshape(3, 4)[:, 1]",
                                           "np.arange(12).reshape(3, 4)[::2, ::2]"};

static void test_numpy(void **state) {
    (void)state;
    if (!python_has("numpy")) skip();
    check_distinct("import numpy as np; x = ", numpy_values,
                   sizeof numpy_values / sizeof *numpy_values);
    same("import numpy as np; x = np.arange(6)[1:4]", "import numpy as np; x = np.arange(6)[1:4]");
    same("import numpy as np; x = np.arange(12)[::2].copy()",
         "import numpy as np; x = np.arange(0, 12, 2)");
    differ("import numpy as np; a = np.zeros(3); x = [a, a[:]]",
           "import numpy as np; a = np.zeros(3); x = [a, a.copy()]");
    differ("import numpy as np; a = np.zeros(3); x = [a, a[:2]]",
           "import numpy as np; a = np.zeros(3); x = [a, a[1:]]");
    changed("import numpy as np; x = np.zeros(3)", "x[1] = 1");
    changed("import numpy as np; a = np.zeros(9); x = a[::2]", "a[2] = 1");
    unchanged("import numpy as np; a = np.zeros(9); x = a[::2]", "a[1] = 1");
    changed("import numpy as np; x = np.zeros(3)", "x.shape = (3, 1)");
    changed("import numpy as np; x = np.zeros(3)", "x.flags.writeable = False");
    changed("import numpy as np; x = np.array([[]], dtype=object).tolist() + [np.array([{}])]",
            "x[1][0]['a'] = 1");
    changed("import numpy as np; x = np.array(['2020'], dtype='M8[D]')", "x[0] = '2021'");
    changed("import numpy as np; x = np.random.default_rng(1)", "x.random()");
    changed("import numpy as np; x = np.random.RandomState(1)", "x.normal()");
    changed("import numpy as np; g = np.random.default_rng(1); x = np.random.Generator("
            "g.bit_generator)",
            "g.random()");
    differ("import numpy as np; g = np.random.default_rng(1); x = [g, np.random.Generator("
           "g.bit_generator)]",
           "import numpy as np; x = [np.random.default_rng(1), np.random.default_rng(1)]");
    unchanged("import numpy as np; x = np.zeros((3, 3))", "x.sum(), x.T @ x, repr(x), x[1]");
    unknown("import numpy as np; x = np.zeros(1, dtype=[('a', 'O')])");
}

static const char *const pandas_values[] = {
    "pd.DataFrame({'a': [1, 2], 'b': [3.0, 4.0]})",
    "pd.DataFrame({'a': [1, 3], 'b': [3.0, 4.0]})",
    "pd.DataFrame({'b': [3.0, 4.0], 'a': [1, 2]})",
    "pd.DataFrame({'a': [1, 2], 'c': [3.0, 4.0]})",
    "pd.DataFrame({'a': [1, 2], 'b': [3.0, 4.0]}, index=[1, 2])",
    "pd.DataFrame()",
    "pd.DataFrame({'a': ['x', 'y']})",
    "pd.DataFrame({'a': ['x', 'z']})",
    "pd.DataFrame({'a': ['x', 'y']}, dtype='category')",
    "pd.DataFrame({'a': ['x', 'y']}, dtype='string')",
    "pd.DataFrame({k: pd.date_range(k, periods=2) for k in ('2020', '2021')})",
    "pd.DataFrame({k: pd.date_range(k, periods=2) for k in ('2020', '2022')})",
    "pd.DataFrame({'a': pd.date_range('2020', periods=2, tz='UTC')})",
    "pd.DataFrame({'a': [1, None]}, dtype='Int64')",
    "pd.DataFrame({'a': [1, 2]}, dtype='Int64')",
    "pd.DataFrame([[1, 2]], columns=['a', 'a'])",
    "pd.DataFrame([[2, 1]], columns=['a', 'a'])",
    "pd.Series([1, 2])",
    "pd.Series([1, 2], name='a')",
    "pd.Series([1.0, 2.0])",
    "pd.Index([1, 2])",
    "pd.RangeIndex(2)",
    "pd.Index(['a'])",
    "pd.MultiIndex.from_tuples([(1, 2)])",
    "pd.MultiIndex.from_tuples([(1, 3)])",
    "pd.date_range('2020', periods=2)",
    "pd.Timestamp('2020')",
    "pd.Timestamp('2021')",
    "pd.NaT",
    "pd.NA",
    "pd.Timedelta(1)",
    "pd.Categorical(['a', 'b'])",
    "pd.Categorical(['b', 'a'])",
    "pd.Interval(0, 1)",
    "pd.Period('2020', 'M')"};

static void test_pandas(void **state) {
    (void)state;
    if (!python_has("pandas")) skip();
    check_distinct("import pandas as pd; x = ", pandas_values,
                   sizeof pandas_values / sizeof *pandas_values);
    const char *frame = "import pandas as pd\n"
                        "x = pd.DataFrame({'a': [1, 2], 'b': [3., 4.], 'd': pd.date_range('2020', "
                        "periods=2)}); x['c'] = 0";
    changed(frame, "x['e'] = 1");
    changed(frame, "x.loc[0, 'a'] = 9");
    changed(frame, "x['a'].values[0] = 9");
    changed(frame, "x.drop(columns='a', inplace=True)");
    changed(frame, "x.sort_values('a', ascending=False, inplace=True)");
    changed(frame, "x.index.name = 'i'");
    changed(frame, "x.columns = list('abcd')");
    changed(frame, "x.attrs['k'] = 1");
    changed("import pandas as pd; a = pd.DataFrame({'a': [1, 2]}); x = a['a']", "x.values[0] = 9");
    changed("import pandas as pd; x = pd.Series([1, 2])", "x.name = 'n'");
    unchanged(frame, "x['a'], x.a, x.max(), repr(x), x.values, x.loc[0], x.index.is_unique, x.T");
    unchanged(frame,
              "x.groupby('a').max(), x.describe(), x.merge(x, on='a'), x._consolidate_inplace()");
    unchanged("import pandas as pd; x = pd.Series([1, 2])",
              "x + 1, x.unique(), x.index.get_loc(1)");
}

/* --- Several values --- */

/* The linked fingerprint of `b` after `a`. */
static struct fingerprint second_of(const char *source) {
    python_clear();
    python_run(source);
    struct fingerprint_walk *w = fingerprint_begin(prints);
    PyObject *a = PyUnicode_FromString("a"), *b = PyUnicode_FromString("b");
    fingerprint_value(w, a, PyDict_GetItem(python_globals(), a), ample);
    struct fingerprint fp = fingerprint_value(w, b, PyDict_GetItem(python_globals(), b), ample);
    Py_DECREF(b);
    Py_DECREF(a);
    fingerprint_end(w);
    return fp;
}

static void check_links(const char *first, const char *second, bool content, bool linked) {
    struct fingerprint p = second_of(first), q = second_of(second);
    if (hash128_eq(p.content, q.content) != content) fail_msg("content of %s | %s", first, second);
    if (hash128_eq(p.linked, q.linked) != linked) fail_msg("links of %s | %s", first, second);
}

static void test_links(void **state) {
    (void)state;
    check_links("a = [[1], [1]]; b = a", "a = [[1], [1]]; b = [[1], [1]]", true, false);
    check_links("a = [[1], [1]]; b = a[0]", "a = [[1], [1]]; b = a[1]", true, false);
    check_links("a = [[1], [1]]; b = [a[0]]", "a = [[1], [1]]; b = [a[0]]", true, true);
    check_links("a = [1]; b = 1", "a = [2]; b = 1", true, true);
    check_links("a = [1]; b = a", "a = [2]; b = a", false, false);
    check_links("def f(): pass\na = b = f", "def f(): pass\na = f\ndef f(): pass\nb = f", true,
                false);
    if (!python_has("numpy")) return;
    check_links("import numpy as np; a = np.zeros(3); b = a[:]",
                "import numpy as np; a = np.zeros(3); b = a.copy()[:]", true, false);
    check_links("import numpy as np; c = np.zeros(4); a = c[:2]; b = c[:2]",
                "import numpy as np; c = np.zeros(4); a = c[:2]; b = c[2:]", false, false);
    if (!python_has("pandas")) return;
    check_links("import pandas as pd; a = pd.DataFrame({'c': [1]}); b = a['c']",
                "import pandas as pd; a = pd.DataFrame({'c': [1]}); b = a['c'].copy()", false,
                false);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_numpy), cmocka_unit_test(test_pandas),
                                       cmocka_unit_test(test_links)};
    return cmocka_run_group_tests(tests, start, stop);
}
