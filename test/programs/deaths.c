/* Parents and children that die at the same time: nobody is told by who is gone, and nobody waits for it. MIT licence. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	int st;
	pid_t p = fork();
	if (p == 0) {
		signal(SIGCHLD, SIG_IGN); /* its children need not be collected */
		for (int i = 0; i < 3; i++) {
			if (fork() != 0) continue;
			struct itimerval soon = { { 0, 0 }, { 0, 3000 } };
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			setitimer(ITIMER_REAL, &soon, 0);
			if (i == 0) for (;;) pause();
			_exit(0);
		}
		_exit(5);
	}
	waitpid(p, &st, 0);
	return write(1, "done\n", 5) == 5 ? WEXITSTATUS(st) : 1;
}
