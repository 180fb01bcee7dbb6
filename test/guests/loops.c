// SPDX-License-Identifier: MIT
// Loops over integers of all widths: a sieve, CRC, Collatz, a mixing hash, division.
#include "guest.h"

static u8 composite[10000];

static u64 count_primes(void) {
    u64 count = 0;
    for (u64 i = 2; i < sizeof composite; ++i) {
        if (composite[i]) continue;
        ++count;
        for (u64 j = i * i; j < sizeof composite; j += i) composite[j] = 1;
    }
    return count;
}

static u32 crc(const u8* bytes, u64 n) {
    u32 state = 0xffffffff;
    for (u64 i = 0; i < n; ++i) {
        state ^= bytes[i];
        for (int bit = 0; bit < 8; ++bit) state = (state >> 1) ^ (0xedb88320 & -(state & 1));
    }
    return ~state;
}

static u64 collatz(u64 limit) {
    u64 best = 0, longest = 0;
    for (u64 start = 1; start < limit; ++start) {
        u64 steps = 0;
        for (u64 n = start; n != 1; ++steps) n = n % 2 != 0 ? 3 * n + 1 : n / 2;
        if (steps > longest) {
            longest = steps;
            best = start;
        }
    }
    return best * 1000 + longest;
}

static u64 mix(u64 rounds) {
    u64 a = 0x0123456789abcdef;
    unsigned short b = 0xbeef;
    signed char c = -7;
    for (u64 i = 0; i < rounds; ++i) {
        a = (a << 13 | a >> 51) + i * 0x9e3779b97f4a7c15;
        b = (unsigned short)((b >> 3 | b << 13) ^ (a >> 17));
        c = (signed char)(c * 5 + (signed char)b);
        a ^= (u64)(long)c;
        a += (u64)__builtin_ctzl(a | 1ul << 40) + (u64)__builtin_clzl(a | 1);
    }
    return a ^ b;
}

static u64 divide(void) {
    u64 sum = 0;
    volatile long divisor = 7;
    for (long n = -500; n < 500; ++n) {
        sum = sum * 31 + (u64)(n / divisor) + (u64)(n % divisor);
        sum += (u64)((int)n / (int)divisor) ^ (u32)n / (u32)divisor;
        divisor = divisor == 7 ? -13 : 7;
    }
    unsigned __int128 wide = (unsigned __int128)sum * sum;
    return (u64)wide ^ (u64)(wide >> 64);
}

static u64 choose(u64 n) {
    u64 sum = 0;
    for (u64 i = 0; i < n; ++i) {
        switch (i * 7 % 11) {
            case 0:
                sum += 3;
                break;
            case 1:
                sum ^= i;
                break;
            case 2:
                sum -= 5;
                break;
            case 3:
                sum *= 3;
                break;
            case 4:
                sum += sum >> 7;
                break;
            case 5:
                sum = ~sum;
                break;
            case 6:
                sum += sum & 0xff;
                break;
            case 7:
                sum = sum << 1 | sum >> 63;
                break;
            default:
                ++sum;
        }
    }
    return sum;
}

int guest_main(u64* stack) {
    (void)stack;
    show("primes", count_primes());
    show("crc", crc(composite, sizeof composite));
    show("collatz", collatz(3000));
    show("mix", mix(5000));
    show("divide", divide());
    show("choose", choose(3000));
    return 3;
}
