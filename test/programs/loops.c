/* SPDX-License-Identifier: MIT
   Millions of instructions, two processes, signals, flags, a fault and a step: what a trace must not hold one by one. */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile int traps;
static void on_fault(int s) { (void)s; siglongjmp(back, 1); }
static void on_trap(int s) { (void)s; traps++; }
static long turn(long times)
{
	volatile long sum = 0;
	for (long i = 0; i < times; i++) sum += i;
	return sum;
}
static void step(void) { __asm__ volatile("pushf; orl $0x100, (%%rsp); popf; nop; nop; pushf; andl $~0x100, (%%rsp); popf" ::: "memory", "cc"); }
int main(int argc, char **argv)
{
	long times = argc > 1 ? 1000000 : 10000;
	signal(SIGSEGV, on_fault); signal(SIGTRAP, on_trap);
	if (fork() == 0) { printf("child %ld\n", turn(times)); fflush(stdout); _exit(3); }
	if (sigsetjmp(back, 1) == 0) { turn(100); *(volatile int *)8 = 1; }
	step();
	printf("parent %ld, traps %d\n", turn(times), traps);
	fflush(stdout);
	int status; wait(&status);
	return WEXITSTATUS(status) == 3 && argv[0] != NULL ? 0 : 1;
}
