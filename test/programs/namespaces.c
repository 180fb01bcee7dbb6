/* Pid namespaces: numbers inside and outside, orphans, the end of an init. Needs root. MIT licence. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int wrong;
#define OK(x) do { if (!(x)) { printf("line %d: %s, errno %d\n", __LINE__, #x, errno); fflush(stdout); wrong++; } } while (0)
#define FAILS(x, e) do { errno = 0; if ((x) != -1 || errno != (e)) { printf("line %d: %s, errno %d\n", __LINE__, #x, errno); fflush(stdout); wrong++; } } while (0)

static volatile int sender = -1;
static void on_signal(int s, siginfo_t *i, void *c) { (void)s; (void)c; sender = i->si_pid; }
static pid_t clone_into(long flags) { fflush(stdout); return syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0); }
static int status_of(pid_t p) { int st = -1; return waitpid(p, &st, __WALL) == p ? st : -1; }
static int has_line(const char *file, const char *line)
{
	char b[2048]; int f = open(file, O_RDONLY), n = read(f, b, sizeof b - 1);
	close(f); b[n > 0 ? n : 0] = 0;
	return strstr(b, line) != 0;
}

static int inside(pid_t outside)
{
	char link[32] = "", line[64]; int st;
	struct sigaction a = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	OK(getpid() == 1 && getppid() == 0 && syscall(SYS_gettid) == 1);
	OK(getpgrp() == 0 && getsid(0) == 0); FAILS(kill(outside, 0), ESRCH); FAILS(setpgid(0, outside), EPERM);
	OK(setsid() == 1 && getpgrp() == 1 && getsid(0) == 1);
	/* /proc was mounted outside. */
	readlink("/proc/self", link, sizeof link - 1); snprintf(line, sizeof line, "NSpid:\t%s\t1\n", link);
	OK(atoi(link) > 1 && has_line("/proc/self/status", line));
	sigaction(SIGCHLD, &a, 0);
	pid_t p = fork();
	if (p == 0) _exit(getpid() == 2 && getppid() == 1 && getpgrp() == 1 && kill(1, SIGKILL) == 0 ? 5 : 6);
	OK(p == 2 && waitpid(-1, &st, 0) == 2 && WEXITSTATUS(st) == 5 && sender == 2);
	/* An orphan is its init's, and the numbers go on. */
	p = fork();
	if (p == 0) { if (fork() == 0) { while (getppid() != 1) sched_yield(); _exit(getpid()); } _exit(0); }
	OK(p == 3 && status_of(3) == 0 && waitpid(-1, &st, 0) == 4 && WEXITSTATUS(st) == 4);
	/* One deeper: seen here as 5, and as 1 by itself. */
	int go[2]; pipe(go);
	p = clone_into(CLONE_NEWPID);
	if (p == 0) {
		char c; int is = getpid() == 1; sender = -1;
		sigaction(SIGUSR1, &a, 0); write(go[1], "x", 1);
		while (sender == -1) sched_yield();
		_exit(is && sender == 0 ? 7 : 8);
	}
	char c; read(go[0], &c, 1);
	OK(p == 5 && kill(5, SIGTERM) == 0 && kill(5, SIGUSR1) == 0 && WEXITSTATUS(status_of(5)) == 7);
	FAILS(syscall(SYS_clone, CLONE_NEWPID | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, 0, 0, 0, 0), EINVAL);
	return wrong != 0;
}

int main(void)
{
	int alive[2], st; char c;
	struct sigaction a = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	pid_t me = getpid(), p = clone_into(CLONE_NEWPID), q;
	if (p == 0) _exit(inside(me));
	OK(p > 1 && status_of(p) == 0);

	/* Its end is the end of all. */
	pipe(alive);
	p = clone_into(CLONE_NEWPID);
	if (p == 0) {
		close(alive[0]);
		for (int i = 0; i < 3; i++) if (fork() == 0) { setsid(); if (i == 1) fork(); signal(SIGTERM, SIG_IGN); for (;;) pause(); }
		write(alive[1], "x", 1);
		for (;;) pause();
	}
	close(alive[1]); read(alive[0], &c, 1);
	sigaction(SIGCHLD, &a, 0);
	kill(p, SIGTERM); kill(p, SIGKILL);
	OK(status_of(p) == SIGKILL && sender == p && read(alive[0], &c, 1) == 0); FAILS(kill(p, 0), ESRCH);

	/* unshare is for the children; when their init is gone, nobody is born any more. */
	if ((p = fork()) == 0) {
		OK(unshare(CLONE_NEWPID) == 0 && getpid() > 1); FAILS(unshare(CLONE_NEWPID), EINVAL);
		p = fork();
		if (p == 0) { while (1) pause(); }
		q = fork();
		if (q == 0) _exit(getpid() == 2 && getppid() == 0 && kill(1, 0) == 0 ? 3 : 4);
		OK(WEXITSTATUS(status_of(q)) == 3);
		kill(p, SIGKILL); OK(status_of(p) == SIGKILL); FAILS(fork(), ENOMEM);
		_exit(wrong != 0);
	}
	OK(status_of(p) == 0);
	setresuid(5, 5, 5); FAILS(clone_into(CLONE_NEWPID), EPERM); FAILS(unshare(CLONE_NEWPID), EPERM);
	printf("%d wrong\n", wrong);
	return wrong != 0;
}
