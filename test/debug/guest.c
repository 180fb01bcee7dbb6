// SPDX-License-Identifier: MIT
// Two processes, a signal with a handler, and a value that somebody changes at one place.
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

volatile long total = 5;
volatile long handled;

__attribute__((noinline)) void on_signal(int signal) { handled = signal; }

__attribute__((noinline)) long add(long n) {
    total += n;
    return total;
}

__attribute__((noinline)) int child(void) {
    add(1000);
    return 3;
}

int main(void) {
    signal(SIGUSR1, on_signal);
    for (long n = 1; n <= 4; ++n) add(n);
    total = 42;
    kill(getpid(), SIGUSR1);
    const int pid = fork();
    if (pid == 0) _exit(child());
    int status = 0;
    waitpid(pid, &status, 0);
    add(WEXITSTATUS(status));
    char text[64];
    const int length = snprintf(text, sizeof text, "total %ld\n", total);
    return write(1, text, length) != length;
}
