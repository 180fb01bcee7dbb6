/* Programs that want to break the machine: each way is an argument. What ends by itself says so in one line; a limit may end it, too. MIT licence. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned long state = 12345;
static unsigned random_word(void) { state = state * 6364136223846793005ul + 1442695040888963407ul; return state >> 33; }
static volatile pid_t victim;
static void too_long(int s) { (void)s; if (victim > 0) kill(victim, SIGKILL); }
static void arm(int ms) { struct itimerval t = { { 0, ms * 1000 }, { 0, ms * 1000 } }; setitimer(ITIMER_REAL, &t, 0); }

/* Collects the child whatever it does: stops are ended by SIGKILL. */
static void collect(pid_t pid)
{
	int st;
	for (;;) {
		pid_t r = waitpid(pid, &st, __WALL | WUNTRACED);
		if (r < 0 && errno == EINTR) continue;
		if (r < 0 || WIFEXITED(st) || WIFSIGNALED(st)) return;
		kill(pid, SIGKILL);
	}
}

static char buffer[8192], path[] = "/tmp/hostile";
static long wild(char *edge)
{
	switch (random_word() % 16) {
	case 0: return 0;
	case 1: return -1;
	case 2: return 1;
	case 3: return 3;
	case 4: return 0x7ffffffffff8;
	case 5: return (long)0xffff800000000000ul;
	case 6: return (long)0x8000000000000000ul;
	case 7: return (long)buffer;
	case 8: return (long)edge - 1;
	case 9: return (long)edge - 16;
	case 10: return (long)path;
	case 11: return (long)buffer + 3;
	case 12: return 0x7fffffff;
	case 13: return -100; /* AT_FDCWD */
	case 14: return random_word() % 4096;
	default: return (long)((unsigned long)random_word() << 32 | random_word());
	}
}

static long one(long nr, int n, char *edge)
{
	long a[6];
	for (int i = 0; i < 6; i++) a[i] = n == 0 ? (long)0xffff800000000000ul : n == 1 ? -1 : n == 2 ? 0 : wild(edge);
	if (nr == SYS_clone) a[0] &= ~0x8000L; /* CLONE_PARENT: our parent would be sent any signal */
	if ((nr == SYS_kill || nr == SYS_tkill) && (a[0] == -1 || a[0] == 1)) a[0] = 0;
	if (nr == SYS_ptrace && n > 4) { a[0] = random_word() % 2 ? random_word() % 40 : 0x4200 + random_word() % 20; a[1] = n % 2 ? getppid() : getpid(); }
	return syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* Every call, and numbers that are none. */
static int calls(void)
{
	char *edge = mmap(0, 8192, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(edge += 4096, 4096);
	signal(SIGALRM, too_long);
	for (int k = 0; k < 470; k++) {
		long nr = k < 450 ? k : (long)((unsigned long)random_word() << 20 ^ random_word());
		victim = fork();
		if (victim == 0) {
			signal(SIGALRM, SIG_DFL);
			setsid();
			for (int n = 0; n < 8; n++) { arm(20); one(nr, n, edge); }
			_exit(0);
		}
		arm(300);
		collect(victim);
		arm(0);
		while (waitpid(-1, 0, __WALL | WNOHANG) > 0) {}
		unlink(path);
	}
	printf("calls: done\n");
	return 0;
}

/* A child a time, many times: what one gives back the next one gets. */
static int slots(int many)
{
	int n = 0, st;
	for (int i = 0; i < many; i++) {
		pid_t p = syscall(SYS_fork);
		if (p == 0) syscall(SYS_exit_group, i & 63);
		if (p > 0 && waitpid(p, &st, 0) == p && WEXITSTATUS(st) == (i & 63)) n++;
	}
	printf("slots: %d of %d\n", n, many);
	return n != many;
}

/* As many at once as there may be, in one process group that is then killed. */
static int many(void)
{
	static pid_t all[4096];
	int n = 0, reaped = 0;
	while (n < 4096) {
		pid_t p = syscall(SYS_fork);
		if (p == 0) for (;;) pause();
		if (p < 0) break;
		all[n++] = p;
	}
	int e = errno;
	for (int i = 0; i < n; i++) kill(all[i], SIGKILL);
	while (waitpid(-1, 0, 0) > 0) reaped++;
	printf("many: %s, %s, %s\n", n >= 1000 ? "1000 at once" : "too few", e == EAGAIN ? "EAGAIN" : e == ENOMEM ? "ENOMEM" : "?", reaped == n ? "all reaped" : "lost some");
	return 0;
}

static int bomb(void)
{
	while (syscall(SYS_fork) >= 0) {}
	return 0;
}

static int thread(void *x) { (void)x; for (;;) pause(); return 0; }
static int threads(void)
{
	int n = 0;
	char *stacks = mmap(0, 4096 * 1024, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	while (n < 1023 && clone(thread, stacks + 4096 * (n + 1), CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, 0) >= 0) n++;
	printf("threads: %s\n", n >= 1000 ? "1000 at once" : "too few");
	fflush(stdout);
	_exit(0);
}

/* Until a process, and then the world, has no more. */
static int descriptors(void)
{
	for (int i = 0; i < 40; i++) {
		pid_t p = fork();
		if (p == 0) {
			int fd[2];
			while (pipe(fd) == 0) {}
			int why = errno;
			while (dup(0) >= 0) {}
			write(1, why == EMFILE ? "" : why == ENFILE ? "" : "?", why != EMFILE && why != ENFILE);
			for (;;) pause();
		}
		sched_yield();
	}
	usleep(20000000);
	int fd[2], why = pipe(fd) < 0 ? errno : 0;
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	printf("descriptors: %s\n", why == ENFILE ? "ENFILE" : "?");
	return 0;
}

static int files(void)
{
	char name[] = "/tmp/aaa/aa";
	int fd = 0;
	for (int n = 0; fd == 0; n++) { /* no sprintf: there are 65,536 */
		name[5] = 'a' + (n >> 16); name[6] = 'a' + (n >> 12 & 15); name[7] = 'a' + (n >> 8 & 15);
		name[8] = 0;
		if (n % 256 == 0 && mkdir(name, 0700) < 0) break;
		name[8] = '/'; name[9] = 'a' + (n >> 4 & 15); name[10] = 'a' + (n & 15);
		fd = mkdir(name, 0700);
	}
	int full = errno;
	rmdir("/tmp/aaa/aa");
	fd = open("/tmp/aaa/long", O_CREAT | O_RDWR, 0600);
	while (write(fd, buffer, sizeof buffer) > 0) {}
	int end = errno;
	printf("files: %s, %s\n", full == ENOSPC ? "ENOSPC" : "?", end == ENOSPC || end == EFBIG ? "no more room" : "?");
	return 0;
}

static int memory(void)
{
	long n = 0;
	int e = 0;
	pid_t p = fork();
	if (p == 0) { /* touched without end: a signal says that there is no more */
		for (;; n++) {
			char *m = mmap(0, 1 << 20, 3, MAP_ANONYMOUS | (n % 2 ? MAP_SHARED : MAP_PRIVATE), -1, 0);
			if (m == MAP_FAILED) _exit(1);
			for (int i = 0; i < 1 << 20; i += 4096) m[i] = 1;
		}
	}
	collect(p);
	for (n = 0; n < 100; n++) { /* given back each time */
		char *m = mmap(0, 8 << 20, 3, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (m == MAP_FAILED) { e = errno; break; }
		for (int i = 0; i < 8 << 20; i += 4096) m[i] = 1;
		munmap(m, 8 << 20);
	}
	printf("memory: %ld rounds, %d\n", n, e);
	return 0;
}

static int signals(void)
{
	sigset_t all;
	union sigval v = { 0 };
	long n = 0;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, 0);
	while (n < 100000 && sigqueue(getpid(), SIGRTMIN + n % 20, v) == 0) n++;
	int e = errno;
	printf("signals: %s\n", e == EAGAIN ? "EAGAIN" : "?");
	return 0;
}

/* Everybody attaches to everybody. */
static int circles(void)
{
	pid_t p[4];
	int fd[2];
	pipe(fd);
	for (int i = 0; i < 4; i++) {
		p[i] = fork();
		if (p[i]) continue;
		pid_t other[4];
		alarm(2);
		read(fd[0], other, sizeof other);
		for (int k = 0; k < 40; k++) {
			pid_t t = other[random_word() % 4];
			unsigned w = random_word() % 8;
			long r = w < 2 ? ptrace(PTRACE_ATTACH, t, 0, 0) : w < 4 ? ptrace(PTRACE_SEIZE, t, 0, 0x100073) : w == 4 ? ptrace(PTRACE_TRACEME, 0, 0, 0) : w == 5 ? ptrace(PTRACE_INTERRUPT, t, 0, 0) : w == 6 ? ptrace(PTRACE_DETACH, t, 0, SIGSTOP) : ptrace(PTRACE_SYSCALL, t, 0, 0);
			(void)r;
			waitpid(-1, 0, __WALL | WNOHANG);
			state += i;
		}
		_exit(0);
	}
	for (int i = 0; i < 4; i++) write(fd[1], p, sizeof p);
	usleep(5000000);
	for (int i = 0; i < 4; i++) kill(p[i], SIGKILL);
	int n = 0;
	for (int i = 0; i < 4; i++) { collect(p[i]); n++; }
	printf("circles: %d ended\n", n);
	return 0;
}

static int give(int s, int fd)
{
	struct { struct cmsghdr head; int fd, pad; } c = { { .cmsg_len = CMSG_LEN(4), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS }, fd, 0 };
	struct iovec i = { "x", 1 };
	struct msghdr h = { .msg_iov = &i, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c };
	return sendmsg(s, &h, 0);
}

/* One socket on its way through the next, thousands deep; then all are closed with the last one. */
static int sockets(void)
{
	int old[2], s[2], n = 0, i = 0, deep;
	socketpair(AF_UNIX, SOCK_STREAM, 0, old);
	while (socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0 && give(s[0], old[1]) == 1) {
		close(old[0]); close(old[1]); n++;
		old[0] = s[0]; old[1] = s[1];
	}
	deep = errno;
	close(old[0]); close(old[1]);
	int again = socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, s);
	give(s[0], s[1]); /* in a circle: for ever */
	while (send(s[0], "", 0, 0) == 0) i++;
	printf("sockets: %d deep, %s; %s; %d messages, %s\n", n / 100 * 100, deep == ENFILE ? "ENFILE" : "?", again == 0 ? "again" : "?", i / 1000 * 1000, errno == ENOBUFS ? "ENOBUFS" : "?");
	return 0;
}

/* What is given back can be had again: more than there is memory for, one after the other. */
static int waste(void)
{
	static struct sock_filter bad[4096];
	static char text[4000], names[2][251];
	struct sock_fprog program = { 4096, bad };
	int fd[2], n;
	memset(text, 't', sizeof text - 1); memset(names, 'a', sizeof names); names[0][250] = names[1][250] = 0; names[1][0] = 'b';
	chdir("/tmp"); close(creat(names[0], 0600));
	for (n = 0; n < 10000; n++) {
		if (pipe(fd) < 0 || write(fd[1], "x", 1) != 1) break;
		close(fd[0]); close(fd[1]);
		if (symlink(text, "link") < 0 || unlink("link") < 0) break;
		for (int i = 0; i < 8; i++) if (rename(names[i % 2], names[1 - i % 2]) < 0) return 1;
	}
	int refused = 0;
	for (int i = 0; i < 2000; i++) refused += syscall(SYS_seccomp, 1, 0, &program) < 0 && errno == EINVAL;
	struct sock_filter allow = { 6, 0, 0, 0x7fff0000 };
	for (int i = 0; i < 4096; i++) bad[i] = allow;
	int e = 0;
	for (int i = 0; i < 100 && e == 0; i++) { /* what is set stays: there is an end */
		pid_t p = fork();
		if (p == 0) _exit(syscall(SYS_seccomp, 1, 0, &program) < 0 ? errno : 0);
		int st; waitpid(p, &st, 0); e = WEXITSTATUS(st);
	}
	printf("waste: %d rounds, %d refused, %s\n", n, refused, e == ENOMEM ? "ENOMEM" : "?");
	return 0;
}

/* One namespace in the other. */
static int deeper(void)
{
	int n = 0, st;
	pid_t p;
	while ((p = syscall(SYS_clone, 0x20000000 | SIGCHLD, 0, 0, 0, 0)) == 0) n++;
	if (p < 0) { printf("deeper: %d, %s\n", n, errno == ENOSPC ? "ENOSPC" : "?"); return 0; }
	waitpid(p, &st, 0);
	_exit(0);
}

int main(int argc, char **argv)
{
	const char *way = argc > 1 ? argv[1] : "";
	if (!strcmp(way, "calls")) return calls();
	if (!strcmp(way, "slots")) return slots(5000);
	if (!strcmp(way, "many")) return many();
	if (!strcmp(way, "bomb")) return bomb();
	if (!strcmp(way, "threads")) return threads();
	if (!strcmp(way, "descriptors")) return descriptors();
	if (!strcmp(way, "files")) return files();
	if (!strcmp(way, "memory")) return memory();
	if (!strcmp(way, "signals")) return signals();
	if (!strcmp(way, "circles")) return circles();
	if (!strcmp(way, "sockets")) return sockets();
	if (!strcmp(way, "waste")) return waste();
	if (!strcmp(way, "deeper")) return deeper();
	return 2;
}
