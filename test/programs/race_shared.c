/* SPDX-License-Identifier: MIT
 * Two processes count in memory that they share, without a lock; seldom one count gets lost. */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    volatile int *count = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *count = 0;
    const int child = fork();
    const int seen = *count;
    *count = seen + 1;
    if (child == 0) _exit(0);
    waitpid(child, 0, 0);
    if (*count == 1) write(1, "lost\n", 5);
    return *count == 2 ? 0 : 3;
}
