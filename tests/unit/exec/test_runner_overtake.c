/* SPDX-License-Identifier: Apache-2.0 */
/* test_runner_overtake.c - what comes while blocks run: edits, interrupts, the worker's death.
 *
 * Logs are those of runner_rig.h.  rig_begin() stops where the first block has been sent. */
#include "tests/support/runner_rig.h"

/* Run the document up to where its first block is in the worker; the log starts there. */
static void rig_begin(struct rig *rig, const char *text) {
    rig_init(rig, text);
    rig_run(rig);
    rig_step(rig);
    rig_forget_log(rig);
}

static void rig_settled(struct rig *rig, const char *text) {
    rig_init(rig, text);
    rig_run(rig);
    rig_settle(rig);
    rig_forget_log(rig);
}

static void statuses_while_it_runs(void **state) {
    (void)state;
    struct rig rig;
    rig_init(&rig, "x = 1\n\nx\n");
    expect_shown(&rig, "stale | stale");
    rig_run(&rig);
    expect_shown(&rig, "queued | queued");
    rig_step(&rig);
    expect_shown(&rig, "running | queued");
    rig_step(&rig);
    expect_shown(&rig, "ok | running");
    rig_step(&rig);
    expect_shown(&rig, "ok | ok 1");
    rig_finish(&rig);
}

static void a_running_block_that_is_still_wanted_goes_on(void **state) {
    (void)state;
    struct rig rig;
    rig_begin(&rig, "x = 1\n\ny = 2\n\nx + y\n");
    rig_edit(&rig, "x = 1 # one\n\ny = 3\n\nx + y\n");
    rig_run(&rig);
    rig_settle(&rig);
    expect_log(&rig, "end1! run2(b2 b3) b1=ok >b2 b2=ok >b3 b3:4 b3=ok end2");
    expect_as_fresh(&rig);
    rig_finish(&rig);
}

static void a_running_block_that_was_edited_is_interrupted(void **state) {
    (void)state;
    struct rig rig;
    rig_begin(&rig, "x = 1\nprint(x)\n\nx\n");
    rig_edit(&rig, "x = 2\nprint(x)\n\nx\n");
    expect_log(&rig, "grace+");
    rig_run(&rig);
    rig_settle(&rig);
    expect_log(&rig, "end1! run2(b1 b2) grace- >b1 b1:2 b1=ok >b2 b2:2 b2=ok end2");
    expect_as_fresh(&rig);
    rig_finish(&rig);
}

static void a_running_block_that_was_deleted_leaves_nothing(void **state) {
    (void)state;
    struct rig rig;
    rig_begin(&rig, "x = 1\nboom\n\n3\n\nx\n");
    rig_edit(&rig, "3\n\nx\n");
    rig_run(&rig);
    rig_settle(&rig);
    expect_ran(&rig, "b2 b3");
    expect_shown(&rig, "ok 3 | error NameError");
    assert_true(rig.worker.forgets > 0);
    rig_finish(&rig);
}

static void what_a_running_block_read_is_edited(void **state) {
    (void)state;
    struct rig rig;
    rig_begin(&rig, "x = 1\n\nprint(x)\n\n3\n");
    rig_step(&rig);
    expect_log(&rig, "b1=ok >b2");
    rig_edit(&rig, "x = 2\n\nprint(x)\n\n3\n");
    rig_run(&rig);
    rig_settle(&rig);
    expect_log(&rig, "grace+ end1! run2(b1 b2 b3) grace- >b1 b1=ok >b2 b2:2 b2=ok >b3 b3:3 b3=ok "
                     "end2");
    expect_as_fresh(&rig);
    rig_finish(&rig);
}

static void edit_and_undo_before_it_noticed(void **state) {
    (void)state;
    struct rig rig;
    rig_begin(&rig, "x = 1\n\nx\n");
    rig_edit(&rig, "x = 2\n\nx\n");
    rig_edit(&rig, "x = 1\n\nx\n");
    rig_run(&rig);
    rig_settle(&rig);
    expect_ran(&rig, "b1 b2"); /* it was interrupted for good */
    expect_as_fresh(&rig);
    rig_finish(&rig);
}

static void users_interrupt_the_run(void **state) {
    (void)state;
    struct rig rig;
    rig_begin(&rig, "x = 1\ny = 2\n\nx\n\ny\n");
    runner_interrupt(rig.runner);
    rig_settle(&rig);
    expect_log(&rig, "grace+ grace- b1=error end1!?");
    expect_shown(&rig, "error KeyboardInterrupt | stale | stale");
    rig_run(&rig); /* it is not started again by itself */
    rig_settle(&rig);
    expect_log(&rig, "run2(b2 b3) >b2 b2:1 b2=ok b3=blocked end2?");
    rig_run_asked(&rig, 1);
    rig_settle(&rig);
    expect_ran(&rig, "b1 b3");
    expect_as_fresh(&rig);
    rig_finish(&rig);
}

static void users_interrupt_what_has_not_begun(void **state) {
    (void)state;
    struct rig rig;
    rig_init(&rig, "x = 1\n");
    rig_run(&rig);
    runner_interrupt(rig.runner);
    expect_log(&rig, "run1(b1) end1!");
    runner_interrupt(rig.runner);
    rig_settle(&rig);
    expect_log(&rig, "");
    rig_run(&rig);
    rig_settle(&rig);
    expect_shown(&rig, "ok");
    rig_finish(&rig);
}

static void interpreter_that_does_not_stop_is_replaced(void **state) {
    (void)state;
    struct rig rig;
    rig_settled(&rig, "x = 1\n\ny = x\n\ny\n");
    rig.worker.stubborn = true;
    rig_edit(&rig, "x = 1\n\ny = x + 1\n\ny\n");
    rig_run(&rig);
    rig_edit(&rig, "x = 1\n\ny = x + 2\n\ny\n");
    rig_run(&rig);
    rig.may_repeat = true;
    runner_grace_over(rig.runner);
    rig_settle(&rig);
    expect_log(&rig, "run2(b2 b3) >b2 grace+ end2! run3(b2 b3) grace- >b1 b1=ok >b2 b2=ok >b3 b3:3 "
                     "b3=ok end3");
    runner_grace_over(rig.runner);
    expect_log(&rig, "");
    expect_as_fresh(&rig);
    rig_finish(&rig);
}

static void users_interrupt_what_does_not_stop(void **state) {
    (void)state;
    struct rig rig;
    rig_begin(&rig, "x = 1\n\nx\n");
    rig.worker.stubborn = true;
    runner_interrupt(rig.runner);
    runner_grace_over(rig.runner);
    rig_settle(&rig);
    expect_log(&rig, "grace+ grace- b1=error end1!?");
    expect_shown(&rig, "error WorkerDied | stale");
    rig_finish(&rig);
}

static void users_ask_for_a_block(void **state) {
    (void)state;
    struct rig rig;
    rig_settled(&rig, "x = 1\n\ny = x\n\ny\n");
    rig_run_asked(&rig, 2);
    rig_settle(&rig);
    expect_log(&rig, "run2(b2 b3) >b2 b2=ok end2");
    rig_run_asked(&rig, 0);
    expect_log(&rig, "");
    rig_finish(&rig);
}

static void always_eval_runs_when_users_ask(void **state) {
    (void)state;
    struct rig rig;
    rig_settled(&rig, "# | always-eval\nx = 1\n\nx\n\n3\n");
    rig_run(&rig);
    expect_log(&rig, "");
    rig_run_asked(&rig, 0);
    rig_settle(&rig);
    expect_ran(&rig, "b1");
    rig_finish(&rig);
}

static void asked_for_block_that_does_not_compile(void **state) {
    (void)state;
    struct rig rig;
    rig_settled(&rig, "x = 1\nreturn\n");
    rig_run_asked(&rig, 1);
    rig_settle(&rig);
    expect_log(&rig, "run2(b1) >b1 b1=syntaxError end2?");
    rig_finish(&rig);
}

/* ... even if an interpreter must be started first, and the plan is made anew for it. */
static void what_users_ask_for_waits_for_a_worker(void **state) {
    (void)state;
    struct rig rig;
    rig_settled(&rig, "# | always-eval\nx = 1\n\nx\n\n3\n");
    rig_lose_worker(&rig);
    rig_run_asked(&rig, 3);
    rig_settle(&rig);
    expect_ran(&rig, "b1 b3");
    rig_lose_worker(&rig);
    rig_run_asked(&rig, 0);
    rig_settle(&rig);
    expect_ran(&rig, "b1");
    rig_finish(&rig);
}

/* An answer is given once, also when it is that the text does not compile. */
static void always_eval_that_does_not_compile(void **state) {
    (void)state;
    struct rig rig;
    rig_settled(&rig, "# | always-eval\nx = 1\nreturn\n");
    rig_run_asked(&rig, 0);
    rig_settle(&rig);
    expect_ran(&rig, "b1");
    rig_finish(&rig);
}

static void full_run_starts_over(void **state) {
    (void)state;
    struct rig rig;
    rig_settled(&rig, "xs = []\n\nxs.append(1)\n\nxs\n");
    runner_run_all(rig.runner, ++rig.run);
    rig_step(&rig);
    rig_step(&rig);
    expect_log(&rig, "run2(b1 b2 b3) >b1 b1=ok >b2");
    runner_run_all(rig.runner, ++rig.run); /* while a block runs */
    rig_settle(&rig);
    expect_log(&rig, "end2! run3(b1 b2 b3) >b1 b1=ok >b2 b2=ok >b3 b3:[1] b3=ok end3");
    rig_finish(&rig);
}

static void no_worker_is_to_be_had(void **state) {
    (void)state;
    struct rig rig;
    rig_init(&rig, "x = 1\n");
    rig.attached = true; /* pretend, so that none is attached */
    rig_run(&rig);
    runner_give_up(rig.runner);
    expect_log(&rig, "run1(b1) end1!");
    assert_false(runner_busy(rig.runner));
    runner_give_up(rig.runner);
    expect_log(&rig, "");
    rig.attached = false;
    rig_run(&rig);
    rig_settle(&rig);
    expect_log(&rig, "run2(b1) >b1 b1=ok end2");
    rig_finish(&rig);
}

static void after_death_only_what_is_needed_runs(void **state) {
    (void)state;
    struct rig rig;
    rig_settled(&rig, "x = 1\n\ny = x\n\nz = 9\n\ny + 1\n");
    rig_lose_worker(&rig);
    expect_shown(&rig, "ok | ok | ok | ok 2");
    rig_run(&rig);
    expect_log(&rig, "");
    rig_edit(&rig, "x = 1\n\ny = x\n\nz = 9\n\ny + 2\n");
    rig_run(&rig);
    rig_settle(&rig);
    expect_log(&rig, "run3(b1* b2* b4) >b1 b1=ok >b2 b2=ok >b4 b4:3 b4=ok end3");
    expect_as_fresh(&rig);
    rig_finish(&rig);
}

static void death_costs_the_running_block(void **state) {
    (void)state;
    struct rig rig;
    rig_init(&rig, "x = 1\n\nz = 5\ndie()\n\nx\n\nz\n");
    rig_run(&rig);
    rig_settle(&rig);
    expect_log(&rig, "run1(b1 b2 b3 b4) >b1 b1=ok >b2 b2=error >b1 b1=ok >b3 b3:1 b3=ok b4=blocked"
                     " end1?");
    expect_shown(&rig, "ok | error WorkerDied | ok 1 | blocked");
    rig_run(&rig);
    expect_log(&rig, ""); /* it is not tried again */
    rig_edit(&rig, "x = 1\n\nz = 5\n\nx\n\nz\n");
    rig_run(&rig);
    rig_settle(&rig);
    expect_ran(&rig, "b2 b4");
    expect_as_fresh(&rig);
    rig_finish(&rig);
}

static void idle_death_shows_nothing(void **state) {
    (void)state;
    struct rig rig;
    rig_settled(&rig, "x = 1\n\nx\n");
    fake_worker_die(&rig.worker);
    rig_deliver(&rig);
    rig_settle(&rig);
    expect_log(&rig, "");
    expect_shown(&rig, "ok | ok 1");
    rig_edit(&rig, "x = 1\n\nx + 1\n");
    rig_run(&rig);
    rig_settle(&rig);
    expect_log(&rig, "run2(b1* b2) >b1 b1=ok >b2 b2:2 b2=ok end2");
    rig_finish(&rig);
}

/* The interpreter ends while a block is on its way to it; that the run was refused is told before
 * the next one has started, or after. */
static void check_refused(bool late) {
    struct rig rig;
    rig_settled(&rig, "x = 1\n\nx\n");
    rig_edit(&rig, "x = 1\n\nx + 1\n");
    rig_run_asked(&rig, 2);
    expect_log(&rig, "run2(b2) >b2");
    uint32_t refused = rig.worker.ticket;
    rig.worker.busy = false;
    fake_worker_die(&rig.worker);
    if (!late) fake_worker_died(&rig.worker, refused, 0);
    rig_deliver(&rig);
    rig_step(&rig);
    if (late) fake_worker_died(&rig.worker, refused, 0);
    rig_deliver(&rig);
    rig_settle(&rig);
    expect_log(&rig, ">b1 b1=ok >b2 b2:2 b2=ok end2");
    rig_finish(&rig);
}

static void what_a_dead_interpreter_never_got_runs_in_the_next(void **state) {
    (void)state;
    check_refused(false);
    check_refused(true);
}

/* The worker is asked what `name` is; `log` is the answer, or "" when it cannot be asked. */
static void check_inspect(struct rig *rig, block_id block, const char *name, const char *log) {
    bool asked = runner_inspect(rig->runner, 7, block, str_from(name));
    assert_int_equal(asked, *log != '\0');
    rig_deliver(rig);
    expect_log(rig, log);
}

static void values_are_those_of_a_block(void **state) {
    (void)state;
    struct rig rig;
    rig_init(&rig, "x = 1\n\nx = 2\n");
    check_inspect(&rig, 1, "x", "");
    rig_run(&rig);
    rig_step(&rig);
    rig_forget_log(&rig);
    check_inspect(&rig, 1, "x", "");
    rig_settle(&rig);
    rig_forget_log(&rig);
    check_inspect(&rig, 1, "x", "inspected7:1");
    check_inspect(&rig, 2, "x", "inspected7:2");
    check_inspect(&rig, 2, "y", "inspected7:nothing");
    check_inspect(&rig, 9, "x", "");
    rig_lose_worker(&rig);
    check_inspect(&rig, 1, "x", "");
    rig_finish(&rig);
}

static void output_comes_in_pieces_and_stays_in_one(void **state) {
    (void)state;
    struct rig rig;
    rig_begin(&rig, "x = 1\n");
    fake_worker_stream(&rig.worker, 1, STR("a"));
    fake_worker_stream(&rig.worker, 1, STR("b\n"));
    fake_worker_stream(&rig.worker, 2, STR("c\xFFz"));
    fake_worker_stream(&rig.worker, 1, STR("d"));
    rig.chunk = 1;
    rig_deliver(&rig);
    rig_settle(&rig);
    expect_log(&rig, "b1:a b1:b b1:c\xEF\xBF\xBDz b1:d b1=ok end1");
    expect_shown(&rig, "ok ab c\xEF\xBF\xBDz d");
    rig_finish(&rig);
}

static void output_of_an_unwanted_block_is_dropped(void **state) {
    (void)state;
    struct rig rig;
    rig_begin(&rig, "x = 1\n\nx\n");
    rig_edit(&rig, "x = 2\n\nx\n");
    rig_run(&rig);
    fake_worker_stream(&rig.worker, 1, STR("late"));
    rig_deliver(&rig);
    rig_settle(&rig);
    expect_log(&rig, "grace+ end1! run2(b1 b2) grace- >b1 b1=ok >b2 b2:2 b2=ok end2");
    expect_as_fresh(&rig);
    rig_finish(&rig);
}

static void cost_is_that_of_the_edited_blocks(void **state) {
    (void)state;
    struct rig rig;
    rig_settled(&rig, "x = 1\n\nx\n");
    assert_int_equal(runner_expected_cost(rig.runner), 0);
    rig_edit(&rig, "x = 2\n\nx\n");
    assert_int_equal(runner_expected_cost(rig.runner), FAKE_DURATION_US);
    rig_finish(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_while_it_runs),
        cmocka_unit_test(a_running_block_that_is_still_wanted_goes_on),
        cmocka_unit_test(a_running_block_that_was_edited_is_interrupted),
        cmocka_unit_test(a_running_block_that_was_deleted_leaves_nothing),
        cmocka_unit_test(what_a_running_block_read_is_edited),
        cmocka_unit_test(edit_and_undo_before_it_noticed),
        cmocka_unit_test(users_interrupt_the_run),
        cmocka_unit_test(users_interrupt_what_has_not_begun),
        cmocka_unit_test(interpreter_that_does_not_stop_is_replaced),
        cmocka_unit_test(users_interrupt_what_does_not_stop),
        cmocka_unit_test(users_ask_for_a_block),
        cmocka_unit_test(always_eval_runs_when_users_ask),
        cmocka_unit_test(what_users_ask_for_waits_for_a_worker),
        cmocka_unit_test(always_eval_that_does_not_compile),
        cmocka_unit_test(asked_for_block_that_does_not_compile),
        cmocka_unit_test(full_run_starts_over),
        cmocka_unit_test(no_worker_is_to_be_had),
        cmocka_unit_test(after_death_only_what_is_needed_runs),
        cmocka_unit_test(death_costs_the_running_block),
        cmocka_unit_test(idle_death_shows_nothing),
        cmocka_unit_test(what_a_dead_interpreter_never_got_runs_in_the_next),
        cmocka_unit_test(values_are_those_of_a_block),
        cmocka_unit_test(output_comes_in_pieces_and_stays_in_one),
        cmocka_unit_test(output_of_an_unwanted_block_is_dropped),
        cmocka_unit_test(cost_is_that_of_the_edited_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
