/* D16: whether a task that asked for it reports its end, however SIGKILL meets that. MIT licence. */
#include "record/t.h"

int main(void)
{
	long p, killer, told = 0;
	TRACED(p, syscall(SYS_exit_group, 7));
	PT(SETOPTIONS, p, 0, OP_EXIT);
	PT(CONT, p, 0, 0);
	SPAWN(killer, syscall(SYS_tgkill, p, p, SIGKILL));
	while (w4(p, WALL) == p && (tst & 0xff) == 0x7f) {
		if (tst >> 16 == 6) told = 1;
		PT(CONT, p, 0, 0);
	}
	say("D16 its end was %s", told ? "told" : "not told");
	return 0;
}
