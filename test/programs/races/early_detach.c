/* SPDX-License-Identifier: MIT
 * A tool that looks at a process for a moment: it attaches, waits for a stop, and detaches. It
 * takes that stop for the one of its attach. If another signal comes first, the signal is lost and
 * the SIGSTOP of the attach is still on its way: nobody will ever continue the target. */
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *text) { write(1, text, strlen(text)); }

static volatile sig_atomic_t seen;
static void count(int signal) { seen = signal; }

static void target(void) {
    sigset_t set;
    sigset_t old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, &old);
    signal(SIGUSR1, count);
    while (!seen) sigsuspend(&old);
    _exit(0);
}

int main(void) {
    int status;
    pid_t pid = fork();
    if (pid == 0) target();
    usleep(1000); /* it is asleep by then */
    if (fork() == 0) {
        kill(pid, SIGUSR1);
        _exit(0);
    }
    if (ptrace(PTRACE_ATTACH, pid, 0, 0) == 0) {
        waitpid(pid, &status, 0);
        ptrace(PTRACE_DETACH, pid, 0, 0);
    }
    waitpid(pid, &status, 0);
    say("the target has ended\n");
    return 0;
}
