/* More programs that want to break the machine (see hostile.c): each way is an argument, and ends by itself. MIT licence. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
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
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static unsigned long state = 4711;
static unsigned random_word(void) { state = state * 6364136223846793005ul + 1442695040888963407ul; return state >> 33; }
static unsigned long wide(void) { return (unsigned long)random_word() << 33 ^ random_word(); }
static volatile pid_t victim;
static void too_long(int s) { (void)s; if (victim > 0) kill(victim, SIGKILL); }
static void nothing(int s) { (void)s; }
static void arm(int ms) { struct itimerval t = { { 0, ms * 1000 }, { 0, ms * 1000 } }; setitimer(ITIMER_REAL, &t, 0); }
static void on(int sig, void (*f)(int)) { struct sigaction a = { .sa_handler = f }; sigaction(sig, &a, 0); }

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

static char buffer[16384];
static unsigned long wilds[12];
static void make_wilds(void)
{
	char *edge = mmap(0, 8192, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(edge, 1, 4096);
	munmap(edge + 4096, 4096);
	unsigned long all[12] = { 0, -1ul, 8, (unsigned long)edge + 4096, (unsigned long)edge + 4093, 0x7fffffffe000, 0x800000000000, 0xffff800000000000, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffff, 0x80000000 };
	memcpy(wilds, all, sizeof wilds);
}

/* Each argument of each call in turn is wild, while the others are what they might be. */
static int pointers(void)
{
	make_wilds();
	for (int nr = 0; nr < 450; nr++) {
		if (nr == SYS_exit || nr == SYS_exit_group || nr == SYS_fork || nr == SYS_vfork || nr == SYS_clone) continue;
		on(SIGALRM, too_long);
		victim = fork();
		if (victim == 0) {
			int p[2], s[2];
			setsid(); on(SIGALRM, nothing); victim = 0;
			pipe(p); socketpair(AF_UNIX, SOCK_STREAM, 0, s); open("/tmp/rogue", O_RDWR | O_CREAT, 0600); open("/", O_RDONLY); open("/dev/ptmx", O_RDWR);
			for (int way = 0; way < 3; way++)
				for (int at = 0; at < 6; at++)
					for (int w = 0; w < 12; w++) {
						long a[6];
						for (int i = 0; i < 6; i++) a[i] = way == 0 ? (long)(buffer + 2048 * i) : way == 1 ? (i % 2 ? (long)(buffer + 2048 * i) : 3 + (w + i) % 7) : i;
						a[at] = wilds[w];
						if ((nr == SYS_kill || nr == SYS_tkill || nr == SYS_tgkill || nr == SYS_rt_sigqueueinfo || nr == SYS_rt_tgsigqueueinfo) && (int)a[0] != 0x7fffffff) continue;
						arm(3);
						syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
					}
			_exit(0);
		}
		arm(2000);
		collect(victim);
		arm(0);
		while (waitpid(-1, 0, __WALL | WNOHANG) > 0) {}
		unlink("/tmp/rogue");
	}
	printf("pointers: done\n");
	return 0;
}

/* A tracee whose registers, memory and signals are made of chance. */
static int tracee(void)
{
	int lives = 0;
	make_wilds();
	on(SIGALRM, too_long);
	for (int n = 0; n < 800;) {
		victim = fork();
		if (victim == 0) { on(SIGALRM, SIG_DFL); arm(15); ptrace(PTRACE_TRACEME, 0, 0, 0); raise(SIGSTOP); for (;;) { getppid(); buffer[5]++; if (buffer[5] == 100) { if (syscall(SYS_fork) == 0) _exit(1); } } }
		if (victim < 0) break;
		lives++;
		arm(100);
		for (int st; waitpid(victim, &st, __WALL) > 0 && WIFSTOPPED(st) && n < 800; n++) {
			for (int i = 0; i < 4; i++) {
				unsigned long w = wilds[random_word() % 12], data = random_word() % 2 ? w : wide();
				memset(buffer + 4096, random_word(), 1024);
				struct iovec v = { (void *)(random_word() % 2 ? (unsigned long)buffer + 4096 : w), random_word() % 3 ? 64 + random_word() % 1000 : data };
				switch (random_word() % 12) {
				case 0: ptrace(PTRACE_POKEUSER, victim, (void *)(random_word() % 928ul & ~7ul), (void *)data); break;
				case 1: ptrace(PTRACE_POKEUSER, victim, (void *)w, (void *)data); break;
				case 2: ptrace(PTRACE_SETREGS, victim, 0, buffer + 4096); break;
				case 3: ptrace(PTRACE_SETFPREGS, victim, 0, (void *)(random_word() % 2 ? (unsigned long)buffer + 4096 : w)); break;
				case 4: ptrace((random_word() % 2 ? 0x4204 : 0x4205), victim, (void *)(unsigned long[]){ 1, 2, 0x202, w }[random_word() % 4], &v); break;
				case 5: ptrace(PTRACE_SETSIGINFO, victim, 0, buffer + 4096); break;
				case 6: { unsigned long how[2] = { data, wide() }; ptrace(0x4209, victim, how, (void *)w); } break;
				case 7: ptrace(0x420b, victim, (void *)(random_word() % 2 ? 8 : w), buffer + 4096); break;
				case 8: ptrace(PTRACE_SETOPTIONS, victim, 0, (void *)(unsigned long)(random_word() % 0x200)); break;
				case 9: ptrace(PTRACE_POKEDATA, victim, (void *)(random_word() % 2 ? (unsigned long)buffer : w), (void *)data); break;
				case 10: ptrace(0x420e, victim, (void *)data, (void *)w); break;
				default: ptrace((1 + random_word() % 63), victim, (void *)w, (void *)data); break; /* no TRACEME: nobody would let us go on */
				}
			}
			static const int go[] = { PTRACE_CONT, PTRACE_SYSCALL, PTRACE_SINGLESTEP, 31, 32, 33, PTRACE_DETACH };
			int sig = (int)(random_word() % 4 ? 0 : random_word() % 70);
			if (ptrace(go[random_word() % 7], victim, 0, (void *)(long)sig) < 0) ptrace(PTRACE_CONT, victim, 0, 0);
		}
		kill(victim, SIGKILL);
		collect(victim);
		arm(0);
		while (waitpid(-1, 0, __WALL | WNOHANG) > 0) {}
	}
	printf("tracee: %s lives\n", lives > 1 ? "many" : "few");
	return 0;
}

/* Children with any flags, on any stack. */
static int clones(void)
{
	make_wilds();
	on(SIGALRM, too_long);
	for (int n = 0; n < 300; n++) {
		victim = fork();
		if (victim == 0) {
			setsid(); on(SIGALRM, SIG_DFL); arm(30);
			for (int i = 0; i < 6; i++) {
				unsigned long flags = wide() & (random_word() % 2 ? 0xffffffff : 0x01ffff00) & ~0x8000ul, stack = random_word() % 3 ? 0 : random_word() % 2 ? (unsigned long)buffer + 8192 : wilds[random_word() % 12];
				if (random_word() % 2) flags |= 0x100 | (random_word() % 2 ? 0x10800 : 0);
				if (syscall(SYS_clone, flags, stack, wilds[random_word() % 12], wilds[random_word() % 12], wilds[random_word() % 12]) == 0) { if (random_word() % 2) raise(SIGSEGV); getppid(); syscall(SYS_exit, 0); }
				if (random_word() % 4 == 0) syscall(SYS_set_tid_address, wilds[random_word() % 12]);
				if (random_word() % 4 == 0) syscall(SYS_set_robust_list, random_word() % 2 ? wilds[random_word() % 12] : (unsigned long)buffer, 24);
				if (random_word() % 8 == 0) { unsigned long *l = (unsigned long *)buffer; l[0] = (unsigned long)(l + 4); l[4] = (unsigned long)(l + 4); l[1] = wide(); l[2] = wide(); }
			}
			_exit(0);
		}
		arm(200);
		collect(victim);
		arm(0);
		while (waitpid(-1, 0, __WALL | WNOHANG) > 0) {}
	}
	printf("clones: done\n");
	return 0;
}

/* Signals within signals until there is no stack; and frames that nobody has made. */
static void again(int s) { raise(s); }
static void thief(int s, siginfo_t *i, void *c)
{
	ucontext_t *u = c;
	(void)s; (void)i;
	u->uc_mcontext.gregs[random_word() % 23] = (long)(random_word() % 2 ? wilds[random_word() % 12] : wide());
	if (random_word() % 3 == 0) u->uc_mcontext.fpregs = (void *)wilds[random_word() % 12];
	if (random_word() % 3 == 0) u->uc_stack.ss_sp = (void *)wilds[random_word() % 12], u->uc_stack.ss_size = wide(), u->uc_stack.ss_flags = (int)random_word();
	if (random_word() % 3 == 0) u->uc_flags = wide();
}
static int frames(void)
{
	int n = 0;
	make_wilds();
	on(SIGALRM, too_long);
	for (int i = 0; i < 200; i++) {
		state += 77777;
		victim = fork();
		if (victim == 0) {
			on(SIGALRM, SIG_DFL); arm(20);
			if (i == 0) { struct sigaction a = { .sa_handler = again, .sa_flags = SA_NODEFER }; sigaction(SIGUSR1, &a, 0); arm(0); raise(SIGUSR1); _exit(0); }
			stack_t small = { .ss_sp = buffer, .ss_size = 2048 };
			struct sigaction a = { .sa_sigaction = thief, .sa_flags = SA_SIGINFO | (i % 2 ? SA_ONSTACK : 0) };
			sigaltstack(&small, 0);
			for (int s = 1; s < 32; s++) if (s != SIGALRM) sigaction(s, &a, 0);
			if (i % 5 == 1) { memset(buffer, i, sizeof buffer); __asm__ volatile("mov %0, %%rsp\n mov $15, %%eax\n syscall" : : "r"(buffer + 1024)); }
			for (int k = 0; k < 100; k++) raise(1 + (int)(random_word() % 31));
			_exit(0);
		}
		arm(200);
		collect(victim); n++;
		arm(0);
	}
	printf("frames: %d ended\n", n);
	return 0;
}

/* Thousands of timers and sleepers, all at the same time. */
static volatile int rings;
static void ring(int s) { (void)s; rings++; }
static int timers(void)
{
	int good = 0, st;
	for (int i = 0; i < 400; i++)
		if (fork() == 0) {
			struct timespec t = { 0, (i % 7 + 1) * 1000000 };
			struct itimerval v = { { 0, 1000 + i % 3 }, { 0, 1 + i } };
			on(SIGALRM, ring);
			setitimer(ITIMER_REAL, &v, 0);
			for (int k = 0; k < 20; k++) { while (nanosleep(&t, &t) < 0) {} t.tv_nsec = 1000000; }
			_exit(rings > 5);
		}
	while (wait(&st) > 0) good += WEXITSTATUS(st);
	on(SIGALRM, ring);
	for (int i = 0; i < 5000; i++) { arm(i % 3 + 1); struct itimerval v = { { 0, 0 }, { i % 2 ? 1000000000000 : 0, 1 } }; setitimer(ITIMER_REAL, &v, 0); alarm(0xffffffff); }
	alarm(0);
	printf("timers: %d rang\n", good);
	return 0;
}

/* A program that becomes itself, with arguments that lead nowhere, from threads that have others beside them. */
static int waits(void *x) { (void)x; for (;;) pause(); return 0; }
static int becomes(void *x) { char *argv[] = { x, "execs", "last", 0 }; execve("/proc/self/exe", argv, 0); _exit(9); return 0; }
static int execs(int argc, char **argv)
{
	static char *loop[100001];
	if (argc > 2) { printf("execs: the last\n"); return 0; }
	make_wilds();
	for (int w = 0; w < 12; w++) {
		char *bad[] = { (char *)wilds[w], 0 }, *fine[] = { "x", 0 };
		if (w == 5) continue; /* the end of the stack can be read */
		execve((char *)wilds[w], fine, 0); execve("/proc/self/exe", (char **)wilds[w ? w : 1], 0); execve("/proc/self/exe", fine, (char **)wilds[w ? w : 1]);
		if (w) { execve("/proc/self/exe", bad, 0); execve("/proc/self/exe", fine, bad); }
	}
	memset(buffer, 'a', sizeof buffer - 1);
	for (int i = 0; i < 100000; i++) loop[i] = buffer;
	int e = execve("/proc/self/exe", loop, loop) < 0 ? errno : 0;
	if (e != E2BIG) return 1;
	int f = open("/tmp/rogue", O_RDWR | O_CREAT, 0700);
	for (int i = 0; i < 200; i++) { /* what is nearly a program */
		int from = open("/proc/self/exe", O_RDONLY), n = (int)read(from, buffer, 4096);
		close(from);
		for (int k = 0; k < 3; k++) buffer[random_word() % (i < 100 ? 64 : 512)] = (char)random_word();
		pwrite(f, buffer, (size_t)(i % 10 ? n : i), 0);
		if (fork() == 0) { close(f); char *fine[] = { "x", 0 }; alarm(1); execve("/tmp/rogue", fine, 0); _exit(0); }
		wait(0);
	}
	close(f); unlink("/tmp/rogue");
	char *stacks = mmap(0, 65536 * 9, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < 8; i++) clone(i == 7 ? becomes : waits, stacks + 65536 * (i + 1), CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, argv[0]);
	for (;;) pause();
}

int main(int argc, char **argv)
{
	const char *way = argc > 1 ? argv[1] : "";
	if (!strcmp(way, "pointers")) return pointers();
	if (!strcmp(way, "tracee")) return tracee();
	if (!strcmp(way, "clones")) return clones();
	if (!strcmp(way, "frames")) return frames();
	if (!strcmp(way, "timers")) return timers();
	if (!strcmp(way, "execs")) return execs(argc, argv);
	return 2;
}
