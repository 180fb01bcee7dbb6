// SPDX-License-Identifier: MIT
// A file of its own, since <signal.h> has macros of the names of things of the modelled kernel.
#include "bench/native/native_steps.hpp"

#include <csignal>
#include <cstring>

#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

constexpr std::size_t page = 4096;

void native_steps(const std::vector<std::uint8_t>& code, std::uint64_t n) {
    const pid_t child = fork();
    if (child == 0) {
        void* place = mmap(nullptr, page, PROT_READ | PROT_WRITE | PROT_EXEC,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        void* data =
            mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        std::memcpy(place, code.data(), code.size());
        ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        raise(SIGSTOP);
        asm volatile("mov %0, %%rbx; mov $1, %%ecx; jmp *%1"
                     :
                     : "r"(data), "r"(place)
                     : "rcx", "memory");
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    for (; n > 0; --n) {
        if (ptrace(PTRACE_SINGLESTEP, child, nullptr, nullptr) != 0) break;
        waitpid(child, &status, 0);
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
}

}  // namespace bench
