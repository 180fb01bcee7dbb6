// SPDX-License-Identifier: MIT
// Floating point and vectors, as compilers make them without options: series, a matrix, a long
// division by Newton, conversions of all widths, and loops that get vectorised.
#include "guest.h"

static u64 bits(double x) {
    union {
        double number;
        u64 bits;
    } both = {x};
    return both.bits;
}
static u64 bits_of_single(float x) {
    union {
        float number;
        u32 bits;
    } both = {x};
    return both.bits;
}

static double pi(int terms) {
    double sum = 0;
    for (int n = 0; n < terms; ++n) sum += (n % 2 == 0 ? 4.0 : -4.0) / (2 * n + 1);
    return sum;
}

static double root(double x) {
    double guess = x > 1 ? x : 1;
    for (int n = 0; n < 40; ++n) guess = (guess + x / guess) / 2;
    return guess;
}

#define SIZE 24
static float a[SIZE][SIZE], b[SIZE][SIZE], product[SIZE][SIZE];

static float matrix(void) {
    for (int i = 0; i < SIZE; ++i) {
        for (int j = 0; j < SIZE; ++j) {
            a[i][j] = (float)(i * 7 + j) / 3.0f;
            b[i][j] = (float)(i - j) * 0.125f + 1e-3f;
        }
    }
    float trace = 0;
    for (int i = 0; i < SIZE; ++i) {
        for (int j = 0; j < SIZE; ++j) {
            float sum = 0;
            for (int k = 0; k < SIZE; ++k) sum += a[i][k] * b[k][j];
            product[i][j] = sum;
        }
        trace += product[i][i];
    }
    return trace;
}

static u64 conversions(void) {
    u64 sum = 0;
    volatile double x = -12345.678;
    for (int n = 0; n < 60; ++n) {
        x = x * -1.75;
        sum = sum * 31 + (u64)(long)x + (u32)(int)(float)(x / 1e12) + (x > 0 ? (u64)x : 1);
        sum ^= bits((double)(float)x) + bits((double)(long)sum) + bits_of_single((float)sum);
    }
    return sum;
}

static u8 bytes[4096];
static u32 words[1024];

static u64 lanes(void) {
    for (u32 n = 0; n < sizeof bytes; ++n) bytes[n] = (u8)(n * 37 + (n >> 5));
    u64 sum = 0;
    u32 most = 0;
    for (u32 n = 0; n < 1024; ++n) {
        words[n] = bytes[n] * 1000u + bytes[n + 1024] - bytes[n + 2048] * bytes[n + 3072];
        most = words[n] > most ? words[n] : most;
    }
    for (u32 n = 0; n < 1024; ++n) sum += words[n] ^ (words[1023 - n] >> 3);
    return sum * 31 + most;
}

int guest_main(u64* stack) {
    (void)stack;
    show("pi", bits(pi(2000)));
    show("root", bits(root(2)) ^ bits(root(1e100)));
    show("matrix", bits_of_single(matrix()));
    show("conversions", conversions());
    show("lanes", lanes());
    volatile double zero = 0;
    show("not a number", bits(zero / zero) + (zero / zero < 1) + bits(-1 / zero));
    return 5;
}
