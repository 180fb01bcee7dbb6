/* Private mappings of files: what is not yet written shows the file, what is written is one's own. MIT licence. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static int wrong;
#define OK(x) do { if (!(x)) { printf("line %d: %s, errno %d\n", __LINE__, #x, errno); fflush(stdout); wrong++; } } while (0)
#define NAME "/tmp/utsim-private"
enum { P = 4096, RW = PROT_READ | PROT_WRITE };

static sigjmp_buf back;
static void on_fault(int s) { siglongjmp(back, s); }
/* 0, or the signal of a look at that byte. */
static int look(volatile char *p) { int s = sigsetjmp(back, 1); if (!s) (void)*p; return s; }

static int f;
static void put(const char *text, long at) { OK(pwrite(f, text, strlen(text), at) == (ssize_t)strlen(text)); }
static int is(const char *at, const char *text) { return !memcmp(at, text, strlen(text)); }
static char *map(int pages, int protection) { char *m = mmap(0, pages * P, protection, MAP_PRIVATE, f, 0); OK(m != MAP_FAILED); return m; }
static int child(void) { fflush(stdout); return fork(); }
static int ended(void) { int st = 0; OK(wait(&st) > 0); return WIFEXITED(st) ? WEXITSTATUS(st) : 1000 + st; }

static void shows(void)
{
	char *m = map(3, RW), *ro = map(3, PROT_READ), *s = mmap(0, 3 * P, RW, MAP_SHARED, f, 0), b[8] = "";
	put("one", 0); put("two", P);
	OK(is(m, "one") && is(m + P, "two") && is(ro, "one") && m[2 * P] == 0);
	m[0] = 'O';
	put("ONE", 0); put("TWO", P); memcpy(s + 2 * P, "three", 5);
	OK(is(m, "One") && is(m + P, "TWO") && is(m + 2 * P, "three") && is(ro, "ONE") && is(ro + 2 * P, "three"));
	OK(pread(f, b, 3, 0) == 3 && is(b, "ONE") && is(s, "ONE"));
	/* Rights that change, and change back. */
	OK(mprotect(ro, P, RW) == 0); ro[1] = 'n';
	OK(mprotect(ro, P, PROT_READ) == 0); put("one", 0); put("two", P);
	OK(is(ro, "OnE") && is(ro + P, "two") && is(m, "One") && is(s, "one"));
	/* A copy that is the same as the file is a copy. */
	*(volatile char *)(m + P) = 't'; put("TWO", P);
	OK(is(m + P, "two") && is(ro + P, "TWO"));
	/* A part goes, another is put there. */
	OK(munmap(m + P, P) == 0 && mmap(m + P, P, RW, MAP_PRIVATE | MAP_FIXED, f, 0) == m + P && is(m + P, "one") && is(m, "One") && is(m + 2 * P, "three"));
	munmap(m, 3 * P); munmap(ro, 3 * P); munmap(s, 3 * P);
}

static void forks(void)
{
	char *m = map(3, RW);
	put("one", 0); put("two", P); put("three", 2 * P); m[0] = 'O';
	if (child() == 0) {
		int good = is(m, "One") && is(m + P, "two");
		m[1] = 'N'; m[P] = 'T'; put("ONE", 0); put("THREE", 2 * P);
		_exit(good && is(m, "ONe") && is(m + P, "Two") && is(m + 2 * P, "THREE") ? 7 : 8);
	}
	OK(ended() == 7 && is(m, "One") && is(m + P, "two") && is(m + 2 * P, "THREE"));
	put("TWO", P);
	OK(is(m + P, "TWO"));
	munmap(m, 3 * P);
}

static void ends(void)
{
	char *m = map(4, RW);
	put("one", 0); put("two", P); put("three", 2 * P);
	OK(look(m + 3 * P) == SIGBUS);
	m[0] = 'O'; m[P] = 'T'; m[P + 5] = '!';
	/* What is cut off is gone, also the copies; what is left of the last page stays. */
	OK(ftruncate(f, P + 1) == 0 && is(m, "One") && is(m + P, "Two") && m[P + 5] == '!' && look(m + 2 * P) == SIGBUS);
	OK(ftruncate(f, 1) == 0 && is(m, "One") && look(m + P) == SIGBUS);
	OK(ftruncate(f, 2 * P) == 0 && look(m + P) == 0 && m[P] == 0 && m[P + 5] == 0 && is(m, "One"));
	/* It grows below the mapping. */
	put("four", 3 * P);
	OK(is(m + 3 * P, "four") && look(m + 2 * P) == 0 && m[2 * P] == 0);
	munmap(m, 4 * P);
	OK((m = mmap(0, P, PROT_READ, MAP_PRIVATE, f, 1L << 40)) != MAP_FAILED && look(m) == SIGBUS && munmap(m, P) == 0);
	errno = 0; OK(mmap(0, P, PROT_READ, MAP_PRIVATE, f, 5) == MAP_FAILED && errno == EINVAL);
}

static void moves(void)
{
	char *m = map(2, RW), *n;
	put("one", 0); put("two", P); put("three", 2 * P); m[0] = 'O';
	OK((n = mremap(m, 2 * P, 5 * P, MREMAP_MAYMOVE)) != MAP_FAILED && is(n, "One") && is(n + P, "two") && is(n + 2 * P, "three"));
	put("TWO", P); put("THREE", 2 * P); put("ONE", 0);
	OK(is(n, "One") && is(n + P, "TWO") && is(n + 2 * P, "THREE") && look(n + 4 * P) == SIGBUS);
	n[2 * P] = 't';
	OK((m = mremap(n, 5 * P, 5 * P, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)0x30000000)) == (char *)0x30000000 && look(n) == SIGSEGV);
	put("two", P); put("xxxxx", 2 * P);
	OK(is(m, "One") && is(m + P, "two") && is(m + 2 * P, "tHREE"));
	OK(mremap(m, 5 * P, P, 0) == m && is(m, "One") && look(m + P) == SIGSEGV && munmap(m, P) == 0);
	errno = 0; OK(mremap(m, P, P, MREMAP_FIXED, (void *)0x31000000) == MAP_FAILED && errno == EINVAL);
	/* Anonymous memory takes its pages along, and no others. */
	m = mmap(0, 300 * P, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); m[0] = 1; m[70 * P] = 2; m[299 * P] = 3;
	OK((n = mremap(m, 300 * P, 400 * P, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)0x32005000)) == (char *)0x32005000);
	OK(n[0] == 1 && n[70 * P] == 2 && n[299 * P] == 3 && n[P] == 0 && n[350 * P] == 0 && munmap(n, 400 * P) == 0);
}

/* What a tracer writes goes to a copy as well, whatever the rights; and code is what it is now. */
static void traced(void)
{
	char *m = map(1, PROT_READ), b[4] = "", rights[8] = "", line[200];
	put("one", 0);
	int c = child(), st;
	if (c == 0) { ptrace(PTRACE_TRACEME, 0, 0, 0); raise(SIGSTOP); _exit(is(m, "oNe") ? 7 : 8); }
	OK(waitpid(c, &st, 0) == c && WIFSTOPPED(st) && ptrace(PTRACE_POKEDATA, c, m, 'o' | 'N' << 8 | 'e' << 16) == 0 && ptrace(PTRACE_CONT, c, 0, 0) == 0);
	OK(ended() == 7 && pread(f, b, 3, 0) == 3 && is(b, "one") && is(m, "one"));
	FILE *maps = fopen("/proc/self/maps", "r");
	while (fgets(line, sizeof line, maps)) { unsigned long at = 0; sscanf(line, "%lx-%*x %7s", &at, rights); if (at == (unsigned long)m) break; }
	OK(!strcmp(rights, "r--p")); fclose(maps); munmap(m, P);
	OK(pwrite(f, "\xb8\x05\x00\x00\x00\xc3", 6, 0) == 6); /* mov eax, 5; ret */
	char *code = map(1, PROT_READ | PROT_EXEC);
	OK(((int (*)(void))code)() == 5); put("\x06", 1); OK(((int (*)(void))code)() == 6);
	OK(mprotect(code, P, PROT_READ | PROT_WRITE | PROT_EXEC) == 0); code[1] = 7; put("\x08", 1);
	OK(((int (*)(void))code)() == 7); munmap(code, P);
}

int main(void)
{
	signal(SIGBUS, on_fault); signal(SIGSEGV, on_fault);
	f = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
	OK(ftruncate(f, 3 * P) == 0);
	shows(); forks(); ends(); moves(); traced();
	/* The file of the program itself, which nobody may change; and one without a name. */
	int self = open("/proc/self/exe", O_RDONLY); char b[4] = "";
	char *m = mmap(0, P, RW, MAP_PRIVATE, self, 0);
	OK(m != MAP_FAILED && is(m, "\x7f" "ELF")); m[1] = 'e';
	OK(is(m, "\x7f" "eLF") && pread(self, b, 4, 0) == 4 && is(b, "\x7f" "ELF"));
	/* Nor through a shared one, which stays as it is when it moves. */
	char *r = mmap(0, P, PROT_READ, MAP_SHARED, self, 0);
	OK(r != MAP_FAILED && mprotect(r, P, RW) == -1 && errno == EACCES);
	OK((r = mremap(r, P, 2 * P, MREMAP_MAYMOVE)) != MAP_FAILED && mprotect(r, 2 * P, RW) == -1 && errno == EACCES && munmap(r, 2 * P) == 0);
	OK(ftruncate(f, 0) == 0 && ftruncate(f, P) == 0); m = map(1, RW); put("one", 0); unlink(NAME); close(f);
	OK(is(m, "one")); m[0] = 'O'; OK(is(m, "One"));
	printf("%d wrong\n", wrong);
	return 0;
}
