/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - the oracle's command line: random documents, or kept cases.
 *
 *     oracle [--seed N|random] [--edits N | --minutes M] [--features LIST] [--jobs N] [--no-count]
 *     oracle --replay FILE...           kept cases: each must hold
 *     oracle --known-failures FILE...   cases that fail today: each must still fail
 *
 * Exit codes: 0 all is as it should be, 1 it is not, 2 wrong use. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "tests/oracle/campaign.h"

static int usage(void) {
    fputs("usage: oracle [--seed N|random] [--edits N | --minutes M] [--features LIST] [--jobs N]\n"
          "              [--document-edits N] [--failures N] [--checkpoints] [--no-count] "
          "[--verbose]\n"
          "       oracle --replay FILE...\n"
          "       oracle --known-failures FILE...\n",
          stderr);
    return 2;
}

static bool parse_number(const char *text, uint64_t *number) {
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 0);
    return errno == 0 && end != text && *end == 0;
}

/* The seed is printed: what it found can be had again. */
static bool parse_seed(const char *text, uint64_t *seed) {
    if (strcmp(text, "random") != 0) return parse_number(text, seed);
    return getrandom(seed, sizeof *seed / 2, 0) == sizeof *seed / 2;
}

enum oracle_option {
    OPT_SEED = 1,
    OPT_EDITS,
    OPT_MINUTES,
    OPT_DOCUMENT_EDITS,
    OPT_FAILURES,
    OPT_JOBS,
    OPT_FEATURES,
    OPT_NO_COUNT,
    OPT_CHECKPOINTS,
    OPT_VERBOSE,
    OPT_REPLAY,
    OPT_KNOWN_FAILURES,
};

static const struct option options[] = {
    {"seed", required_argument, NULL, OPT_SEED},
    {"edits", required_argument, NULL, OPT_EDITS},
    {"minutes", required_argument, NULL, OPT_MINUTES},
    {"document-edits", required_argument, NULL, OPT_DOCUMENT_EDITS},
    {"failures", required_argument, NULL, OPT_FAILURES},
    {"jobs", required_argument, NULL, OPT_JOBS},
    {"features", required_argument, NULL, OPT_FEATURES},
    {"checkpoints", no_argument, NULL, OPT_CHECKPOINTS},
    {"no-count", no_argument, NULL, OPT_NO_COUNT},
    {"verbose", no_argument, NULL, OPT_VERBOSE},
    {"replay", no_argument, NULL, OPT_REPLAY},
    {"known-failures", no_argument, NULL, OPT_KNOWN_FAILURES},
    {0},
};

/* True when the option is understood. */
static bool take_option(struct campaign *c, int option, const char *value) {
    struct err err = {0};
    uint64_t *const numbers[] = {[OPT_EDITS] = &c->edits,
                                 [OPT_MINUTES] = &c->minutes,
                                 [OPT_DOCUMENT_EDITS] = &c->document_edits,
                                 [OPT_FAILURES] = &c->most_failures,
                                 [OPT_JOBS] = &c->jobs};
    switch (option) {
    case OPT_FEATURES:
        if (features_parse(str_from(value), &c->features, &err) == ST_OK) return true;
        fprintf(stderr, "oracle: %s\n", err.msg);
        return false;
    case OPT_SEED:
        return parse_seed(value, &c->seed);
    case OPT_CHECKPOINTS:
        c->checkpoints = true;
        return true;
    case OPT_NO_COUNT:
        c->count = false;
        return true;
    case OPT_VERBOSE:
        c->verbose = true;
        return true;
    case OPT_REPLAY:
        c->replay = true;
        return true;
    case OPT_KNOWN_FAILURES:
        c->replay = c->must_fail = true;
        return true;
    case '?':
        return false;
    default:
        return parse_number(value, numbers[option]);
    }
}

int main(int argc, char **argv) {
    struct campaign c;
    campaign_init(&c);
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
        if (!take_option(&c, option, optarg)) return usage();
    c.files = argv + optind;
    c.file_count = (size_t)(argc - optind);
    if (c.replay != (c.file_count > 0)) return usage();
    return campaign_run(&c);
}
