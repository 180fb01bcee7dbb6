/* SPDX-License-Identifier: MIT
 * Two threads count without a lock; seldom one count gets lost. */
#include <pthread.h>
#include <unistd.h>

static volatile int count;

static void *add_one(void *argument) {
    int seen = count;
    count = seen + 1;
    return argument;
}

int main(void) {
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], 0, add_one, 0);
    for (int i = 0; i < 2; i++) pthread_join(threads[i], 0);
    if (count == 1) write(1, "lost\n", 5);
    return count == 2 ? 0 : 3;
}
