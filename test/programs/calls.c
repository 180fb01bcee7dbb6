/* SPDX-License-Identifier: MIT
 * Calls with arguments of many types, for what traces say of them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void trace_a_child(void) {
    int status;
    unsigned long message;
    pid_t pid = fork();
    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGUSR2);
        _exit(3);
    }
    waitpid(pid, &status, __WALL);
    ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXIT);
    signal(SIGUSR2, SIG_IGN);
    ptrace(PTRACE_CONT, pid, 0, 0);
    waitpid(pid, &status, __WALL);
    ptrace(PTRACE_PEEKUSER, pid, __builtin_offsetof(struct user_regs_struct, orig_rax), 0);
    ptrace(PTRACE_GETEVENTMSG, pid, 0, &message);
    ptrace(PTRACE_CONT, pid, 0, SIGUSR2);
    waitpid(pid, &status, __WALL);
}

int main(void) {
    int ends[2];
    char bytes[16];
    struct timespec five = {0, 5};
    syscall(SYS_openat, AT_FDCWD, "/nowhere", O_RDONLY | O_CLOEXEC | 0100000);
    pipe2(ends, O_CLOEXEC);
    write(ends[1], "ab\n", 4);
    read(ends[0], bytes, sizeof bytes);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    kill(0, 0);
    signal(SIGUSR1, SIG_IGN);
    mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    nanosleep(&five, 0);
    prctl(PR_SET_NAME, "calls!");
    umask(022);
    trace_a_child();
    return 0;
}
