// SPDX-License-Identifier: MIT
// SHA-256 of a pattern: rotations and additions in registers. The constants are the fractions of
// the roots of the first primes, worked out here.
#include "guest.h"

static uint32_t k[64], start[8];

static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

/// The first 32 bits of the fraction of the root-th root of n, by bisection on integers.
static uint32_t root_fraction(uint32_t n, int root) {
    uint64_t low = 0, high = (uint64_t)1 << 37;  // the root times 2^32
    while (high - low > 1) {
        const uint64_t middle = (low + high) / 2;
        unsigned __int128 power = middle;
        for (int i = 1; i < root; ++i) power = power * middle;
        const int shift = 32 * root;
        const int small = shift < 128 ? (power >> (shift - 1) >> 1) < n : 1;
        if (small)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low;
}

static void make_constants(void) {
    int found = 0;
    for (uint32_t n = 2; found < 64; ++n) {
        int prime = 1;
        for (uint32_t d = 2; d * d <= n; ++d) prime &= n % d != 0;
        if (!prime) continue;
        if (found < 8) start[found] = root_fraction(n, 2);
        k[found++] = root_fraction(n, 3);
    }
}

static void block(uint32_t* h, const unsigned char* in) {
    uint32_t w[64], v[8];
    for (int i = 0; i < 16; ++i) {
        w[i] = (uint32_t)in[4 * i] << 24 | in[4 * i + 1] << 16 | in[4 * i + 2] << 8 | in[4 * i + 3];
    }
    for (int i = 16; i < 64; ++i) {
        const uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] +
               (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    memcpy(v, h, sizeof v);
    for (int i = 0; i < 64; ++i) {
        const uint32_t s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
        const uint32_t t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i];
        const uint32_t s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
        const uint32_t t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (int i = 0; i < 8; ++i) h[i] += v[i];
}

int main(void) {
    unsigned char data[64];
    uint32_t h[8];
    make_constants();
    memcpy(h, start, sizeof h);
    for (int round = 0; round < 400 * ROUNDS; ++round) {
        for (int i = 0; i < 64; ++i) data[i] = (unsigned char)(round + i);
        block(h, data);
    }
    return tell("sha256", (uint64_t)h[0] << 32 | h[7]);
}
