/* SPDX-License-Identifier: MIT
 * A tracer that hands on every signal that it is told of. A group stop looks like one more SIGSTOP
 * to it (only PTRACE_GETSIGINFO, or PTRACE_SEIZE, tells them apart), and the PTRACE_CONT wakes a
 * target that was to stay stopped until somebody sends SIGCONT. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *text) { write(1, text, strlen(text)); }

static void target(int continued) {
    char byte;
    fcntl(continued, F_SETFL, O_NONBLOCK);
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    usleep(1000);
    raise(SIGSTOP);
    _exit(read(continued, &byte, 1) == 1 ? 0 : 1);
}

int main(void) {
    int continued[2];
    int status;
    pipe(continued);
    pid_t pid = fork();
    if (pid == 0) target(continued[0]);
    if (fork() == 0) { /* `fg`, as a shell does it */
        write(continued[1], "", 1);
        kill(pid, SIGCONT);
        _exit(0);
    }
    for (;;) {
        waitpid(pid, &status, 0);
        if (!WIFSTOPPED(status)) break;
        ptrace(PTRACE_CONT, pid, 0, WSTOPSIG(status));
    }
    say(WEXITSTATUS(status) == 0 ? "it waited for SIGCONT\n" : "nobody had sent SIGCONT\n");
    return WEXITSTATUS(status);
}
