// SPDX-License-Identifier: MIT
// Numbers with a point: conversions, square roots, divisions, and the library's printf and strtod.
#include <math.h>

#include "guest.h"

int main(void) {
    char text[64];
    uint64_t bits;
    double x = 0.5, sum = 0;
    float f = 1;
    for (int round = 0; round < 300 * ROUNDS; ++round) {
        for (int i = 1; i < 60; ++i) {
            x = x * 3.7 * (1 - x);
            sum += __builtin_sqrt(x + i) / i;
            f = f * 0.75f + (float)i;
        }
        snprintf(text, sizeof text, "%.17g", sum);
        sum = strtod(text, 0) + (double)(int)f;
        if (sum > 1e9) sum /= 3;
    }
    memcpy(&bits, &sum, sizeof bits);
    printf("%.3f %g %e\n", sum, (double)f, x);
    return tell("floating", bits);
}
