/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c - one case file, replayed and judged. */
#include "tests/oracle/replay.h"

#include <stdio.h>

static void report(const struct trial *t, const char *path, const struct tally *before) {
    uint64_t executed = t->tally.executed - before->executed;
    uint64_t necessary = t->tally.necessary - before->necessary;
    printf("ok        %s (%llu executed, %llu necessary)\n", path, (unsigned long long)executed,
           (unsigned long long)necessary);
}

static bool replay_good(struct trial *t, const struct case_file *c, const char *path) {
    size_t at;
    struct buf why = {0};
    struct tally before = t->tally;
    bool good = trial_replay(t, c, &at, &why) == VERDICT_SAME;
    t->tally.failures += !good;
    if (good)
        report(t, path, &before);
    else
        printf("FAILED    %s at text %zu: %.*s", path, at, STR_FMT(buf_str(&why)));
    buf_finish(&why);
    return good;
}

static bool replay_bad(struct trial *t, const struct case_file *c, const char *path) {
    size_t at;
    struct buf why = {0};
    bool fails = trial_replay(t, c, &at, &why) != VERDICT_SAME;
    buf_finish(&why);
    if (fails)
        printf("known     %s: %.*s\n", path, STR_FMT(case_field(c, "reason")));
    else
        printf("FAILED    %s holds now: move it to cases/\n", path);
    return fails;
}

bool replay_file(struct trial *t, const char *path, bool must_fail) {
    struct case_file c;
    struct err err = {0};
    bool good = case_read(&c, path, &err) == ST_OK;
    struct str needs = case_field(&c, "needs");
    if (!good)
        printf("FAILED    %s\n", err.msg);
    else if (needs.len && !trial_has_module(t, needs))
        printf("skipped   %s: there is no %.*s\n", path, STR_FMT(needs));
    else
        good = must_fail ? replay_bad(t, &c, path) : replay_good(t, &c, path);
    case_finish(&c);
    return good;
}
