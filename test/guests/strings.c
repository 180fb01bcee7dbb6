// SPDX-License-Identifier: MIT
// String instructions with their prefixes and both directions, next to loops that do the same.
#include "guest.h"

static char text[256] = "the quick brown fox jumps over the lazy dog";
static char copy[256];

static void move(void* to, const void* from, u64 n) {
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n)::"memory");
}
static void move_back(char* to, const char* from, u64 n) {
    to += n - 1;
    from += n - 1;
    __asm__ volatile("std; rep movsb; cld" : "+D"(to), "+S"(from), "+c"(n)::"memory");
}
static void fill(void* to, u64 value, u64 n) {
    __asm__ volatile("rep stosq" : "+D"(to), "+c"(n) : "a"(value) : "memory");
}
static u64 scan(const char* at, char wanted) {
    u64 left = ~0ul;
    __asm__ volatile("repne scasb" : "+D"(at), "+c"(left) : "a"(wanted) : "memory");
    return ~left - 1;
}
static u64 equal_bytes(const char* a, const char* b, u64 n) {
    const u64 all = n;
    u8 same;
    __asm__ volatile("test %%eax, %%eax; repe cmpsb; sete %3"
                     : "+D"(a), "+S"(b), "+c"(n), "=r"(same)
                     :
                     : "memory", "cc");
    return all - n - !same;
}
static u64 sum_words(const void* from, u64 n) {
    u64 sum = 0;
    while (n-- > 0) {
        u32 word;
        __asm__ volatile("lodsl" : "+S"(from), "=a"(word)::"memory");
        sum += word;
    }
    return sum;
}

int guest_main(u64* stack) {
    (void)stack;
    move(copy, text, sizeof text);
    print(copy);
    print("\n");
    show("length", length(text));
    show("scan z", scan(text, 'z'));
    show("scan end", scan(text, 0));
    copy[20] = 'J';
    show("equal", equal_bytes(text, copy, 44));
    show("equal", equal_bytes(text, copy, 20));
    show("equal", equal_bytes(text, copy, 0));
    move(copy + 4, copy, 20);
    print(copy);
    print("\n");
    move_back(copy + 3, copy, 25);
    print(copy);
    print("\n");
    fill(copy, 0x6463626164636261, 8);
    copy[64] = 0;
    print(copy);
    print("\n");
    show("sum", sum_words(text, 16));
    memset(copy, 'x', 10);
    memcpy(copy + 10, text, 9);
    copy[19] = 0;
    print(copy);
    print("\n");
    return 17;
}
