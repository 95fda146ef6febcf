/* SPDX-License-Identifier: Apache-2.0 */
/* test_client_registry.c - clients that join, leave, come back, and watch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/client_registry.h"

struct line { /* what a link does */
    int sent, replaced;
    bool congested;
};

static void on_send(void *ctx, struct packet *packet) {
    (void)packet;
    ((struct line *)ctx)->sent++;
}

static bool on_congested(const void *ctx) {
    return ((const struct line *)ctx)->congested;
}

static void on_replaced(void *ctx) {
    ((struct line *)ctx)->replaced++;
}

static const struct client_link link_of_test = {
    .transport = LIVE_WEB, .send = on_send, .congested = on_congested, .replaced = on_replaced};

static struct client *join(struct client_registry *r, const char *id, struct line *line,
                           bool resumes) {
    bool resumed;
    struct err err = {0};
    struct client *c = registry_join(r, str_from(id), &link_of_test, line, &resumed, &err);
    assert_non_null(c);
    assert_int_equal(resumed, resumes);
    return c;
}

/* Documents are pointers to the registry, and nothing else. */
static struct open_document *document(char *place) {
    return (struct open_document *)place;
}

static void ids_are_given_and_unique(void **state) {
    (void)state;
    struct client_registry r = {0};
    struct line line = {0};
    struct client *named = join(&r, "client-1", &line, false);
    struct client *a = join(&r, "", &line, false), *b = join(&r, "", &line, false);
    assert_string_not_equal(a->id, named->id);
    assert_string_not_equal(a->id, b->id);
    registry_finish(&r);
}

static void one_that_comes_back_is_the_same(void **state) {
    (void)state;
    struct client_registry r = {0};
    struct line first = {0}, second = {0}, third = {0};
    char file;
    watch_vec audience = {0};
    struct client *c = join(&r, "page", &first, false);
    struct watch *w = client_watch(c, document(&file), &audience);
    watch_owe(w, 1, NULL);
    registry_leave(c, 1000);
    assert_false(w->behind); /* it will ask for what it has missed */
    assert_null(registry_expired(&r, 1000 + CLIENT_RESUME_MS - 1));
    assert_ptr_equal(join(&r, "page", &second, true), c);
    assert_null(registry_expired(&r, 1000 + CLIENT_RESUME_MS));
    assert_ptr_equal(client_find_watch(c, document(&file)), w);
    assert_ptr_equal(join(&r, "page", &third, true), c); /* while the second is still open */
    assert_int_equal(second.replaced, 1);
    assert_int_equal(first.replaced, 0);
    registry_leave(c, 5000);
    assert_ptr_equal(registry_expired(&r, 5000 + CLIENT_RESUME_MS), c);
    client_unwatch(w, &audience);
    registry_drop(&r, c);
    assert_int_equal(r.clients.len, 0);
    assert_int_equal(audience.len, 0);
    vec_finish(&audience);
    registry_finish(&r);
}

static void there_is_a_limit(void **state) {
    (void)state;
    struct client_registry r = {0};
    struct line line = {0};
    struct err err = {0};
    bool resumed;
    for (int i = 0; i < CLIENT_MAX; i++) join(&r, "", &line, false);
    assert_null(registry_join(&r, STR(""), &link_of_test, &line, &resumed, &err));
    assert_int_equal(err.code, ST_TOO_BIG);
    registry_finish(&r);
}

static void a_block_is_owed_once(void **state) {
    (void)state;
    struct client_registry r = {0};
    struct line line = {0};
    char file;
    watch_vec audience = {0};
    struct watch *w = client_watch(join(&r, "", &line, false), document(&file), &audience);
    watch_owe(w, 1, NULL);
    watch_owe(w, 2, "hash");
    watch_owe(w, 1, NULL);
    assert_true(w->behind);
    assert_int_equal(w->owed.len, 2);
    assert_string_equal(w->owed.items[1].known, "hash");
    w->paid = 1; /* the first has been sent, and changes again */
    watch_owe(w, 1, NULL);
    assert_int_equal(w->owed.len, 3);
    watch_settle(w);
    assert_false(w->behind);
    client_unwatch(w, &audience);
    vec_finish(&audience);
    registry_finish(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_given_and_unique),
        cmocka_unit_test(one_that_comes_back_is_the_same),
        cmocka_unit_test(there_is_a_limit),
        cmocka_unit_test(a_block_is_owed_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
