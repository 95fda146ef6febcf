/* SPDX-License-Identifier: Apache-2.0 */
/* prng.c - SplitMix64. */
#include "tests/oracle/prng.h"

uint64_t prng_next(struct prng *p) {
    uint64_t z = p->state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

uint32_t prng_below(struct prng *p, uint32_t bound) {
    uint64_t high = prng_next(p) >> 32;
    return (uint32_t)((high * bound) >> 32);
}

bool prng_chance(struct prng *p, uint32_t percent) {
    return prng_below(p, 100) < percent;
}
