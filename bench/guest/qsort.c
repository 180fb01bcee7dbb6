// SPDX-License-Identifier: MIT
// The library's qsort of a few thousand numbers: calls through a pointer.
#include "guest.h"

enum { count = 8000 };
static uint32_t numbers[count];

static int compare(const void* a, const void* b) {
    const uint32_t x = *(const uint32_t*)a, y = *(const uint32_t*)b;
    return (x > y) - (x < y);
}

int main(void) {
    uint32_t state = 2463534242u;
    uint64_t sum = 0;
    for (int round = 0; round < ROUNDS; ++round) {
        for (int i = 0; i < count; ++i) numbers[i] = next_random(&state);
        qsort(numbers, count, sizeof *numbers, compare);
        for (int i = 0; i < count; ++i) sum = sum * 31 + numbers[i];
    }
    return tell("qsort", sum);
}
