// SPDX-License-Identifier: MIT
// A lot of code, each part of it run seldom: what decodes is kept busy.
#include "guest.h"

#define PART(n)                                                                  \
    static __attribute__((noinline)) uint64_t part_##n(uint64_t x, uint64_t y) { \
        x += y * (n * 2654435761u + 1);                                          \
        x ^= x >> (n % 31 + 1);                                                  \
        if (x & 1 << n % 13)                                                     \
            x = x * 5 + n;                                                       \
        else                                                                     \
            x -= y << n % 7;                                                     \
        return x ^ (y + n);                                                      \
    }
#define TEN(n) \
    PART(n##0) \
    PART(n##1) \
    PART(n##2) PART(n##3) PART(n##4) PART(n##5) PART(n##6) PART(n##7) PART(n##8) PART(n##9)
#define NAMES(n)                                                                               \
    part_##n##0, part_##n##1, part_##n##2, part_##n##3, part_##n##4, part_##n##5, part_##n##6, \
        part_##n##7, part_##n##8, part_##n##9,
#define ALL(x)                                                                                    \
    x(1) x(2) x(3) x(4) x(5) x(6) x(7) x(8) x(9) x(10) x(11) x(12) x(13) x(14) x(15) x(16) x(17)  \
        x(18) x(19) x(20) x(21) x(22) x(23) x(24) x(25) x(26) x(27) x(28) x(29) x(30) x(31) x(32) \
            x(33) x(34) x(35) x(36) x(37) x(38) x(39) x(40)
ALL(TEN)

static uint64_t (*const parts[])(uint64_t, uint64_t) = {ALL(NAMES)};

int main(void) {
    uint64_t sum = 1;
    for (int round = 0; round < 100 * ROUNDS; ++round) {
        for (size_t i = 0; i < sizeof parts / sizeof *parts; ++i)
            sum = parts[i](sum, (uint64_t)round + i);
    }
    return tell("wide", sum);
}
