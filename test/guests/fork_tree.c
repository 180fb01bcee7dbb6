// SPDX-License-Identifier: MIT
// Children of children, each with its own copy of memory; parents wait, so the order is fixed.
#include "guest.h"

static u64 shared = 1;
static u64 pages[4][512];

static int node(int depth, u64 path) {
    shared = shared * 10 + (u64)depth;
    pages[depth][path % 512] = path;
    if (depth == 3) {
        show("leaf", path);
        return (int)(path % 7);
    }
    int sum = 0;
    for (u64 branch = 1; branch <= 2; ++branch) {
        const long pid = sys_fork();
        if (pid == 0) sys_exit(node(depth + 1, path * 10 + branch));
        int status = -1;
        if (sys_wait(pid, &status) != pid) return 99;
        sum += status >> 8 & 0xff;
    }
    show("node", path);
    show(" shared", shared);
    u64 touched = 0;
    for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 512; ++j) touched += pages[i][j] != 0;
    }
    show(" touched", touched);
    return sum;
}

int guest_main(u64* stack) {
    (void)stack;
    return node(0, 1);
}
