// SPDX-License-Identifier: MIT
// Programs that the benchmarks and tests run natively and as guests: ordinary C with the default
// flags of any compiler. Each works for ROUNDS rounds and prints one line, which is the same
// wherever it runs.
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef ROUNDS
#define ROUNDS 1
#endif

static inline uint32_t next_random(uint32_t* state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static inline int tell(const char* name, uint64_t result) {
    printf("%s %016llx\n", name, (unsigned long long)result);
    return 0;
}
