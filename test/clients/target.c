/* What the tracers of test/clients look at: a child, signals, a program. MIT licence. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int s) { (void)s; write(1, "USR1\n", 5); }

int main(int argc, char **argv)
{
	int st;
	if (argc > 1) { write(1, "again\n", 6); return 5; }
	signal(SIGUSR1, handler);
	pid_t p = fork();
	if (p == 0) { kill(getpid(), SIGUSR1); execl("/proc/self/exe", argv[0], "x", (char *)0); _exit(9); }
	waitpid(p, &st, 0);
	p = fork();
	if (p == 0) raise(SIGSEGV);
	waitpid(p, &st, 0);
	write(1, "done\n", 5);
	return 0;
}
