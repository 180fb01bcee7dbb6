// SPDX-License-Identifier: MIT
// What guest programs use instead of a C library: Linux calls, and printing of text and numbers.
// They are compiled by the tests, run natively, and run on the simulated CPU; both must print the
// same.
#ifndef UTSIM_GUEST_H
#define UTSIM_GUEST_H

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;

static inline long call(long number, long a, long b, long c, long d, long e, long f) {
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static inline long sys_write(const void* bytes, u64 n) {
    return call(1, 1, (long)bytes, (long)n, 0, 0, 0);
}
static inline void* sys_mmap(u64 size, int rights) {
    return (void*)call(9, 0, (long)size, rights, 0x22, -1, 0);
}
static inline long sys_mprotect(void* at, u64 size, int rights) {
    return call(10, (long)at, (long)size, rights, 0, 0, 0);
}
static inline long sys_munmap(void* at, u64 size) {
    return call(11, (long)at, (long)size, 0, 0, 0, 0);
}
static inline char* sys_brk(void* end) { return (char*)call(12, (long)end, 0, 0, 0, 0, 0); }
static inline long sys_fork(void) { return call(57, 0, 0, 0, 0, 0, 0); }
static inline long sys_wait(long pid, int* status) {
    return call(61, pid, (long)status, 0, 0, 0, 0);
}
__attribute__((noreturn)) static inline void sys_exit(int code) {
    for (;;) call(231, code, 0, 0, 0, 0, 0);
}

static inline u64 length(const char* text) {
    u64 n = 0;
    while (text[n] != 0) ++n;
    return n;
}
static inline void print(const char* text) { sys_write(text, length(text)); }
static inline void print_number(u64 number) {
    char digits[24];
    int at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    sys_write(digits + at, sizeof digits - (u64)at);
}
static inline void show(const char* what, u64 number) {
    print(what);
    print(" ");
    print_number(number);
    print("\n");
}

// What the compiler may call by itself.
void* memcpy(void* to, const void* from, u64 n) {
    u8* t = to;
    const u8* f = from;
    for (u64 i = 0; i < n; ++i) {
        t[i] = f[i];
        __asm__ volatile("" ::: "memory");  // or this loop becomes a call of itself
    }
    return to;
}
void* memset(void* to, int value, u64 n) {
    u8* t = to;
    for (u64 i = 0; i < n; ++i) {
        t[i] = (u8)value;
        __asm__ volatile("" ::: "memory");
    }
    return to;
}

// A program defines this; `stack` points at argc.
int guest_main(u64* stack);

__asm__(
    ".globl _start\n"
    "_start:\n"
    "    xor %ebp, %ebp\n"
    "    mov %rsp, %rdi\n"
    "    and $-16, %rsp\n"
    "    call guest_entry\n");

__attribute__((used, noreturn)) static void guest_entry(u64* stack) { sys_exit(guest_main(stack)); }

#endif
