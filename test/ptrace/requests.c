/* Every request of ptrace: what it says of tasks that it is not for, of bad arguments in the order of the checks, and of good ones. MIT licence. */
#include "record/t.h"
#include <asm/ldt.h>

enum { OLDSETOPTIONS = 21, GETFPXREGS = 18, SETFPXREGS, GET_THREAD_AREA = 25, SET_THREAD_AREA, GET_FILTER = 0x420c, GET_METADATA, GET_RSEQ = 0x420f };
#define BAD 8L
/* as say, for numbers; the arguments are made from left to right */
#define SAY(f, ...) do { long t_[8] = { __VA_ARGS__ }; say(f, t_[0], t_[1], t_[2], t_[3], t_[4], t_[5], t_[6], t_[7]); } while (0)
static long p, running, untraced, zombie;
static unsigned long word, many[256];
static struct user_regs_struct regs;
static unsigned char image[4096] __attribute__((aligned(64)));
static struct iovec v;

/* not for: no such task, a task that somebody else's or nobody's, one that runs, one that is dead */
static void refused(const char *name, long request)
{
	long a = PT(request, 4000000, BAD, BAD), b = PT(request, untraced, BAD, BAD), c = PT(request, running, BAD, BAD), d = PT(request, zombie, BAD, BAD);
	say("%s: %s", name, a == -ESRCH && b == -ESRCH && c == -ESRCH && d == -ESRCH ? "refused" : "not refused");
}
static long set(long type, void *base, unsigned long length) { v.iov_base = base; v.iov_len = length; return PT(SETREGSET, p, type, &v); }
static long get(long type, void *base, unsigned long length) { v.iov_base = base; v.iov_len = length; return PT(GETREGSET, p, type, &v); }

static void lets_go(const char *name, long request, const char *then)
{
	refused(name, request);
	SAY("  a signal that there is not %r %r", PT(request, p, 0, 65), PT(request, p, 0, -1)); until(p, "t");
	SAY("  %r", PT(request, p, BAD, 0));
	if (then) wt(then, p);
}
static void memory(const char *name, long peeks, long pokes)
{
	refused(name, peeks); refused(name, pokes);
	SAY("  nothing there %r %r, nowhere to put it %r", PT(peeks, p, 16, &word), PT(pokes, p, 16, 1), PT(peeks, p, &word, BAD));
	SAY("  poke %r peek %r %d, the tracer's own %d", PT(pokes, p, &word, 1234), PT(peeks, p, (long)&word, many), (long)many[0], (long)(word == 1234));
}
static void registers(void)
{
	refused("PEEKUSER", PEEKUSER); refused("POKEUSER", POKEUSER);
	SAY("  no word %r %r %r %r, nowhere to put it %r", PT(PEEKUSER, p, 4, &word), PT(PEEKUSER, p, 928, &word), PT(PEEKUSER, p, -8, &word), PT(POKEUSER, p, 216, 0), PT(PEEKUSER, p, 0, BAD));
	SAY("  poke %r peek %r %x", PT(POKEUSER, p, U(r15), 0x1234), PT(PEEKUSER, p, U(r15), &word), word);
	refused("GETREGS", GETREGS); refused("SETREGS", SETREGS);
	SAY("  %r %r", PT(GETREGS, p, 0, BAD), PT(SETREGS, p, 0, BAD));
	SAY("  %r %x", PT(GETREGS, p, 0, &regs), regs.r15);
	regs.r15 = 5; regs.ss = 0; SAY("  a bad word %r, the words before it are set %d", PT(SETREGS, p, 0, &regs), user(p, U(r15)));
	PT(GETREGS, p, 0, &regs); SAY("  %r", PT(SETREGS, p, 0, &regs));
	refused("GETFPREGS", GETFPREGS); refused("SETFPREGS", SETFPREGS);
	SAY("  %r %r", PT(GETFPREGS, p, 0, BAD), PT(SETFPREGS, p, 0, BAD));
	SAY("  %r MXCSR %x", PT(GETFPREGS, p, 0, image), (long)*(unsigned *)(image + 24));
	image[27] = 1; SAY("  a bit that MXCSR has not %r", PT(SETFPREGS, p, 0, image)); image[27] = 0;
	SAY("  %r", PT(SETFPREGS, p, 0, image));
}
static void sets(void)
{
	unsigned long full, *bv = (unsigned long *)(image + 512);
	refused("GETREGSET", GETREGSET); refused("SETREGSET", SETREGSET);
	SAY("  no vector %r %r, no such set %r %r, no whole words %r", PT(GETREGSET, p, 1, BAD), PT(SETREGSET, p, 1, BAD), get(77, image, 512), set(77, image, 512), get(1, &regs, 215));
	SAY("  nowhere %r %r", get(1, (void *)BAD, 216), set(1, (void *)BAD, 216));
	SAY("  general %r of %d, the first words %r of %d", get(1, &regs, 4096), v.iov_len, get(1, &regs, 16), v.iov_len);
	SAY("  set %r", set(1, &regs, 16));
	SAY("  x87 and SSE %r of %d, half of it cannot be set %r", get(2, image, 512), v.iov_len, set(2, image, 256));
	memset(image, 0, sizeof image);
	SAY("  XSAVE %r", get(0x202, image, sizeof image)); full = v.iov_len;
	SAY("  at least 576 bytes %d, x87 and SSE are there %d, control word %x", (long)(full >= 576), (long)(*(unsigned long *)(image + 464) & 3), (long)*(unsigned short *)image);
	SAY("  not all of it %r, nowhere %r", set(0x202, image, full - 8), set(0x202, (void *)BAD, full));
	*bv = 1UL << 62; SAY("  an unknown feature %r", set(0x202, image, full));
	*bv = 3; image[512 + 16] = 1; SAY("  a reserved word %r", set(0x202, image, full)); image[512 + 16] = 0;
	image[27] = 1; SAY("  a bit that MXCSR has not %r", set(0x202, image, full)); image[27] = 0;
	image[160] = 77; *(unsigned *)(image + 24) = 0x1fa0; *(unsigned short *)image = 0x27f; SAY("  set %r", set(0x202, image, full));
	PT(GETFPREGS, p, 0, many); SAY("  and seen %d %x %x", (long)*((unsigned char *)many + 160), (long)((unsigned *)many)[6], (long)*(unsigned short *)many);
	*bv = 0; SAY("  without its parts %r", set(0x202, image, full));
	PT(GETFPREGS, p, 0, many); SAY("  and reset %d %x %x", (long)*((unsigned char *)many + 160), (long)((unsigned *)many)[6], (long)*(unsigned short *)many);
}
static void signals(void)
{
	struct { unsigned long off; unsigned flags; int nr; } args = { 0, 0, 1 }, shared = { 0, 1, 1 }, bits = { 0, 6, 1 }, none = { 0, 0, -1 };
	refused("GETSIGINFO", GETSIGINFO); refused("SETSIGINFO", SETSIGINFO);
	SAY("  %r %r", PT(GETSIGINFO, p, 0, BAD), PT(SETSIGINFO, p, 0, BAD));
	SAY("  %r %g, set %r", PT(GETSIGINFO, p, 0, &tsi), (long)tsi.si_signo, PT(SETSIGINFO, p, 0, &tsi));
	refused("PEEKSIGINFO", PEEKSIGINFO);
	SAY("  %r, flags %r, number %r", PT(PEEKSIGINFO, p, BAD, many), PT(PEEKSIGINFO, p, &bits, many), PT(PEEKSIGINFO, p, &none, many));
	syscall(SYS_tgkill, p, p, SIGUSR2);
	SAY("  nowhere %r, its own %r, shared %r", PT(PEEKSIGINFO, p, &args, BAD), PT(PEEKSIGINFO, p, &args, many), PT(PEEKSIGINFO, p, &shared, many));
	refused("GETSIGMASK", GETSIGMASK); refused("SETSIGMASK", SETSIGMASK);
	SAY("  size %r %r, nowhere %r %r", PT(GETSIGMASK, p, 4, BAD), PT(SETSIGMASK, p, 4, BAD), PT(GETSIGMASK, p, 8, BAD), PT(SETSIGMASK, p, 8, BAD));
	word = ~0UL; SAY("  set %r", PT(SETSIGMASK, p, 8, &word)); SAY("  get %r %x", PT(GETSIGMASK, p, 8, &word), word);
	word = 0; PT(SETSIGMASK, p, 8, &word);
}
static void events(void)
{
	refused("GETEVENTMSG", GETEVENTMSG); SAY("  %r %r", PT(GETEVENTMSG, p, 0, BAD), PT(GETEVENTMSG, p, 0, &word));
	refused("SETOPTIONS", SETOPTIONS); SAY("  a bit that there is not %r %r", PT(SETOPTIONS, p, 0, 1 << 15), PT(SETOPTIONS, p, 0, OP_SYSGOOD));
	refused("OLDSETOPTIONS", OLDSETOPTIONS); SAY("  %r %r", PT(OLDSETOPTIONS, p, 0, 1 << 15), PT(OLDSETOPTIONS, p, 0, OP_SYSGOOD));
	refused("GET_SYSCALL_INFO", GET_SYSCALL_INFO); SAY("  %r %r", PT(GET_SYSCALL_INFO, p, 88, BAD), PT(GET_SYSCALL_INFO, p, 88, many));
	refused("ARCH_PRCTL", ARCH_PRCTL);
	SAY("  no such code %r, nowhere %r, too high %r %r", PT(ARCH_PRCTL, p, 0, 1), PT(ARCH_PRCTL, p, BAD, 0x1003), PT(ARCH_PRCTL, p, 0x7fffffffffffffffL, 0x1002), PT(ARCH_PRCTL, p, 0x7fffffffffffffffL, 0x1001));
	SAY("  %r %r %r %d", PT(ARCH_PRCTL, p, &word, 0x1003), PT(ARCH_PRCTL, p, 4096, 0x1001), PT(ARCH_PRCTL, p, many, 0x1004), (long)many[0]);
	refused("GET_THREAD_AREA", GET_THREAD_AREA); SAY("  %r %r %r", PT(GET_THREAD_AREA, p, 11, many), PT(GET_THREAD_AREA, p, 12, BAD), PT(GET_THREAD_AREA, p, 12, many));
	refused("SET_THREAD_AREA", SET_THREAD_AREA); SAY("  %r", PT(SET_THREAD_AREA, p, 11, many));
	refused("GETFPXREGS", GETFPXREGS); refused("SETFPXREGS", SETFPXREGS); refused("no request", 999);
	refused("SECCOMP_GET_FILTER", GET_FILTER); refused("SECCOMP_GET_METADATA", GET_METADATA); refused("GET_RSEQ_CONFIGURATION", GET_RSEQ);
	SAY("  %r %r %r", PT(GETFPXREGS, p, 0, image), PT(SETFPXREGS, p, 0, image), PT(999, p, 0, 0));
}
static void attaching(void)
{
	long q;
	SAY("TRACEME: %d", ({ SPAWN(q, _exit(pt(TRACEME, 0, 0, 0) == 0 && pt(TRACEME, 0, 0, 0) == -EPERM ? 7 : 1)); w4(q, 0); (long)WEXITSTATUS(tst); }));
	SAY("ATTACH: nobody %r, itself %r, traced %r, dead %r", PT(ATTACH, 4000000, 0, 0), PT(ATTACH, getpid(), 0, 0), PT(ATTACH, p, 0, 0), PT(ATTACH, zombie, 0, 0));
	SAY("SEIZE: nobody %r, address %r, options %r, itself %r, traced %r, dead %r", PT(SEIZE, 4000000, 1, -1), PT(SEIZE, untraced, 1, 0), PT(SEIZE, untraced, 0, 1 << 15), PT(SEIZE, getpid(), 0, 0),
		PT(SEIZE, p, 0, 0), PT(SEIZE, zombie, 0, 0));
	SAY("INTERRUPT: nobody %r, not traced %r, not seized %r", PT(INTERRUPT, 4000000, 0, 0), PT(INTERRUPT, untraced, 0, 0), PT(INTERRUPT, p, 0, 0));
	refused("LISTEN", LISTEN); SAY("  not seized %r", PT(LISTEN, p, 0, 0));
	SPAWN(q, for (;;) pause()); until(q, "S");
	SAY("  seize %r listen %r interrupt %r", PT(SEIZE, q, 0, OP_EXITKILL), PT(LISTEN, q, 0, 0), PT(INTERRUPT, q, 0, 0)); wt("  then", q);
	SAY("  listen %r, again %r", PT(LISTEN, q, 0, 0), PT(LISTEN, q, 0, 0)); PT(INTERRUPT, q, 0, 0); wt("  then", q);
	PT(CONT, q, 0, 0); kill(q, SIGUSR1); wt("  then", q); SAY("  listen at a signal %r", PT(LISTEN, q, 0, 0)); quit(q);
	SPAWN(q, for (;;) pause()); SAY("ATTACH %r", PT(ATTACH, q, 0, 0)); wt("  then", q);
	SAY("KILL: nobody %r, not traced %r, a zombie of others' %r", PT(KILL, 4000000, 0, 0), PT(KILL, untraced, 0, 0), PT(KILL, zombie, 0, 0)); SAY("  %r", PT(KILL, q, BAD, BAD)); wt("  then", q);
}
int main(void)
{
	SPAWN(untraced, for (;;) pause());
	TRACED(running, for (;;) pause()); PT(CONT, running, 0, 0); until(running, "S");
	SPAWN(zombie, _exit(0)); until(zombie, "Z");
	TRACED(p, for (;;) syscall(SYS_getppid));
	PT(CONT, p, 0, 0); self(0); kill(p, SIGUSR1); w4(p, WALL);
	registers(); sets(); signals(); events();
	memory("PEEKTEXT, POKETEXT", PEEKTEXT, POKETEXT); memory("PEEKDATA, POKEDATA", PEEKDATA, POKEDATA);
	attaching();
	PT(CONT, p, 0, 0); wt("left over", p); PT(SETOPTIONS, p, 0, OP_SYSGOOD);
	lets_go("SYSCALL", SYSCALL, "  then"); lets_go("SINGLESTEP", SINGLESTEP, "  then"); lets_go("SYSEMU", SYSEMU, "  then"); lets_go("SYSEMU_SINGLESTEP", SYSEMU_STEP, "  then");
	lets_go("SINGLEBLOCK", SINGLEBLOCK, "  then");
	lets_go("CONT", CONT, 0); kill(p, SIGUSR1); w4(p, WALL);
	lets_go("DETACH", DETACH, 0); SAY("  and it is nobody's %r", PT(CONT, p, 0, 0));
	kill(p, SIGKILL); kill(running, SIGKILL); kill(untraced, SIGKILL); while (wait(0) > 0) continue;
	return 0;
}
