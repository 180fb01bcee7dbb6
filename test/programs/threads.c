/* SPDX-License-Identifier: MIT
 * Threads that lock, wait for each other and end; setjmp out of a handler. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static int whose, count;
static _Thread_local int own;
static sigjmp_buf back;

static void *take_turns(void *argument) {
    long me = (long)argument;
    for (int i = 0; i < 50; i++) {
        pthread_mutex_lock(&mutex);
        while (whose != me) pthread_cond_wait(&turn, &mutex);
        whose = (whose + 1) % 3;
        count++;
        own++;
        pthread_cond_broadcast(&turn);
        pthread_mutex_unlock(&mutex);
    }
    return (void *)(long)own;
}

static void on_fault(int signal) { siglongjmp(back, signal); }

int main(void) {
    pthread_t threads[3];
    for (long i = 0; i < 3; i++) pthread_create(&threads[i], NULL, take_turns, (void *)i);
    long sum = 0;
    for (int i = 0; i < 3; i++) {
        void *result;
        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    printf("%d turns, %ld by threads, %d here\n", count, sum, own);
    signal(SIGSEGV, on_fault);
    int signal_number = sigsetjmp(back, 1);
    if (signal_number == 0) *(volatile int *)0 = 1;
    printf("came back with %d\n", signal_number);
    char *end;
    double value = strtod("6.02214076e23", &end);
    printf("%.8g %a %s\n", value, value / 3, *end ? "more" : "all");
    return count == 150 ? 0 : 1;
}
