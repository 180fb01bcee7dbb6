/* SPDX-License-Identifier: MIT
 * Floating point as the library prints, reads and works it out; memory and order of many things;
 * jumps out of nested calls. */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_and_read(void) {
    static const double values[] = {0.0,  -0.0,    1.0 / 3,  1e300,   -2.5e-310, 123456789.125,
                                    5e-324, 0.1, 1e15 + 0.3, 65504.5, DBL_MAX,   DBL_MIN};
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
        char text[400];
        snprintf(text, sizeof text, "%.17g", values[i]);
        double back = strtod(text, NULL);
        printf("%f %e %g %a %d\n", values[i], values[i], values[i], values[i],
               memcmp(&back, &values[i], sizeof back) == 0);
    }
    printf("%.30f %.0f %+.3e %#g\n", 0.1, 2.5, 12345.678, 3.0);
    printf("%Lf %.25Lg %La\n", 1.0L / 3, 2.0L / 7, 1.0L + LDBL_EPSILON);
    printf("%f %f %f\n", strtod("1e400", NULL), strtod("-inf", NULL), fabs(strtod("nan", NULL)));
    printf("%.9g %.9g\n", strtof("3.4028235e38", NULL), strtof("1.17549435e-38", NULL));
    float single = 0;
    int whole = 0, read = sscanf("  0x1.8p3 42", "%f %d", &single, &whole);
    printf("%d %g %d\n", read, single, whole);
}

static void work_out(void) {
    double sum = 0;
    for (int i = 1; i <= 200; i++) {
        const double x = i / 7.0;
        sum += sin(x) + cos(x) * sqrt(x) + log(x) - exp(-x) + atan2(x, 3) + pow(x, 0.3);
        sum += floor(x) + fmod(x, 0.7) + cbrt(x) + tanh(x) + ldexp(x, i % 5) + hypot(x, 2);
    }
    printf("%.10g\n", sum);
    long double wide = 1;
    for (int i = 1; i < 40; i++) wide = wide * i / (i % 3 + 1);
    printf("%.10Lg\n", wide);
    for (int mode = 0; mode < 4; mode++) {
        static const int modes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
        fesetround(modes[mode]);
        volatile double third = 1, three = 3;
        printf("%ld %ld %a\n", lrint(2.5), lrint(-2.5), third / three);
    }
    fesetround(FE_TONEAREST);
    feclearexcept(FE_ALL_EXCEPT);
    volatile double zero = 0, one = 1;
    const double infinite = one / zero;
    printf("%d %d %f\n", fetestexcept(FE_DIVBYZERO) != 0, fetestexcept(FE_INVALID) != 0, infinite);
    printf("%lld %d %u\n", (long long)-1e18, (int)-7.9, (unsigned)4e9);
}

static int by_length(const void *a, const void *b) {
    const char *const *left = a, *const *right = b;
    const size_t one = strlen(*left), other = strlen(*right);
    return one != other ? (one < other ? -1 : 1) : strcmp(*left, *right);
}

static void sort(void) {
    enum { many = 500 };
    char **words = malloc(many * sizeof *words);
    unsigned seed = 12345;
    for (int i = 0; i < many; i++) {
        seed = seed * 1103515245 + 12345;
        const unsigned size = 1 + (seed >> 16) % 40;
        words[i] = malloc(size + 1);
        for (unsigned k = 0; k < size; k++) words[i][k] = 'a' + (seed >> k % 24) % 26;
        words[i][size] = 0;
        if (i % 3 == 2) words[i - 1] = realloc(words[i - 1], 2000);
    }
    qsort(words, many, sizeof *words, by_length);
    unsigned digest = 0;
    for (int i = 0; i < many; i++) {
        for (const char *c = words[i]; *c; c++) digest = digest * 31 + (unsigned char)*c;
        free(words[i]);
    }
    free(words);
    printf("%08x\n", digest);
}

static jmp_buf back;

static void descend(int depth) {
    volatile char room[100];
    memset((char *)room, depth, sizeof room);
    if (depth == 0) longjmp(back, 7);
    descend(depth - 1);
    printf("not reached %d\n", room[0]);
}

int main(void) {
    print_and_read();
    work_out();
    sort();
    volatile int kept = 1;
    const int came = setjmp(back);
    if (came == 0) {
        kept = 2;
        descend(20);
    }
    printf("%d %d\n", came, kept);
    return kept;
}
