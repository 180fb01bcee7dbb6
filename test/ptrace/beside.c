/* A tracer of somebody who has engines of others, which stop it, take its signals, let go of it. The tracee is the parent. MIT licence. */
#include "record/t.h"

static volatile int got;
static void on_signal(int s) { got = s; }
static void nap(long ms) { struct timespec t = { ms / 1000, ms % 1000 * 1000000 }; nanosleep(&t, 0); }
/* Whether it stands for its tracer, and what there is to be waited for. */
static void tell(const char *when, long p)
{
	unsigned long nothing[27];
	long regs = PT(GETREGS, p, 0, nothing);
	if (w4(p, WNOHANG) > 0) say("%s: registers %r, %w", when, regs, (long)tst);
	else say("%s: registers %r, nothing to wait for", when, regs);
}

int main(int argc, char **argv)
{
	char way = argc > 1 ? argv[1][0] : 0;
	long q, p = getpid();
	struct sigaction a = { .sa_handler = on_signal };
	sigaction(SIGUSR1, &a, 0); sigaction(SIGUSR2, &a, 0);
	SPAWN(q, {
		long r = PT(ATTACH, p, 0, 0);
		w4(p, WALL);
		say("attach %r: %w", r, (long)tst);
		if (way == 's') { /* an engine wants it stopped from 50 to 300, and from 400 to 700 */
			nap(100); tell("both hold it", p);
			say("CONT %r", PT(CONT, p, 0, 0));
			nap(20); tell("the engine holds it", p);
			say("CONT %r", PT(CONT, p, 0, 0));
			nap(230); tell("it runs", p);
			nap(100); tell("the engine wants it stopped", p);
			kill(p, SIGUSR1); nap(20); tell("with a signal for it", p);
			nap(300); tell("the engine has let go", p);
			say("CONT %r", PT(CONT, p, 0, SIGUSR1));
		} else if (way == 'd') { /* at 50 an engine wants it stopped, at 60 it detaches */
			nap(100); tell("the engine has gone", p);
			say("CONT %r", PT(CONT, p, 0, 0));
			nap(20); tell("it runs", p);
			kill(p, SIGUSR2); nap(20); tell("with a signal for it", p);
			say("DETACH %r", PT(DETACH, p, 0, SIGUSR2));
		} else if (way == 'g') { /* an engine does something with its signals */
			say("CONT %r", PT(CONT, p, 0, 0));
			nap(20);
			kill(p, SIGUSR1); nap(20); tell("SIGUSR1", p);
			say("CONT %r", PT(CONT, p, 0, SIGUSR2));
			nap(20);
			tell("SIGUSR2 is given", p);
			PT(CONT, p, 0, 0);
		} else if (way == 'q') { /* at 50 an engine wants reports, and stops in each */
			nap(100); tell("before the report", p);
			say("CONT %r", PT(CONT, p, 0, 0));
			nap(20); tell("stopped in the report", p);
			say("DETACH %r", PT(DETACH, p, 0, 0));
			kill(p, SIGUSR1);
		} else if (way == 'k') { /* at 50 an engine wants it stopped, for ever */
			prctl(PR_SET_PDEATHSIG, 0);
			nap(100);
			say("CONT %r", PT(CONT, p, 0, 0));
			tell("the engine holds it", p);
			kill(p, SIGKILL); nap(20);
			if (w4(p, WALL) > 0) say("after SIGKILL: %w", (long)tst);
		}
		_exit(0);
	});
	while (w4(q, 0) < 0) continue;
	say("got %g", (long)got);
	return 0;
}
