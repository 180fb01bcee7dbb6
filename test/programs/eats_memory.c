/* SPDX-License-Identifier: MIT
   Takes memory and fills it as long as there is some, then does nothing. */
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
