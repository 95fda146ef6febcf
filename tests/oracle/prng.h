/* SPDX-License-Identifier: Apache-2.0 */
/* prng.h - random numbers that are the same everywhere, so that a seed is enough to tell a case.
 *
 * SplitMix64: every 64-bit state is good, and a seed may be any number. */
#ifndef TESTS_ORACLE_PRNG_H
#define TESTS_ORACLE_PRNG_H

#include <stdbool.h>
#include <stdint.h>

struct prng {
    uint64_t state;
};

uint64_t prng_next(struct prng *p);
uint32_t prng_below(struct prng *p, uint32_t bound); /* 0 when bound is 0 */
bool prng_chance(struct prng *p, uint32_t percent);

#endif
