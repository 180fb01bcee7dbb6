// SPDX-License-Identifier: MIT
// Calls within calls: Fibonacci, Ackermann, towers, quicksort through a function pointer.
#include "guest.h"

__attribute__((noinline)) static u64 fib(u64 n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

__attribute__((noinline)) static u64 ackermann(u64 m, u64 n) {
    if (m == 0) return n + 1;
    if (n == 0) return ackermann(m - 1, 1);
    return ackermann(m - 1, ackermann(m, n - 1));
}

static u64 moves;
__attribute__((noinline)) static void tower(int n, int from, int to, int by) {
    if (n == 0) return;
    tower(n - 1, from, by, to);
    moves = moves * 3 + (u64)(from * 4 + to);
    tower(n - 1, by, to, from);
}

typedef int (*Compare)(int, int);
static int ascending(int a, int b) { return a < b; }
static int by_last_digit(int a, int b) { return a % 10 != b % 10 ? a % 10 < b % 10 : a < b; }

__attribute__((noinline)) static void sort(int* a, int n, Compare before) {
    if (n < 2) return;
    const int pivot = a[n / 2];
    int i = 0, j = n - 1;
    while (i <= j) {
        while (before(a[i], pivot)) ++i;
        while (before(pivot, a[j])) --j;
        if (i > j) break;
        const int old = a[i];
        a[i++] = a[j];
        a[j--] = old;
    }
    sort(a, j + 1, before);
    sort(a + i, n - i, before);
}

static u64 sorted(Compare before) {
    static int numbers[500];
    u32 state = 42;
    for (int i = 0; i < 500; ++i) {
        state = state * 1664525 + 1013904223;
        numbers[i] = (int)(state >> 16) - 20000;
    }
    sort(numbers, 500, before);
    u64 sum = 0;
    for (int i = 0; i < 500; ++i) sum = sum * 31 + (u64)(long)numbers[i];
    return sum;
}

int guest_main(u64* stack) {
    (void)stack;
    show("fib", fib(17));
    show("ackermann", ackermann(2, 30));
    tower(9, 1, 3, 2);
    show("tower", moves);
    show("ascending", sorted(ascending));
    show("by last digit", sorted(by_last_digit));
    return 0;
}
