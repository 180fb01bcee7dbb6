// SPDX-License-Identifier: MIT
// The sieve of Eratosthenes: byte stores with a stride, and a loop that is hard to predict.
#include "guest.h"

enum { limit = 200000 };
static unsigned char composite[limit];

int main(void) {
    uint64_t sum = 0;
    for (int round = 0; round < ROUNDS; ++round) {
        memset(composite, 0, sizeof composite);
        for (uint32_t n = 2; n < limit; ++n) {
            if (composite[n]) continue;
            sum += n;
            for (uint64_t m = (uint64_t)n * n; m < limit; m += n) composite[m] = 1;
        }
    }
    return tell("sieve", sum);
}
