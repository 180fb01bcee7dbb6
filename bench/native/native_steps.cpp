// SPDX-License-Identifier: MIT
// A file of its own, since <signal.h> has macros of the names of things of the modelled kernel.
#include "bench/native/native_steps.hpp"

#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

constexpr std::size_t page = 4096;

namespace {

/// Steps a child that has stopped, and ends it.
void step_child(pid_t child, std::uint64_t n) {
    int status = 0;
    waitpid(child, &status, 0);
    for (; n > 0; --n) {
        if (ptrace(PTRACE_SINGLESTEP, child, nullptr, nullptr) != 0) break;
        waitpid(child, &status, 0);
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
}

void be_silent() {
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
}

}  // namespace

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
    step_child(child, n);
}

void native_steps(const std::string& path, std::uint64_t n) {
    const pid_t child = fork();
    if (child == 0) {
        be_silent();
        ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        execl(path.c_str(), path.c_str(), static_cast<char*>(nullptr));
        _exit(127);
    }
    step_child(child, n);
}

bool native_run(const std::vector<std::string>& command) {
    const pid_t child = fork();
    if (child == 0) {
        be_silent();
        std::vector<char*> arguments;
        for (const std::string& word : command) {
            arguments.push_back(const_cast<char*>(word.c_str()));
        }
        arguments.push_back(nullptr);
        execvp(arguments[0], arguments.data());
        _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace bench
