// SPDX-License-Identifier: MIT
// The product of matrices of doubles.
#include "guest.h"

enum { n = 48 };
static double a[n][n], b[n][n], c[n][n];

int main(void) {
    uint64_t bits;
    double sum = 0;
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) a[i][j] = i - j / 3.0, b[i][j] = 1.0 / (i + j + 1);
    }
    for (int round = 0; round < 3 * ROUNDS; ++round) {
        for (int i = 0; i < n; ++i) {
            for (int j = 0; j < n; ++j) {
                double s = 0;
                for (int k = 0; k < n; ++k) s += a[i][k] * b[k][j];
                c[i][j] = s;
            }
        }
        for (int i = 0; i < n; ++i) sum += c[i][i], a[i][(i + round) % n] += 0.125;
    }
    memcpy(&bits, &sum, sizeof bits);
    return tell("matrix", bits);
}
