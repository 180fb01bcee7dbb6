// SPDX-License-Identifier: MIT
// A bytecode interpreter: indirect jumps through a table.
#include "guest.h"

enum { push, add, mul, dup, swap, dec, jump_if, drop, halt };

static const unsigned char code[] = {push, 1,    push, 200, dup,     push, 3,    mul,  push, 7,
                                     add,  drop, dec,  dup, jump_if, 4,    swap, drop, drop, halt};

static uint64_t interpret(uint64_t start) {
    uint64_t stack[64], acc = start;
    int sp = 0;
    for (size_t pc = 0;;) {
        switch (code[pc++]) {
            case push:
                stack[sp++] = code[pc++];
                break;
            case add:
                --sp;
                stack[sp - 1] += stack[sp];
                break;
            case mul:
                --sp;
                stack[sp - 1] *= stack[sp];
                break;
            case dup:
                stack[sp] = stack[sp - 1];
                ++sp;
                break;
            case swap: {
                const uint64_t t = stack[sp - 1];
                stack[sp - 1] = stack[sp - 2];
                stack[sp - 2] = t;
                break;
            }
            case dec:
                --stack[sp - 1];
                break;
            case jump_if:
                acc = acc * 33 + stack[sp - 1];
                if (stack[--sp])
                    pc = code[pc];
                else
                    ++pc;
                break;
            case drop:
                acc ^= stack[--sp];
                break;
            default:
                return acc;
        }
    }
}

int main(void) {
    uint64_t sum = 0;
    for (int round = 0; round < 200 * ROUNDS; ++round) sum = interpret(sum + (uint64_t)round);
    return tell("interpreter", sum);
}
