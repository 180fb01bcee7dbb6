// SPDX-License-Identifier: MIT
// Begins another program in the middle.
#include <unistd.h>

int main(int argc, char** argv) {
    if (argc > 1) return 7;
    char* again[] = {argv[0], "again", 0};
    char* environment[] = {0};
    return execve("/bin/execs", again, environment);
}
