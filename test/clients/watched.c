/* What gdbserver is given: a variable that is written, and a function that is called. MIT licence. */
volatile long watched;
__attribute__((noinline)) void reached(long n) { watched = n * n; __asm__ volatile("nop"); }
int main(void)
{
	for (long n = 1; n <= 3; n++) reached(n + 6);
	return 5;
}
