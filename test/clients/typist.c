/* Types at a program in a terminal of its own: each argument behind `@` once the program has been quiet for a while. MIT licence. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int m = open("/dev/ptmx", O_RDWR), st, at = 1, n;
	char b[4096], name[64];
	grantpt(m); unlockpt(m); ptsname_r(m, name, sizeof name);
	while (at < argc && strcmp(argv[at], "@")) at++;
	if (at < argc) argv[at++] = 0;
	pid_t p = fork();
	if (p == 0) {
		close(m); setsid();
		int s = open(name, O_RDWR);
		for (int i = 0; i < 3; i++) dup2(s, i);
		close(s);
		execv(argv[1], argv + 1);
		_exit(127);
	}
	for (;;) {
		struct pollfd f = { m, POLLIN, 0 };
		if (poll(&f, 1, 300) == 0) {
			if (at == argc) break;
			write(m, argv[at], strlen(argv[at])); at++;
			continue;
		}
		if ((n = read(m, b, sizeof b)) <= 0) break;
		write(1, b, n);
	}
	close(m);
	waitpid(p, &st, 0);
	return WEXITSTATUS(st);
}
