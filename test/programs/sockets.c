/* Pairs of sockets: streams, datagrams, packets, ends, descriptors that travel. MIT licence. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int wrong;
#define OK(x) do { if (!(x)) { printf("line %d: %s, errno %d\n", __LINE__, #x, errno); wrong++; } } while (0)
#define FAILS(x, e) do { errno = 0; if ((x) != -1 || errno != (e)) { printf("line %d: %s, errno %d\n", __LINE__, #x, errno); wrong++; } } while (0)

static volatile int pipes;
static void on_pipe(int s) { (void)s; pipes++; }
static int events(int fd, int wanted) { struct pollfd p = { fd, wanted, 0 }; poll(&p, 1, 0); return p.revents; }
static char big[100000], got[100000];

static void streams(void)
{
	int s[2], n, v; struct stat st; socklen_t size = sizeof v; struct sockaddr_un name; char b[64], path[64];
	FAILS(socketpair(AF_UNIX, 4, 0, s), ESOCKTNOSUPPORT); FAILS(socketpair(AF_UNIX, SOCK_STREAM, 77, s), EPROTONOSUPPORT);
	FAILS(socketpair(AF_UNIX, SOCK_STREAM, 0, (int *)8), EFAULT);
	OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0 && fcntl(s[0], F_GETFD) == FD_CLOEXEC);
	OK(fstat(s[0], &st) == 0 && S_ISSOCK(st.st_mode)); FAILS(lseek(s[0], 0, SEEK_CUR), ESPIPE);
	sprintf(path, "/proc/self/fd/%d", s[0]); n = readlink(path, b, sizeof b); OK(n > 8 && !memcmp(b, "socket:[", 8));
	OK(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &v, &size) == 0 && v == SOCK_STREAM && size == 4);
	OK(getsockopt(s[0], SOL_SOCKET, SO_DOMAIN, &v, &size) == 0 && v == AF_UNIX);
	v = 1; OK(setsockopt(s[0], SOL_SOCKET, SO_REUSEADDR, &v, sizeof v) == 0); FAILS(setsockopt(s[0], SOL_SOCKET, 9999, &v, sizeof v), ENOPROTOOPT);
	size = sizeof name; OK(getsockname(s[0], (void *)&name, &size) == 0 && size == 2 && name.sun_family == AF_UNIX);
	size = sizeof name; OK(getpeername(s[0], (void *)&name, &size) == 0 && size == 2);
	struct ucred cred; size = sizeof cred; OK(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &cred, &size) == 0 && cred.pid == getpid() && cred.uid == geteuid());
	OK(events(s[0], POLLIN | POLLOUT) == POLLOUT); FAILS(recv(s[0], b, 5, MSG_DONTWAIT), EAGAIN);
	OK(write(s[0], "hello", 5) == 5 && send(s[0], " world", 6, 0) == 6 && events(s[1], POLLIN) == POLLIN);
	OK(ioctl(s[1], FIONREAD, &v) == 0 && v == 11);
	OK(recv(s[1], b, 3, MSG_PEEK) == 3 && !memcmp(b, "hel", 3) && read(s[1], b, 7) == 7 && !memcmp(b, "hello w", 7) && read(s[1], b, 64) == 4);
	struct iovec out[3] = { { "ab", 2 }, { "", 0 }, { "cde", 3 } }, in[2] = { { b, 1 }, { b + 10, 10 } };
	OK(writev(s[1], out, 3) == 5 && readv(s[0], in, 2) == 5 && b[0] == 'a' && !memcmp(b + 10, "bcde", 4));
	FAILS(sendto(s[0], "x", 1, 0, (void *)&name, sizeof name), EISCONN);
	FAILS(send(s[0], (void *)8, 5, 0), EFAULT); FAILS(syscall(SYS_sendmsg, s[0], 8, 0), EFAULT); FAILS(syscall(SYS_recvmsg, s[0], 8, 0), EFAULT);
	/* What cannot be read as a whole is not sent at all, and an end it is not. */
	out[1] = (struct iovec){ (void *)8, 5 };
	FAILS(writev(s[0], out, 3), EFAULT); FAILS(recv(s[1], b, 5, MSG_DONTWAIT), EAGAIN);
	OK(write(s[0], "more", 4) == 4 && read(s[1], b, 64) == 4 && !memcmp(b, "more", 4));
	struct iovec many[20]; for (n = 0; n < 20; n++) many[n] = (struct iovec){ "abcdefghijklmnopqrst" + n, 1 };
	OK(writev(s[0], many, 20) == 20 && read(s[1], b, 64) == 20 && !memcmp(b, "abcdefghijklmnopqrst", 20));
	/* More than there is room for: the other side has to read. */
	for (int i = 0; i < (int)sizeof big; i++) big[i] = i * 7;
	fflush(stdout);
	if (fork() == 0) { for (n = 0; n < (int)sizeof big; n += v) if ((v = write(s[0], big + n, sizeof big - n)) <= 0) _exit(1); _exit(0); }
	close(s[0]);
	OK(recv(s[1], got, sizeof got, MSG_WAITALL) == sizeof got && !memcmp(big, got, sizeof got));
	wait(&v); OK(v == 0);
	OK(read(s[1], b, 1) == 0 && (events(s[1], POLLIN | POLLRDHUP) & (POLLIN | POLLHUP | POLLRDHUP)) == (POLLIN | POLLHUP | POLLRDHUP));
	FAILS(write(s[1], "x", 1), EPIPE); OK(pipes == 1); FAILS(send(s[1], "x", 1, MSG_NOSIGNAL), EPIPE); OK(pipes == 1);
	close(s[1]);
	/* Half of it is shut; what was sent before still comes. */
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0); FAILS(shutdown(s[0], 5), EINVAL);
	OK(write(s[0], "last", 4) == 4 && shutdown(s[0], SHUT_WR) == 0 && read(s[1], b, 9) == 4 && read(s[1], b, 9) == 0 && write(s[1], "answer", 6) == 6 && read(s[0], b, 9) == 6);
	FAILS(send(s[0], "x", 1, MSG_NOSIGNAL), EPIPE);
	close(s[0]); close(s[1]);
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0 && write(s[0], "unread", 6) == 6); close(s[1]); FAILS(read(s[0], b, 1), ECONNRESET); OK(read(s[0], b, 1) == 0);
	close(s[0]);
}

static void messages(int type)
{
	int s[2], v; char b[64]; struct msghdr h; struct iovec i[2] = { { b, 2 }, { b + 20, 3 } };
	OK(socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, s) == 0); FAILS(read(s[0], b, 1), EAGAIN);
	OK(send(s[0], "one", 3, 0) == 3 && send(s[0], "", 0, 0) == 0 && write(s[0], "three", 5) == 5 && ioctl(s[1], FIONREAD, &v) == 0 && v == (type == SOCK_DGRAM ? 3 : 8));
	OK(recv(s[1], b, 64, MSG_PEEK) == 3 && recv(s[1], b, 64, 0) == 3 && recv(s[1], b, 64, 0) == 0 && recv(s[1], b, 2, MSG_TRUNC) == 5); FAILS(recv(s[1], b, 1, 0), EAGAIN);
	OK(write(s[1], "abcdefgh", 8) == 8);
	memset(&h, 0, sizeof h); h.msg_iov = i; h.msg_iovlen = 2;
	OK(recvmsg(s[0], &h, 0) == 5 && h.msg_flags == MSG_TRUNC && !memcmp(b, "ab", 2) && !memcmp(b + 20, "cde", 3));
	i[0] = (struct iovec){ "12", 2 }; i[1] = (struct iovec){ "345", 3 };
	OK(sendmsg(s[0], &h, 0) == 5 && writev(s[0], i, 2) == 5 && read(s[1], b, 64) == 5 && !memcmp(b, "12345", 5) && read(s[1], b, 64) == 5);
	close(s[0]);
	if (type == SOCK_DGRAM) { FAILS(send(s[1], "x", 1, 0), ECONNREFUSED); FAILS(read(s[1], b, 1), EAGAIN); }
	else { FAILS(send(s[1], "x", 1, 0), EPIPE); OK(read(s[1], b, 1) == 0); }
	close(s[1]);
}

static int give(int s, const int *fds, int n, const char *text)
{
	char control[CMSG_SPACE(32 * sizeof(int))]; memset(control, 0, sizeof control);
	struct iovec i = { (void *)text, strlen(text) };
	struct msghdr h = { .msg_iov = &i, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_SPACE(n * sizeof(int)) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&h);
	c->cmsg_level = SOL_SOCKET; c->cmsg_type = SCM_RIGHTS; c->cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(c), fds, n * sizeof(int));
	return sendmsg(s, &h, 0);
}
/* How many came; -1: an error. */
static int take(int s, int *fds, int room, char *text, int size, int *flags)
{
	char control[CMSG_SPACE(32 * sizeof(int))];
	struct iovec i = { text, size };
	struct msghdr h = { .msg_iov = &i, .msg_iovlen = 1, .msg_control = control, .msg_controllen = room ? CMSG_LEN(room * sizeof(int)) : 0 };
	int n = recvmsg(s, &h, MSG_CMSG_CLOEXEC);
	if (n < 0) return -1;
	text[n] = 0; *flags = h.msg_flags & ~MSG_CMSG_CLOEXEC;
	struct cmsghdr *c = CMSG_FIRSTHDR(&h);
	if (!c) return 0;
	int count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(fds, CMSG_DATA(c), count * sizeof(int));
	return count;
}

static void rights(void)
{
	int s[2], p[2], got[4], flags; char b[64];
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0 && pipe(p) == 0);
	FAILS(give(s[0], (int[]){ 999 }, 1, "x"), EBADF);
	OK(write(s[0], "before", 6) == 6 && give(s[0], p, 2, "with") == 4 && write(s[0], "after", 5) == 5);
	OK(take(s[1], got, 2, b, 60, &flags) == 2 && !strcmp(b, "beforewith") && flags == 0 && fcntl(got[0], F_GETFD) == FD_CLOEXEC);
	OK(take(s[1], got + 2, 2, b, 60, &flags) == 0 && !strcmp(b, "after"));
	close(p[1]); OK(write(got[1], "through", 7) == 7 && read(p[0], b, 9) == 7); close(got[1]); OK(read(got[0], b, 1) == 0);
	/* No room for all of them: the others are closed. */
	OK(pipe(p) == 0 && give(s[0], (int[]){ p[1], p[0] }, 2, "x") == 1 && take(s[1], got, 1, b, 9, &flags) == 1 && flags == MSG_CTRUNC);
	close(got[0]); OK(give(s[0], p + 1, 1, "x") == 1 && read(s[1], b, 1) == 1);
	/* On their way they are open, until nobody can get them any more. */
	OK(give(s[0], p + 1, 1, "x") == 1); close(p[1]); fcntl(p[0], F_SETFL, O_NONBLOCK); FAILS(read(p[0], b, 1), EAGAIN);
	close(s[0]); close(s[1]); OK(read(p[0], b, 1) == 0);
	OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s) == 0);
	/* What comes with a message that cannot be received is lost with it. */
	struct iovec nowhere = { (void *)8, 1 }; struct msghdr h = { .msg_iov = &nowhere, .msg_iovlen = 1 };
	OK(pipe(p) == 0 && give(s[0], p + 1, 1, "x") == 1); close(p[1]); FAILS(recvmsg(s[1], &h, 0), EFAULT); OK(read(p[0], b, 1) == 0);
	fflush(stdout);
	if (fork() == 0) { int f; OK(take(s[1], &f, 1, b, 9, &flags) == 1 && write(f, "child", 5) == 5); _exit(wrong != 0); }
	OK(pipe(p) == 0 && give(s[0], p + 1, 1, "to a child") == 10); close(p[1]); OK(read(p[0], b, 9) == 5 && read(p[0], b, 9) == 0);
	wait(&flags); OK(flags == 0);
}

int main(void)
{
	signal(SIGPIPE, on_pipe);
	streams(); messages(SOCK_DGRAM); messages(SOCK_SEQPACKET); rights();
	printf("%d wrong\n", wrong);
	return wrong != 0;
}
