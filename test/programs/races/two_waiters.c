/* SPDX-License-Identifier: MIT
 * A tool with two threads, each of which traces a child of its own and waits for whoever stops.
 * wait gives a thread the children of the others too (__WNOTHREAD says not to); but only who has
 * attached may continue them, so that a stop that went to the wrong thread is lost. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *text) { write(1, text, strlen(text)); }

static void *trace_one(void *argument) {
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGUSR1);
        _exit(0);
    }
    for (;;) {
        pid_t who = waitpid(-1, &status, __WALL);
        if (who < 0 || (who == pid && !WIFSTOPPED(status))) return argument;
        if (WIFSTOPPED(status) && ptrace(PTRACE_CONT, who, 0, 0) != 0) {
            say("not my tracee\n");
            exit(1);
        }
    }
}

int main(void) {
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], 0, trace_one, 0);
        usleep(16000); /* the first is waiting by then */
    }
    for (int i = 0; i < 2; i++) pthread_join(threads[i], 0);
    say("both have ended\n");
    return 0;
}
