/* A storm of mmap, mremap, mprotect, munmap, files that grow and shrink, and forks, over a few pages; what is seen on the way becomes one number. MIT licence. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { P = 4096, PAGES = 32, FILE_PAGES = 12 };
#define BASE ((char *)0x30000000)

static unsigned long state = 20091025, seen;
static unsigned random_word(void) { state = state * 6364136223846793005ul + 1442695040888963407ul; return state >> 33; }
static unsigned below(unsigned n) { return random_word() % n; }
static void see(long v) { seen = (seen ^ (unsigned long)v) * 0x100000001b3ul; }
static sigjmp_buf back;
static void on_fault(int s) { siglongjmp(back, s); }

/* Which call made the mapping of a page, and whether its rights were changed: only what is surely one mapping is moved. */
static int made_by[PAGES], calls;
static int one_mapping(int from, int n) { for (int i = 0; i < n; i++) if (made_by[from + i] == 0 || made_by[from + i] != made_by[from]) return 0; return 1; }
static void mark(int from, int n, int by) { for (int i = 0; i < n; i++) made_by[from + i] = by; }

static void touch(int page, int write)
{
	volatile char *p = BASE + page * P + below(3) * 7;
	int s = sigsetjmp(back, 1);
	if (s) { see(-s); return; }
	if (write) *p = (char)random_word();
	else see(*p);
}

int main(void)
{
	static const int rights[] = { PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ, PROT_NONE };
	signal(SIGSEGV, on_fault); signal(SIGBUS, on_fault);
	int f = open("/tmp/utsim-storm", O_RDWR | O_CREAT | O_TRUNC, 0600), st;
	for (int n = 0; n < 6000; n++) {
		int from = (int)below(PAGES), many = 1 + (int)below(6), to = (int)below(PAGES - 6), what = (int)below(24);
		if (from + many > PAGES) many = PAGES - from;
		char byte = (char)random_word();
		errno = 0;
		if (what < 3) {
			see(mmap(BASE + from * P, many * P, rights[below(4)], MAP_FIXED | (what == 0 ? MAP_PRIVATE : MAP_SHARED), f, below(FILE_PAGES) * P) == BASE + from * P);
			mark(from, many, ++calls);
		} else if (what < 5) {
			see(mmap(BASE + from * P, many * P, rights[below(4)], MAP_FIXED | MAP_ANONYMOUS | (what == 3 ? MAP_SHARED : MAP_PRIVATE), -1, 0) == BASE + from * P);
			mark(from, many, ++calls);
		} else if (what == 5) {
			see(munmap(BASE + from * P, many * P)); mark(from, many, 0);
		} else if (what == 6) {
			see(mprotect(BASE + from * P, many * P, rights[below(4)])); see(errno);
			for (int i = 0; i < many; i++) if (made_by[from + i]) made_by[from + i] = ++calls;
		} else if (what == 7) {
			int grown = 1 + (int)below(6);
			if (!one_mapping(from, many) || (to < from + many && from < to + grown)) continue;
			see(mremap(BASE + from * P, many * P, grown * P, MREMAP_MAYMOVE | MREMAP_FIXED, BASE + to * P) == BASE + to * P);
			mark(from, many, 0); mark(to, grown, ++calls);
		} else if (what == 8) {
			see(pwrite(f, &byte, 1, below(FILE_PAGES * P)));
		} else if (what == 9) {
			see(below(3) ? ftruncate(f, below(FILE_PAGES) * P + below(2) * 5) : 0);
		} else if (what == 10) {
			char b[3] = ""; see(pread(f, b, 3, below(FILE_PAGES) * P)); see(b[0]); see(b[2]);
		} else if (what == 11 && n % 8 == 0) {
			if (fork() == 0) { for (int i = 0; i < 8; i++) touch((int)below(PAGES), i % 2); _exit((int)(seen & 63)); }
			wait(&st); see(st);
		} else {
			touch(from, what % 2);
		}
	}
	for (int i = 0; i < PAGES; i++) touch(i, 0);
	unlink("/tmp/utsim-storm");
	printf("%lx\n", seen);
	return 0;
}
