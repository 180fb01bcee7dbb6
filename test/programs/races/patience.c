/* Five seconds are always enough for a child that does next to nothing; unless they have passed. Bits of the exit status: what came too late. MIT licence. */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile int rang;
static void on_alarm(int s) { (void)s; rang = 1; }

int main(void)
{
	int p[2], st, late = 0;
	char b;
	struct sigaction a = { .sa_handler = on_alarm };
	struct timespec second = { 1, 0 }, five = { 5, 0 };
	sigset_t child;
	sigaction(SIGALRM, &a, 0);
	pipe(p);
	/* poll with a timeout */
	if (fork() == 0) { write(p[1], "x", 1); _exit(0); }
	struct pollfd w = { p[0], POLLIN, 0 };
	if (poll(&w, 1, 5000) == 0) late |= 1;
	read(p[0], &b, 1);
	wait(&st);
	/* an alarm that ends a read */
	alarm(5);
	if (fork() == 0) { write(p[1], "x", 1); _exit(0); }
	if (read(p[0], &b, 1) < 0) read(p[0], &b, 1);
	alarm(0);
	wait(&st);
	if (rang) late |= 2;
	/* who looks, sleeps, looks and gives up */
	pid_t c = fork();
	if (c == 0) { getppid(); _exit(0); }
	int seen = 0;
	for (int i = 0; i < 2 && !seen; i++) { if (i) nanosleep(&second, 0); seen = waitpid(c, &st, WNOHANG) == c; }
	if (!seen) { late |= 4; waitpid(c, &st, 0); }
	/* a signal that is waited for */
	sigemptyset(&child); sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, 0);
	while (sigtimedwait(&child, 0, &(struct timespec){ 0, 0 }) > 0) {}
	if (fork() == 0) { getppid(); _exit(0); }
	if (sigtimedwait(&child, 0, &five) < 0) late |= 8;
	wait(&st);
	return late;
}
