/* SPDX-License-Identifier: MIT
 * Pipes, poll and select between processes: order, ends, SIGPIPE, blocking and not. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *what, long result) {
    if (result < 0) printf("%s: %s\n", what, strerror(errno));
    else printf("%s: %ld\n", what, result);
    fflush(stdout);
}

int main(void) {
    int ends[2], status;
    static char big[100000];
    say("pipe", pipe(ends));
    say("fcntl", fcntl(ends[0], F_SETFL, O_NONBLOCK));
    say("empty", read(ends[0], big, 10));
    fcntl(ends[0], F_SETFL, 0);
    struct pollfd p = {ends[0], POLLIN, 0};
    say("poll nothing", poll(&p, 1, 0));
    if (fork() == 0) {
        close(ends[0]);
        for (int i = 0; i < 3; i++) write(ends[1], big, 50000);
        _exit(7);
    }
    close(ends[1]);
    long sum = 0, got;
    while ((got = read(ends[0], big, 30000)) > 0) sum += got;
    say("sum", sum);
    say("poll at end", poll(&p, 1, -1));
    say("hangup", p.revents == POLLHUP);
    wait(&status);
    say("status", WEXITSTATUS(status));
    close(ends[0]);

    pipe(ends);
    signal(SIGPIPE, SIG_IGN);
    close(ends[0]);
    say("no reader", write(ends[1], "x", 1));
    if (fork() == 0) {
        signal(SIGPIPE, SIG_DFL);
        write(ends[1], "x", 1);
        _exit(0);
    }
    wait(&status);
    say("killed by", WTERMSIG(status));
    close(ends[1]);

    pipe2(ends, O_CLOEXEC | O_NONBLOCK);
    long room = 0;
    while ((got = write(ends[1], big, 4096)) > 0) room += got;
    say("room", room);
    say("full", got);
    fd_set in, out;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(ends[0], &in);
    FD_SET(ends[1], &out);
    struct timeval now = {0, 0};
    say("select", select(ends[1] + 1, &in, &out, NULL, &now));
    say("readable", FD_ISSET(ends[0], &in) != 0);
    say("writable", FD_ISSET(ends[1], &out) != 0);
    say("timeout", poll(NULL, 0, 20));
    return 0;
}
