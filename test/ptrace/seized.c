/* Decision points that need SEIZE, or filters: what one of them alone changes. MIT licence. */
#include "record/t.h"
#include <linux/filter.h>
#include <linux/seccomp.h>

static long filter(void)
{
	static struct sock_filter f[] = { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE | 7),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
	static struct sock_fprog g = { 4, f };
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return e_(prctl(PR_SET_SECCOMP, 2, &g));
}
int main(int argc, char **argv)
{
	long p, q; int a[2]; char c;
	if (argc > 1) return 5;
	pipe(a);
	SPAWN(p, read(a[0], &c, 1); execl("/proc/self/exe", argv[0], "x", (char *)0));
	PT(SEIZE, p, 0, 0); write(a[1], "x", 1); wt("D8 a seized task that execs", p); quit(p);
	if (filter() < 0) { say("D14 no filters: %r", filter()); return 0; }
	TRACED(p, syscall(SYS_getppid));
	PT(SETOPTIONS, p, 0, OP_SYSGOOD | OP_SECCOMP);
	PT(SYSCALL, p, 0, 0); w4(p, WALL); /* out of the kill that stopped it */
	while ((long)user(p, U(orig_rax)) != SYS_getppid) { PT(SYSCALL, p, 0, 0); w4(p, WALL); }
	q = tst; PT(SYSCALL, p, 0, 0); w4(p, WALL);
	say("D14 first: %w, then %w", q, (long)tst); quit(p);
	return 0;
}
