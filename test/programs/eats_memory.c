/* SPDX-License-Identifier: MIT
   A tree of processes, each with memory of its own, as long as there is some. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
	for (int i = 0;; i++) {
		char *m = mmap(0, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (m == MAP_FAILED) pause();
		memset(m, i + 1, 16 << 20);
	}
}
