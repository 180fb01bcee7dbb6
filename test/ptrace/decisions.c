/* What a kernel of 2009 and one of today answer a tracer: one line for each decision point. MIT licence. */
#include "record/t.h"

static long p;
static unsigned long word;
static void stop_in_group(void)
{
	TRACED(p, for (;;) pause());
	PT(CONT, p, 0, SIGSTOP);
	wt("group stop", p);
}
static void to_entry(long nr)
{
	do { PT(SYSCALL, p, 0, 0); w4(p, WALL); } while ((long)user(p, U(orig_rax)) != nr);
}
static void ready(long from) { char c; read(from, &c, 1); }
int main(int argc, char **argv)
{
	int a[2], b[2];
	if (argc > 1) return 5;
	struct iovec v = { &word, 8 };
	sigset_t m;
	SPAWN(p, for (;;) pause());
	say("D1 SEIZE %r", PT(SEIZE, p, 0, 0)); quit(p);
	SPAWN(p, for (;;) pause());
	PT(ATTACH, p, 0, 0); w4(p, WALL); say("D12 code of the attach's SIGSTOP %x", (long)si_code_of(p)); quit(p);
	TRACED(p, for (;;) pause());
	say("D17 EXITKILL %r, GETSIGMASK %r, GET_SYSCALL_INFO %r", PT(SETOPTIONS, p, 0, OP_EXITKILL), PT(GETSIGMASK, p, 8, &word), PT(GET_SYSCALL_INFO, p, 0, &word));
	say("D18 GETREGSET %r", PT(GETREGSET, p, 1, &v));
	say("D20 waitid with __WALL %r", e_(waitid(P_PID, p, &wsi, WEXITED | WNOHANG | WALL)));
	PT(CONT, p, 0, 0); PT(KILL, p, 0, 0); kill(p, SIGUSR1); wt("D9 KILL of a running tracee", p); quit(p);
	TRACED(p, for (;;) syscall(SYS_getppid));
	to_entry(SYS_getppid); PT(POKEUSER, p, U(orig_rax), 5000); PT(POKEUSER, p, U(rax), 77); PT(SYSCALL, p, 0, 0); w4(p, WALL);
	say("D10 an invalid number returns %r", (long)user(p, U(rax)));
	to_entry(SYS_getppid); PT(SYSCALL, p, 0, 0); w4(p, WALL);
	to_entry(SYS_getppid); PT(POKEUSER, p, U(orig_rax), 0x100000000L + SYS_getppid); PT(SYSCALL, p, 0, 0); w4(p, WALL);
	say("D22 a number with high bits is the parent's %d", (long)((long)user(p, U(rax)) == getpid())); quit(p);
	TRACED(p, sigfillset(&m); sigprocmask(SIG_BLOCK, &m, 0); self(SIGSEGV); self(SIGUSR1); sigprocmask(SIG_UNBLOCK, &m, 0));
	PT(CONT, p, 0, 0); wt("D11 first of SEGV and USR1", p); quit(p);
	TRACED(p, for (;;) pause());
	PT(SETOPTIONS, p, 0, OP_EXIT); kill(p, SIGKILL); w4(p, WALL); syscall(SYS_tgkill, p, p, SIGKILL);
	say("D15 a request after the second SIGKILL %r", PT(PEEKUSER, p, 0, &word)); quit(p);
	stop_in_group();
	PT(CONT, p, 0, 0); kill(p, SIGCONT); wt("  its SIGCONT", p); PT(CONT, p, 0, 0); now("D4 the process counts as continued", p, WCONTINUED); quit(p);
	stop_in_group();
	PT(DETACH, p, 0, 0); kill(p, SIGUSR1); w4(p, WUNTRACED); say("D5 after DETACH from a group stop: %w", (long)tst); kill(p, SIGKILL);
	w4(p, 0);
	stop_in_group(); say("D3 state in a group stop %s", (char[]){ pstate(p), 0 }); quit(p);
	SPAWN(p, self(SIGSTOP)); w4(p, WUNTRACED); PT(ATTACH, p, 0, 0);
	now("D2 a stopped task that is attached to, its stop told before", p, WALL); quit(p);
	pipe(a); pipe(b);
	SPAWN(p, for (;;) pause()); until(p, "S");
	long q;
	SPAWN(q, PT(ATTACH, p, 0, 0); w4(p, WALL); PT(CONT, p, 0, 0); kill(p, SIGTSTP); w4(p, WALL); PT(CONT, p, 0, SIGTSTP); w4(p, WALL); write(a[1], "x", 1); ready(b[0]); _exit(0));
	ready(a[0]); now("D6 the real parent in a group stop", p, WUNTRACED); write(b[1], "x", 1); w4(q, 0); kill(p, SIGKILL); w4(p, 0);
	TRACED(p, execl("/proc/self/exe", argv[0], "x", (char *)0));
	PT(SETOPTIONS, p, 0, OP_EXEC); PT(CONT, p, 0, 0); w4(p, WALL); PT(GETEVENTMSG, p, 0, &word);
	say("D7 %w, its message is its own id %d", (long)tst, (long)((long)word == p)); quit(p);
	TRACED(p, if (syscall(SYS_fork) == 0) _exit(0); syscall(SYS_getppid); for (;;) pause());
	PT(SETOPTIONS, p, 0, OP_SYSGOOD | OP_FORK); to_entry(SYS_fork); PT(SYSCALL, p, 0, 0); wt("a fork", p); PT(GETEVENTMSG, p, 0, &word); q = word; w4(q, WALL); PT(CONT, q, 0, 0);
	PT(SYSCALL, p, 0, 0); w4(p, WALL); say("  and then a stop in call %d", (long)user(p, U(orig_rax))); w4(q, WALL); quit(p);
	pipe(a);
	SPAWN(q, for (int i = 0; i < 2; i++) { if ((p = fork()) == 0) for (;;) pause(); write(a[1], &p, 8); } for (;;) pause());
	long first, second, child;
	read(a[0], &first, 8); read(a[0], &second, 8); until(first, "S"); until(second, "S");
	PT(ATTACH, first, 0, 0); until(first, "t"); PT(ATTACH, second, 0, 0); until(second, "t");
	SPAWN(child, _exit(0)); until(child, "Z");
	long one = w4(-1, WALL), two = w4(-1, WALL), three = w4(-1, WALL);
	say("D21 children first %d, then the latest that was attached to %d", (long)(one == child), (long)(two == second && three == first));
	kill(first, SIGKILL); kill(second, SIGKILL); kill(q, SIGKILL);
	return 0;
}
