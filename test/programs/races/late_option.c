/* SPDX-License-Identifier: MIT
 * A tracer that wants to follow its target's children, and says so when it has seized it and
 * stopped it. What the target forks before that runs untraced. (PTRACE_SEIZE takes options.) */
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *text) { write(1, text, strlen(text)); }

static void target(int go) {
    char byte;
    read(go, &byte, 1);
    if (fork() == 0) _exit(0);
    wait(0);
    _exit(0);
}

int main(void) {
    int go[2];
    int status;
    int forks = 0;
    pipe(go);
    pid_t pid = fork();
    if (pid == 0) target(go[0]);
    write(go[1], "", 1);
    ptrace(PTRACE_SEIZE, pid, 0, 0);
    ptrace(PTRACE_INTERRUPT, pid, 0, 0);
    for (pid_t who; (who = waitpid(-1, &status, __WALL)) > 0;) {
        if (!WIFSTOPPED(status)) continue;
        if (status >> 16 == PTRACE_EVENT_FORK) forks++;
        if (who == pid && status >> 16 == PTRACE_EVENT_STOP)
            ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACEFORK);
        ptrace(PTRACE_CONT, who, 0, 0);
    }
    say(forks == 1 ? "one fork seen\n" : "a child got away\n");
    return forks == 1 ? 0 : 1;
}
