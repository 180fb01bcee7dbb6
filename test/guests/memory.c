// SPDX-License-Identifier: MIT
// The heap and mappings: growing, giving back, reading what was never written.
#include "guest.h"

static u64 fill_and_sum(volatile u64* at, u64 words) {
    u64 sum = 0;
    for (u64 i = 0; i < words; ++i) sum += at[i];
    for (u64 i = 0; i < words; ++i) at[i] = i * i;
    for (u64 i = 0; i < words; ++i) sum += at[i];
    return sum;
}

int guest_main(u64* stack) {
    (void)stack;
    char* heap = sys_brk(0);
    show("grown", (u64)(sys_brk(heap + 100000) - heap));
    show("heap", fill_and_sum((u64*)(((u64)heap + 7) & ~7ul), 100000 / 8 - 1));
    show("shrunk", (u64)(sys_brk(heap) - heap));
    sys_brk(heap + 5000);
    show("zero again", (u64)heap[4090]);

    u8* mapped = sys_mmap(1ul << 30, 3);
    show("a gibibyte", fill_and_sum((u64*)(mapped + (1ul << 29) - 64), 100));
    show("mprotect", (u64)sys_mprotect(mapped, 4096, 1));
    show("read-only", mapped[5]);
    show("misaligned", (u64)-sys_mprotect(mapped + 1, 4096, 1));
    show("munmap", (u64)sys_munmap(mapped, 1ul << 30));
    show("hole", (u64)-sys_mprotect(mapped, 4096, 1));
    show("empty", (u64) - (long)sys_mmap(0, 3));

    // Code that is made at run time, run, changed and run again.
    u8* code = sys_mmap(4096, 7);
    static const u8 add_five[] = {0x8d, 0x47, 0x05, 0xc3};  // lea eax, [rdi+5]; ret
    memcpy(code, add_five, sizeof add_five);
    int (*function)(int) = (int (*)(int))(void*)code;
    show("made", (u64)function(10));
    code[2] = 9;
    show("changed", (u64)function(10));
    return 0;
}
