/* D19: a task that has engines of others can be attached to. MIT licence. */
#include "record/t.h"

int main(void)
{
	long q, p = getpid();
	SPAWN(q, long r = PT(ATTACH, p, 0, 0); w4(p, WALL); PT(DETACH, p, 0, 0); _exit(-r));
	while (w4(q, 0) < 0) continue;
	say("D19 ATTACH %r", -(long)WEXITSTATUS(tst));
	return 0;
}
