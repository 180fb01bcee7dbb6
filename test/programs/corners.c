/* Corners of what a process has: hard links, the ends of mapped files, usage, orphaned groups, VMIN and VTIME. MIT licence. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int wrong;
#define OK(x) do { if (!(x)) { printf("line %d: %s, errno %d\n", __LINE__, #x, errno); fflush(stdout); wrong++; } } while (0)
#define FAILS(x, e) do { errno = 0; if ((x) != -1 || errno != (e)) { printf("line %d: %s, errno %d\n", __LINE__, #x, errno); fflush(stdout); wrong++; } } while (0)
#define D "/tmp/utsim-corners"

static int names_of(const char *file) { struct stat s; return stat(file, &s) == 0 ? (int)s.st_nlink : -1; }
static void links(void)
{
	struct stat s, t; char b[16];
	mkdir(D, 0755); OK(chdir(D) == 0); mkdir("d", 0755);
	int f = open("a", O_RDWR | O_CREAT, 0644), d = open("d", O_RDONLY | O_DIRECTORY);
	OK(write(f, "text", 4) == 4 && names_of("a") == 1 && link("a", "b") == 0 && linkat(AT_FDCWD, "b", d, "c", 0) == 0 && names_of("d/c") == 3);
	FAILS(link("a", "b"), EEXIST); FAILS(link("d", "e"), EPERM); FAILS(link("none", "e"), ENOENT); FAILS(link("a", "none/e"), ENOENT); FAILS(linkat(AT_FDCWD, "a", AT_FDCWD, "e", 1), EINVAL);
	OK(stat("a", &s) == 0 && stat("d/c", &t) == 0 && s.st_ino == t.st_ino && rename("a", "b") == 0 && names_of("a") == 3);
	/* The first name goes, the file stays; so does what is written by another. */
	OK(unlink("a") == 0 && names_of("b") == 2); FAILS(open("a", O_RDONLY), ENOENT);
	int g = open("d/c", O_RDWR); OK(pwrite(g, "T", 1, 0) == 1 && pread(f, b, 9, 0) == 4 && !memcmp(b, "Text", 4));
	OK(rename("d/c", "moved") == 0 && names_of("moved") == 2 && unlink("b") == 0 && names_of("moved") == 1);
	DIR *list = opendir("."); int count = 0; struct dirent *e; while ((e = readdir(list))) if (e->d_name[0] != '.') count++; closedir(list); OK(count == 2);
	/* A link that is linked, and what a link leads to. */
	OK(symlink("moved", "soft") == 0 && link("soft", "soft2") == 0 && lstat("soft2", &t) == 0 && S_ISLNK(t.st_mode) && t.st_nlink == 2);
	OK(linkat(AT_FDCWD, "soft", AT_FDCWD, "hard", AT_SYMLINK_FOLLOW) == 0 && names_of("hard") == 2 && rename("hard", "soft2") == 0 && names_of("soft") == 2);
	OK(unlink("moved") == 0 && unlink("soft2") == 0 && fstat(f, &s) == 0 && s.st_nlink == 0 && pread(g, b, 9, 0) == 4);
	unlink("soft"); rmdir("d"); close(f); close(g); close(d); OK(chdir("/") == 0 && rmdir(D) == 0);
}

static sigjmp_buf back;
static int code; static void *where;
static void on_bus(int s, siginfo_t *i, void *c) { (void)c; code = s * 100 + i->si_code; where = i->si_addr; siglongjmp(back, 1); }
/* 0, or signal * 100 + si_code of an access to that byte. */
static int touch(volatile char *p, int write) { code = 0; if (!sigsetjmp(back, 1)) { if (write) *p = 1; else (void)*p; } if (code) OK(where == p); return code; }
static void mapped_files(void)
{
	struct sigaction a = { .sa_sigaction = on_bus, .sa_flags = SA_SIGINFO };
	sigaction(SIGBUS, &a, 0); sigaction(SIGSEGV, &a, 0);
	int f = open("/tmp/utsim-mapped", O_RDWR | O_CREAT | O_TRUNC, 0600), p[2]; pipe(p);
	OK(write(f, "one", 3) == 3);
	for (int shared = 0; shared < 2; shared++) {
		char *m = mmap(0, 3 * 4096, PROT_READ | PROT_WRITE, shared ? MAP_SHARED : MAP_PRIVATE, f, 0);
		OK(touch(m, 0) == 0 && touch(m + 4095, 1) == 0 && touch(m + 4096, 0) == 702 && touch(m + 2 * 4096 + 5, 1) == 702);
		FAILS(write(p[1], m + 4096, 1), EFAULT);
		OK(mprotect(m + 4096, 4096, PROT_NONE) == 0 && touch(m + 4096, 0) == 1102 && munmap(m + 4096, 4096) == 0 && touch(m + 4096, 0) == 1101);
		munmap(m, 3 * 4096);
	}
	char *m = mmap(0, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, f, 0);
	OK(ftruncate(f, 2 * 4096) == 0 && touch(m + 4096, 1) == 0 && touch(m + 2 * 4096, 0) == 702);
	OK(pwrite(f, "z", 1, 2 * 4096) == 1 && m[2 * 4096] == 'z' && m[2 * 4096 + 1] == 0);
	OK(ftruncate(f, 1) == 0 && touch(m, 0) == 0 && touch(m + 4096, 0) == 702 && ftruncate(f, 0) == 0 && touch(m, 0) == 702);
	OK(ftruncate(f, 3 * 4096) == 0 && m[0] == 0 && m[4096] == 0 && m[2 * 4096] == 0);
	OK(mmap(m, 4096, PROT_READ, MAP_SHARED | MAP_FIXED, f, 3 * 4096) == m && touch(m, 0) == 702);
	close(f); unlink("/tmp/utsim-mapped"); signal(SIGBUS, SIG_DFL); signal(SIGSEGV, SIG_DFL);
}

static long used(struct rusage *u) { return u->ru_utime.tv_sec * 1000000 + u->ru_utime.tv_usec + u->ru_stime.tv_sec * 1000000 + u->ru_stime.tv_usec; }
static void usage(void)
{
	struct rusage own, child, children, before; struct timespec t, v; struct tms m; int st;
	OK(getrusage(RUSAGE_CHILDREN, &before) == 0 && getrusage(RUSAGE_THREAD, &own) == 0); FAILS(getrusage(7, &own), EINVAL); FAILS(getrusage(RUSAGE_SELF, (void *)8), EFAULT);
	pid_t p = fork();
	if (p == 0) { do clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); while (t.tv_sec == 0 && t.tv_nsec < 30000000); _exit(0); }
	OK(wait4(p, &st, 0, &child) == p && child.ru_utime.tv_sec * 1000000 + child.ru_utime.tv_usec + child.ru_stime.tv_sec * 1000000 + child.ru_stime.tv_usec >= 20000);
	OK(getrusage(RUSAGE_CHILDREN, &children) == 0 && used(&children) >= used(&before) + 20000 && getrusage(RUSAGE_SELF, &own) == 0);
	OK(times(&m) != -1 && m.tms_cutime + m.tms_cstime >= 1);
	OK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0 && clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &v) == 0 && (v.tv_sec > t.tv_sec || v.tv_nsec >= t.tv_nsec));
}

static int hup_pipe[2];
static void on_hup(int s) { char c = '0' + s % 10; write(hup_pipe[1], &c, 1); }
static void orphans(void)
{
	char b[8]; int st;
	pipe(hup_pipe);
	pid_t shell = fork();
	if (shell == 0) {
		setsid();
		pid_t job = fork();
		if (job == 0) {
			setpgid(0, 0); signal(SIGHUP, on_hup); signal(SIGCONT, on_hup);
			raise(SIGSTOP); /* woken by what the end of its shell sends */
			raise(SIGTSTP); /* does nothing any more */
			_exit(write(hup_pipe[1], "e", 1) != 1);
		}
		setpgid(job, job); waitpid(job, &st, WUNTRACED); _exit(WIFSTOPPED(st) ? 0 : 1);
	}
	close(hup_pipe[1]); OK(waitpid(shell, &st, 0) == shell && st == 0);
	int n = 0, r; while (n < 3 && (r = read(hup_pipe[0], b + n, 3 - n)) > 0) n += r;
	OK(n == 3 && b[2] == 'e' && b[0] + b[1] == '1' + '8'); OK(read(hup_pipe[0], b, 1) == 0);
}

static void raw_terminal(void)
{
	char name[64], b[16]; struct termios t; struct timespec u, v;
	int m = open("/dev/ptmx", O_RDWR | O_NOCTTY); grantpt(m); unlockpt(m); ptsname_r(m, name, sizeof name);
	int s = open(name, O_RDWR | O_NOCTTY); tcgetattr(s, &t); cfmakeraw(&t);
	struct pollfd p = { s, POLLIN, 0 };
	t.c_cc[VMIN] = 0; t.c_cc[VTIME] = 0; tcsetattr(s, TCSANOW, &t);
	OK(read(s, b, 9) == 0 && write(m, "ab", 2) == 2 && read(s, b, 9) == 2);
	t.c_cc[VMIN] = 0; t.c_cc[VTIME] = 2; tcsetattr(s, TCSANOW, &t);
	clock_gettime(CLOCK_MONOTONIC, &u); OK(read(s, b, 9) == 0); clock_gettime(CLOCK_MONOTONIC, &v);
	OK((v.tv_sec - u.tv_sec) * 1000 + (v.tv_nsec - u.tv_nsec) / 1000000 >= 150 && write(m, "c", 1) == 1 && read(s, b, 9) == 1);
	t.c_cc[VMIN] = 3; t.c_cc[VTIME] = 0; tcsetattr(s, TCSANOW, &t);
	OK(write(m, "de", 2) == 2 && poll(&p, 1, 0) == 0 && write(m, "f", 1) == 1 && poll(&p, 1, 0) == 1 && read(s, b, 9) == 3);
	OK(write(m, "gh", 2) == 2 && read(s, b, 2) == 2);
	fflush(stdout);
	pid_t c = fork(); if (c == 0) { write(m, "i", 1); usleep(20000); write(m, "jk", 2); _exit(0); }
	OK(read(s, b, 9) == 3 && !memcmp(b, "ijk", 3)); waitpid(c, 0, 0);
	fcntl(s, F_SETFL, O_NONBLOCK); OK(write(m, "l", 1) == 1 && read(s, b, 9) == 1); FAILS(read(s, b, 9), EAGAIN); fcntl(s, F_SETFL, 0);
	t.c_cc[VMIN] = 5; t.c_cc[VTIME] = 1; tcsetattr(s, TCSANOW, &t);
	OK(write(m, "mn", 2) == 2 && poll(&p, 1, 0) == 1 && read(s, b, 9) == 2);
	close(s); close(m);
}

int main(void)
{
	links(); mapped_files(); usage(); orphans(); raw_terminal();
	printf("%d wrong\n", wrong);
	return wrong != 0;
}
