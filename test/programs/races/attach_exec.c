/* SPDX-License-Identifier: MIT
 * A debugger that attaches when its target says that it is about to exec, and sets a breakpoint.
 * As a rule the target is through with exec by then. If it is not, the breakpoint goes with the
 * old memory, and nobody notices: without PTRACE_O_TRACEEXEC an exec looks like a breakpoint, too. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *text) { write(1, text, strlen(text)); }

__attribute__((noinline)) static void work(void) { __asm__ volatile("nop; nop"); }

static void target(int ready) {
    char *argv[] = {"target", "again", 0};
    char *envp[] = {0};
    write(ready, "", 1);
    execve("/proc/self/exe", argv, envp);
    _exit(9);
}

int main(int argc, char **argv) {
    int ends[2];
    char byte;
    int status;
    struct user_regs_struct regs;
    if (argc > 1) {
        usleep(50000); /* the debugger is there by then */
        work();
        return 0;
    }
    pipe(ends);
    pid_t pid = fork();
    if (pid == 0) target(ends[1]);
    read(ends[0], &byte, 1);
    ptrace(PTRACE_ATTACH, pid, 0, 0);
    waitpid(pid, &status, 0);
    long word = ptrace(PTRACE_PEEKTEXT, pid, work, 0);
    ptrace(PTRACE_POKETEXT, pid, work, (word & ~0xffL) | 0xcc);
    ptrace(PTRACE_CONT, pid, 0, 0);
    waitpid(pid, &status, 0);
    ptrace(PTRACE_GETREGS, pid, 0, &regs);
    if (WIFSTOPPED(status) && regs.rip == (unsigned long)work + 1) {
        say("the breakpoint was hit\n");
        return 0;
    }
    say("the breakpoint is gone\n");
    return 1;
}
