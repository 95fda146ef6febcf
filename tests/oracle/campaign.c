/* SPDX-License-Identifier: Apache-2.0 */
/* campaign.c - random documents one after the other, in some processes. */
#include "tests/oracle/campaign.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/oracle/edits.h"
#include "tests/oracle/prng.h"
#include "tests/oracle/replay.h"
#include "tests/oracle/shrink.h"

enum { MOST_JOBS = 64, SHRINK_SECONDS = 30 };

void campaign_init(struct campaign *c) {
    *c = (struct campaign){.seed = 1,
                           .edits = 1000,
                           .document_edits = 40,
                           .most_failures = 5,
                           .jobs = 1,
                           .features = FEATURE_ALL,
                           .count = true};
}

static const char *worker_program(void) {
    const char *named = getenv("RELIGHT_WORKER");
    return named && *named ? named : RELIGHT_WORKER;
}

/* --- One document. --- */

static void report_failure(struct trial *t, struct case_file *c, uint64_t seed, const char *what,
                           struct buf *why) {
    printf("--- seed %llu, edit %zu (%s):\n%.*s", (unsigned long long)seed, c->texts.len - 1, what,
           STR_FMT(buf_str(why)));
    bool again = shrink_case(t, c, SHRINK_SECONDS);
    if (!again) printf("--- it did not happen again; all of it:\n");
    why->len = 0;
    size_t at;
    struct tally tally = t->tally;
    if (again) trial_replay(t, c, &at, why);
    t->tally = tally;
    printf("--- as a case:\n");
    case_print(c);
    printf("--- in it: %.*s\n", STR_FMT(buf_str(why)));
    fflush(stdout);
}

static enum verdict next_text(struct trial *t, struct editor *editor, struct case_file *c,
                              struct buf *why) {
    struct buf text = {0};
    draft_text(&editor->draft, &text);
    case_push(c, buf_str(&text));
    enum verdict verdict = c->texts.len > 1 ? trial_edit(t, buf_str(&text), why)
                                            : trial_open(t, buf_str(&text), why);
    buf_finish(&text);
    return verdict;
}

static void run_document(const struct campaign *c, struct trial *t, uint64_t seed, uint64_t edits) {
    struct editor editor = {0};
    struct case_file texts = {0};
    struct buf why = {0};
    const char *what = "the first text";
    editor_start(&editor, seed, c->features);
    enum verdict verdict = next_text(t, &editor, &texts, &why);
    for (uint64_t i = 0; verdict == VERDICT_SAME && i < edits; i++) {
        what = editor_edit(&editor);
        verdict = next_text(t, &editor, &texts, &why);
    }
    if (verdict != VERDICT_SAME) {
        t->tally.failures++;
        report_failure(t, &texts, seed, what, &why);
    }
    editor_finish(&editor);
    case_finish(&texts);
    buf_finish(&why);
}

/* --- Many. --- */

static bool over(const struct campaign *c, const struct trial *t, time_t until) {
    if (t->tally.failures >= c->most_failures) return true;
    return c->minutes ? time(NULL) >= until : t->tally.edits >= c->edits / c->jobs;
}

static void run_job(const struct campaign *c, uint64_t job) {
    struct trial t;
    time_t until = time(NULL) + (time_t)c->minutes * 60;
    struct prng seeds = {c->seed ^ (job << 32)};
    uint64_t seed = c->seed;
    if (job) seed = prng_next(&seeds) >> 16;
    trial_init(&t, worker_program(), RELIGHT_ORACLE_HELPERS);
    t.count = c->count;
    t.edited.checkpoints = c->checkpoints;
    while (!over(c, &t, until)) {
        if (c->verbose) printf("seed %llu\n", (unsigned long long)seed);
        run_document(c, &t, seed, c->document_edits);
        seed = prng_next(&seeds) >> 16;
    }
    c->total[job] = t.tally;
    trial_finish(&t);
}

static void run_jobs(const struct campaign *c) {
    for (uint64_t job = 1; job < c->jobs; job++) {
        fflush(stdout);
        if (fork() != 0) continue;
        run_job(c, job);
        fflush(stdout);
        _exit(0);
    }
    run_job(c, 0);
    while (wait(NULL) > 0) {
    }
}

static struct tally add_up(const struct campaign *c) {
    struct tally sum = {0};
    for (uint64_t i = 0; i < c->jobs; i++) {
        const struct tally *t = &c->total[i];
        sum.documents += t->documents;
        sum.edits += t->edits;
        sum.failures += t->failures;
        sum.blocks += t->blocks;
        sum.ok += t->ok;
        sum.executed += t->executed;
        sum.restored += t->restored;
        sum.necessary += t->necessary;
    }
    return sum;
}

static double ratio(uint64_t a, uint64_t b) {
    return b ? (double)a / (double)b : 1.0;
}

static void report(const struct tally *t, double seconds) {
    printf("%llu documents, %llu edits in %.1f s (%.0f a second), %llu failures\n",
           (unsigned long long)t->documents, (unsigned long long)t->edits, seconds,
           (double)t->edits / seconds, (unsigned long long)t->failures);
    if (t->blocks == 0) return;
    printf("executed %llu blocks (%llu of them to restore values); full runs: %llu, %.0f%% of "
           "them ok; necessary: %llu\n",
           (unsigned long long)t->executed, (unsigned long long)t->restored,
           (unsigned long long)t->blocks, 100 * ratio(t->ok, t->blocks),
           (unsigned long long)t->necessary);
    printf("minimality: %.3f executed for each necessary one, %.3f without restoring\n",
           ratio(t->executed, t->necessary), ratio(t->executed - t->restored, t->necessary));
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool run_random(struct campaign *c) {
    double start = now();
    c->total = mmap(NULL, c->jobs * sizeof *c->total, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (c->total == MAP_FAILED) abort();
    printf("seed %llu, features ", (unsigned long long)c->seed);
    features_print(c->features);
    printf("\n");
    run_jobs(c);
    struct tally sum = add_up(c);
    report(&sum, now() - start);
    munmap(c->total, c->jobs * sizeof *c->total);
    return sum.failures == 0;
}

static bool run_files(const struct campaign *c) {
    struct trial t;
    bool good = true;
    double start = now();
    trial_init(&t, worker_program(), RELIGHT_ORACLE_HELPERS);
    t.count = c->count;
    t.edited.checkpoints = c->checkpoints;
    for (size_t i = 0; i < c->file_count; i++) good &= replay_file(&t, c->files[i], c->must_fail);
    if (!c->must_fail) report(&t.tally, now() - start);
    trial_finish(&t);
    return good;
}

int campaign_run(struct campaign *c) {
    signal(SIGPIPE, SIG_IGN);
    if (c->jobs < 1 || c->jobs > MOST_JOBS) c->jobs = 1;
    bool good = c->replay ? run_files(c) : run_random(c);
    return good ? 0 : 1;
}
