/* A pair of terminals: lines, editing, signals by characters, job control, hanging up. MIT licence. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int m;
static void show(const char *what, const char *s, int n)
{
	printf("%s:", what);
	if (n < 0) printf(" %s", errno == EIO ? "EIO" : errno == EAGAIN ? "EAGAIN" : errno == EINTR ? "EINTR" : "?");
	for (int i = 0; i < n; i++) printf(s[i] < 32 || s[i] == 127 ? " \\%d" : " %c", s[i]);
	puts("");
	fflush(stdout);
}
/* What the master reads until that much has come. */
static void output(const char *what, int n)
{
	char b[256]; int done = 0, r = 0;
	while (done < n && (r = read(m, b + done, n - done)) > 0) done += r;
	show(what, b, done == 0 && r < 0 ? -1 : done);
}
static void line(int fd, const char *what)
{
	char b[64];
	errno = 0;
	show(what, b, read(fd, b, sizeof b));
}
static void on_signal(int s) { char c = '0' + s % 10; write(1, &c, 0); }

int main(void)
{
	char name[64], c;
	int st, n, go[2], back[2];
	struct termios t;
	struct winsize w = { 24, 80, 0, 0 }, v;
	pid_t p;
	setbuf(stdout, 0);
	m = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	grantpt(m); unlockpt(m); ptsname_r(m, name, sizeof name);
	int s = open(name, O_RDWR | O_NOCTTY);
	printf("%d %d %d\n", isatty(m), isatty(s), isatty(go[0] = open("/dev/null", O_RDONLY)));
	printf("%d\n", strncmp(name, "/dev/pts/", 9));

	write(m, "hello\n", 6); line(s, "line"); output("echoed", 7);
	write(m, "abx\177c\nnext\n", 11); line(s, "rubbed out"); line(s, "next");
	output("echoed", 15);
	write(m, "gone\025kept\r", 10); line(s, "killed"); tcflush(m, TCIOFLUSH);
	write(m, "part\4", 5); line(s, "without its end"); write(m, "\4", 1); line(s, "end of file");
	tcflush(s, TCIFLUSH); fcntl(s, F_SETFL, O_NONBLOCK); line(s, "nothing"); write(m, "half", 4); line(s, "half"); fcntl(s, F_SETFL, 0);
	struct pollfd f[2] = { { s, POLLIN, 0 }, { m, POLLIN, 0 } };
	poll(f, 2, 0); printf("poll %d\n", f[0].revents);
	write(m, "\n", 1); poll(f, 2, 0); printf("poll %d\n", f[0].revents); line(s, "whole");
	ioctl(m, TIOCSWINSZ, &w); ioctl(s, TIOCGWINSZ, &v); printf("%d %d\n", v.ws_row, v.ws_col);
	while (poll(f + 1, 1, 0) == 1 && f[1].revents & POLLIN) read(m, name, 60);

	tcgetattr(s, &t); t.c_lflag &= ~(ICANON | ECHO | ISIG); t.c_oflag &= ~OPOST; tcsetattr(s, TCSANOW, &t);
	write(m, "a\3", 2); line(s, "raw"); write(s, "x\ny", 3); output("raw output", 3);
	t.c_lflag |= ICANON | ISIG; t.c_oflag |= OPOST; tcsetattr(s, TCSANOW, &t);
	write(s, "x\ny", 3); output("cooked output", 4);
	close(s);

	/* A session of its own, with jobs. */
	pipe(go); pipe(back);
	ptsname_r(m, name, sizeof name);
	p = fork();
	if (p == 0) {
		close(m);
		setsid();
		s = open(name, O_RDWR);
		printf("controlling: %d %d\n", tcgetpgrp(s) == getpid(), tcgetsid(s) == getpid());
		int t2 = open("/dev/tty", O_RDWR); printf("/dev/tty: %d\n", t2 >= 0 && isatty(t2)); close(t2);
		signal(SIGTTOU, SIG_IGN);
		pid_t job = fork();
		if (job == 0) { setpgid(0, 0); read(go[0], &c, 1); for (;;) pause(); }
		setpgid(job, job);
		printf("foreground: %d\n", tcsetpgrp(s, job) == 0 && tcgetpgrp(s) == job);
		write(go[1], "x", 1);
		write(back[1], "1", 1); waitpid(job, &st, WUNTRACED); printf("stopped by %d\n", WIFSTOPPED(st) ? WSTOPSIG(st) : -1);
		kill(job, SIGCONT);
		write(back[1], "2", 1); waitpid(job, &st, 0); printf("killed by %d\n", WIFSIGNALED(st) ? WTERMSIG(st) : -1);
		tcsetpgrp(s, getpid());
		job = fork();
		if (job == 0) { setpgid(0, 0); signal(SIGTTOU, SIG_DFL); read(s, &c, 1); _exit(3); }
		setpgid(job, job);
		waitpid(job, &st, WUNTRACED); printf("background reader stopped by %d\n", WIFSTOPPED(st) ? WSTOPSIG(st) : -1);
		tcsetpgrp(s, job); write(back[1], "3", 1); kill(job, SIGCONT);
		waitpid(job, &st, 0); printf("then exited %d\n", WIFEXITED(st) ? WEXITSTATUS(st) : -1);
		tcsetpgrp(s, getpid());
		signal(SIGHUP, on_signal);
		write(back[1], "4", 1); pause();
		line(s, "after the hang-up");
		n = write(s, "x", 1); printf("write: %d %d\n", n, errno == EIO);
		_exit(7);
	}
	read(back[0], &c, 1); write(m, "\32", 1);
	read(back[0], &c, 1); write(m, "\3", 1);
	read(back[0], &c, 1); write(m, "y\n", 2);
	read(back[0], &c, 1);
	char st_path[64], b[64]; int fd;
	sprintf(st_path, "/proc/%d/stat", p);
	do { fd = open(st_path, O_RDONLY); n = read(fd, b, sizeof b - 1); b[n] = 0; close(fd); } while (!strstr(b, ") S"));
	close(m);
	waitpid(p, &st, 0); printf("session ended %d\n", WEXITSTATUS(st));
	return 0;
}
