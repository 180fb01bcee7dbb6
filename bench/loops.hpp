// SPDX-License-Identifier: MIT
// Small endless loops that stress different parts of a processor. RBX points at two pages of
// memory, RCX is 1, and there is a stack.
#pragma once

namespace bench {

struct Loop {
    const char* name;
    const char* text;  // never ends
};

constexpr Loop loops[] = {
    {"alu and branch", R"(
again:  add eax, ecx
        dec ecx
        jnz again
        mov ecx, 1000
        jmp again
)"},
    {"mixed registers", R"(
again:  lea rdx, [rax + rcx * 4 + 3]
        xor rax, rdx
        rol rax, 5
        imul rsi, rax, 7
        movzx edi, al
        test edi, 1
        cmovnz rdx, rsi
        sub rcx, rdx
        jmp again
)"},
    {"memory", R"(
again:  mov rax, [rbx + rcx * 8]
        add rax, rcx
        mov [rbx + rcx * 8], rax
        inc ecx
        cmp ecx, 500
        jb again
        xor ecx, ecx
        jmp again
)"},
    {"calls", R"(
again:  mov edi, 12
        call fib
        jmp again
fib:    cmp edi, 2
        jb small
        push rdi
        dec edi
        call fib
        pop rdi
        push rax
        lea edi, [rdi - 2]
        call fib
        pop rdx
        add eax, edx
        ret
small:  mov eax, edi
        ret
)"},
    {"rep movsb", R"(
again:  mov rsi, rbx
        lea rdi, [rbx + 2048]
        mov ecx, 2048
        rep movsb
        jmp again
)"},
};

}  // namespace bench
