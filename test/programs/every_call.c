/* A look at each of the small calls: what holds on every Linux, whoever asks. MIT licence. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

static int wrong;
#define OK(x) do { if (!(x)) { printf("line %d: %s, errno %d\n", __LINE__, #x, errno); wrong++; } } while (0)
#define FAILS(x, e) do { errno = 0; if ((x) != -1 || errno != (e)) { printf("line %d: %s, errno %d\n", __LINE__, #x, errno); wrong++; } } while (0)
#define D "/tmp/utsim-calls"

static void names(void)
{
	struct stat s, t;
	char b[256];
	OK(mkdir(D, 0777) == 0); FAILS(mkdir(D, 0777), EEXIST);
	OK(chdir(D) == 0); OK(getcwd(b, sizeof b) && !strcmp(b, D)); FAILS(syscall(SYS_getcwd, b, 3), ERANGE);
	int d = open(".", O_RDONLY | O_DIRECTORY), f = creat("a", 0644);
	OK(d >= 0 && f >= 0);
	OK(write(f, "hello world", 11) == 11 && ftruncate(f, 5) == 0 && fstat(f, &s) == 0 && s.st_size == 5);
	OK(truncate("a", 8) == 0 && stat("a", &s) == 0 && s.st_size == 8); FAILS(truncate("none", 1), ENOENT);
	OK(fsync(f) == 0 && fdatasync(f) == 0); sync();
	OK(lseek(f, 0, SEEK_END) == 8); FAILS(lseek(f, -1, SEEK_SET), EINVAL); FAILS(lseek(1000, 0, 0), EBADF);
	OK(fchmod(f, 0600) == 0 && chmod("a", 0640) == 0 && stat("a", &s) == 0 && (s.st_mode & 0777) == 0640);
	OK(syscall(SYS_fchmodat, d, "a", 0644) == 0);
	OK(chown("a", -1, -1) == 0 && fchown(f, -1, -1) == 0 && lchown("a", getuid(), -1) == 0 && fchownat(d, "a", -1, getgid(), 0) == 0);
	OK(umask(027) == 022 && umask(022) == 027);
	OK(symlink("a", "l") == 0 && readlink("l", b, sizeof b) == 1 && b[0] == 'a'); FAILS(symlink("a", "l"), EEXIST);
	OK(symlinkat("../utsim-calls/l", d, "m") == 0 && readlinkat(d, "m", b, 4) == 4);
	OK(stat("m", &s) == 0 && lstat("m", &t) == 0 && S_ISREG(s.st_mode) && S_ISLNK(t.st_mode) && t.st_size == 16);
	OK(fstatat(d, "l", &t, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(t.st_mode));
	OK(symlink("circle", "circle") == 0); FAILS(open("circle", O_RDONLY), ELOOP); FAILS(open("l", O_RDONLY | O_NOFOLLOW), ELOOP);
	FAILS(link("none", "x"), ENOENT); FAILS(linkat(d, "a", d, "l", 0), EEXIST);
	OK(link("a", "x") == 0 || errno == EPERM); unlink("x");
	OK(access("a", R_OK) == 0 && faccessat(d, "a", F_OK, 0) == 0); FAILS(access("none", F_OK), ENOENT);
	OK(rename("a", "b") == 0 && renameat(d, "b", d, "c") == 0 && syscall(SYS_renameat2, d, "c", d, "a", 0) == 0); FAILS(rename("none", "x"), ENOENT);
	OK(mkdirat(d, "sub", 0755) == 0); FAILS(rename("sub", "sub/x"), EINVAL); FAILS(rmdir("sub/."), EINVAL); FAILS(unlink("none"), ENOENT); FAILS(rmdir("a"), ENOTDIR);
	OK(utime("a", 0) == 0 && utimes("a", 0) == 0 && utimensat(d, "a", 0, 0) == 0 && flock(f, LOCK_EX) == 0);
	OK(close(syscall(SYS_creat, "a2", 0600)) == 0 && syscall(SYS_utime, "a2", 0) == 0 && syscall(SYS_utimes, "a2", 0) == 0 && unlink("a2") == 0 && syscall(439, d, "a", F_OK, 0) == 0);
	DIR *e = opendir("."); int n = 0; while (readdir(e)) n++; closedir(e); OK(n == 7);
	OK(chdir("sub") == 0 && rmdir("../sub") == 0); FAILS(syscall(SYS_getcwd, b, sizeof b), ENOENT); FAILS(open("x", O_CREAT | O_WRONLY, 0600), ENOENT); FAILS(mkdir("x", 0700), ENOENT);
	OK(fchdir(d) == 0 && unlink("l") == 0 && unlinkat(d, "m", 0) == 0 && unlink("circle") == 0 && unlink("a") == 0);
	OK(fstat(f, &s) == 0 && s.st_nlink == 0); FAILS(fchdir(f), ENOTDIR);
	OK(chdir("/") == 0 && rmdir(D) == 0);
	close(d); close(f);
}

static void descriptors(void)
{
	int p[2], q[2], on = 1, n;
	char b[16];
	OK(pipe(p) == 0 && pipe2(q, O_NONBLOCK | O_CLOEXEC) == 0 && fcntl(q[0], F_GETFD) == 1 && (fcntl(q[0], F_GETFL) & O_NONBLOCK));
	FAILS(pipe2(q, 12345), EINVAL); FAILS(read(q[0], b, 1), EAGAIN); FAILS(write(q[0], b, 1), EBADF); FAILS(lseek(p[0], 0, 0), ESPIPE);
	struct iovec v[2] = { { "ab", 2 }, { "cd", 2 } }, w[2] = { { b, 1 }, { b + 1, 3 } };
	OK(writev(p[1], v, 2) == 4 && readv(p[0], w, 2) == 4 && !memcmp(b, "abcd", 4)); FAILS(readv(p[0], w, -1), EINVAL); FAILS(pread(p[0], b, 1, 0), ESPIPE); FAILS(pwrite(p[1], b, 1, 0), ESPIPE);
	n = dup(p[0]); OK(n > q[1] && dup2(n, 50) == 50 && dup3(n, 51, O_CLOEXEC) == 51 && fcntl(51, F_GETFD) == 1); FAILS(dup3(n, n, 0), EINVAL); FAILS(dup(999), EBADF);
	OK(ioctl(p[0], FIONBIO, &on) == 0 && (fcntl(p[0], F_GETFL) & O_NONBLOCK)); FAILS(ioctl(p[0], 0x5413, b), ENOTTY);
	struct pollfd f = { p[0], POLLIN, 0 }; struct timespec none = { 0, 0 }; struct timeval zero = { 0, 0 }; fd_set s;
	OK(poll(&f, 1, 0) == 0 && write(p[1], "x", 1) == 1 && poll(&f, 1, 0) == 1 && f.revents == POLLIN && ppoll(&f, 1, &none, 0) == 1);
	FD_ZERO(&s); FD_SET(p[0], &s); OK(select(p[0] + 1, &s, 0, 0, &zero) == 1 && FD_ISSET(p[0], &s) && pselect(p[0] + 1, &s, 0, 0, &none, 0) == 1);
	OK(syscall(SYS_select, p[0] + 1, &s, 0, 0, &zero) == 1 && syscall(SYS_dup2, n, 50) == 50 && syscall(SYS_pipe, q) == 0 && syscall(SYS_poll, &f, 1, 0) == 1);
	close(p[1]); f.fd = p[0]; read(p[0], b, 1); OK(poll(&f, 1, 0) == 1 && f.revents == POLLHUP && read(p[0], b, 1) == 0);
	FAILS(connect(p[0], 0, 0), ENOTSOCK); FAILS(bind(999, 0, 0), EBADF); FAILS(socket(12345, 1, 0), EAFNOSUPPORT);
	FAILS(accept(p[0], 0, 0), ENOTSOCK); FAILS(sendto(p[0], 0, 0, 0, 0, 0), ENOTSOCK); FAILS(recvfrom(p[0], 0, 0, 0, 0, 0), ENOTSOCK); FAILS(shutdown(p[0], 0), ENOTSOCK); FAILS(listen(p[0], 1), ENOTSOCK);
	FAILS(syscall(SYS_sendmsg, p[0], 0, 0), ENOTSOCK); FAILS(syscall(SYS_recvmsg, p[0], 0, 0), ENOTSOCK); FAILS(getsockname(p[0], 0, 0), ENOTSOCK); FAILS(getpeername(p[0], 0, 0), ENOTSOCK);
	FAILS(setsockopt(p[0], 0, 0, 0, 0), ENOTSOCK); FAILS(getsockopt(p[0], 0, 0, 0, 0), ENOTSOCK); FAILS(socketpair(12345, 1, 0, q), EAFNOSUPPORT);
	n = open("/dev/full", O_WRONLY); FAILS(write(n, b, 1), ENOSPC); n = open("/dev/null", O_RDWR); OK(read(n, b, 1) == 0 && write(n, b, 5) == 5);
	n = openat(AT_FDCWD, "/dev/zero", O_RDONLY); OK(n >= 0 && read(n, b, 4) == 4 && b[3] == 0);
}

static void identity(void)
{
	unsigned a, b, c;
	struct rlimit l, m = { 100, 100 };
	struct rusage u; struct sysinfo i; struct utsname n; struct tms t; cpu_set_t cpus; char name[16] = "";
	int out = 7;
	OK(getresuid(&a, &b, &c) == 0 && a == getuid() && b == geteuid() && getresgid(&a, &b, &c) == 0 && a == getgid() && b == getegid());
	OK(syscall(SYS_getgroups, 0, 0) >= 0 && getpgrp() == getpgid(0) && getsid(0) == getsid(getpid())); FAILS(getpgid(-5), ESRCH); FAILS(getsid(-5), ESRCH);
	OK(getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur >= 256 && prlimit(0, RLIMIT_CORE, 0, &l) == 0); FAILS(getrlimit(99, &l), EINVAL); FAILS(prlimit(0x7ffffff0, 0, 0, 0), ESRCH);
	OK(syscall(SYS_getpgrp) == getpgrp() && syscall(SYS_getrlimit, RLIMIT_NOFILE, &l) == 0 && l.rlim_cur >= 256);
	OK(getrusage(RUSAGE_SELF, &u) == 0 && sysinfo(&i) == 0 && i.totalram > 0 && uname(&n) == 0 && !strcmp(n.sysname, "Linux") && !strcmp(n.machine, "x86_64") && times(&t) != -1);
	OK(prctl(PR_SET_NAME, "calls-test") == 0 && prctl(PR_GET_NAME, name) == 0 && !strcmp(name, "calls-test") && prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && prctl(PR_GET_PDEATHSIG, &out) == 0 && out == SIGTERM); FAILS(prctl(12345), EINVAL);
	OK(sched_getaffinity(0, sizeof cpus, &cpus) == 0 && CPU_COUNT(&cpus) >= 1 && sched_setaffinity(0, sizeof cpus, &cpus) == 0 && sched_yield() == 0 && syscall(SYS_getcpu, &a, &b, 0) == 0);
	OK(syscall(SYS_getrandom, name, 8, 0) == 8 && syscall(SYS_personality, 0xffffffff) != -1);
	if (syscall(SYS_personality, 0x0040000) != -1) OK(syscall(SYS_personality, 0) == 0x0040000); /* or a container refuses it */
	syscall(SYS_unshare, 0); /* containers may refuse it */
	if (fork() == 0) {
		OK(setpgid(0, 0) == 0 && getpgrp() == getpid() && prctl(PR_SET_DUMPABLE, 0) == 0 && prctl(PR_GET_DUMPABLE) == 0);
		OK(setrlimit(RLIMIT_CORE, &m) == 0 && getrlimit(RLIMIT_CORE, &l) == 0 && l.rlim_cur == 100 && syscall(SYS_setrlimit, RLIMIT_CORE, &m) == 0);
		if (getuid() == 0) {
			OK(syscall(SYS_setgroups, 0, 0) == 0 && setregid(-1, 5) == 0 && getegid() == 5 && setresgid(7, 7, 7) == 0 && setgid(7) == 0 && setreuid(5, -1) == 0 && getuid() == 5);
			OK(setresuid(6, 6, 0) == 0 && geteuid() == 6 && setuid(0) == 0 && geteuid() == 0 && setuid(6) == 0); FAILS(setuid(0) == 0 ? 0 : setresuid(1, 1, 1), EPERM);
		}
		_exit(wrong != 0);
	}
	wait(&out); OK(out == 0);
	if (fork() == 0) { OK(setsid() == getpid() && getsid(0) == getpid()); FAILS(setsid(), EPERM); _exit(wrong != 0); }
	wait(&out); OK(out == 0);
	long list[3] = { 0, 0, 0 }; list[0] = (long)list;
	OK(syscall(SYS_set_robust_list, list, 24) == 0); FAILS(syscall(SYS_set_robust_list, list, 23), EINVAL);
}

static void on_alarm(int s) { (void)s; }
static void when(void)
{
	struct timespec t, u; struct timeval v; struct itimerval i = { { 0, 0 }, { 0, 20000 } }, old;
	OK(clock_gettime(CLOCK_MONOTONIC, &t) == 0 && clock_getres(CLOCK_REALTIME, &u) == 0 && gettimeofday(&v, 0) == 0 && time(0) >= v.tv_sec); FAILS(clock_gettime(99, &t), EINVAL);
	OK(syscall(SYS_time, 0) > 0 && syscall(SYS_gettimeofday, &v, 0) == 0 && syscall(SYS_clock_gettime, 0, &u) == 0);
	struct timespec end = t; end.tv_nsec += 5000000; if (end.tv_nsec > 999999999) { end.tv_nsec -= 1000000000; end.tv_sec++; }
	OK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, 0) == 0 && clock_gettime(CLOCK_MONOTONIC, &u) == 0 && (u.tv_sec > end.tv_sec || u.tv_nsec >= end.tv_nsec));
	signal(SIGALRM, on_alarm);
	OK(setitimer(ITIMER_REAL, &i, 0) == 0 && getitimer(ITIMER_REAL, &old) == 0 && old.it_value.tv_usec > 0); pause();
	OK(alarm(100) == 0 && alarm(0) == 100 && syscall(SYS_alarm, 0) == 0);
}

static void memory(void)
{
	char *m = mmap(0, 3 * 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	OK(m != MAP_FAILED && mlock(m, 4096) == 0 && munlock(m, 4096) == 0 && madvise(m, 4096, MADV_NORMAL) == 0 && msync(m, 4096, MS_SYNC) == 0 && munlockall() == 0);
	syscall(SYS_mlockall, 1); syscall(SYS_munlockall);
	m[0] = 5; m = mremap(m, 3 * 4096, 6 * 4096, MREMAP_MAYMOVE); OK(m != MAP_FAILED && m[0] == 5 && m[5 * 4096] == 0);
	FAILS((long)mmap(0, 0, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), EINVAL); FAILS((long)mmap(0, 4096, 3, MAP_PRIVATE, 999, 0), EBADF);
	OK(prctl(PR_GET_SECCOMP) == 0); FAILS(syscall(SYS_seccomp, 99, 0, 0), EINVAL); FAILS(syscall(SYS_futex, 1, 0, 0, 0, 0, 0), EINVAL);
}

int main(int argc, char **argv)
{
	if (argc > 1) return 0;
	names(); descriptors(); identity(); when(); memory();
	if (fork() == 0) { execl("/proc/self/exe", argv[0], "x", (char *)0); _exit(9); }
	int st; wait(&st); OK(st == 0);
	printf("%d wrong\n", wrong);
	return wrong != 0;
}
