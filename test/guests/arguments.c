// SPDX-License-Identifier: MIT
// What a program finds on its stack. Needs no relocations, so it also runs as a static PIE.
#include "guest.h"

extern char _start[];
extern char __ehdr_start[];

int guest_main(u64* stack) {
    const u64 count = *stack++;
    show("arguments", count);
    for (u64 i = 0; i < count; ++i) {
        print((const char*)stack[i]);
        print(".\n");
    }
    stack += count;
    show("end", *stack++);
    while (*stack != 0) {
        print((const char*)*stack++);
        print(".\n");
    }
    ++stack;
    for (; stack[0] != 0; stack += 2) {
        switch (stack[0]) {
            case 3:
                show("headers", stack[1] - (u64)__ehdr_start);
                break;
            case 4:
                show("header size", stack[1]);
                break;
            case 6:
                show("page size", stack[1]);
                break;
            case 9:
                show("entry", stack[1] - (u64)_start);
                break;
            case 15:
                print((const char*)stack[1]);
                print("\n");
                break;
            case 25:
                show("random", ((u64*)stack[1])[0] != ((u64*)stack[1])[1]);
                break;
            default:
                break;
        }
    }
    return 0;
}
