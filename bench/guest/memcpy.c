// SPDX-License-Identifier: MIT
// The library's memcpy, memset and memcmp at many sizes and alignments.
#include "guest.h"

static unsigned char from[1 << 14], to[1 << 14];

int main(void) {
    uint32_t state = 7;
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof from; ++i) from[i] = (unsigned char)next_random(&state);
    for (int round = 0; round < 3000 * ROUNDS; ++round) {
        const size_t size = next_random(&state) % 2000, a = next_random(&state) % 4096;
        const size_t b = next_random(&state) % 4096;
        memset(to + b, round, size);
        memcpy(to + b, from + a, size);
        sum += (uint64_t)(memcmp(to + b, from + a, size) == 0) + to[b + size / 2];
    }
    return tell("memcpy", sum);
}
