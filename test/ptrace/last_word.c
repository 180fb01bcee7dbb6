/* A tracer that lets its tracee have a signal, and is gone before that has taken it. The tracee is the parent. MIT licence. */
#include "record/t.h"

static volatile int got;
static void on_signal(int s) { got = s; }

int main(void)
{
	struct sigaction a = { .sa_handler = on_signal };
	long q, p = getpid(), first = 0, second = 0;
	sigaction(SIGUSR1, &a, 0); sigaction(SIGUSR2, &a, 0);
	for (int i = 0; i < 40; i++) {
		got = 0;
		SPAWN(q, {
			PT(ATTACH, p, 0, 0);
			w4(p, WALL);
			PT(CONT, p, 0, 0);
			kill(p, SIGUSR1);
			while (w4(p, WALL) < 0 || tst >> 8 != SIGUSR1) PT(CONT, p, 0, 0);
			PT(CONT, p, 0, i % 2 ? SIGUSR1 : SIGUSR2);
			_exit(0);
		});
		while (w4(q, 0) < 0) continue;
		first += got == SIGUSR1; second += got == SIGUSR2;
	}
	say("SIGUSR1 %d, SIGUSR2 %d", first, second);
	return 0;
}
