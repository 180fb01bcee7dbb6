/* SPDX-License-Identifier: MIT
 * exec of itself: arguments, environment, descriptors, signals and names before and after; and time. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile int rang;
static void on_alarm(int signal) { rang = signal; }

static void say(const char *what, long result) {
    if (result < 0) printf("%s: %s\n", what, strerror(errno));
    else printf("%s: %ld\n", what, result);
    fflush(stdout);
}

static int second(char **argv) {
    struct sigaction action;
    printf("arguments %s %s, environment %s\n", argv[1], argv[2], getenv("NAME"));
    say("kept", fcntl(10, F_GETFD));
    say("closed", fcntl(11, F_GETFD));
    sigaction(SIGUSR1, NULL, &action);
    say("ignored", action.sa_handler == SIG_IGN);
    sigaction(SIGUSR2, NULL, &action);
    say("caught before", action.sa_handler == SIG_DFL);
    return 9;
}

int main(int argc, char **argv) {
    char name[16];
    int status;
    if (argc > 1) return second(argv);
    prctl(PR_GET_NAME, name);
    say("name", strcmp(name, "again"));
    dup2(1, 10);
    fcntl(dup2(1, 11), F_SETFD, FD_CLOEXEC);
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, on_alarm);
    if (fork() == 0) {
        char *arguments[] = {"again", "one", "two words", NULL};
        char *environment[] = {"NAME=value", NULL};
        execve("/proc/self/exe", arguments, environment);
        _exit(1);
    }
    wait(&status);
    say("status", WEXITSTATUS(status));
    say("no such program", execve("/no/such/program", argv, NULL));
    say("a folder", execve("/tmp", argv, NULL));

    signal(SIGALRM, on_alarm);
    struct timespec before, after, pause_of = {0, 30000000};
    clock_gettime(CLOCK_MONOTONIC, &before);
    nanosleep(&pause_of, NULL);
    clock_gettime(CLOCK_MONOTONIC, &after);
    long ms = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    say("slept", ms >= 30);
    struct itimerval soon = {{0, 0}, {0, 20000}};
    setitimer(ITIMER_REAL, &soon, NULL);
    say("pause", pause());
    say("rang", rang);
    alarm(100);
    say("alarm left", alarm(0) >= 99);
    say("session", getsid(0) == getsid(getpid()) && getpgid(0) == getpgrp());
    if (fork() == 0) _exit(setsid() == getpid() && getpgrp() == getpid() ? 4 : 5);
    wait(&status);
    say("status", WEXITSTATUS(status));
    return 0;
}
