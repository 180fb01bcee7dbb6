/* Memory that processes share: anonymous, of a file, and of code; futexes in it. MIT licence. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static void *shared(size_t n, int protection) { return mmap(0, n, protection, MAP_SHARED | MAP_ANONYMOUS, -1, 0); }
static void both(const char *what, long a, long b) { printf("%s: %ld %ld\n", what, a, b); fflush(stdout); }

int main(void)
{
	int st;
	/* Not yet touched, touched before, and a private page beside it. */
	int *s = shared(3 * 4096, 3), *p = mmap(0, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	s[0] = 1; p[0] = 1;
	if (fork() == 0) { s[0] = 2; s[1024] = 3; p[0] = 2; if (fork() == 0) { s[2048] = 4; _exit(0); } wait(0); _exit(0); }
	wait(&st);
	both("anonymous", s[0], s[1024]); both("of a grandchild, and private", s[2048], p[0]);

	/* A part of it goes, the rest stays; it grows no larger by moving. */
	munmap(s + 1024, 4096);
	both("with a hole", s[0], s[2048]);
	int *moved = mremap(s + 2048, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)0x30000000);
	if (fork() == 0) { moved[0] = 5; _exit(0); }
	wait(&st);
	both("moved", moved[0], moved == (void *)0x30000000);
	mprotect(s, 4096, PROT_READ);
	both("write(2) into what may only be read", read(open("/dev/zero", O_RDONLY), s, 4), s[0]);

	/* Counting together, by a lock in the memory. */
	int *c = shared(4096, 3);
	for (int i = 0; i < 4; i++)
		if (fork() == 0) {
			for (int k = 0; k < 50; k++) {
				while (__sync_lock_test_and_set(c, 1)) syscall(SYS_futex, c, FUTEX_WAIT, 1, 0, 0, 0);
				int was = c[1];
				if (k % 16 == 0) sched_yield();
				c[1] = was + 1;
				__sync_lock_release(c);
				syscall(SYS_futex, c, FUTEX_WAKE, 1, 0, 0, 0);
			}
			_exit(0);
		}
	while (wait(0) > 0) {}
	both("counted", c[1], c[0]);

	/* The same word at another address of another process is the same futex. */
	if (fork() == 0) {
		int *other = mremap(c, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)0x31000000);
		other[2] = 1;
		syscall(SYS_futex, other + 2, FUTEX_WAKE, 1, 0, 0, 0);
		_exit(0);
	}
	while (c[2] == 0) syscall(SYS_futex, c + 2, FUTEX_WAIT, 0, 0, 0, 0);
	wait(0);
	both("woken", c[2], 0);

	/* A file: what is written by either way is seen by the other. */
	int fd = open("/tmp/utsim-shared", O_CREAT | O_RDWR | O_TRUNC, 0600);
	ftruncate(fd, 4096);
	char *f = mmap(0, 4096, 3, MAP_SHARED, fd, 0), *f2 = mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 0), *own = mmap(0, 4096, 3, MAP_PRIVATE, fd, 0), text[8] = "";
	pwrite(fd, "one", 3, 0);
	both("file written", memcmp(f, "one", 3), memcmp(f2, "one", 3));
	if (fork() == 0) { memcpy(f, "two", 3); memcpy(own, "six", 3); _exit(0); }
	wait(0);
	pread(fd, text, 3, 0);
	both("file mapped", memcmp(text, "two", 3), memcmp(f2, "two", 3));
	int ro = open("/tmp/utsim-shared", O_RDONLY);
	both("writable of a read-only one", mmap(0, 4096, 3, MAP_SHARED, ro, 0) == MAP_FAILED, errno == EACCES);
	both("read-only of it", *(char *)mmap(0, 4096, 1, MAP_SHARED, ro, 0), 't');
	unlink("/tmp/utsim-shared"); close(fd); close(ro);
	both("with its name gone", memcmp(f, "two", 3), 0);

	/* Code that another process changes, before and after it ran; and that its own process changes. */
	unsigned char *code = shared(4096, 7);
	int *go = shared(4096, 3);
	memcpy(code, "\xb8\x01\x00\x00\x00\xc3", 6); /* mov eax, 1; ret */
	int first = ((int (*)(void))code)();
	if (fork() == 0) {
		int a = ((int (*)(void))code)();
		code[1] = 2;
		int b = ((int (*)(void))code)();
		_exit(a * 16 + b);
	}
	wait(&st);
	both("code", first * 256 + WEXITSTATUS(st), ((int (*)(void))code)());
	for (int i = 3; i < 6; i++) {
		if (fork() == 0) { code[1] = i; _exit(0); }
		wait(0);
		printf("%d ", ((int (*)(void))code)());
	}
	puts("");
	if (fork() == 0) { for (int i = 0; i < 40; i++) { code[1] = 10 + i; go[0] = i + 1; while (go[1] != i + 1) sched_yield(); } _exit(0); }
	int right = 0;
	for (int i = 0; i < 40; i++) { while (go[0] != i + 1) sched_yield(); right += ((int (*)(void))code)() == 10 + i; go[1] = i + 1; }
	wait(0);
	both("code in turns", right, 40);

	/* Given back as often as it is taken. */
	for (int i = 0; i < 200; i++) { char *m = shared(1 << 20, 3); for (int k = 0; k < 1 << 20; k += 4096) m[k] = 1; if (i % 50 == 0 && fork() == 0) _exit(m[4096]); munmap(m, 1 << 20); }
	while (wait(&st) > 0) {}
	both("taken and given back", WEXITSTATUS(st), 1);
	return 0;
}
