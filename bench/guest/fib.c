// SPDX-License-Identifier: MIT
// Fibonacci numbers the slow way: calls and returns.
#include "guest.h"

static __attribute__((noinline)) uint64_t fib(int n) {
    return n < 2 ? (uint64_t)n : fib(n - 1) + fib(n - 2);
}

int main(void) {
    uint64_t sum = 0;
    for (int round = 0; round < ROUNDS; ++round) sum += fib(22);
    return tell("fib", sum);
}
