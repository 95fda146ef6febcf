/* SPDX-License-Identifier: Apache-2.0 */
/* test_map.c - the hash map against the simplest model there is, an array by key. */
#include "base/map.h"

#include "tests/support/unit.h"

enum { KEYS = 64 };

/* What the map should hold: the values of the keys "0", "1", ...; NULL when absent. */
struct model {
    struct map map;
    void *values[KEYS];
    size_t len;
};

static struct str key_text(uint32_t key, char out[16]) {
    snprintf(out, 16, "%u", key);
    return str_from(out);
}

static void model_put(struct model *m, uint32_t key, void *value) {
    char text[16];
    void **slot = map_slot(&m->map, key_text(key, text));
    assert_ptr_equal(*slot, m->values[key]);
    *slot = value;
    m->len += !m->values[key];
    m->values[key] = value;
}

static void model_remove(struct model *m, uint32_t key) {
    char text[16];
    assert_ptr_equal(map_remove(&m->map, key_text(key, text)), m->values[key]);
    m->len -= m->values[key] != NULL;
    m->values[key] = NULL;
}

static void check_same(const struct model *m) {
    char text[16];
    size_t cursor = 0, walked = 0;
    assert_int_equal(m->map.len, m->len);
    for (uint32_t key = 0; key < KEYS; key++)
        assert_ptr_equal(map_get(&m->map, key_text(key, text)), m->values[key]);
    for (const struct map_entry *e; (e = map_next(&m->map, &cursor)); walked++)
        assert_ptr_equal(e->value, m->values[strtoul(e->key, NULL, 10)]);
    assert_int_equal(walked, m->len);
}

/* Few keys in a small table: runs of full slots form, wrap around the end and lose their heads,
 * which is where moving back on removal goes wrong. */
static void check_random(uint64_t seed, uint32_t keys) {
    struct model m = {0};
    for (int step = 0; step < 2000; step++) {
        uint32_t key = random_below(&seed, keys);
        if (random_below(&seed, 2))
            model_put(&m, key, &m.values[random_below(&seed, KEYS)]);
        else
            model_remove(&m, key);
        check_same(&m);
    }
    map_finish(&m.map);
}

static void random_changes_agree_with_a_model(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        check_random(seed, 14);
        check_random(seed, KEYS);
    }
}

static void keys_are_bytes(void **state) {
    (void)state;
    struct map m = {0};
    int a, b, none;
    assert_null(map_get(&m, STR("")));
    assert_null(map_remove(&m, STR("a")));
    *map_slot(&m, STR("a\0x")) = &a;
    *map_slot(&m, STR("a\0y")) = &b;
    *map_slot(&m, STR("")) = &none;
    assert_ptr_equal(map_get(&m, STR("a\0x")), &a);
    assert_ptr_equal(map_get(&m, STR("a\0y")), &b);
    assert_ptr_equal(map_get(&m, (struct str){0}), &none);
    assert_null(map_get(&m, STR("a")));
    map_finish(&m);
    assert_int_equal(m.len, 0);
}

static void keys_are_copied(void **state) {
    (void)state;
    struct map m = {0};
    char key[] = "abc";
    int value;
    *map_slot(&m, str_from(key)) = &value;
    key[0] = 'x';
    assert_ptr_equal(map_get(&m, STR("abc")), &value);
    map_finish(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_changes_agree_with_a_model),
        cmocka_unit_test(keys_are_bytes),
        cmocka_unit_test(keys_are_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
